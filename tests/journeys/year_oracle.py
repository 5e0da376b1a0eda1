"""What a borough's year must come to: its files read in memory, what Kafka holds taken in one batch, what is stored.

Ids of clusters and of places' cases tell in which order things came, so people, incidents and cases are named by what
is in them. Of alerts, who must know of what is held: how often they were told on the way is history's, by which rule an
alert is named too (time alone gives it no other name), and whether something restricted was linked when they were last
told; that it is linked is an alert of its own.
An alert that was right by what was known, or a day ago, may be kept (docs/alerts.md) where nobody would raise it now.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg

from linkage.batch import link_batch
from linkage.changes import Put
from linkage.model import load_model
from linkage.partition import Partition
from policy.rulebook import shipped_rules
from policy.sharing import load_agreements
from schemas.records import Report
from schemas.topics import ALERTS
from schemas.vocabulary import AlertState, Operation
from store.areas import load_area
from store.collected import histories
from store.database import Asking, connect
from store.dwellings import Dwellings
from store.effects import Effects
from store.landlords import Landlords
from streams.casebook import Touched
from streams.memory import AreaMemory
from streams.opening import Desk
from streams.policies import Policies
from streams.taking import take
from tests.journeys.year_reading import newest
from tests.journeys.year_sites import ASKED
from vault.keyring import Keyring
from vault.reports import FeatureSeal
from vault.seal import Opener
from wardlink.keyring_files import keyring_path
from wardlink.settings import Settings, store_settings

ASK_OTHERS = "restricted_link"
"""The rule whose alert stands beside that of the case: whom to ask about what is restricted."""

AGREEMENTS = Path(str(files("policy") / "agreements" / "demo.yaml"))
"""The agreements of the stack and of the oracle."""


@dataclass
class Effected:
    """All that came of it, by kind; every value can be compared with another stack's."""

    reports: set[Any] = field(default_factory=set)
    updates: set[Any] = field(default_factory=set)
    quarantine: set[Any] = field(default_factory=set)
    shares: set[Any] = field(default_factory=set)
    incidents: set[Any] = field(default_factory=set)
    persons: set[Any] = field(default_factory=set)
    cases: set[Any] = field(default_factory=set)
    alerts: set[Any] = field(default_factory=set)


# -- one batch --------------------------------------------------------------------------------------------------------


def in_one_batch(records: Sequence[Any], settings: Settings) -> Effected:
    """What these records come to when each area takes its own at once, in memory, without Kafka."""
    by_area: dict[str, list[Any]] = defaultdict(list)
    for one in records:
        by_area[one.area].append(one)
    effected = Effected()
    for area, some in by_area.items():
        effects = _effects(area, some, settings)
        _add(effected, area, effects)
    return effected


def by_the_plainest_way(records: Sequence[Any], area: str, settings: Settings) -> tuple[Partition, Partition]:
    """(incidents, persons) of an area as the oracle of linkage has them: it looks at every pair."""
    ring = Keyring.load(keyring_path(settings))
    desk = Desk(Opener(ring), FeatureSeal(ring), os.urandom)
    reports = [one for one in newest(records, Report, "report_id") if one.area == area]
    standing = [one for one in reports if one.operation is not Operation.WITHDRAW]
    features = (desk.open_report(one, True).features for one in standing)
    return link_batch((one for one in features if one), [], load_model(), ring.node_key)


def _effects(area: str, records: Sequence[Any], settings: Settings) -> Effects:
    ring = Keyring.load(keyring_path(settings))
    state = AreaMemory(area, 0, load_model(), ring.node_key, _policies(settings))
    effects = Effects()
    pairs: list[Any] = [(None, one) for one in records]
    unfit = take(state, pairs, {}, Desk(Opener(ring), FeatureSeal(ring), os.urandom), effects)
    assert not unfit
    return effects


def told_or_taken_back_anew(area: str, settings: Settings) -> list[str]:
    """The alerts that a worker which begins with what is stored would raise or withdraw if it looked at all cases."""
    ring, effects = Keyring.load(keyring_path(settings)), Effects()
    state = AreaMemory(area, 0, load_model(), ring.node_key, _policies(settings))
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-oracle") as connection:
        held = load_area(connection, area)
        assert held is not None
        state.restore(held, Desk(Opener(ring), FeatureSeal(ring), os.urandom), _of_this_release)
    state.touched = Touched(1, everything=True)
    state.look(effects)
    return [row.alert_id for row in effects.alert if row.version == 1 or row.state is AlertState.WITHDRAWN]


def _of_this_release(area: str, outdated: Sequence[str]) -> Sequence[Put]:
    assert not outdated, area
    return ()


def _policies(settings: Settings) -> Policies:
    asking = Asking(partial(connect, store_settings(settings, "writer_dsn").writer_dsn, "wardlink-oracle"))
    dwellings, landlords = Dwellings(asking), Landlords(asking)
    agreements = load_agreements(AGREEMENTS)
    return Policies(agreements, shipped_rules(), dwellings.get, landlords.on, landlords.forget)


def _add(effected: Effected, area: str, effects: Effects) -> None:
    effected.reports |= {(row.area, row.report_id, row.revision, row.withdrawn) for row in effects.report}
    effected.updates |= {(row.area, row.update_id, row.revision, row.withdrawn) for row in effects.update}
    last = {row.quarantine_id: row for row in sorted(effects.quarantine, key=lambda row: row.attempt)}
    effected.quarantine |= {(row.area, row.quarantine_id, row.state) for row in last.values()}
    set_of = {row.report_id: row.share_set for row in (*effects.report, *effects.reshare)}
    granted = defaultdict(list)
    for row in effects.share:
        granted[row.set_id].append((row.agency, row.role, row.tier, row.agreement, row.agreement_version))
    effected.shares |= {(area, of, *share) for of, named in set_of.items() if named for share in granted[named]}
    effected.incidents |= _groups((row.incident_id, row.report_id) for row in effects.report)
    person_of = {row.mention_id: row.person_id for row in (*effects.mention, *effects.person)}
    effected.persons |= _groups((person, mention) for mention, person in person_of.items())
    _add_cases(
        effected,
        person_of,
        [row._asdict() for row in effects.case],
        [row._asdict() for row in effects.alert],
    )


# -- what is stored ----------------------------------------------------------------------------------------------------


def stored(settings: Settings) -> Effected:
    """What PostgreSQL holds."""
    dsn, effected = store_settings(settings, "writer_dsn").writer_dsn, Effected()
    with psycopg.connect(dsn, autocommit=True, row_factory=psycopg.rows.dict_row) as connection:

        def rows(columns: str, table: str) -> list[dict[str, Any]]:
            return connection.execute(
                f"SELECT {columns} FROM {table}".encode()  # noqa: S608 (our own words)
            ).fetchall()

        effected.reports = _values(rows("area, report_id, revision, withdrawn", "report"))
        effected.updates = _values(rows("area, update_id, revision, withdrawn", "agency_update"))
        effected.quarantine = _values(rows("area, quarantine_id, state", "quarantine"))
        effected.shares = _values(rows("area, report_id, agency, role, tier, agreement, agreement_version", "share"))
        effected.incidents = _groups(
            tuple(row.values()) for row in rows("incident_id, report_id", "report WHERE NOT withdrawn")
        )
        person_of = {row["mention_id"]: row["person_id"] for row in rows("mention_id, person_id", "mention")}
        effected.persons = _groups((person, mention) for mention, person in person_of.items())
        _add_cases(effected, person_of, rows("*", "case_file"), rows("*", "alert"))
    return effected


def files_settled(settings: Settings) -> int:
    """How many files lie aside with their receipts."""
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-oracle") as connection:
        return sum(sum(one.files.values()) for feed, one in histories(connection).items() if feed != ASKED)


def closed(settings: Settings, source: str) -> int:
    """How many cases a source has said to be closed."""
    said = "SELECT count(*) AS closed FROM agency_update WHERE source = %s AND update_kind = 'CLOSED'"
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-oracle") as connection:
        row = connection.execute(said, (source,)).fetchone()
        return int(row["closed"]) if row else 0


def undelivered(settings: Settings) -> list[str]:
    """Messages that have not left, and alerts that were not handed to anybody."""
    waiting = """
        SELECT message_id FROM outbox
        WHERE sent_at IS NULL OR topic = %s AND message_id NOT IN (SELECT message_id FROM delivery)"""
    with psycopg.connect(store_settings(settings, "writer_dsn").writer_dsn) as connection:
        return [message for (message,) in connection.execute(waiting, (ALERTS.name,))]


def _values(rows: Iterable[Mapping[str, Any]]) -> set[Any]:
    return {tuple(row.values()) for row in rows}


def _groups(pairs: Iterable[tuple[Any, ...]]) -> set[Any]:
    members: dict[str, set[str]] = defaultdict(set)
    for group, member in pairs:
        if group is not None:
            members[group].add(member)
    return {frozenset(group) for group in members.values()}


def _add_cases(
    effected: Effected,
    person_of: Mapping[str, str | None],
    cases: Sequence[Mapping[str, Any]],
    alerts: Sequence[Mapping[str, Any]],
) -> None:
    """Cases by what they are of; one whose victim was found to be another's, or that has one incident left, is past."""
    mentions: dict[str | None, set[str]] = defaultdict(set)
    for mention, person in person_of.items():
        mentions[person].add(mention)
    last = {row["case_id"]: row for row in cases}
    subject = {of: _subject(row, mentions) for of, row in last.items()}
    standing = {row["alert_id"]: row for row in alerts}
    told_of = [row for row in standing.values() if row["state"] != AlertState.WITHDRAWN]
    needed = {row["case_id"] for row in told_of}
    kept = [
        row for of, row in last.items() if of in needed or (row["place_code"] is None and len(row["incident_ids"]) > 1)
    ]
    effected.cases |= {(subject[row["case_id"]], frozenset(row["report_ids"]), tuple(row["agencies"])) for row in kept}
    effected.alerts |= {
        (subject[row["case_id"]], row["recipient"], row["role"], row["rule"] == ASK_OTHERS, row["shadow"])
        for row in told_of
    }


def _subject(row: Mapping[str, Any], mentions: Mapping[str | None, set[str]]) -> Any:
    place = row["place_role"], row["place_level"], row["place_code"]
    return frozenset(mentions.get(row["case_id"], ())) if place[2] is None else place
