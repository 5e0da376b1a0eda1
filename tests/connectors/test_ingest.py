"""The base of every source: areas, snapshots, updates, history, quarantine, told on a source made for it."""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from connectors import files
from connectors.contract import Broken, Context, Draft, Outcome, OutOfScope, Row, Sector, Source, UpdateDraft
from connectors.geography.placing import Geography
from connectors.ingest import Reading, Request
from connectors.reading import Desk, needed_areas, read_path
from connectors.times import LONDON, span_of_month
from schemas.errors import Refused, Unfit
from schemas.records import AgencyUpdate, Lsoa, Monitoring, Person, Place, Report, ReportDetail
from schemas.released import unpack
from schemas.vocabulary import Kind, Operation, PersonRole, PlaceRole, Unit, UpdateKind
from store.geography_rows import LsoaRow
from tests.connectors.fakes import AREA, NOW, MemoryOutlet, MemoryState, desk_for, keyring, ticking
from vault.seal import Opener

COLUMNS = ("id", "name", "lsoa", "version", "closed", "kind")
DAY = 86_400_000_000
HACKNEY, BROMLEY = Lsoa(code="E01033708", vintage=2021), Lsoa(code="E01000675", vintage=2021)
RING = keyring(AREA, "E09000006", "unplaced:homes", "US-NYC")


class Contacts(Source):
    """A housing association's contacts: every row has a reference and a complainant."""

    name = "contacts"
    mapper_version = "contacts-1"
    sector = Sector.HOUSING
    expects = "a table of contacts"
    columns = frozenset(COLUMNS)

    def __init__(self, snapshot: bool = False) -> None:
        self.snapshot = snapshot

    def recognise(self, path: Path) -> None:
        for member in files.members(path, self.wants):
            if "id" not in files.columns_of(member, self.expects):
                raise files.refuse(path, self.expects, "no column id")

    def collect(self, path: Path, context: Context) -> Iterator[Row | Broken]:
        for member in files.members(path, self.wants):
            yield from files.csv_rows(member)

    def to_report(self, row: Row, context: Context) -> Outcome:
        values = row.values
        if values["kind"] == "note":
            return UpdateDraft(
                reference=f"note-{values['id']}",
                happened=span_of_month(2024, 6, LONDON),
                update_kind=UpdateKind.NOTE,
                report_references=(values["id"],),
                places=(_place(values),),
            )
        if values["kind"] == "repair":
            return OutOfScope("a repair")
        if not values["name"]:
            raise Unfit("name", "is empty", "name the caller")
        closed = UpdateDraft(
            reference=f"{values['id']}-closed",
            happened=span_of_month(2024, 7, LONDON),
            update_kind=UpdateKind.CLOSED,
        )
        return Draft(
            reference=values["id"],
            revision=int(values["version"]) if values["version"] else None,
            withdrawn=values["kind"] == "deleted",
            unit=Unit.SUMMARY if values["kind"] == "summary" else Unit.SINGLE_OCCASION,
            kind=Kind.PUBLIC_STATISTICS if values["kind"] == "statistic" else Kind.OPERATIONAL,
            detail=ReportDetail(
                persons=(Person(role=PersonRole.COMPLAINANT, full_name=values["name"]),), places=(_place(values),)
            ),
            monitoring=Monitoring(age_band="20-29"),
            updates=(closed,) if values["closed"] else (),
        )


def _place(values: dict[str, str] | object) -> Place:
    code = values["lsoa"]  # type: ignore[index]
    return Place(role=PlaceRole.AFFECTED, lsoa=Lsoa(code=code, vintage=2021) if code else None)


def contact(number: int | str, **changes: str) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {"id": str(number), "name": f"Caller {number}"} | changes


class Feed:
    """Reads one file after the other, as they come night after night."""

    def __init__(self, folder: Path, snapshot: bool = False) -> None:
        self.folder = folder
        self.source = Contacts(snapshot)
        self.state, self.outlet = MemoryState(), MemoryOutlet()
        self.night = 0
        self.geography: Geography | None = None
        self.area: str | None = AREA

    def desk(self, request: Request | None = None, history: bool = False) -> Desk:
        self.night += 1
        return desk_for(
            self.source,
            self.state,
            self.outlet,
            RING,
            self.geography,
            agency="homes",
            area=self.area,
            request=request,
            history=history,
            clock=ticking(NOW + self.night * DAY),
        )

    def read(
        self, rows: Sequence[dict[str, str]], request: Request | None = None, history: bool = False
    ) -> tuple[Reading, list[Report | AgencyUpdate]]:
        """What became of a file with these rows, and the reports and updates that it published."""
        path = self.folder / "contacts.csv"
        self.write(path, rows)
        return self.read_path(path, request, history)

    def read_path(
        self, path: Path, request: Request | None = None, history: bool = False
    ) -> tuple[Reading, list[Report | AgencyUpdate]]:
        """What became of a path."""
        self.outlet.acknowledged.clear()
        reading = read_path(self.desk(request, history), path)
        sent = [one.record for one in self.outlet.acknowledged]
        return reading, [one for one in sent if isinstance(one, (Report, AgencyUpdate))]

    def write(self, path: Path, rows: Sequence[dict[str, str]]) -> None:
        """A file with these rows, written in the evening before the next night."""
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        evening = (NOW + self.night * DAY + DAY // 2) / 1_000_000
        os.utime(path, (evening, evening))


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return Feed(tmp_path)


@pytest.fixture
def nightly(tmp_path: Path) -> Feed:
    return Feed(tmp_path, snapshot=True)


@pytest.fixture
def geography() -> Geography:
    return Geography.from_rows(
        lsoas=[
            LsoaRow(HACKNEY.vintage, HACKNEY.code, "", "E09000012", None),
            LsoaRow(BROMLEY.vintage, BROMLEY.code, "", "E09000006", None),
        ]
    )


def told(records: Sequence[Report | AgencyUpdate]) -> list[tuple[str, str, str]]:
    """Reference, operation and area of each."""
    return [
        (one.reference if isinstance(one, Report) else one.update_id, one.operation.name, one.area) for one in records
    ]


# -- what is published --


def test_a_report_carries_its_parts_sealed_for_its_area(feed: Feed) -> None:
    _, [report] = feed.read([contact(1)])
    assert isinstance(report, Report)
    assert (report.report_id, report.area, report.controller) == ("homes:1", AREA, "homes")
    assert report.detail is not None
    assert report.monitoring is not None
    opener = Opener(RING)
    detail = unpack(ReportDetail, opener.open(AREA, "homes:1", report.detail))
    assert detail.persons[0].full_name == "Caller 1"
    assert unpack(Monitoring, opener.open(AREA, "homes:1", report.monitoring, "monitoring")).age_band == "20-29"
    assert report.open_places == ()


def test_live_reports_go_by_their_sector_and_history_waits(feed: Feed) -> None:
    feed.read([contact(1)])
    assert {one.topic for one in feed.outlet.acknowledged} == {"asb.reports.housing", "asb.batches"}
    feed.read([contact(2)], history=True)
    assert {one.topic for one in feed.outlet.acknowledged} == {"asb.backfill", "asb.batches"}


def test_a_changed_row_is_a_revision_and_an_unchanged_one_nothing(feed: Feed) -> None:
    feed.read([contact(1), contact(2)])
    reading, records = feed.read([contact(1), contact(2, name="Caller Two")])
    assert told(records) == [("2", "REVISE", AREA)]
    assert (reading.tally.published, reading.tally.unchanged, reading.tally.revised) == (1, 1, 1)
    assert records[0].revision == NOW + 2 * DAY


def test_the_source_s_own_version_is_the_revision(feed: Feed) -> None:
    _, [first] = feed.read([contact(1, version="7")])
    assert first.revision == 7
    _, older = feed.read([contact(1, version="6", name="Former")])
    assert older == []
    _, [same] = feed.read([contact(1, version="7", name="Changed without a version")])
    assert same.revision == 8


def test_an_older_file_read_late_changes_nothing(feed: Feed) -> None:
    old, new = [contact(1)], [contact(1, name="Newer")]
    feed.read(old)
    feed.read(new)
    reading, records = feed.read(old)
    assert (records, reading.tally.unchanged) == ([], 1)


def test_two_rows_of_one_reference_are_two_revisions_and_stay_so(feed: Feed) -> None:
    rows = [contact(1), contact(1, name="Second telling")]
    _, records = feed.read(rows)
    assert told(records) == [("1", "INSERT", AREA), ("1", "REVISE", AREA)]
    assert records[0].revision < records[1].revision
    _, again = feed.read(rows)
    assert again == []


def test_a_row_that_the_source_deletes_is_withdrawn_and_tells_nothing(feed: Feed) -> None:
    feed.read([contact(1)])
    reading, [record] = feed.read([contact(1, kind="deleted")])
    assert isinstance(record, Report)
    assert (record.operation, record.detail, record.monitoring, record.lsoa) == (Operation.WITHDRAW, None, None, None)
    assert (reading.tally.published, reading.tally.withdrawn) == (1, 1)


def test_summaries_updates_and_scope_are_counted_apart(feed: Feed) -> None:
    rows = [contact(1, kind="summary"), contact(2, closed="yes"), contact(3, kind="repair"), contact(2, kind="note")]
    reading, records = feed.read(rows)
    tally = reading.tally
    assert (tally.read, tally.published, tally.out_of_scope, tally.summaries, tally.updates) == (4, 3, 1, 1, 2)
    assert [one.update_id for one in records if isinstance(one, AgencyUpdate)] == ["homes:2-closed", "homes:note-2"]
    assert next(one for one in records if isinstance(one, AgencyUpdate) and one.report_ids).report_ids == ("homes:2",)


# -- snapshots --


def test_a_snapshot_withdraws_what_it_no_longer_holds_and_takes_it_back(nightly: Feed) -> None:
    nightly.read([contact(1), contact(2, closed="yes"), contact(3)])
    reading, records = nightly.read([contact(1), contact(3)])
    assert told(records) == [("2", "WITHDRAW", AREA), ("homes:2-closed", "WITHDRAW", AREA)]
    assert reading.tally.withdrawn == 2
    reading, records = nightly.read([contact(1), contact(2, closed="yes"), contact(3)])
    assert told(records) == [("2", "REVISE", AREA), ("homes:2-closed", "REVISE", AREA)]
    assert records[0].revision == NOW + 3 * DAY, "the first night's bytes are the third night's word"
    _, again = nightly.read([contact(1), contact(2, closed="yes"), contact(3)])
    assert again == []


def test_an_old_snapshot_that_is_read_late_changes_nothing(nightly: Feed) -> None:
    old, new = nightly.folder / "old.csv", nightly.folder / "new.csv"
    nightly.write(old, [contact(1), contact(2)])
    nightly.read_path(old)
    nightly.write(new, [contact(1, name="Newer"), contact(3)])
    nightly.read_path(new)
    reading, records = nightly.read_path(old)
    assert (records, reading.tally.withdrawn) == ([], 0)
    _, records = nightly.read_path(new)
    assert records == []


def test_a_snapshot_that_breaks_off_withdraws_nothing(nightly: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    nightly.read([contact(number) for number in range(10)])
    whole = nightly.source.collect

    def broken(path: Path, context: Context) -> Iterator[Row | Broken]:
        yield from list(whole(path, context))[:5]
        raise Refused("it breaks off")

    monkeypatch.setattr(nightly.source, "collect", broken)
    reading, records = nightly.read([contact(number, name="New") for number in range(10)])
    assert reading.broken_off is not None
    assert [one.operation for one in records] == [Operation.REVISE] * 5
    assert reading.tally.withdrawn == 0


def test_a_snapshot_that_lacks_more_than_half_is_refused_until_it_is_confirmed(nightly: Feed) -> None:
    nightly.read([contact(number) for number in range(300)])
    with pytest.raises(Refused, match="lacks 299 of the 300"):
        nightly.read([contact(1)])
    reading, _ = nightly.read([contact(1)], Request(accept_withdrawals=True))
    assert reading.tally.withdrawn == 299


def test_a_snapshot_s_row_that_is_broken_is_not_gone(nightly: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    nightly.read([contact(1), contact(2), contact(3)])
    monkeypatch.setattr(nightly.source, "references_of", lambda row: (row.values["id"],))
    reading, records = nightly.read([contact(1), contact(2, name="")])
    assert (reading.tally.quarantined, reading.tally.withheld) == (1, 0)
    assert told(records) == [("3", "WITHDRAW", AREA)]


def test_while_a_broken_row_may_be_any_of_them_none_is_withdrawn(nightly: Feed) -> None:
    nightly.read([contact(1), contact(2), contact(3)])
    reading, records = nightly.read([contact(1), contact(2, name="")])
    assert (reading.tally.quarantined, reading.tally.withheld, records) == (1, 2, [])
    reading, records = nightly.read([contact(1), contact(2)])
    assert told(records) == [("3", "WITHDRAW", AREA)]


def test_a_snapshot_for_one_area_withdraws_nothing_of_another(nightly: Feed, geography: Geography) -> None:
    nightly.area, nightly.geography = None, geography
    nightly.read([contact(1, lsoa=HACKNEY.code), contact(2, lsoa=BROMLEY.code), contact(3, lsoa=HACKNEY.code)])
    nightly.area = AREA
    _, records = nightly.read([contact(1, lsoa=HACKNEY.code)])
    assert told(records) == [("3", "WITHDRAW", AREA)]


# -- areas --


def test_rows_are_placed_by_the_lookup_whatever_area_is_claimed(feed: Feed, geography: Geography) -> None:
    feed.area, feed.geography = None, geography
    rows = [contact(1, lsoa=HACKNEY.code), contact(2, lsoa=BROMLEY.code), contact(3, lsoa="E01099999"), contact(4)]
    reading, records = feed.read(rows)
    assert [one.area for one in records] == ["E09000012", "E09000006", "unplaced:homes", "unplaced:homes"]
    assert reading.tally.unplaced == 2
    assert [one.lsoa for one in records if isinstance(one, Report)][:2] == [HACKNEY, BROMLEY]


def test_an_asked_area_is_a_filter_where_rows_say_where_and_a_default_where_they_do_not(
    feed: Feed, geography: Geography
) -> None:
    feed.geography = geography
    rows = [contact(1, lsoa=HACKNEY.code), contact(2, lsoa=BROMLEY.code), contact(3, lsoa="E01099999"), contact(4)]
    reading, records = feed.read(rows)
    assert told(records) == [
        ("1", "INSERT", AREA),
        ("3", "INSERT", "unplaced:homes"),
        ("4", "INSERT", AREA),
    ]
    assert reading.tally.out_of_scope_by == {"in another area than asked for": 1}


def test_an_area_that_the_lookup_does_not_know_is_the_default_of_all_rows(feed: Feed, geography: Geography) -> None:
    feed.area, feed.geography = "US-NYC", geography
    _, records = feed.read([contact(1, lsoa="36061"), contact(2)])
    assert [one.area for one in records] == ["US-NYC", "US-NYC"]


def test_statistics_that_nobody_can_place_belong_to_their_force(feed: Feed) -> None:
    feed.area = None
    feed.source.personal = False
    _, records = feed.read([contact(1, kind="statistic")])
    assert [one.area for one in records] == ["force:homes"]


def test_a_report_whose_area_changes_is_withdrawn_from_the_old_and_inserted_in_the_new(
    feed: Feed, geography: Geography
) -> None:
    feed.area = None
    rows = [contact(1, lsoa=HACKNEY.code)]
    feed.read(rows)
    feed.geography = geography
    reading, records = feed.read(rows)
    assert told(records) == [("1", "WITHDRAW", "unplaced:homes"), ("1", "INSERT", "E09000012")]
    assert records[0].revision == records[1].revision > NOW + DAY
    assert (reading.tally.published, reading.tally.moved) == (1, 1)
    _, again = feed.read(rows)
    assert again == []


def test_the_areas_that_must_have_keys_are_known_before_a_row_is_read(feed: Feed, geography: Geography) -> None:
    desk = feed.desk()
    assert needed_areas(desk) == (AREA,)
    assert needed_areas(replace(desk, geography=geography)) == (AREA, "unplaced:homes")
    assert set(needed_areas(replace(desk, geography=geography, area=None))) == {
        "E09000012",
        "E09000006",
        "unplaced:homes",
    }


def test_an_area_without_a_key_is_refused(feed: Feed) -> None:
    feed.area = "E06000001"
    with pytest.raises(Refused, match="wardlink keyring area E06000001"):
        feed.read([contact(1)])


# -- what is refused --


@pytest.mark.parametrize("code", ["two words", "a:b", "a/b", "", "it's"])
def test_codes_that_cannot_be_part_of_an_id_are_refused(feed: Feed, code: str) -> None:
    path = feed.folder / "contacts.csv"
    path.write_text("id\n")
    with pytest.raises(Refused, match="--agency"):
        read_path(replace(feed.desk(), agency=code), path)


def test_a_source_that_names_no_agency_needs_one(feed: Feed) -> None:
    path = feed.folder / "contacts.csv"
    path.write_text("id\n")
    with pytest.raises(Refused, match="name the agency with --agency"):
        read_path(replace(feed.desk(), agency=None), path)


@pytest.mark.parametrize("reference", ["", "x" * 201, "two\nlines"])
def test_a_reference_that_cannot_be_one_is_quarantined(feed: Feed, reference: str) -> None:
    reading, _ = feed.read([contact(reference), contact(2)])
    assert (reading.tally.quarantined, reading.tally.published) == (1, 1)
    [row] = feed.outlet.quarantined
    assert row.field == "reference"


class TestMendedAtSource:
    """A row lies in quarantine until a row of its reference can be used."""

    @pytest.fixture
    def named(self, feed: Feed, monkeypatch: pytest.MonkeyPatch) -> Feed:
        monkeypatch.setattr(feed.source, "references_of", lambda row: (row.values["id"],))
        return feed

    def test_the_mended_row_settles_it_under_the_same_id(self, named: Feed) -> None:
        named.read([contact(1), contact(2, name="")])
        [bad] = named.outlet.quarantined
        reading, records = named.read([contact(1), contact(2)])
        assert told(records) == [("2", "INSERT", AREA)]
        [settled] = named.outlet.quarantined
        assert (settled.quarantine_id, settled.area) == (bad.quarantine_id, bad.area)
        assert (bad.attempt, bad.settled, settled.attempt, settled.settled) == (1, False, 2, True)
        assert settled.original is None
        assert reading.tally.quarantined == 0

    def test_it_is_settled_once(self, named: Feed) -> None:
        named.read([contact(1), contact(2, name="")])
        named.read([contact(1), contact(2)])
        named.read([contact(1, name="Nia"), contact(2)])
        assert named.outlet.quarantined == []

    def test_a_row_that_is_still_bad_is_the_next_try_and_may_be_settled_later(self, named: Feed) -> None:
        named.read([contact(1), contact(2, name="")])
        [first] = named.outlet.quarantined
        named.read([contact(1), contact(2, name=""), contact(3)])
        [second] = named.outlet.quarantined
        assert (second.quarantine_id, second.attempt, second.settled) == (first.quarantine_id, 2, False)
        named.read([contact(1), contact(2), contact(3)])
        [third] = named.outlet.quarantined
        assert (third.quarantine_id, third.attempt, third.settled) == (first.quarantine_id, 3, True)

    def test_a_row_that_goes_bad_after_it_was_settled_lies_there_anew(self, named: Feed) -> None:
        named.read([contact(2, name=""), contact(1)])
        named.read([contact(2), contact(1)])
        named.read([contact(2, name=""), contact(3)])
        [again] = named.outlet.quarantined
        assert (again.attempt, again.settled) == (1, False)

    def test_a_row_without_a_reference_lies_there_for_itself(self, feed: Feed) -> None:
        feed.read([contact(1), contact(2, name="")])
        feed.read([contact(1), contact(2)])
        assert feed.outlet.quarantined == []

    def test_a_dry_run_settles_nothing(self, named: Feed) -> None:
        named.read([contact(1), contact(2, name="")])
        named.read([contact(1), contact(2)], Request(dry_run=True))
        assert named.outlet.quarantined == []


def test_a_batch_tells_of_its_columns_and_is_not_told_again(feed: Feed) -> None:
    feed.read([contact(1)])
    [batch] = feed.outlet.batches
    assert batch.columns == COLUMNS
    assert (batch.source, batch.agency, batch.area, batch.mapper_version) == ("contacts", "homes", AREA, "contacts-1")
    assert len(batch.digest) == 64
    feed.read([contact(1)])
    assert feed.outlet.batches == []
