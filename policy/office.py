"""One agency's teams: how they are called, what is theirs, and who stands in for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as routing needs it: UPRN, the UPRN of its building, and the code of its ward."""

    uprn: str | None = None
    parent_uprn: str | None = None
    ward: str | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """Who stands in, from one day to another, both included."""

    team: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One team: its name and what else it is called, its mailbox, its patch, and who covers for it when.

    `uprns` are of homes, or of buildings with all that is in them.
    """

    name: str
    called: frozenset[str]
    mailbox: str
    escalation: str | None = None
    uprns: frozenset[str] = frozenset()
    estates: frozenset[str] = frozenset()
    wards: frozenset[str] = frozenset()
    cover: tuple[Cover, ...] = ()
    valid_from: date = date.min
    valid_to: date = date.max

    def is_there(self, day: date) -> bool:
        """Whether the team exists on a day."""
        return self.valid_from <= day <= self.valid_to

    def stand_in(self, day: date) -> str | None:
        """Who covers for it on a day."""
        return next((each.team for each in self.cover if each.first <= day <= each.last), None)


@dataclass(frozen=True, slots=True)
class Office:
    """One agency: its teams, and the mailbox of whoever is on duty."""

    agency: str
    teams: tuple[Team, ...] = ()
    duty: str | None = None
    escalation: str | None = None
    estates: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def named(self, name: str, day: date) -> Team | None:
        """The team that is so called, in whatever spelling, if it exists on a day."""
        wanted = spelling(name)
        return next((team for team in self.teams if wanted in team.called and team.is_there(day)), None)

    def at(self, spots: Sequence[Spot], day: date) -> Team | None:
        """The team for the places: by home, else by building, else by estate, else by ward."""
        there = [team for team in self.teams if team.is_there(day)]
        homes = [spot.uprn for spot in spots]
        buildings = [spot.parent_uprn for spot in spots]
        for codes, patch in (
            (homes, _own),
            (buildings, _own),
            ([*buildings, *homes], self._buildings),
            ([spot.ward for spot in spots], _wards),
        ):
            found = (team for code in codes if code for team in there if code in patch(team))
            if (team := next(found, None)) is not None:
                return team
        return None

    def reader(self, team: Team, day: date) -> Team | None:
        """Who reads a team's mailbox on a day: itself, or who stands in for it; None where nobody in a circle does."""
        there = {each.name: each for each in self.teams if each.is_there(day)}
        asked: set[str] = set()
        while (stand_in := team.stand_in(day)) is not None:
            asked.add(team.name)
            if stand_in in asked or stand_in not in there:
                return None
            team = there[stand_in]
        return team

    def _buildings(self, team: Team) -> frozenset[str]:
        return frozenset().union(*(self.estates[name] for name in team.estates))


def _own(team: Team) -> frozenset[str]:
    return team.uprns


def _wards(team: Team) -> frozenset[str]:
    return team.wards


def spelling(name: str) -> str:
    """A team's name as it is compared: its letters and digits."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
