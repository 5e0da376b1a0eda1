"""What happens on each day: occasions of lasting problems, what happens once, and hoaxes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from simulation.clock import some_time
from simulation.dice import Dice, Wheel
from simulation.happenings import Incident, Phrasings, Problem
from simulation.kinds import Kind, kinds
from simulation.people import Person
from simulation.places import Place
from simulation.problems import Sites
from simulation.scenes import marks, scenes, traits
from simulation.settings import Settings

_ONCE = 0.0083
"""Occasions of no lasting problem each day for every home."""

_NIGHT_AFTER = 0.4
"""Chance that a problem which broke out last night does so again."""

_SPREADING = frozenset(("block", "street", "square", "shop"))

_BUSY_DAYS = (0.8, 0.75, 0.8, 0.9, 1.25, 1.5, 1.0)
"""How much happens from Monday to Sunday."""

_NEAR = 4

_TO_THE_TROUBLED = 0.94
"""Share of single occasions, at most, that somebody suffers who has a lasting problem besides. In a town of many homes
and little activity those who ring would otherwise hardly ever ring again, which is not what was found
(simulation.problems).
"""

_STILL_TROUBLED = 60
"""Days after a lasting problem in which those who suffered from it still suffer more than others."""

_GROWS_DAYS = 42
"""Days in which a hotspot grows from nothing to what it is in the end."""

_SPREADS = 0.15
"""Chance that what happened once out of doors happens again close by within days (near repeats: S. Johnson and
K. Bowers, "The burglary as clue to the future", 2004, found the risk raised within 200 m for two weeks)."""

_SPREADS_DAYS = 12


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where something happens, who suffers and who does it."""

    place: Place
    affected: tuple[Person, ...]
    suspect: Person | None


class Diary:
    """Goes through the days in order; what a problem did last night bears on tonight."""

    def __init__(self, settings: Settings, sites: Sites, problems: Sequence[Problem]) -> None:
        self._settings = settings
        self._sites = sites
        self._problems = sorted((p for p in problems if not p.grows), key=lambda problem: problem.first_day)
        self._hotspots = [problem for problem in problems if problem.grows]
        self._spreading: dict[int, list[Incident]] = {}
        self._counted, self._victims = -1, list[Person]()
        self._last_night: set[str] = set()
        self._wheel = Wheel([(kind, kind.once) for kind in kinds().values()])

    def incidents(self, number: int) -> Iterator[Incident]:
        """Everything that begins on the evening of a day or in the night after it; call for each day in turn."""
        day = self._settings.day(number)
        single = list(self._single(number, day))
        found = [*self._of_problems(number, day), *single, *self._hoaxes(number, day)]
        for order, incident in enumerate((*found, *self._at_hotspots(number, day), *self._spread(number, day))):
            yield replace(incident, id=f"I{number:04d}{order:04d}")
        self._note_what_spreads(number, single)

    def _at_hotspots(self, number: int, day: date) -> Iterator[Incident]:
        """Some of those around suffer from each occasion."""
        for spot in self._hotspots:
            grown = min(1.0, (number - spot.first_day + 1) / _GROWS_DAYS)
            dice = Dice(self._settings.luck, "hotspot", spot.id, number)
            usual = spot.weekly / 7 * grown * _BUSY_DAYS[day.weekday()]
            if spot.first_day <= number <= spot.last_day and dice.chance(usual):
                affected = tuple(dice.some(spot.victims, 1 + dice.skewed(0, 3)))
                where = _Spot(spot.place, affected, None)
                made = _incident(spot.kind, day, where, dice, spot, spot.traits)
                yield replace(made, tags=("hotspot",))

    def _note_what_spreads(self, number: int, single: Sequence[Incident]) -> None:
        for order, incident in enumerate(single):
            dice = Dice(self._settings.luck, "spreads", number, order)
            if incident.kind.setting in _SPREADING and dice.chance(_SPREADS):
                self._spreading.setdefault(number + dice.between(1, _SPREADS_DAYS), []).append(incident)

    def _spread(self, number: int, day: date) -> Iterator[Incident]:
        """The same kind again, close to where it was days ago."""
        for order, before in enumerate(self._spreading.pop(number, ())):
            dice = Dice(self._settings.luck, "spread", number, order)
            place = self._sites.close_to(before.kind, before.place, dice)
            affected = tuple(dice.some(self._sites.around(before.kind, place, _NEAR), 1 + dice.skewed(0, 2)))
            if affected:
                made = _incident(before.kind, day, _Spot(place, affected, None), dice, None, before.traits)
                yield replace(made, tags=("near_repeat",))

    def _of_problems(self, number: int, day: date) -> Iterator[Incident]:
        alive = [p for p in self._problems if p.first_day <= number <= p.last_day]
        tonight: set[str] = set()
        for problem in alive:
            dice = Dice(self._settings.luck, "occasion", problem.id, number)
            usual = problem.weekly / 7 * _BUSY_DAYS[day.weekday()]
            if dice.chance(_NIGHT_AFTER if problem.id in self._last_night else usual):
                tonight.add(problem.id)
                spot = _Spot(problem.place, problem.victims, problem.suspect)
                yield _incident(problem.kind, day, spot, dice, problem, problem.traits)
        self._last_night = tonight

    def _single(self, number: int, day: date) -> Iterator[Incident]:
        dice = Dice(self._settings.luck, "once", number)
        usual = _ONCE * self._settings.homes * self._settings.activity
        for _ in range(dice.arrivals(usual * _BUSY_DAYS[day.weekday()])):
            kind = dice.spin(self._wheel)
            spot = self._where(kind, number, dice)
            if spot.affected:
                yield _incident(kind, day, spot, dice, None, traits(scenes()[kind.scenes], dice))

    def _where(self, kind: Kind, number: int, dice: Dice) -> _Spot:
        """Anywhere; or, the quieter the borough the more often, to somebody who suffers from something else already."""
        elsewhere = min(_TO_THE_TROUBLED, 1 - self._settings.activity**3)
        troubled = self._troubled(number) if elsewhere > 0 and dice.chance(elsewhere) else []
        if troubled:
            victim = dice.one(troubled)
            place = self._sites.beside(kind, victim, dice)
            others = [one for one in self._sites.around(kind, place, _NEAR) if one.home != victim.home]
            affected = (victim, *dice.some(others, dice.skewed(0, 1)))
            return _Spot(place, affected, self._sites.suspect(kind, place, dice))
        place = self._sites.pick(kind, dice)
        affected = tuple(dice.some(self._sites.around(kind, place, _NEAR), 1 + dice.skewed(0, 2)))
        return _Spot(place, affected, self._sites.suspect(kind, place, dice))

    def _troubled(self, number: int) -> Sequence[Person]:
        """Those who suffer from a lasting problem on a day, or did lately."""
        if self._counted != number:
            alive = (p for p in self._problems if p.first_day <= number <= p.last_day + _STILL_TROUBLED)
            self._victims = [victim for problem in alive for victim in problem.victims]
            self._counted = number
        return self._victims

    def _hoaxes(self, number: int, day: date) -> Iterator[Incident]:
        """Calls about nothing at all; there was no such occasion."""
        dice = Dice(self._settings.luck, "hoax", number)
        for _ in range(dice.arrivals(0.25 * self._settings.activity * self._settings.homes / 3000)):
            kind = kinds()[dice.one(("party", "drinking", "fireworks"))]
            spot = _Spot(self._sites.pick(kind, dice), (), None)
            yield replace(_incident(kind, day, spot, dice, None, ()), hoax=True)


def _incident(
    kind: Kind, day: date, spot: _Spot, dice: Dice, problem: Problem | None, always: tuple[Phrasings, ...]
) -> Incident:
    return Incident(
        id="",
        kind=kind,
        began=some_time(day, kind.hours, dice),
        minutes=max(5, kind.minutes // 2 + dice.below(kind.minutes)),
        place=spot.place,
        affected=spot.affected,
        suspect=spot.suspect,
        problem=problem,
        marks=marks(scenes()[kind.scenes], dice),
        traits=always,
    )
