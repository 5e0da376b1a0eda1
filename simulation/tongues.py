"""Who tells whom, and when: the same agency as last time mostly, another one sometimes, two of them now and then."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from simulation.clock import in_office_hours, local
from simulation.dice import Dice, Wheel
from simulation.feeds import LANDLORDS
from simulation.happenings import Incident, Official, Part, Telling
from simulation.kinds import AGENCIES, RESTRICTED, Agency
from simulation.people import Person
from simulation.problems import Sites
from simulation.settings import Settings

OFFICIALS = (
    Official("O0001", "CCTV Control Room", "02079460101", "Town Hall Annexe"),
    Official("O0002", "Estate Warden", "02079460102", "Marsh Lane Homes Office"),
    Official("O0003", "Parks Ranger", "02079460103", "Lammas Square Lodge"),
)
"""Numbers of theirs are among those kept free for drama."""

HOAXER = Official("H0001", "", "02079460199", "")

_VICTIM_TELLS = 0.68
_TELLS_SECOND_AGENCY = 0.15
_TELLS_THIRD_AGENCY = 0.15
_PASSER_BY_TELLS = 0.08
_OFFICIAL_TELLS = 0.12
_ANONYMOUS = 0.06
_ON_BEHALF = 0.05
_LATE = 0.02
_ONLINE = 0.17
"""Share of the public's reports to the police that come by an online form, where the force has one."""

_WRITES_TOO = 0.04
"""Share of calls to the police after which the same person fills in the form as well, with the call's number."""

_KEEPS_DIARY = 0.35
"""Share of what tenants of Haven Homes tell of a lasting problem that stands in a diary sheet."""
_CRIMED = 0.06
_FAITHFUL = 0.6
"""Share of calls in which a victim of a lasting problem goes to the agency of their first choice."""

_CRIMES = frozenset(("harassment", "hate", "vandalism", "domestic"))
_WATCHED = frozenset(("stairwell", "drinking", "mopeds", "drugs"))
"""Kinds that wardens and camera rooms see."""


def tellings(settings: Settings, sites: Sites, incident: Incident) -> tuple[Telling, ...]:
    """Every account of one incident; none, if nobody cares to tell."""
    dice = Dice(settings.luck, "tellings", incident.id)
    if incident.hoax:
        return (Telling(_soon(incident, dice), "police", incident, "hoax", HOAXER, ("hoax",)),)
    told = _Tongues(settings, sites, incident, dice).all()
    return through(settings, told)


def through(settings: Settings, told: Sequence[Telling]) -> tuple[Telling, ...]:
    """The same accounts, each by one of the ways that its agency has; and those that come by two."""
    found: list[Telling] = []
    for order, telling in enumerate(told):
        dice = Dice(settings.luck, "through", telling.incident.id, order)
        found += (
            _by_police(settings, telling, dice) if telling.agency == "police" else [_by_others(settings, telling, dice)]
        )
    return tuple(found)


def _by_police(settings: Settings, telling: Telling, dice: Dice) -> list[Telling]:
    person = isinstance(telling.teller, Person) and telling.part != "anonymous"
    if "sdm" not in settings.feeds or not person:
        return [telling]
    later = telling.at + timedelta(hours=dice.between(1, 20), minutes=dice.below(60))
    if dice.chance(_ONLINE):
        return [replace(telling, at=later, feed="sdm")]
    if telling.part != "victim" or not dice.chance(_WRITES_TOO):
        return [telling]
    return [telling, replace(telling, at=later, feed="sdm", crimed=False, tags=(*telling.tags, "told_twice"))]


def _by_others(settings: Settings, telling: Telling, dice: Dice) -> Telling:
    """The street service takes what the noise team does not; a diary's entry is told when it is written."""
    incident = telling.incident
    if telling.agency == "council" and not incident.kind.told["council"]:
        return replace(telling, feed="open311")
    keeps = telling.agency == "haven" and telling.part == "victim" and incident.problem and dice.chance(_KEEPS_DIARY)
    if keeps and "haven-diaries" in settings.feeds and isinstance(telling.teller, Person):
        return replace(telling, feed="haven-diaries")
    return telling


class _Tongues:
    """Those who could tell of one incident."""

    def __init__(self, settings: Settings, sites: Sites, incident: Incident, dice: Dice) -> None:
        self._settings = settings
        self._sites = sites
        self._incident = incident
        self._dice = dice

    def all(self) -> tuple[Telling, ...]:
        return (*self._by_victims(), *self._by_passers_by(), *self._by_officials())

    def _by_victims(self) -> Iterator[Telling]:
        lone = self._incident.problem is None and len(self._incident.affected) == 1
        for victim in self._incident.affected:
            if lone or self._dice.chance(_VICTIM_TELLS):
                part, teller = self._speaker(victim)
                chosen = self._choose(victim)
                yield from self._tell(chosen, part, teller)

    def _speaker(self, victim: Person) -> tuple[Part, Person | None]:
        if self._dice.chance(_ANONYMOUS) and self._incident.kind.name != RESTRICTED:
            return "anonymous", None
        others = [person for person in self._sites.people.adults_at(victim.home) if person.id != victim.id]
        if others and self._dice.chance(_ON_BEHALF) and self._incident.kind.name != RESTRICTED:
            return "third party", self._dice.one(others)
        return "victim", victim

    def _choose(self, victim: Person) -> list[Agency]:
        """The agencies that this victim tells, in that order."""
        open_to = self._open_to(victim)
        if not open_to:
            return []
        first = self._first_choice(victim, open_to)
        rest = [agency for agency, _ in open_to if agency != first]
        chosen: list[Agency] = [first]
        for share in (_TELLS_SECOND_AGENCY, _TELLS_THIRD_AGENCY):
            if rest and self._dice.chance(share):
                chosen.append(rest.pop(self._dice.below(len(rest))))
            else:
                break
        return chosen

    def _first_choice(self, victim: Person, open_to: Sequence[tuple[Agency, float]]) -> Agency:
        problem, wheel = self._incident.problem, Wheel(open_to)
        if problem and self._dice.chance(_FAITHFUL):
            return Dice(self._settings.luck, "first choice", victim.id, problem.id).spin(wheel)
        return self._dice.spin(wheel)

    def _open_to(self, victim: Person) -> list[tuple[Agency, float]]:
        """Agencies that have a category for it; the landlord only for its own tenants and its own buildings."""
        kind, landlords = self._incident.kind, (victim.home.landlord, self._incident.place.landlord)
        weights = dict(kind.told)
        if "open311" in self._settings.feeds:
            weights["council"] = weights["council"] or kind.streets
        smaller: list[tuple[Agency, float]] = [(each, kind.told["housing"]) for each in LANDLORDS if each in landlords]
        usual = [(each, weights[each]) for each in AGENCIES if each != "housing" or "housing" in landlords]
        return [(agency, weight) for agency, weight in (*usual, *smaller) if weight]

    def _tell(self, agencies: Sequence[Agency], part: Part, teller: Person | Official | None) -> Iterator[Telling]:
        for agency in agencies:
            late = self._dice.chance(_LATE)
            yield Telling(
                at=self._when(agency, late),
                agency=agency,
                incident=self._incident,
                part=part,
                teller=teller,
                tags=("late",) if late else (),
                crimed=agency == "police" and self._incident.kind.name in _CRIMES and self._dice.chance(_CRIMED),
            )

    def _when(self, agency: Agency, late: bool) -> datetime:
        heard = _soon(self._incident, self._dice)
        if late:
            heard += timedelta(days=self._dice.between(4, 20), minutes=self._dice.below(600))
        if agency == "housing" or agency in LANDLORDS:
            return in_office_hours(heard + timedelta(days=self._dice.skewed(0, 3)), self._dice)
        by_line = agency == "council" and self._incident.kind.told["council"]
        if by_line and not _line_is_open(heard):
            return heard + timedelta(hours=self._dice.between(1, 14))
        return heard

    def _by_passers_by(self) -> Iterator[Telling]:
        if not self._dice.chance(_PASSER_BY_TELLS) or self._incident.kind.setting == "home":
            return
        known = {person.id for person in self._incident.affected}
        near = [p for p in self._sites.around(self._incident.kind, self._incident.place, 8) if p.id not in known]
        if near:
            witness = self._dice.one(near)
            yield from self._tell(self._choose(witness)[:1], "witness", witness)

    def _by_officials(self) -> Iterator[Telling]:
        if self._incident.kind.name in _WATCHED and self._dice.chance(_OFFICIAL_TELLS):
            yield from self._tell(["police"], "official", self._dice.one(OFFICIALS))


def _soon(incident: Incident, dice: Dice) -> datetime:
    """While it goes on, mostly."""
    return incident.began + timedelta(minutes=1 + dice.skewed(1, incident.minutes), seconds=dice.below(60))


def _line_is_open(when: datetime) -> bool:
    """The council's noise line answers from Thursday to Sunday, from half past six until two at night."""
    shown = local(when) - timedelta(hours=3)
    return shown.weekday() >= 3 and local(when).hour in (18, 19, 20, 21, 22, 23, 0, 1)
