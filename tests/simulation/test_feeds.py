"""Every feed is a file as its agency sends it: its connector takes each row, and the truth speaks of each report."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from connectors import sources
from connectors.contract import Broken, Context, Draft
from connectors.reading import read_path
from schemas.vocabulary import Unit, UpdateKind
from simulation.borough import Settings, build
from simulation.feeds import ALL, READERS, Feed
from simulation.write import Manifest, write
from tests.connectors.fakes import MemoryOutlet, MemoryState, desk_for
from tests.simulation.reading import Row, Written

CONTEXT = Context(agency="x", collected=1_800_000_000_000_000, row_key=b"k" * 32)
SMALL = Settings(homes=1500, days=45, feeds=ALL, activity=1.5)
AGENCIES: dict[Feed, str] = {feed: str(reader.agency) for feed, reader in READERS.items() if reader.agency}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return write(build(SMALL), tmp_path_factory.mktemp("feeds"))


@pytest.fixture(scope="module")
def files(whole: Manifest) -> Written:
    return Written(whole.folder)


def deliveries(folder: Path, feed: Feed) -> list[Path]:
    return sorted((folder / feed).iterdir(), key=lambda path: path.stem[-10:])


def drafts(folder: Path, feed: Feed) -> Iterator[Draft]:
    """What the feed's own connector makes of its files; a row that it cannot take raises."""
    reader = READERS[feed]
    source = sources.find(reader.source, reader.profile or None)
    for path in deliveries(folder, feed):
        source.recognise(path)
        for row in source.collect(path, CONTEXT):
            assert not isinstance(row, Broken)
            outcome = source.to_report(row, CONTEXT)
            if isinstance(outcome, Draft):
                yield outcome


def starred(feed: Feed, reference: str) -> str:
    """The reference with a star for the keyed hash of whose diary it is."""
    return re.sub(r"/[0-9a-f]+/", "/*/", reference) if feed == "haven-diaries" else reference


def arrivals(files: Written, feed: Feed) -> list[Row]:
    return [row for row in files.truth("arrivals") if row["feed"] == feed]


@pytest.mark.parametrize("feed", [feed for feed in ALL if feed in AGENCIES])
def test_each_report_of_a_feed_is_in_the_truth_and_the_other_way_round(
    whole: Manifest, files: Written, feed: Feed
) -> None:
    read = {starred(feed, draft.reference) for draft in drafts(whole.folder, feed)}
    assert read == {row["reference"] for row in arrivals(files, feed)}
    assert len(read) >= 5


@pytest.mark.parametrize("feed", ALL)
def test_every_row_of_a_feed_is_taken_and_no_code_is_unknown(whole: Manifest, feed: Feed) -> None:
    reader = READERS[feed]
    state, outlet = MemoryState(), MemoryOutlet()
    for path in deliveries(whole.folder, feed):
        desk = desk_for(
            sources.find(reader.source, reader.profile or None), state, outlet, agency=reader.agency, area=SMALL.area
        )
        tally = read_path(desk, path).tally
        assert tally.read > 0
        assert (tally.quarantined, tally.unknown_codes) == (0, 0), (path.name, tally)


def test_the_roles_of_persons_and_places_are_those_that_the_connectors_read(whole: Manifest, files: Written) -> None:
    persons: Counter[tuple[str, ...]] = Counter()
    places: set[tuple[str, ...]] = set()
    for feed in ("sdm", "police-crime", "open311", "haven-cases", "haven-diaries", "weir-notes", "foundry-cases"):
        found = {starred(feed, draft.reference): draft.detail for draft in drafts(whole.folder, feed)}
        for reference, detail in found.items():
            assert detail is not None
            key = (AGENCIES[feed], reference)
            named = [p for p in detail.persons if p.role != "ALLEGED_PERPETRATOR"]
            persons.update((*key, str(p.role)) for p in named)
            places |= {(*key, str(p.role)) for p in detail.places}
    new = {(row["agency"], row["reference"]) for row in files.truth("arrivals") if row["feed"] not in ALL[:1]}
    true = Counter(
        (row["agency"], row["reference"], row["person_role"])
        for row in files.truth("persons")
        if (row["agency"], row["reference"]) in new and (row["agency"], row["reference"], row["person_role"]) in persons
    )
    assert true == persons
    known = {(row["agency"], row["reference"], row["role"]) for row in files.truth("places")}
    assert places <= known


def documents(files: Written) -> Iterator[dict[str, Any]]:
    for path in deliveries(files.folder, "sdm"):
        yield from map(json.loads, path.read_text("utf-8").splitlines())


def test_a_call_its_form_and_its_crime_are_one_incident_and_quote_each_other(files: Written) -> None:
    incident_of = {(row["agency"], row["reference"]): row["incident_id"] for row in files.truth("incidents")}
    forms = {
        document["included"][-1]["attributes"]["customerReferenceNumber"]: document["data"]["attributes"]
        for document in documents(files)
    }
    again = [reference for _, reference in files.tagged("told_twice") if reference in forms]
    assert len(again) > 3
    for reference in again:
        quoted = forms[reference]["incidentReportedAlreadyReference"].removeprefix("CAD ")
        assert incident_of["police", quoted] == incident_of["police", reference]
    crimes = [
        row for path in deliveries(files.folder, "police-crime") for row in files.rows(f"police-crime/{path.name}")
    ]
    logged = {row["incident_no"]: row["crimed_ref"] for row in files.cad() if row["crimed_ref"]}
    assert {row["incident_ref"].removeprefix("CAD "): row["crime_ref"] for row in crimes} == logged
    for row in crimes:
        number = row["incident_ref"].removeprefix("CAD ")
        assert incident_of["police", row["crime_ref"]] == incident_of["police", number]


def test_a_request_comes_again_when_it_is_closed(files: Written) -> None:
    seen: dict[str, list[Row]] = {}
    for path in deliveries(files.folder, "open311"):
        for request in json.loads(path.read_text("utf-8")):
            seen.setdefault(request["service_request_id"], []).append(request)
    again = {reference for reference, shown in seen.items() if len(shown) > 1}
    assert {("council", reference) for reference in again} == {
        key for key in files.tagged("corrected") if key[1] in seen
    }
    assert all(shown[-1]["status"] == "closed" for shown in seen.values() if len(shown) > 1)
    assert all(
        datetime.fromisoformat(shown[-1]["updated_datetime"]) >= datetime.fromisoformat(shown[0]["requested_datetime"])
        for shown in seen.values()
    )


def test_a_landlords_cases_open_and_close(whole: Manifest) -> None:
    updates = Counter(update.update_kind for draft in drafts(whole.folder, "haven-cases") for update in draft.updates)
    assert updates[UpdateKind.OPENED] > updates[UpdateKind.CLOSED] > 0


def test_a_trusts_list_comes_as_summaries_that_count_what_the_truth_holds(whole: Manifest, files: Written) -> None:
    last = {draft.reference: draft for draft in drafts(whole.folder, "foundry-cases")}
    told = Counter(row["reference"] for row in files.truth("summaries"))
    assert {draft.unit for draft in last.values()} == {Unit.SUMMARY}
    assert {reference: draft.contacts or 1 for reference, draft in last.items()}.keys() == told.keys()
    assert all((draft.contacts or 1) >= told[reference] for reference, draft in last.items())
    assert not {row["reference"] for row in files.truth("incidents")} & told.keys()


def test_files_of_windows_are_in_the_characters_of_windows(files: Written) -> None:
    [path, *_] = deliveries(files.folder, "weir-notes")
    assert path.read_bytes().startswith(b"Weir Tenants\x92 Co-operative\r\n")


def test_more_feeds_change_neither_streets_nor_people(whole: Manifest) -> None:
    usual = build(Settings(homes=SMALL.homes, days=SMALL.days, activity=SMALL.activity))
    more = build(SMALL)
    assert [place.uprn for place in usual.town.places] == [place.uprn for place in more.town.places]
    assert [person.id for person in usual.people] == [person.id for person in more.people]
    assert {place.landlord for place in more.town.places} == {"", "housing", "council", "haven", "weir", "foundry"}
    assert {place.landlord for place in usual.town.places} == {"", "housing", "council"}


def test_the_timetable_names_every_delivery_once_in_order_of_time(whole: Manifest, files: Written) -> None:
    rows = files.rows("timetable.csv")
    collected = [row for row in rows if row["what"] == "file"]
    times = [datetime.fromisoformat(row["at"]) for row in rows]
    assert times == sorted(times)
    assert len({row["path"] for row in collected}) == len(collected)
    assert {row["path"] for row in collected} == {
        path.relative_to(whole.folder).as_posix() for feed in ALL for path in deliveries(whole.folder, feed)
    }
    assert {row["path"].split("/")[0] for row in collected} == set(ALL)


def test_the_clock_ticks_four_times_a_day_until_a_fortnight_after_the_last_day(files: Written) -> None:
    ticks = [datetime.fromisoformat(row["at"]) for row in files.rows("timetable.csv") if row["what"] == "tick"]
    assert {(after - before).total_seconds() for before, after in pairwise(ticks)} == {21_600.0}
    assert (ticks[-1] - ticks[0]).days == SMALL.days + 14
