"""Police, San Diego and New York files: what is measured, what docs/quality.md says, and what plain counting finds."""

import csv
import gzip
import io
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from policy.facts import Reader
from quality.report import Question, Report, read_report
from quality.spans import span
from tests.architecture.composed import ROOT
from tests.quality.filled import MONDAY, NOW, Filled

Row = Mapping[str, str]
Asks = Callable[[Row], object]

GENERIC = {
    "Airport/Airfield", "Bus/Coach Station", "Conference/Exhibition Centre", "Ferry Terminal", "Fire Station",
    "Further/Higher Educational Building", "Hospital", "Motorway Service Area", "Nightclub", "Park/Open Space",
    "Parking Area", "Pedestrian Subway", "Petrol Station", "Police Station", "Prison", "Race Track", "Shopping Area",
    "Sports/Recreation Area", "Supermarket", "Theatre/Concert Hall", "",
}  # fmt: skip
POLICE = ("time_of_day", "location", "lsoa", "street_named", "row_once")
COUNCIL = ("time_of_day", "location", "spot", "row_once")


class Real(NamedTuple):
    """One file, how it is read, and as whose quality it is shown."""

    path: str
    source: str
    profile: str | None
    area: str | None
    agency: str


CLEVELAND = Real("police_uk/2018-11-cleveland-street.csv.gz", "police-uk", None, None, "cleveland")
BEDFORDSHIRE = Real("police_uk/2018-10-bedfordshire-street.csv.gz", "police-uk", None, None, "bedfordshire")
ALL_FORCES = Real("police_uk/asb_ew_2018-10_to_2018-12.csv.gz", "police-uk", None, None, "")
NEW_YORK = (
    Real("council_311/nyc_311_noise_2016_red_hook_117.csv", "table", "nyc-311-2016", "US-NYC", "nyc-311"),
    Real("council_311/nyc_311_2024-04-15_night_1000.csv", "table", "nyc-311-2024", "US-NYC", "nyc-311"),
)
SAN_DIEGO = Real(
    "council_311/sandiego_2021-03-27_to_2021-04-03.csv.gz", "table", "san-diego-get-it-done", "US-SD", "san-diego"
)
Figures = dict[str, tuple[int, int]]
"""How many were checked and how many failed, by rule."""


def told_in_docs(name: str) -> Figures:
    """The figures of a file in the table of docs/quality.md."""
    page = (ROOT / "docs" / "quality.md").read_text("utf-8")
    lines = re.findall(rf"^\| {re.escape(name)} \| `(\w+)` [^|]*\| ([\d,]+) \| ([\d,]+) \|", page, re.MULTILINE)
    return {rule: (int(checked.replace(",", "")), int(failed.replace(",", ""))) for rule, checked, failed in lines}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, by column names in small letters with underscores."""
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [{name.lower().replace(" ", "_"): value for name, value in row.items()} for row in rows]


def counted(rows: Iterable[Row], asks: Mapping[str, tuple[Asks, Asks]], same: Callable[[Row], object]) -> Figures:
    """Counts by hand: each rule asks which rows it is about and which of them pass; `same` is what makes rows equal."""
    kept = list(rows)
    found = {
        rule: (len(about), sum(not passes(row) for row in about))
        for rule, (applies, passes) in asks.items()
        for about in [[row for row in kept if applies(row)]]
    }
    return found | {"row_once": (len(kept), len(kept) - len(set(map(same, kept))))}


def always(row: Row) -> bool:
    return True


def counted_police(path: Path) -> Figures:
    rows = [row for row in rows_of(path) if row["crime_type"] == "Anti-social behaviour"]
    placed: Asks = lambda row: row["longitude"] or row["lsoa_code"]  # noqa: E731
    asks: dict[str, tuple[Asks, Asks]] = {
        "time_of_day": (always, lambda row: len(row["month"]) > len("2018-10")),
        "location": (always, placed),
        "lsoa": (always, lambda row: row["lsoa_code"]),
        "street_named": (placed, lambda row: row["location"].removeprefix("On or near").strip() not in GENERIC),
    }
    same = ("reported_by", "month", "longitude", "latitude", "location")
    return counted(rows, asks, lambda row: tuple(row[name] for name in same))


def counted_council(
    rows: Iterable[Row], made: str, point: str, where: tuple[str, ...], same: tuple[str, ...]
) -> Figures:
    asks: dict[str, tuple[Asks, Asks]] = {
        "time_of_day": (always, lambda row: ":" in row[made]),
        "location": (always, lambda row: any(row[name] for name in (point, *where))),
        "spot": (always, lambda row: row[point]),
    }
    return counted(rows, asks, lambda row: tuple(row[name] for name in (made, point, *where, *same)))


def measured(report: Report, source: str, rules: Iterable[str], agency: str = "") -> Figures:
    """The figures of a report, of one of several agencies where one is named."""
    found = {}
    for line in report.card.lines:
        if line.source == source and line.result.rule in rules:
            score = line.by_agency.get(agency, line.score)
            found[line.result.rule] = (score.checked, score.failed)
    return found


def load(filled: Filled, data: Path, real: Real, at: int = MONDAY) -> None:
    filled.load(real.source, data / real.path, real.profile, area=real.area, at=at)


def read(filled: Filled, agency: str) -> Report:
    question = Question(width=span("7d"))
    return read_report(filled.database.reader_dsn, Reader.parse(f"{agency}/steward"), question, NOW)


def stored(filled: Filled, agency: str) -> set[str]:
    """The references of an agency's reports: of a city's rows those of its matter."""
    return {row[0] for row in filled.worker.rows("SELECT reference FROM report WHERE agency = %s", agency)}


def test_police_files_are_measured_as_plain_counting_counts_them(filled: Filled, shared_data: Path) -> None:
    for real in (CLEVELAND, BEDFORDSHIRE):
        load(filled, shared_data, real)
    filled.measure()
    for real in (CLEVELAND, BEDFORDSHIRE):
        by_hand = counted_police(shared_data / real.path)
        assert set(by_hand) == set(POLICE)
        assert measured(read(filled, real.agency), "police-uk", POLICE, real.agency) == by_hand
        assert told_in_docs(Path(real.path).name) == by_hand


def test_the_page_tells_of_all_forces_what_plain_counting_finds(shared_data: Path) -> None:
    assert told_in_docs(Path(ALL_FORCES.path).name) == counted_police(shared_data / ALL_FORCES.path)


@pytest.mark.long
def test_all_forces_are_measured_as_plain_counting_counts_them(filled: Filled, shared_data: Path) -> None:
    load(filled, shared_data, ALL_FORCES)
    filled.measure()
    by_hand = counted_police(shared_data / ALL_FORCES.path)
    assert measured(read(filled, "kent"), "police-uk", POLICE) == by_hand


def test_san_diego_is_measured_as_plain_counting_counts_it(filled: Filled, shared_data: Path) -> None:
    load(filled, shared_data, SAN_DIEGO)
    filled.measure()
    mine = stored(filled, "san-diego")
    rows = [row for row in rows_of(shared_data / SAN_DIEGO.path) if row["service_request_id"] in mine]
    same = ("service_name", "public_description", "service_request_parent_id")
    by_hand = counted_council(rows, "date_requested", "lat", ("street_address", "zipcode"), same)
    assert measured(read(filled, "san-diego"), "san-diego-get-it-done", COUNCIL) == by_hand
    assert told_in_docs(Path(SAN_DIEGO.path).name) == by_hand


def test_new_york_is_measured_as_plain_counting_counts_it_and_its_columns_drift(
    filled: Filled, shared_data: Path
) -> None:
    for number, real in enumerate(NEW_YORK):
        load(filled, shared_data, real, MONDAY + number * 1_000_000_000)
    filled.measure()
    report, mine = read(filled, "nyc-311"), stored(filled, "nyc-311")
    where = ("incident_address", "intersection_street_1", "intersection_street_2", "city", "incident_zip")
    headers = []
    for real in NEW_YORK:
        rows = rows_of(shared_data / real.path)
        headers.append({name.replace("_(state_plane)", "_state_plane") for name in rows[0]})
        kept = [row for row in rows if row["unique_key"] in mine]
        by_hand = counted_council(kept, "created_date", "latitude", where, ("complaint_type", "descriptor"))
        assert measured(report, str(real.profile), COUNCIL) == by_hand
        assert told_in_docs(Path(real.path).name) == by_hand

    older, newer = headers
    [delivery] = report.deliveries
    assert (set(delivery.added), set(delivery.dropped)) == (newer - older, older - newer)
    assert measured(report, "nyc-311-2024", ["columns_steady"]) == {"columns_steady": (1, 1)}
    page = " ".join((ROOT / "docs" / "quality.md").read_text("utf-8").split())
    assert f"{len(delivery.added)} columns came and {len(delivery.dropped)} went" in page


def test_the_two_layouts_drift_also_when_one_profile_reads_both(filled: Filled, shared_data: Path) -> None:
    for number, real in enumerate(NEW_YORK):
        load(filled, shared_data, real._replace(profile="nyc-311-2024"), MONDAY + number * 1_000_000_000)
    filled.measure()
    [delivery] = read(filled, "nyc-311").deliveries
    assert (len(delivery.added), len(delivery.dropped)) == (2, 14)
