"""Were the alerts true, and was everybody told who ought to have been? Against truth/alerts.csv of a borough.

An alert names reports. It is true if, by these reports alone, one subject of the truth (a person, a property, a
building or a street of which somebody ought to be alerted) has as many incidents as the rules ask for, and at least
half of the incidents that the alert names. A planted problem is alerted if some true alert names two of its incidents
or more.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from simulation.duties import rules

Key = tuple[str, str]
"""Agency and the agency's reference."""

_LEAST_SHARE = 0.5
_TELLING = 2
_SUFFERS = ("VICTIM", "COMPLAINANT")


@dataclass(frozen=True, slots=True)
class Subject:
    """Of whom or what somebody ought to be alerted, from which day on, and the reports that tell of it."""

    kind: str
    true_id: str
    role: str
    problems: frozenset[str]
    first_day: date
    reports: frozenset[Key]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Alerts and those of them that are true; problems that somebody must be alerted to, and those that were."""

    alerts: int
    true: int
    problems: int
    alerted: int

    @property
    def share_true(self) -> float:
        """1 where there is no alert."""
        return self.true / self.alerts if self.alerts else 1.0

    @property
    def share_alerted(self) -> float:
        """1 where nobody must be alerted to anything."""
        return self.alerted / self.problems if self.problems else 1.0


class Bench:
    """The truth of one borough, by which alerts are judged."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the truth folder that simulation.write made."""
        rows = {name: list(_rows(folder / f"{name}.csv")) for name in ("incidents", "problems", "alerts", "arrivals")}
        self._incident_of = {_key(row): row["incident_id"] for row in rows["incidents"]}
        self._collected = {_key(row): row["collected"] for row in rows["arrivals"]}
        self._problem_of = {row["incident_id"]: row["problem_id"] for row in rows["problems"]}
        self._least = {rule.kind: min(r.count for r in rules() if r.kind == rule.kind) for rule in rules()}
        self.subjects = tuple(_subjects(folder, rows["alerts"]))
        self._by_report: defaultdict[Key, list[Subject]] = defaultdict(list)
        for subject in self.subjects:
            for key in subject.reports:
                self._by_report[key].append(subject)

    def problems(self, until: date | None = None) -> frozenset[str]:
        """The lasting problems that somebody must have been alerted to by a day; all of them, if none is given."""
        due = (subject for subject in self.subjects if until is None or subject.first_day <= until)
        return frozenset(problem for subject in due for problem in subject.problems)

    def is_true(self, reports: Iterable[Key]) -> bool:
        """Whether an alert that names these reports is true."""
        return bool(self._truly_about(set(reports)))

    def problems_told(self, reports: Iterable[Key]) -> frozenset[str]:
        """The lasting problems that an alert with these reports tells of, if it is true."""
        named = set(reports)
        told: defaultdict[str, set[str]] = defaultdict(set)
        for incident in self._incidents(named) if self.is_true(named) else ():
            told[self._problem_of.get(incident, "")].add(incident)
        return frozenset(problem for problem, incidents in told.items() if problem and len(incidents) >= _TELLING)

    def judge(self, alerts: Iterable[Iterable[Key]], until: date | None = None) -> Verdict:
        """The verdict on all alerts of a borough, each given by the reports that it names; problems by a day."""
        named = [frozenset(alert) for alert in alerts]
        told = frozenset[str]().union(*map(self.problems_told, named))
        must = self.problems(until)
        return Verdict(len(named), sum(map(self.is_true, named)), len(must), len(must & told))

    def _truly_about(self, named: set[Key]) -> list[Subject]:
        every = self._incidents(named)
        candidates = dict.fromkeys(subject for key in named for subject in self._by_report[key])
        return [subject for subject in candidates if self._holds(subject, named, len(every))]

    def _holds(self, subject: Subject, named: set[Key], every: int) -> bool:
        of_it = len(self._incidents(named & subject.reports))
        return of_it >= self._least[subject.kind] and of_it >= every * _LEAST_SHARE

    def _incidents(self, named: Iterable[Key]) -> set[str]:
        return {self._incident_of[key] for key in named if key in self._incident_of}


def _subjects(folder: Path, alerts: Iterable[Mapping[str, str]]) -> Iterator[Subject]:
    """The rows of alerts.csv by subject, with the reports that tell of each."""
    reports = _reports(folder)
    grouped: defaultdict[tuple[str, str, str], list[Mapping[str, str]]] = defaultdict(list)
    for row in alerts:
        grouped[row["kind"], row["true_id"], row["role"]].append(row)
    for (kind, true_id, role), rows in grouped.items():
        problems = frozenset(row["problem_id"] for row in rows if row["problem_id"])
        first = min(date.fromisoformat(row["first_day"]) for row in rows)
        yield Subject(kind, true_id, role, problems, first, frozenset(reports[kind, true_id]))


def _reports(folder: Path) -> Mapping[tuple[str, str], set[Key]]:
    """The reports that tell of each person, property, building and street."""
    found: defaultdict[tuple[str, str], set[Key]] = defaultdict(set)
    for row in _rows(folder / "persons.csv"):
        if row["person_role"] in _SUFFERS:
            found["repeat_victim", row["person_id"]].add(_key(row))
    properties = {row["uprn"]: row for row in _rows(folder.parent / "geography" / "uprn.csv")}
    for row in _rows(folder / "places.csv"):
        if row["role"] != "AFFECTED":
            place = properties[row["uprn"]]
            found["repeat_place", row["uprn"]].add(_key(row))
            found["repeat_block", place["parent_uprn"] or row["uprn"]].add(_key(row))
            found["repeat_street", place["usrn"]].add(_key(row))
    return found


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _key(row: Mapping[str, str]) -> Key:
    return row["agency"], row["reference"]
