"""The wiring on one page: who takes what from Kafka, who gives what to it, and which tables each one writes.

`python -m docs` prints it into docs/topology.md; tests hold it to the roles, the rooms' imports and the migrations.
"""

import re
from dataclasses import dataclass
from functools import cache

from schemas.topics import (
    ALERTS,
    BACKFILL,
    BATCHES,
    COMMANDS,
    INBOUND,
    OUTBOUND,
    QUARANTINE,
    REPORTS_COUNCIL,
    REPORTS_HOUSING,
    REPORTS_POLICE,
    UPDATES,
    Topic,
)
from store.migrate import migrations
from store.queries import load

DATABASES = ("main", "keys", "registry")

_MADE_OR_GONE = re.compile(r"(CREATE|DROP) TABLE ([a-z_.]+)|ALTER TABLE ([a-z_.]+) RENAME TO ([a-z_.]+)")
_WRITTEN = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM|COPY) ([a-z_.]+)")


@dataclass(frozen=True, slots=True)
class Node:
    """One role or command: what it does, its topics, and its statements as `file` or `file:statement` of store/sql."""

    name: str
    does: str
    takes: tuple[Topic, ...] = ()
    gives: tuple[Topic, ...] = ()
    statements: tuple[str, ...] = ()


INGEST = Node(
    "ingest",
    "reads agencies' files, seals and publishes what is new (wardlink ingest)",
    gives=(REPORTS_POLICE, REPORTS_HOUSING, REPORTS_COUNCIL, UPDATES, BATCHES, QUARANTINE, BACKFILL),
    statements=("connector_state", "feed_position"),
)
COLLECT = Node(
    "collect",
    "collects files on schedules, and reads them as ingest does (wardlink connect)",
    gives=INGEST.gives,
    statements=("connector_state", "collected"),
)
PUSH = Node(
    "push",
    "takes what partner systems push over HTTP, seals and publishes what is new",
    gives=(REPORTS_POLICE, REPORTS_HOUSING, REPORTS_COUNCIL, QUARANTINE),
    statements=(
        "connector_state:merge_incoming",
        "receipts",
        "partners:note_use",
        "partners:take_proof",
        "partners:give_proof_back",
    ),
)
PARTNER = Node(
    "partner",
    "enrols partner systems and revokes them (wardlink partner)",
    statements=(
        "partners:insert_partner",
        "partners:insert_key",
        "partners:end_keys",
        "partners:revoke_partner",
        "letters:revive_letters",
        "letters:bury_letters",
    ),
)
GEOGRAPHY = Node(
    "geography",
    "imports the lookup of areas (wardlink geography)",
    statements=("geography",),
)
STOCK = Node(
    "stock",
    "imports landlords' lists of homes (wardlink stock)",
    statements=("stock",),
)
OPERATOR = Node(
    "operator",
    "switches sources, moves positions (wardlink source, wardlink positions)",
    gives=(COMMANDS,),
    statements=("position:move_position",),
)
CLOCK = Node(
    "clock",
    "ticks, so that an area's time moves on although nobody reports",
    gives=(COMMANDS,),
)
RESOLVE = Node(
    "resolve",
    "decodes, opens, deduplicates, links, clusters and alerts, in one transaction for each batch",
    takes=INBOUND,
    statements=("position:claim_position", "position:advance_position", "effects", "keys"),
)
RELAY = Node(
    "relay",
    "publishes the outbox",
    gives=OUTBOUND,
    statements=("outbox:mark_sent",),
)
DELIVER = Node(
    "deliver",
    "hands alerts to their recipients, and posts them to partners' webhooks",
    takes=(ALERTS,),
    statements=(
        "position:claim_position",
        "position:advance_position",
        "outbox:insert_delivered",
        "letters:insert_letters",
        "routes:write_route",
        "letters:claim_due",
        "letters:settle_letter",
    ),
)
READER = Node(
    "reader",
    "shows what a reader may see, and notes who looked (wardlink alerts, case, why, quarantine, audit)",
    statements=("reading:record_consultation",),
)
QUALITY = Node(
    "quality",
    "measures windows of stored reports from value-free facts (wardlink quality run)",
    statements=("quality",),
)
REGISTRY = Node(
    "registry",
    "keeps the schemas (the embedded stack's own; Apicurio in production)",
    statements=("registry",),
)

TOPOLOGY = (
    INGEST,
    COLLECT,
    PUSH,
    PARTNER,
    GEOGRAPHY,
    STOCK,
    OPERATOR,
    CLOCK,
    RESOLVE,
    RELAY,
    DELIVER,
    READER,
    QUALITY,
    REGISTRY,
)


@cache
def tables(database: str) -> frozenset[str]:
    """The tables that there are after all migrations of a database."""
    found: set[str] = set()
    for migration in migrations(database):
        for verb, table, before, after in _MADE_OR_GONE.findall(migration.sql):
            found -= {table, before} if verb != "CREATE" else set()
            found |= {after} if after else {table} if verb == "CREATE" else set()
    return frozenset(found)


def writes(node: Node) -> tuple[str, ...]:
    """The tables that a node's statements write, sorted."""
    known = frozenset().union(*map(tables, DATABASES))
    written = {name for text in map(_sql, node.statements) for name in _WRITTEN.findall(text)}
    return tuple(sorted(written & known))


def _sql(reference: str) -> str:
    file, _, statement = reference.partition(":")
    named = load(file)
    return named[statement] if statement else "\n".join(named.values())
