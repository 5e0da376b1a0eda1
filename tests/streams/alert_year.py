"""A simulated borough's year through linking, casebook and rules in one process: who was told what, and was it true.

`python -m tests.streams.alert_year --days 365 --keep FILE` prints new alerts a week by recipient and rule, the share
that is true and the share of planted problems that somebody was alerted to (simulation.judging). FILE keeps what the
connectors read, so that a second run tries other rules (`--rules FILE`) at once.
"""

import argparse
import csv
import os
import pickle
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from connectors import sources
from connectors.geography.importing import geography_of_files
from connectors.geography.placing import Geography
from connectors.reading import read_path
from linkage.model import load_model
from policy.agreement import Agreements
from policy.alert import HeldAlert
from policy.directory import Directory, Matter, Route, route
from policy.months import london_date
from policy.office import Office, Spot, Team
from policy.rulebook import Rulebook, load_rules, shipped_rules
from schemas.records import AgencyUpdate, Command, Moment, Report
from schemas.vocabulary import AlertState, CommandKind, PlaceRole
from simulation.borough import Settings, build
from simulation.judging import Bench, Verdict
from simulation.write import write
from store.effects import Effects
from streams.memory import AreaMemory
from streams.opening import Desk, Opened
from streams.policies import Policies
from streams.taking import take
from tests.connectors.fakes import MemoryOutlet, MemoryState, desk_for, keyring
from tests.streams.worker import demo_agreements
from vault.reports import FeatureSeal
from vault.seal import Opener

Came = tuple[int, Opened | AgencyUpdate]
"""When it was collected (microseconds), and a report, opened, or an update."""

_DAY = 86_400_000_000
_TICK_DAYS = 7
"""An area's clock ticks every hour; a tick a week is enough to count by."""


@dataclass(frozen=True, slots=True)
class Year:
    """What came in, in the order in which it came; the homes of each building; where the truth is."""

    settings: Settings
    came: Sequence[Came]
    homes: Mapping[str, int]
    truth: Bench


@dataclass(frozen=True, slots=True)
class Raised:
    """One alert as it was first told."""

    day: date
    recipient: str
    rule: str
    level: str
    reports: tuple[str, ...]
    case_id: str
    reason: str


@dataclass(slots=True)
class Outcome:
    """What was told in a year."""

    raised: list[Raised] = field(default_factory=list)
    updated: Counter[str] = field(default_factory=Counter)
    told_again: list[tuple[str, ...]] = field(default_factory=list)
    withdrawn: int = 0
    quiet: Counter[str] = field(default_factory=Counter)
    verdict: Verdict | None = None

    def weekly(self, recipient: str | None = None) -> float:
        """New alerts a week, of one recipient or of all."""
        mine = [one for one in self.raised if recipient in (None, one.recipient)]
        days = {one.day for one in self.raised}
        return len(mine) / max(1, ((max(days) - min(days)).days + 1) / 7) if days else 0.0


def read_year(folder: Path, settings: Settings) -> Year:
    """Writes a borough below a folder, and reads its files as the connectors do, each when it was collected."""
    write(build(settings), folder)
    geography = geography_of_files(folder / "geography", settings.area)
    came = sorted(_came(folder, settings, geography), key=lambda timed: timed[0])
    homes: dict[str, set[str]] = defaultdict(set)
    for row in _table(folder / "geography" / "uprn.csv"):
        homes[row["parent_uprn"]].add(row["uprn"])
    return Year(settings, came, {uprn: len(below) for uprn, below in homes.items()}, Bench(folder / "truth"))


def live(year: Year, rules: Rulebook, agreements: Agreements) -> Outcome:
    """The year day by day, with a tick each week, and what was told."""
    state = _empty_state(year, rules, agreements)
    outcome, held = Outcome(), {}
    for day, today in groupby(year.came, key=lambda timed: timed[0] // _DAY):
        effects = Effects()
        desk = _OpenDesk([one for _, one in today])
        take(state, [(None, one) for one in desk.records], held, desk, effects)  # type: ignore[arg-type, misc]
        if day % _TICK_DAYS == 0:
            tick: Any = (None, _tick(year.settings.area, (day + 1) * _DAY))
            take(state, [tick], {}, desk, effects)  # type: ignore[arg-type]
        _note(effects, state, outcome)
    outcome.verdict = _judge(outcome, year.truth)
    return outcome


def load_as_history(year: Year, rules: Rulebook, agreements: Agreements) -> tuple[Outcome, list[tuple[str, str]]]:
    """The whole year loaded at its end as history: what was sent of it, and (recipient, why it is quiet) of each alert
    that stands.
    """
    state = _empty_state(year, rules, agreements)
    outcome, standing = Outcome(), {}
    end = max(at for at, _ in year.came) + _DAY
    take(state, [cast(Any, (None, _tick(year.settings.area, end)))], {}, cast(Any, _OpenDesk([])), Effects())
    for _, today in groupby(year.came, key=lambda timed: timed[0] // _DAY):
        effects, desk = Effects(), _OpenDesk([one for _, one in today])
        records: Any = [(None, one) for one in desk.records]
        take(state, records, {}, cast(Any, desk), effects, is_history=True)
        _note(effects, state, outcome)
        standing |= {row.alert_id: row for row in effects.alert}
    left = [row for row in standing.values() if row.state != AlertState.WITHDRAWN]
    return outcome, [(row.recipient, row.quiet) for row in left]


def _judge(outcome: Outcome, bench: Bench) -> Verdict:
    """Alerts are true by what they said when they were new; a problem may also be told of when one is told again."""
    new = bench.judge([map(_key, one.reports) for one in outcome.raised if one.reports])
    again = bench.judge(
        [map(_key, reports) for reports in (*outcome.told_again, *(one.reports for one in outcome.raised))]
    )
    return replace(new, alerted=again.alerted)


class _OpenDesk:
    """Hands out what was opened before."""

    def __init__(self, opened: Iterable[Opened | AgencyUpdate]) -> None:
        self.records: list[Report | AgencyUpdate] = []
        self._opened: dict[tuple[str, int], Opened] = {}
        for one in opened:
            self.records.append(one.report if isinstance(one, Opened) else one)
            if isinstance(one, Opened):
                self._opened[one.report.report_id, one.report.revision] = one

    def open_report(self, report: Report, linked: bool) -> Opened:
        """As Desk."""
        return self._opened[report.report_id, report.revision]

    def reseal_update(self, update: AgencyUpdate) -> tuple[None, None]:
        """As Desk."""
        return None, None


def _empty_state(year: Year, rules: Rulebook, agreements: Agreements) -> AreaMemory:
    policies = Policies(agreements, rules, year.homes.get)
    state = AreaMemory(year.settings.area, 0, load_model(), b"k" * 32, policies)
    reports = {one.report.agency: one.report for _, one in year.came if isinstance(one, Opened)}
    every = {(one.report.agency, one.report.source) for _, one in year.came if isinstance(one, Opened)}
    assert reports, "a borough tells something"
    for agency, source in sorted(every):
        state.casebook.switch_source(agency, source, True)
    return state


def _note(effects: Effects, state: AreaMemory, outcome: Outcome) -> None:
    """What each row tells; an alert that comes and goes within the night is one that came and went."""
    levels = state.casebook._place_of_case
    for row in effects.alert:
        quiet = HeldAlert.from_bytes(row.held).quiet
        if quiet:
            outcome.quiet[quiet] += row.state == AlertState.RAISED
            continue
        if row.state == AlertState.RAISED:
            place = levels.get(row.case_id)
            level = place.level if place else "victim"
            day, reports = london_date(row.changed_at), tuple(row.report_ids)
            outcome.raised.append(Raised(day, row.recipient, row.rule, level, reports, row.case_id, row.reason))
        elif row.state == AlertState.UPDATED:
            outcome.updated[row.rule] += 1
            outcome.told_again.append(tuple(row.report_ids))
        else:
            outcome.withdrawn += 1


def _tick(area: str, at: int) -> Command:
    return Command(command_id=f"tick-{at}", area=area, command_kind=CommandKind.TICK, given_by="test", at=Moment(at=at))


def _came(folder: Path, settings: Settings, geography: Geography) -> Iterator[Came]:
    rows = [row for row in _table(folder / "timetable.csv") if row["what"] == "file" and row["agency"]]
    ring = keyring(settings.area, *(f"unplaced:{row['agency']}" for row in rows[:20]))
    opening = Desk(Opener(ring), FeatureSeal(ring), os.urandom)
    for feed, files in groupby(sorted(rows, key=_feed_of), key=_feed_of):
        state = MemoryState()
        for row in sorted(files, key=lambda row: row["at"]):
            outlet, at = MemoryOutlet(), _micros(row["at"])
            source = sources.find(feed[1], feed[2] or None)
            desk = desk_for(source, state, outlet, ring, geography, feed[0], settings.area)
            read_path(replace(desk, clock=partial(int, at)), folder / row["path"])
            yield from ((at, one) for one in _opened(outlet, opening, settings.area))


def _opened(outlet: MemoryOutlet, desk: Desk, area: str) -> Iterator[Opened | AgencyUpdate]:
    for sent in outlet.acknowledged:
        if isinstance(sent.record, Report) and sent.record.area == area:
            whole = desk.open_report(sent.record, True)
            yield replace(whole, sealed_detail=None, sealed_features=None)
        elif isinstance(sent.record, AgencyUpdate) and sent.record.area == area:
            yield sent.record


def _feed_of(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["agency"], row["source"], row["profile"]


def _key(report_id: str) -> tuple[str, str]:
    agency, _, reference = report_id.partition(":")
    return agency, reference


def _micros(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


def _table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _kept(keep: Path | None, settings: Settings) -> Year:
    if keep is not None and keep.is_file():
        year: Year = pickle.loads(keep.read_bytes())  # noqa: S301 (our own file)
        return year
    with tempfile.TemporaryDirectory() as folder:
        year = read_year(Path(folder), settings)
    if keep is not None:
        keep.write_bytes(pickle.dumps(year))
    return year


def _show(outcome: Outcome, bench: Bench, boxes: Mapping[str, Sequence[Raised]]) -> None:
    verdict = outcome.verdict
    assert verdict is not None
    weeks = Counter(one.day.isocalendar()[:2] for one in outcome.raised)
    worst = max(weeks.values(), default=0)
    print(f"raised {len(outcome.raised):,}, {outcome.weekly():.1f} a week, worst week {worst};",
          f"updated {outcome.updated.total():,}, withdrawn {outcome.withdrawn:,}")  # fmt: skip
    told = {one.case_id for one in outcome.raised}
    print(f"  {'borough':<12}{len(told) * outcome.weekly() / max(1, len(outcome.raised)):6.1f} cases a week")
    for recipient in sorted({one.recipient for one in outcome.raised}):
        print(f"  {recipient:<12}{outcome.weekly(recipient):6.1f} a week")
    print(f"true {verdict.share_true:.1%} of {verdict.alerts:,}; problems alerted {verdict.alerted} of "
          f"{verdict.problems} ({verdict.share_alerted:.1%})")  # fmt: skip
    _show_mailboxes(boxes, outcome)
    kinds = _kinds(outcome.raised, bench)
    for (level, rule), group in sorted(_by(outcome.raised).items()):
        named = [[_key(report) for report in one.reports] for one in group]
        true = sum(bench.is_true(one) for one in named if one)
        first, again, none = (sum(kinds[id(one)] == kind for one in group) for kind in ("first", "again", "none"))
        print(
            f"  {level:<8}{rule:<32}{len(group):>6}  true {true:>4}  first {first:>4}  again {again:>4}  none {none:>4}"
        )
    print("  quiet:", dict(outcome.quiet))
    print("  updated:", dict(outcome.updated.most_common(8)))


def _show_mailboxes(boxes: Mapping[str, Sequence[Raised]], outcome: Outcome) -> None:
    for mailbox, told in sorted(boxes.items()):
        weeks = Counter(one.day.isocalendar()[:2] for one in told)
        mean = len(told) * outcome.weekly() / len(outcome.raised)
        print(f"  {mailbox:<20}{mean:6.1f} a week, busiest {max(weeks.values())}")


def _kinds(raised: Iterable[Raised], bench: Bench) -> dict[int, str]:
    """Whether an alert is the first to its reader about the problem that most of it is of, another, or of none."""
    seen: set[tuple[str, str]] = set()
    kinds: dict[int, str] = {}
    for one in raised:
        problems = Counter(bench._problem_of.get(bench._incident_of.get(_key(each), ""), "") for each in one.reports)
        problem = problems.most_common(1)[0][0] if problems else ""
        kinds[id(one)] = "none" if not problem else "again" if (problem, one.recipient) in seen else "first"
        seen.add((problem, one.recipient))
    return kinds


def mailboxes(year: Year, outcome: Outcome) -> Mapping[str, Sequence[Raised]]:
    """The new alerts of each mailbox, where each agency has a team for each ward, and a duty mailbox for the rest."""
    spots = {one.report.report_id: tuple(_spots(one)) for _, one in year.came if isinstance(one, Opened)}
    directory = _a_team_for_each_ward(
        {one.recipient for one in outcome.raised}, {spot.ward for some in spots.values() for spot in some}
    )
    found: dict[str, list[Raised]] = defaultdict(list)
    for one in outcome.raised:
        own = [report for report in one.reports if report.startswith(f"{one.recipient}:")]
        matter = Matter(one.recipient, spots=tuple(spot for report in own for spot in spots.get(report, ())))
        to = route(matter, directory, one.day)
        assert isinstance(to, Route), "each agency has a duty mailbox"
        found[to.mailbox].append(one)
    return found


def _spots(one: Opened) -> Iterator[Spot]:
    for role in (PlaceRole.SOURCE, PlaceRole.OCCURRED, PlaceRole.AFFECTED):
        yield from (Spot(each.uprn, each.parent_uprn, each.ward) for each in one.places if each.role == role)


def _a_team_for_each_ward(agencies: Iterable[str], wards: Iterable[str | None]) -> Directory:
    codes = sorted(ward for ward in wards if ward)
    return Directory(
        {agency: Office(agency, tuple(_team(agency, ward) for ward in codes), f"duty@{agency}") for agency in agencies}
    )


def _team(agency: str, ward: str) -> Team:
    return Team(name=ward, called=frozenset({ward}), mailbox=f"{ward}@{agency}", wards=frozenset({ward}))


def _by(raised: Iterable[Raised]) -> dict[tuple[str, str], list[Raised]]:
    found: dict[tuple[str, str], list[Raised]] = defaultdict(list)
    for one in raised:
        found[one.level, one.rule].append(one)
    return found


def main() -> None:
    """Prints the figures of one borough's year."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--rules", type=Path)
    given = parser.parse_args()
    settings = Settings(
        days=given.days, seed=given.seed, homes=9000, activity=1 / 3, start=date(2026, 1, 1), snapshot_every=7
    )
    year = _kept(given.keep, settings)
    outcome = live(year, load_rules(given.rules) if given.rules else shipped_rules(), demo_agreements())
    _show(outcome, year.truth, mailboxes(year, outcome))


if __name__ == "__main__":
    main()
