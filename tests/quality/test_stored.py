"""Windows of stored reports: measured once, again when they change, and read by whom they belong to, no further."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from policy.facts import Reader
from quality import measure as module
from quality.report import Question, Report, read_report
from quality.scorecard import Line
from quality.spans import span
from store.database import connect
from store.quality import QualityStore
from tests.quality.filled import MONDAY, NOW, Filled
from tests.quality.rows import SECRETS, cad_file, cad_row

TABLES = ("TABLE quality_window", "TABLE quality_result", "TABLE quality_failing")
WEEK = 7 * 86_400 * 1_000_000


def load(filled: Filled, path: Path, *rows: dict[str, str], at: int = MONDAY, agency: str = "police") -> None:
    filled.load("table", cad_file(path, rows), "police-cad", agency, at=at)


def read(filled: Filled, reader: str = "police/steward", **question: Any) -> Report:
    asked = Question(width=span("7d"), **question)
    return read_report(filled.database.reader_dsn, Reader.parse(reader), asked, NOW)


def line(report: Report, rule: str, source: str = "police-cad") -> Line:
    [found] = [one for one in report.card.lines if (one.source, one.result.rule) == (source, rule)]
    return found


def numbers(report: Report) -> dict[tuple[str, str], tuple[int, int]]:
    return {(one.source, one.result.rule): (one.score.checked, one.score.passed) for one in report.card.lines}


def as_reader(filled: Filled, agency: str, statement: str) -> list[Any]:
    """What the reader's role is shown by the database itself."""
    with closing(connect(filled.database.reader_dsn, "test-look")) as session, session.transaction():
        session.execute("SELECT set_config('app.agency', %s, true), set_config('app.role', 'steward', true)", (agency,))
        return session.execute(statement.encode()).fetchall()


def test_a_window_is_measured_once_and_again_when_something_came_to_it(filled: Filled, tmp_path: Path) -> None:
    load(filled, tmp_path / "one.csv", cad_row(1), cad_row(2, caller_dob="01/01/1900"))
    [done] = filled.measure()
    assert (done.source, done.agency, done.reports, done.batches) == ("police-cad", "police", 2, 1)
    assert filled.measure() == []
    assert len(filled.measure(again=True)) == 1
    load(filled, tmp_path / "two.csv", cad_row(3), at=MONDAY + 1_000_000_000)
    assert [done.reports for done in filled.measure()] == [3]
    assert line(read(filled), "birth_date_real").score.checked == 3


def test_windows_are_weeks_and_the_change_since_the_one_before_is_told(filled: Filled, tmp_path: Path) -> None:
    load(filled, tmp_path / "one.csv", cad_row(1), cad_row(2))
    load(filled, tmp_path / "two.csv", cad_row(3), cad_row(4, narrative=""), at=MONDAY + WEEK)
    assert [done.reports for done in filled.measure()] == [2, 2]
    report = read(filled)
    assert (line(report, "narrative").score.checked, line(report, "narrative").failing) == (2, ("police:4/16JUN24",))
    cell = report.card.cell("police-cad", "completeness")
    assert cell is not None
    assert cell.change is not None
    assert cell.change < 0
    both = read(filled, last=2)
    assert line(both, "narrative").score.checked == 4
    assert [(one.checked, one.passed) for one in report.trends if one.dimension == "accuracy"] == [(8, 8), (8, 8)]


def test_a_table_at_a_time_gives_what_one_table_gives(
    filled: Filled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        cad_row(number, narrative="" if number % 3 else "noise", uprn="" if number % 4 else "1") for number in range(23)
    ]
    load(filled, tmp_path / "one.csv", *rows, *(cad_row(number) for number in range(30, 33)))
    filled.measure()
    whole = read(filled, ids=100)
    monkeypatch.setattr(module, "CHUNK", 4)
    filled.measure(again=True)
    parts = read(filled, ids=100)
    assert numbers(parts) == numbers(whole)
    assert [one.failing for one in parts.card.lines] == [one.failing for one in whole.card.lines]


def test_a_row_told_twice_under_two_references_is_found_and_a_second_reading_is_not(
    filled: Filled, tmp_path: Path
) -> None:
    twin = cad_row(1) | {"incident_no": "9/16JUN24"}
    path = cad_file(tmp_path / "one.csv", (cad_row(1), cad_row(2), twin))
    for _ in range(2):
        filled.load("table", path, "police-cad", "police")
    filled.measure()
    found = line(read(filled), "row_once")
    assert (found.score.checked, found.failing) == (3, ("police:9/16JUN24",))


def test_rows_in_quarantine_count_and_are_told_by_reason(filled: Filled, tmp_path: Path) -> None:
    load(filled, tmp_path / "one.csv", cad_row(1), cad_row(2, opened_at="32/06/2024 23:05:09"))
    [done] = filled.measure()
    assert (done.reports, done.quarantined) == (1, 1)
    report = read(filled)
    assert (line(report, "usable").score.checked, line(report, "usable").score.passed) == (2, 1)
    assert [(row["field"], row["rows"]) for row in report.quarantine] == [("opened_at", 1)]


def test_a_delivery_with_other_columns_falls_short_and_is_named(filled: Filled, tmp_path: Path) -> None:
    load(filled, tmp_path / "one.csv", cad_row(1))
    changed = {name: value for name, value in cad_row(2).items() if name != "beat"} | {"sector": "9"}
    load(filled, tmp_path / "two.csv", changed, at=MONDAY + 1_000_000_000)
    filled.measure()
    report = read(filled)
    assert line(report, "columns_steady").score.failed == 1
    assert line(report, "columns_known").score.failed == 1
    [delivery] = report.deliveries
    assert (delivery.added, delivery.dropped, delivery.batch.unknown_columns) == (("sector",), ("beat",), ("sector",))


def test_freshness_says_what_is_silent_and_how_long_reports_take(filled: Filled, tmp_path: Path) -> None:
    load(filled, tmp_path / "one.csv", cad_row(1))
    filled.measure()
    [fresh] = read(filled).freshness
    assert fresh.silent
    assert fresh.newest is not None
    assert fresh.delay_median is not None
    assert fresh.delay_median > timedelta(days=900)
    soon = read_report(
        filled.database.reader_dsn, Reader.parse("police/steward"), Question(width=span("7d")), fresh.newest
    )
    assert not soon.freshness[0].silent


def test_nobody_reads_of_another_agency(filled: Filled, tmp_path: Path) -> None:
    load(filled, tmp_path / "one.csv", cad_row(1, narrative=""))
    load(filled, tmp_path / "two.csv", cad_row(1, narrative=""), agency="housing")
    filled.measure()
    assert line(read(filled, "housing/steward"), "narrative").failing == ("housing:1/16JUN24",)
    nobody = read(filled, "essex/steward")
    assert (nobody.card.cells, nobody.freshness, nobody.deliveries, nobody.quarantine) == ((), (), (), ())
    for table in TABLES:
        assert as_reader(filled, "", table) == []
        assert as_reader(filled, "essex", table) == []
        assert as_reader(filled, "police", table) != []


def test_a_run_for_one_steward_measures_that_agency_alone(filled: Filled, tmp_path: Path) -> None:
    load(filled, tmp_path / "one.csv", cad_row(1))
    load(filled, tmp_path / "two.csv", cad_row(1), agency="housing")
    assert [done.agency for done in filled.measure(agency="housing")] == ["housing"]
    assert [done.agency for done in filled.measure()] == ["police"]


def test_a_restricted_report_is_counted_and_its_id_is_not_told_to_whom_it_may_not_be(
    filled: Filled, tmp_path: Path
) -> None:
    load(filled, tmp_path / "one.csv", cad_row(1, narrative=""), cad_row(2, narrative="", restricted_flags="DA"))
    filled.measure()
    steward = line(read(filled, "police/steward"), "narrative")
    assert (steward.score.failed, steward.failing, steward.more) == (2, ("police:1/16JUN24",), 1)
    governance = line(read(filled, "police/governance"), "narrative")
    assert set(governance.failing) == {"police:1/16JUN24", "police:2/16JUN24"}


def test_ids_that_are_shown_are_written_down_and_only_those(filled: Filled, tmp_path: Path) -> None:
    load(filled, tmp_path / "one.csv", *(cad_row(number, narrative="") for number in range(1, 5)))
    filled.measure()
    shown = read(filled, ids=2)
    [row] = filled.worker.rows("SELECT actor, purpose, subjects FROM audit WHERE action = 'consultation'")
    assert row[:2] == ("police/steward", "data quality")
    assert set(row[2]) == {one for each in shown.card.lines for one in each.failing}
    assert len(line(shown, "narrative").failing) == 2


def test_a_withdrawn_report_is_neither_measured_nor_named_and_an_erased_one_leaves_no_id(
    filled: Filled, tmp_path: Path
) -> None:
    load(filled, tmp_path / "one.csv", *(cad_row(number, narrative="") for number in range(1, 4)))
    filled.measure()
    filled.worker.rows("UPDATE report SET withdrawn = true WHERE report_id = 'police:1/16JUN24' RETURNING 1")
    filled.worker.rows("DELETE FROM report WHERE report_id = 'police:2/16JUN24' RETURNING 1")
    assert line(read(filled), "narrative").failing == ("police:3/16JUN24",)
    assert filled.worker.rows("SELECT count(*) FROM quality_failing WHERE report_id = 'police:2/16JUN24'") == [(0,)]
    filled.measure()
    assert line(read(filled), "narrative").score.checked == 1


def test_published_statistics_are_everybodys(filled: Filled, tmp_path: Path) -> None:
    header = (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
        "Last outcome category,Context"
    )
    row = ",2018-10,{0} Police,{0} Police,-0.1,51.5,On or near {1},E01024000,A 001A,Anti-social behaviour,,"
    rows = [row.format("Kent", "Mill Street"), row.format("Kent", "Mill Street"), row.format("Essex", "Supermarket")]
    path = tmp_path / "2018-10-kent-street.csv"
    path.write_text("\n".join((header, *rows)) + "\n", "utf-8")
    filled.load("police-uk", path, area=None)
    filled.measure()
    report = read(filled, "housing/caseworker")
    assert (line(report, "row_once", "police-uk").score.failed, line(report, "row_once", "police-uk").more) == (1, 0)
    street = line(report, "street_named", "police-uk")
    assert {agency: score.failed for agency, score in street.by_agency.items()} == {"kent": 0, "essex": 1}


def test_no_personal_data_is_kept(filled: Filled, tmp_path: Path) -> None:
    load(filled, tmp_path / "one.csv", cad_row(1, caller_dob="01/01/1900", uprn=""), cad_row(2, narrative="n/a"))
    filled.measure()
    kept = str([filled.worker.rows(table) for table in TABLES])
    assert "police:1/16JUN24" in kept
    assert [secret for secret in (*SECRETS, "01/01/1900", "n/a") if secret in kept] == []


def test_a_second_run_waits_for_the_first(filled: Filled) -> None:
    with closing(connect(filled.database.writer_dsn, "test-first")) as first:
        QualityStore(first)
        with closing(connect(filled.database.writer_dsn, "test-second")) as second:
            [free] = second.execute("SELECT pg_try_advisory_lock(7226462) AS free").fetchall()
            assert not free["free"]


def test_a_revision_moves_a_report_to_the_window_in_which_it_came(filled: Filled, tmp_path: Path) -> None:
    load(filled, tmp_path / "one.csv", cad_row(1), cad_row(2))
    filled.measure()
    load(filled, tmp_path / "two.csv", cad_row(1, grade="P"), at=MONDAY + WEEK)
    assert [(done.reports, done.batches) for done in filled.measure()] == [(1, 1), (1, 1)]
