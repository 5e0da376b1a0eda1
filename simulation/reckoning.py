"""What adds up: from single reports to repeat victims and repeat places, as the truth has them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.vocabulary import CaseKind, PlaceRole
from simulation.clock import local
from simulation.duties import Fact, Subject
from simulation.happenings import Incident
from simulation.kinds import RESTRICTED, Agency
from simulation.places import HOMES, SHELLS, Town


@dataclass(frozen=True, slots=True)
class Known:
    """A report that counts: who is known to suffer, and the role in which its true place stands."""

    agency: Agency
    incident: Incident
    sufferers: tuple[str, ...]
    role: PlaceRole
    collected: date | None


def cases(known: Iterable[Known]) -> list[tuple[str, str, int, str, str]]:
    """Repeat victims and repeat places with the number of their incidents and the agencies that know of one."""
    found: dict[tuple[str, str, str], dict[str, set[str]]] = {}
    for one in known:
        subjects = [(CaseKind.REPEAT_VICTIM, person, "") for person in one.sufferers]
        for subject in (*subjects, (CaseKind.REPEAT_PLACE, one.incident.place.uprn, one.role)):
            found.setdefault(subject, {}).setdefault(one.incident.id, set()).add(one.agency)
    return sorted(
        (kind.lower(), true_id, len(incidents), ";".join(sorted(set[str]().union(*incidents.values()))), role)
        for (kind, true_id, role), incidents in found.items()
        if len(incidents) > 1
    )


def facts(known: Iterable[Known], town: Town) -> Mapping[Subject, Sequence[Fact]]:
    """What counts for each person, property, building and street of which somebody might be alerted."""
    found: defaultdict[Subject, list[Fact]] = defaultdict(list)
    shells = {place.uprn for place in town.of_kind(*SHELLS)}
    for one in known:
        if one.collected is None or one.incident.kind.name == RESTRICTED:
            continue
        fact, place = _fact(one, one.collected), one.incident.place
        building = place.parent or (place.uprn if place.uprn in shells else "")
        for person in one.sufferers:
            found["repeat_victim", person, ""].append(fact)
        found["repeat_place", place.uprn, str(one.role)].append(fact)
        found["repeat_street", place.usrn, ""].append(fact)
        if building:
            found["repeat_block", building, ""].append(fact)
    return found


def homes_in(town: Town) -> Mapping[str, int]:
    """The number of homes in each building."""
    return Counter(place.parent for place in town.places if place.kind in HOMES and place.parent)


def _fact(one: Known, collected: date) -> Fact:
    incident = one.incident
    return Fact(
        incident=incident.id,
        problem=incident.problem.id if incident.problem else "",
        agency=one.agency,
        happened=local(incident.began).date(),
        collected=collected,
        is_hate=incident.kind.name == "hate",
        address=incident.place.uprn,
    )
