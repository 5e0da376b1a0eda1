"""The pre-flight tells a supplier, before anything is sent, what storage would tell a steward; and no personal data."""

import gzip
import json
from pathlib import Path

import pytest

from connectors.sources import find
from policy.facts import Reader
from quality.plain import plain_verdict
from quality.preflight import Verdict, check_file
from quality.report import Question, read_report
from quality.rules import Rule
from quality.spans import span
from quality.suites import load_suites
from schemas.errors import Refused
from streams.quality_facts import quality_facts
from tests.quality.filled import MONDAY, NOW, Filled
from tests.quality.rows import SECRETS, cad_file, cad_row

SUITES = load_suites()


def check(path: Path, source: str = "table", profile: str | None = "police-cad") -> Verdict:
    feed = find(source, profile)
    return check_file(path, feed, SUITES.of(feed.name), quality_facts, None, MONDAY)


def short(verdict: Verdict) -> set[str]:
    return {line.result.rule for line in verdict.card.short}


def failing(verdict: Verdict, rule: str) -> tuple[str, ...]:
    [line] = [line for line in verdict.card.lines if line.result.rule == rule]
    return line.failing


def test_a_good_file_passes(tmp_path: Path) -> None:
    verdict = check(cad_file(tmp_path / "cad.csv", (cad_row(number) for number in range(1, 30))))
    assert (verdict.exit_code, verdict.read, verdict.reports, verdict.sentence) == (0, 29, 29, "as agreed")


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("narrative", {"narrative": ""}),
        ("birth_date_real", {"caller_dob": "01/01/1900"}),
        ("name_real", {"caller_name": "Unknown"}),
        ("category", {"opening_code": "Zq99", "closing_code": ""}),
        ("codes_known", {"opening_code": "Zq99", "closing_code": ""}),
        ("time_of_day", {"opened_at": "2024-06-16"}),
        ("spot", {"uprn": "", "easting": "", "northing": ""}),
        ("no_telephone_in_text", {"narrative": "rang from 07700 900456"}),
        ("row_once", {"narrative": "the same", "grade": "S"}),
    ],
)
def test_a_fault_falls_short_and_the_rows_are_named_by_where_they_stand(
    tmp_path: Path, rule: str, fault: dict[str, str]
) -> None:
    rows = [cad_row(number) | (fault if number > 4 else {}) for number in range(1, 11)]
    verdict = check(cad_file(tmp_path / "cad.csv", rows))
    assert verdict.exit_code == 1
    assert rule in short(verdict)
    first = 6 if rule == "row_once" else 5
    wanted = () if rule == "codes_known" else tuple(f"cad.csv:{number + 1}" for number in range(first, 11))
    assert failing(verdict, rule) == wanted


def test_unusable_rows_fall_short_and_a_file_of_nothing_else_is_unusable(tmp_path: Path) -> None:
    bad = {"opened_at": "32/06/2024 23:05:09"}
    some = check(cad_file(tmp_path / "some.csv", [cad_row(1), cad_row(2) | bad]))
    assert (some.exit_code, short(some), failing(some, "usable")) == (1, {"usable"}, ("some.csv:3",))
    assert list(some.unusable.values()) == [1]
    none = check(cad_file(tmp_path / "none.csv", [cad_row(1) | bad, cad_row(2) | bad]))
    assert (none.exit_code, none.reports) == (2, 0)


def test_an_unknown_column_falls_short(tmp_path: Path) -> None:
    verdict = check(cad_file(tmp_path / "cad.csv", [cad_row(number) | {"sector": "9"} for number in range(5)]))
    assert (verdict.exit_code, short(verdict), verdict.unknown_columns) == (1, {"columns_known"}, ("sector",))


def test_a_file_that_breaks_off_is_unusable_and_what_was_read_is_told(tmp_path: Path) -> None:
    whole = cad_file(tmp_path / "cad.csv", (cad_row(number) for number in range(3_000))).read_bytes()
    packed = gzip.compress(whole)
    cut = tmp_path / "cad.csv.gz"
    cut.write_bytes(packed[: len(packed) * 2 // 3])
    verdict = check(cut)
    assert verdict.exit_code == 2
    assert 0 < verdict.reports < 3_000
    assert verdict.broken_off is not None


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("name,telephone\nZqxperson,07700 900111\n")
    with pytest.raises(Refused, match="expected") as caught:
        check(wrong)
    assert "Zqxperson" not in str(caught.value)


def test_an_empty_file_is_unusable(tmp_path: Path) -> None:
    empty = cad_file(tmp_path / "cad.csv", [cad_row(1)])
    empty.write_text(empty.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    assert check(empty).exit_code == 2


def test_nothing_personal_is_told(tmp_path: Path) -> None:
    rows = [cad_row(number, caller_dob="01/01/1900", narrative="") for number in range(1, 5)]
    rows += [cad_row(7, opened_at="32/06/2024", caller_name="Zqxperson"), cad_row(8, opening_code="Zqxcode")]
    told = json.dumps(plain_verdict(check(cad_file(tmp_path / "cad.csv", rows))))
    assert "cad.csv:2" in told
    assert [text for text in (*SECRETS, "Zqx", "1/16JUN24", "32/06/2024") if text in told] == []


def test_it_counts_what_storage_would_count(filled: Filled, tmp_path: Path) -> None:
    """The law that makes it worth running: each rule that both can ask comes out the same."""
    faults = (
        {"narrative": ""},
        {"narrative": "n/a", "uprn": ""},
        {"caller_dob": "01/01/1900", "caller_name": "", "caller_phone": ""},
        {"opened_at": "2024-06-16", "narrative": "twin", "grade": "P"},
        {"opened_at": "2024-06-16", "narrative": "twin", "grade": "P"},
        {"opening_code": "Zq99", "closing_code": "", "location": "", "postcode": ""},
        {"opened_at": "99/99/2024"},
        {"restricted_flags": "DA", "caller_name": "n/a", "uprn": "", "easting": "", "northing": ""},
    )
    path = cad_file(tmp_path / "cad.csv", [cad_row(number) | fault for number, fault in enumerate(faults)])
    before = check(path)
    filled.load("table", path, "police-cad", "police")
    filled.measure()
    question = Question(width=span("7d"))
    after = read_report(filled.database.reader_dsn, Reader.parse("police/steward"), question, NOW)
    stored = {line.result.rule: line.score for line in after.card.lines}
    told = {line.result.rule: line.score for line in before.card.lines}
    assert set(stored) - set(told) == {rule.id for rule in SUITES.of("police-cad").rules if _is_stored_only(rule)}
    assert told == {rule: stored[rule] for rule in told}
    assert sum(score.failed for score in told.values()) > 10


def _is_stored_only(rule: Rule) -> bool:
    return rule.stored_only


def test_published_rows_without_references_are_told_apart_by_their_number(tmp_path: Path) -> None:
    header = (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
        "Last outcome category,Context"
    )
    row = ",2018-10,Kent Police,Kent Police,-0.1,51.5,On or near Supermarket,E01024000,A 001A,Anti-social behaviour,,"
    other = ",2018-10,Kent Police,Kent Police,,,No Location,,,Anti-social behaviour,,"
    path = tmp_path / "2018-10-kent-street.csv"
    path.write_text("\n".join((header, row, row, other)) + "\n", "utf-8")
    verdict = check(path, "police-uk", None)
    assert failing(verdict, "row_once") == (f"{path.name}:3",)
    assert failing(verdict, "street_named") == (f"{path.name}:2", f"{path.name}:3")
    assert failing(verdict, "location") == (f"{path.name}:4",)
    assert "narrative" not in {line.result.rule for line in verdict.card.lines}
