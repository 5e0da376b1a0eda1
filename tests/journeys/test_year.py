"""A simulated borough by folder, SFTP, S3, Open311 and push at once, each role killed on the way: as the batch oracle.

The short form is a fortnight; the long one (`make test-long`) is the whole year.
"""

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.collect.inbox import RECEIPT
from simulation.borough import Settings as Borough
from simulation.clock import LONDON
from simulation.feeds import ALL, READERS
from tests.command_line import CommandLine
from tests.conftest import wait_until
from tests.journeys import year_oracle as oracle
from tests.journeys import year_reading as reading
from tests.journeys.year_push import PUSHED, SOURCE, Partner
from tests.journeys.year_sites import ASKED, Places, open_places, source_of, write_year
from wardlink.operate import switch_source, tick_all
from wardlink.settings import Settings
from wardlink.stack.state import ProcessState, read_state

ROLES = ("collect", "resolve-1", "relay", "deliver", "clock", "push", "registry")
"""Every role of the stack, as `wardlink status --json` names them."""


@dataclass(frozen=True, slots=True)
class Form:
    """How large a borough, for how long, and how many seconds collecting may take."""

    days: int
    homes: int
    activity: float
    seconds: float
    by_pairs: bool
    """Whether it is small enough for the oracle that looks at every pair."""


SHORT = Form(days=14, homes=300, activity=1.5, seconds=120, by_pairs=True)
LONG = Form(days=365, homes=9_000, activity=1 / 3, seconds=3_000, by_pairs=False)


def borough(form: Form) -> Borough:
    """A borough whose last day was yesterday, so that its alerts stand today."""
    start = datetime.now(LONDON).date() - timedelta(days=form.days)
    return Borough(days=form.days, homes=form.homes, activity=form.activity, start=start, seed=7, feeds=ALL, faults=6)


@pytest.fixture
def places(request: pytest.FixtureRequest, wardlink: CommandLine, tmp_path: Path) -> Iterator[Places]:
    """A stack that collects every second from all places, with its keys, its geography and its sources switched on."""
    year = write_year(borough(request.param), tmp_path / "borough")
    with open_places(year, tmp_path) as found:
        wardlink.environment |= {
            "WARDLINK_COLLECT_FILE": str(found.declare(tmp_path / "collect.yaml")),
            "WARDLINK_COLLECT_ACCOUNTS": json.dumps(found.accounts),
            "WARDLINK_AGREEMENTS": str(oracle.AGREEMENTS),
            "WARDLINK_DEMO": "true",
        }
        yield found
        wardlink("down")


def make_ready(wardlink: CommandLine, places: Places) -> None:
    area = places.year.borough.area
    wardlink.succeed("up", "--detach")
    wardlink.succeed("geography", "import", str(places.year.folder / "geography"), "--area", area)
    wardlink.succeed("keyring", "area", area, *(f"unplaced:{agency}" for agency in places.year.agencies))
    for feed in {one.feed for one in places.year.deliveries}:
        if agency := READERS[feed].agency:
            name = SOURCE if feed == PUSHED else source_of(feed).name
            switch_source(wardlink.settings, agency, name, "live", [area])


@pytest.mark.journey
@pytest.mark.chaos
@pytest.mark.parametrize("places", [pytest.param(SHORT, id="short")], indirect=True)
def test_a_fortnight_by_all_ways_with_each_role_killed_equals_the_batch_oracle(
    wardlink: CommandLine, places: Places
) -> None:
    live_through(wardlink, places, SHORT)


@pytest.mark.long
@pytest.mark.journey
@pytest.mark.chaos
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("places", [pytest.param(LONG, id="long")], indirect=True)
def test_a_year_by_all_ways_with_each_role_killed_equals_the_batch_oracle(
    wardlink: CommandLine, places: Places, record_testsuite_property: Callable[[str, object], None]
) -> None:
    for kind, count in live_through(wardlink, places, LONG).items():
        record_testsuite_property(kind, count)


def live_through(wardlink: CommandLine, places: Places, form: Form) -> Mapping[str, int]:
    """Sends everything, kills every role on the way, holds what came of it to the oracle; returns counts by kind."""
    make_ready(wardlink, places)
    sent = sum(one.feed in places.sites for one in places.year.deliveries)
    places.deliver()
    pushing = Partner.enrol(wardlink, places.year.borough.area).pushing(places.year, form.seconds)
    for number, role in enumerate(ROLES):
        mark = 1 + number * sent // (len(ROLES) + 1)
        wait_until(lambda mark=mark: oracle.files_settled(wardlink.settings) >= mark, f"{mark} files", form.seconds)
        if role == "push":
            pushing.go_on()
        kill(wardlink, role)
    pushing.finish(form.seconds)
    wait_until(lambda: all(_runs_anew(_process(wardlink, role)) for role in ROLES), "each role runs anew")
    closed = places.close_requests()
    wait_until(lambda: oracle.closed(wardlink.settings, ASKED) == closed, f"{closed} requests are closed", form.seconds)
    wait_until(lambda: places.laid_aside() == sent, "every file is laid aside", form.seconds)
    wardlink.succeed("status", "--wait", "--timeout", str(int(form.seconds)), seconds=form.seconds + 30)
    tick_all(wardlink.settings, int(datetime.now(UTC).timestamp() * 1e6))
    wardlink.succeed("status", "--wait", "--timeout", str(int(form.seconds)), seconds=form.seconds + 30)
    found = assert_equal_to_oracle(wardlink.settings, places, form)
    return {"files": sent, "pushed": pushing.taken} | {kind: len(values) for kind, values in vars(found).items()}


def kill(wardlink: CommandLine, role: str) -> None:
    """SIGKILL to a role of this stack."""
    running = _process(wardlink, role).identity
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)


def _process(wardlink: CommandLine, role: str) -> ProcessState:
    return next(one for one in read_state(wardlink.settings.folders).processes if one.name == role)


def _runs_anew(process: ProcessState) -> bool:
    return process.status == "running" and process.restarts > 0


def assert_equal_to_oracle(settings: Settings, places: Places, form: Form) -> oracle.Effected:
    """Returns what is stored."""
    read, log = reading.read_in_memory(places.year, settings), reading.published(settings)
    assert reading.told(log, settings) == reading.told(read.records, settings)
    assert reading.rejected(log) == reading.rejected(read.records)
    found, expected = oracle.stored(settings), oracle.in_one_batch(log, settings)
    for kind, values in vars(expected).items():
        assert values, kind
        if kind not in ("cases", "alerts"):
            assert values == getattr(found, kind), kind
    assert_told_as_expected(found, expected)
    assert oracle.told_or_taken_back_anew(places.year.borough.area, settings) == []
    if form.by_pairs:
        incidents, persons = oracle.by_the_plainest_way(log, places.year.borough.area, settings)
        assert {frozenset(group) for group in incidents} <= found.incidents
        assert {frozenset(group) for group in persons} <= found.persons
    assert oracle.undelivered(settings) == []
    assert_receipts_are_true(places, read, found)
    return found


def assert_told_as_expected(found: oracle.Effected, expected: oracle.Effected) -> None:
    """Whatever the oracle raises stands, and beside it only what is kept, about the case that it was raised about."""
    assert expected.alerts <= found.alerts
    assert expected.cases <= found.cases
    kept = found.alerts - expected.alerts
    assert {subject for subject, *_ in found.cases - expected.cases} <= {subject for subject, *_ in kept}
    assert len(kept) * 100 <= len(expected.alerts)


def assert_receipts_are_true(places: Places, read: reading.Read, found: oracle.Effected) -> None:
    """Each file lies in done beside its receipt, whose counts are those of an undisturbed reading and of the store."""
    waiting = {of for _, of, state in found.quarantine if state == "open"}
    for feed, site in places.sites.items():
        assert site.names() == site.names("reading") == site.names("failed") == set(), feed
        receipts = [json.loads(site.read(f"done/{name}")) for name in sorted(site.names("done")) if RECEIPT in name]
        sent = {one.path.name for one in places.year.of(feed)}
        assert {one["file"] for one in receipts} == sent == {name for name in site.names("done") if RECEIPT not in name}
        told, tally = Counter[str](), read.tallies[feed]
        for one in receipts:
            told.update(one["counts"] or one["same_as"]["counts"])
        assert (told["read"], told["quarantined"]) == (tally.read, tally.quarantined), feed
        assert told["published"] + told["unchanged"] == tally.published + tally.unchanged, feed
        assert {row["id"] for one in receipts for row in one["failing"]} <= waiting
    assert len(waiting) == places.year.borough.faults
