"""A borough's year read in memory, undisturbed, and what Kafka holds of it; both made comparable."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.geography.placing import Geography, load_geography
from connectors.reading import read_path
from connectors.registry import Registry
from connectors.tally import Tally
from connectors.topics_admin import beginning_offsets
from schemas.codec import codec, unframe
from schemas.records import AgencyUpdate, Moment, Quarantined, Report, ReportDetail
from schemas.released import unpack
from schemas.topics import BY_NAME, INBOUND
from schemas.vocabulary import Operation
from simulation.feeds import READERS, Feed
from tests.connectors.fakes import MemoryOutlet, MemoryState, desk_for, ticking
from tests.connectors.kafka_log import messages_since
from tests.journeys.year_push import PUSHED, SOURCE
from tests.journeys.year_sites import ASKED, Year, source_of
from vault.keyring import Keyring
from vault.seal import Opener
from wardlink.keyring_files import keyring_path
from wardlink.settings import Settings, kafka_settings, registry_url, store_settings

_NO_TIME = Moment(at=0)

Told = Mapping[str, tuple[Any, ...]]
"""By id: what a report or an update says at last, whenever it was collected."""


@dataclass(frozen=True, slots=True)
class Read:
    """What an undisturbed reading of every feed comes to: its records, and its counts by feed."""

    records: list[Any] = field(default_factory=list)
    tallies: dict[Feed, Tally] = field(default_factory=dict)


def read_in_memory(year: Year, settings: Settings) -> Read:
    """The year's files, each feed from its first file to its last."""
    ring = Keyring.load(keyring_path(settings))
    geography = load_geography(store_settings(settings, "writer_dsn"))
    read = Read()
    for feed in READERS:
        _read_feed(year, feed, ring, geography, read)
    return read


def _read_feed(year: Year, feed: Feed, ring: Keyring, geography: Geography | None, read: Read) -> None:
    agency, area, clock = READERS[feed].agency, year.borough.area, ticking(time.time_ns() // 1000)
    outlet, source, area = MemoryOutlet(), source_of(feed), area if agency else None
    desk = desk_for(source, MemoryState(), outlet, ring, geography, agency, area, clock=clock)
    read.tallies[feed] = Tally()
    for one in year.of(feed):
        reading = read_path(desk, year.folder / one.path)
        assert reading.broken_off is None
        read.tallies[feed].add(reading.tally)
    read.records.extend(_as_it_came(feed, sent.record) for sent in outlet.acknowledged)


def _as_it_came(feed: Feed, record: Any) -> Any:
    """What is pushed bears the name of its partner's source."""
    return replace(record, source=SOURCE) if feed == PUSHED else record


def published(settings: Settings) -> list[Any]:
    """Every record that ever came in on Kafka."""
    kafka, names = kafka_settings(settings), [topic.name for topic in INBOUND]
    with Registry(registry_url(settings)) as registry:
        return [
            codec(BY_NAME[message.topic].record).decode(body, registry.schema(schema))
            for message in messages_since(kafka, beginning_offsets(kafka, names))
            for schema, body in (unframe(message.value),)
        ]


def told(records: Iterable[Any], settings: Settings) -> Told:
    """What the records say at last; how often each was revised is left out of the street service's, who is asked."""
    opener, said = Opener(Keyring.load(keyring_path(settings))), list(records)
    reports = {one.report_id: one for one in newest(said, Report, "report_id")}
    updates = {one.update_id: one for one in newest(said, AgencyUpdate, "update_id")}
    revisions = {(_id(one), one.revision) for one in said if isinstance(one, Report | AgencyUpdate)}
    often = Counter(of for of, _ in revisions)
    return {
        **{of: (*_plain(one, opener), *([often[of]] if one.source != ASKED else [])) for of, one in reports.items()},
        **{of: (one.operation, one.update_kind, one.action, one.outcome, one.case_reference)
           for of, one in updates.items()},
    }  # fmt: skip


def rejected(records: Iterable[Any]) -> Counter[tuple[str, str, str]]:
    """The rows that could not be used, each once: source, field, rule."""
    last = newest(records, Quarantined, "quarantine_id", "attempt")
    return Counter((one.source, one.field, one.rule) for one in last if not one.settled)


def _plain(report: Report, opener: Opener) -> tuple[Any, ...]:
    if report.operation is Operation.WITHDRAW:
        return (Operation.WITHDRAW,)
    sealed = report.detail
    detail = unpack(ReportDetail, opener.open(report.area, report.report_id, sealed)) if sealed else None
    blank: dict[str, Any] = {
        "revision": 0,
        "received": _NO_TIME,
        "batch": "",
        "row": None,
        "detail": None,
        "monitoring": None,
    }
    return replace(report, **blank, replay_of=None, operation=Operation.INSERT), detail


def _id(record: Any) -> str:
    return str(record.report_id if isinstance(record, Report) else record.update_id)


def newest(records: Iterable[Any], kind: type, key: str, count: str = "revision") -> list[Any]:
    """Of each id the record of this kind that counts highest."""
    found: dict[str, Any] = {}
    for one in records:
        if isinstance(one, kind):
            known = found.get(getattr(one, key))
            if known is None or getattr(known, count) < getattr(one, count):
                found[getattr(one, key)] = one
    return list(found.values())
