"""What an agency's clerk writes down of what was told, in that agency's manner of writing.

Every account of one occasion shares its telling words, so the text is evidence; and as in real narratives names and
telephone numbers stand in the middle of it.
"""

from simulation.dice import Dice
from simulation.happenings import Official, Telling
from simulation.people import Person
from simulation.scenes import fill, scenes
from simulation.spelling import plain

_ENDINGS = (
    "AREA SEARCH NO TRACE",
    "ON ARRIVAL ALL QUIET",
    "OCCUPANTS SPOKEN TO AND ADVISED",
    "NO UNITS AVAILABLE, ADVICE GIVEN BY PHONE",
    "SNT INFORMED BY EMAIL",
    "LEFT BEFORE POLICE ARRIVED",
    "REFERRED TO LOCAL AUTHORITY",
)
_ADVICE = (
    "Diary sheets sent.",
    "Advised to keep a log and use the noise app.",
    "Will speak to the other party.",
    "Action plan agreed.",
    "Passed to patch officer.",
    "Explained what we can and cannot do.",
)


def for_police(telling: Telling, quoted: str, dice: Dice) -> str:
    """In capitals, without accents, in the control room's shorthand."""
    facts = ". ".join(_facts(telling, telling.incident.place.head, dice))
    parts = [f"{_informant(telling)} {facts}", _effect(telling, dice), _contact(telling, dice), quoted]
    ending = "BELIEVED HOAX, PREMISES CHECKED, NO PARTY" if telling.incident.hoax else dice.one(_ENDINGS)
    return plain(". ".join(part for part in (*parts, ending) if part)).upper()


def for_housing(telling: Telling, quoted: str, dice: Dice) -> str:
    """In the third person, with the officer's next step."""
    teller = telling.teller
    who = f"{teller.title} {plain(teller.family)}" if isinstance(teller, Person) else "Anonymous resident"
    told = dice.one(("called to report", "reports", "came in about", "rang re"))
    first, *rest = _facts(telling, _nearby(telling, dice), dice)
    parts = [f"{who} {told} {first}", *rest, _effect(telling, dice), _named(telling, dice), quoted]
    return ". ".join(_capital(part) for part in parts if part) + ". " + dice.one(_ADVICE)


def for_council(telling: Telling, quoted: str, dice: Dice) -> tuple[str, str]:
    """In the resident's own words: the description, and the effect on them."""
    facts = _facts(telling, _nearby(telling, dice), dice)
    parts = [*facts, _named(telling, dice), _contact(telling, dice), quoted]
    return ".\n".join(_capital(part) for part in parts if part) + ".", _capital(_effect(telling, dice))


def _facts(telling: Telling, where: str, dice: Dice) -> list[str]:
    """What happened, most of what tells it from other occasions, and often what is always so."""
    incident = telling.incident
    what = dice.one(dice.one(scenes()[incident.kind.scenes].what))
    details = [dice.one(mark) for mark in incident.marks if dice.chance(0.85)]
    always = [dice.one(trait) for trait in incident.traits if dice.chance(0.6)]
    return [what.replace("{place}", where), *details, *always]


def _informant(telling: Telling) -> str:
    if isinstance(telling.teller, Official):
        return f"{telling.teller.name or 'MALE CALLER'} REPORTS"
    return {"victim": "INFT STATES", "witness": "WITNESS STATES", "anonymous": "ANON CALLER STATES"}.get(
        telling.part, "CALLING ON BEHALF OF A RELATIVE, STATES"
    )


def _nearby(telling: Telling, dice: Dice) -> str:
    """The source as a neighbour says it: often not by its address."""
    if telling.incident.suspect and dice.chance(0.4):
        return dice.one(("the flat above", "next door", "downstairs", "the people across the landing"))
    return telling.incident.place.head


def _effect(telling: Telling, dice: Dice) -> str:
    if telling.part not in ("victim", "third party") or not dice.chance(0.75):
        return ""
    return dice.one(fill(dice.one(scenes()[telling.incident.kind.scenes].effect), dice))


def _named(telling: Telling, dice: Dice) -> str:
    suspect = telling.incident.suspect
    if suspect is None or not dice.chance(0.2):
        return ""
    return dice.one(("neighbour's name is {}", "says it is {}", "the tenant there is called {}")).format(
        f"{suspect.given} {suspect.family}"
    )


def _contact(telling: Telling, dice: Dice) -> str:
    if not isinstance(telling.teller, Person) or not dice.chance(0.12):
        return ""
    return f"call back on {telling.teller.mobile} and ask for {telling.teller.given}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
