"""Random reports of several areas with their revisions and withdrawals, sealed as connectors seal them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from random import Random

from linkage.features import ReportFeatures
from linkage.standardise import standardise
from schemas.records import Moment, Person, Place, Report, ReportDetail, Span
from schemas.released import pack
from schemas.vocabulary import (
    Category,
    Kind,
    Operation,
    PersonKind,
    PersonRole,
    PlaceMethod,
    PlaceRole,
    Precision,
    Unit,
)
from vault.keyring import Keyring
from vault.seal import Sealer

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
_GIVEN = ("Zeynep", "Emre", "Olu", "Ade", "Moshe", "Thanh", "Maria", "John", "Jack", "Agnieszka")
_FAMILY = ("Yilmaz", "Adeyemi", "Cohen", "Nguyen", "Smith", "Kowalska", "Begum", "Williams", "Kaya", "Brown")
_AGENCIES = ("police", "housing", "council")
_TOPICS = {"police": "asb.reports.police", "housing": "asb.reports.housing", "council": "asb.reports.council"}


def topic_of(agency: str) -> str:
    """The live topic of an agency's sector."""
    return _TOPICS[agency]


@dataclass(slots=True)
class Told:
    """One message: the report, sealed, and what it says in plain."""

    report: Report
    detail: ReportDetail


@dataclass(slots=True)
class Tale:
    """What all agencies told of some areas, in order, and what is true at its end."""

    messages: list[Told] = field(default_factory=list)

    def final(self, area: str) -> dict[str, Told]:
        """The last revision of each report of an area, also of withdrawn ones."""
        newest: dict[str, Told] = {}
        for told in self.messages:
            before = newest.get(told.report.report_id)
            if told.report.area == area and (before is None or before.report.revision < told.report.revision):
                newest[told.report.report_id] = told
        return newest

    def features(self, area: str) -> list[ReportFeatures]:
        """The standardised features of the reports that stand at the end."""
        standing = (told for told in self.final(area).values() if told.report.operation is not Operation.WITHDRAW)
        return [standardise(told.report, told.detail) for told in standing]


def keyring_for(areas: Sequence[str], seed: int) -> Keyring:
    """A keyring with a key for each area."""
    random, ring = Random(seed), Keyring.create(Random(seed).randbytes)
    for area in areas:
        ring = ring.with_area(area, datetime(2026, 11, 1, tzinfo=UTC), random.randbytes)
    return ring


def tell(ring: Keyring, areas: Sequence[str], each: int, seed: int, now: int) -> Tale:
    """A tale of `each` reports for every area, a third of them revised or withdrawn later, messages shuffled."""
    random = Random(seed)
    sealer = Sealer(ring.public(), "test", date(2026, 11, 2), random.randbytes)
    tale = Tale([told for area in areas for number in range(each) for told in _report(random, area, number, now)])
    random.shuffle(tale.messages)
    tale.messages = [Told(_sealed(sealer, told), told.detail) for told in tale.messages]
    return tale


def _report(random: Random, area: str, number: int, now: int) -> Iterator[Told]:
    agency = random.choice(_AGENCIES)
    occurred = now - random.randrange(20) * DAY - random.randrange(600) * MINUTE
    first = _insert(random, area, agency, number, occurred, now)
    yield first
    for revision in range(2, 2 + random.choice((0, 0, 0, 0, 1, 2))):
        operation = random.choice((Operation.REVISE, Operation.REVISE, Operation.WITHDRAW))
        later = _insert(random, area, agency, number, occurred, now) if random.random() < 0.5 else first
        yield Told(replace(later.report, revision=revision, operation=operation), later.detail)


def _insert(random: Random, area: str, agency: str, number: int, occurred: int, now: int) -> Told:
    home = random.randrange(30)
    moment = Moment(at=occurred)
    report = Report(
        report_id=f"{agency}:{area}-{number}",
        agency=agency,
        source="test",
        reference=f"{area}-{number}",
        revision=1,
        operation=Operation.INSERT,
        area=area,
        batch="batch",
        mapper_version="test-1",
        occurred=Span(earliest=moment, latest=moment, precision=Precision.EXACT),
        reported=Moment(at=occurred + 5 * MINUTE),
        received=Moment(at=now + number),
        category=random.choice((Category.NOISE, Category.NOISE, Category.ROWDY_BEHAVIOUR, Category.DRUGS)),
        controller=agency,
        unit=Unit.SINGLE_OCCASION,
        kind=Kind.OPERATIONAL,
    )
    source = Place(role=PlaceRole.SOURCE, method=PlaceMethod.STATED_UPRN, uprn=str(1000 + random.randrange(12)))
    detail = ReportDetail(
        persons=(_person(random, home),), places=(source,), narrative=random.choice((None, "drums and a trombone"))
    )
    return Told(report, detail)


def _person(random: Random, home: int) -> Person:
    given, family = _GIVEN[home % len(_GIVEN)], _FAMILY[(home * 7) % len(_FAMILY)]
    return Person(
        role=PersonRole.COMPLAINANT,
        kind=PersonKind.MEMBER_OF_PUBLIC,
        given_names=(random.choice((given, given, given[0])),),
        family_name=family,
        birth_date=random.choice((None, f"19{50 + home}-0{1 + home % 9}-1{home % 10}")),
        telephones=random.choice(((), (f"07700 9{home:05}",))),
        uprn=str(5000 + home),
    )


def _sealed(sealer: Sealer, told: Told) -> Report:
    report = told.report
    if report.operation is Operation.WITHDRAW:
        return report
    return replace(report, detail=sealer.seal(report.area, report.report_id, pack(told.detail)))
