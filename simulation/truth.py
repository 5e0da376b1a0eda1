"""The truth beside the files: which reports tell of one incident, who each person really is, where it really was.

| file          | columns                                                                |
|---------------|------------------------------------------------------------------------|
| incidents.csv | agency, reference, incident_id                                         |
| persons.csv   | agency, reference, person_role, person_reference, person_id            |
| places.csv    | agency, reference, role, uprn                                          |
| problems.csv  | incident_id, problem_id                                                |
| cases.csv     | kind, true_id, incidents, agencies, role                               |
| tags.csv      | agency, reference, tag                                                 |
| story.csv     | story, agency, reference, incident_id, person_id, at                   |

`reference` is the agency's own: the log's incident number, the association's contact id, the complaint's id.
`person_role` and `role` are the language's (schemas.vocabulary). A report has several rows in tags.csv, and none in
persons.csv if its caller gave no name. cases.csv holds every person with two incidents or more as victim or
complainant, and every place with two or more; hoaxes, crimes and what was withdrawn do not count.
"""

from collections.abc import Iterable
from pathlib import Path

from schemas.vocabulary import CaseKind, PersonRole, PlaceRole
from simulation.clock import local
from simulation.desk import Filed, Mention, Tagged, write_table
from simulation.happenings import Incident, Official
from simulation.kinds import Agency
from simulation.people import Person

_SUFFERS = (PersonRole.VICTIM, PersonRole.COMPLAINANT)
_OUTDOORS = ("square", "street")

Key = tuple[Agency, str]
"""Agency and reference."""


class Truth:
    """Gathers the truth of every report, and writes it at the end."""

    def __init__(self) -> None:
        self._incident_of: dict[Key, Incident] = {}
        self._persons: list[tuple[Key, Mention]] = []
        self._tags: set[tuple[str, str, str]] = set()
        self._places: list[tuple[str, str, str, str]] = []
        self._story: list[tuple[str, ...]] = []
        self._told: dict[str, list[Key]] = {}

    @property
    def reports(self) -> Iterable[Key]:
        """Agency and reference of every report."""
        return self._incident_of.keys()

    @property
    def incidents(self) -> int:
        """How many different incidents were told of."""
        return len({incident.id for incident in self._incident_of.values() if not incident.hoax})

    @property
    def story(self) -> dict[str, tuple[Key, ...]]:
        """The reports of each part of the fixed story, in the order in which they were told."""
        found: dict[str, list[Key]] = {}
        for key, incident in self._incident_of.items():
            if incident.story:
                found.setdefault(incident.story, []).append(key)
        return {name: tuple(keys) for name, keys in found.items()}

    def add(self, filed: Filed) -> None:
        """Notes what is true of a report as it is filed."""
        telling, key = filed.telling, (filed.telling.agency, filed.reference)
        self._incident_of[key] = telling.incident
        self._told.setdefault(telling.incident.id, []).append(key)
        self._persons += [(key, mention) for mention in filed.mentions]
        self._places += [(*key, role, uprn) for role, uprn in _places(filed)]
        self._tags |= {(*key, tag) for tag in (*filed.tags, *_who_tags(filed))}
        if telling.incident.story:
            teller = telling.teller.id if telling.teller else ""
            at = local(telling.at).isoformat(timespec="seconds")
            self._story.append((telling.incident.story, *key, telling.incident.id, teller, at))

    def tag(self, tagged: Iterable[Tagged]) -> None:
        """Notes what became true later."""
        self._tags |= {(one.agency, one.reference, one.tag) for one in tagged}

    def accuse(self, agency: Agency, accused: Iterable[tuple[str, Mention]]) -> None:
        """Notes who is alleged to be behind what a report tells."""
        self._persons += [((agency, reference), mention) for reference, mention in accused]

    def write(self, folder: Path) -> list[Path]:
        """Writes the files, each sorted."""
        incidents = sorted((*key, incident.id) for key, incident in self._incident_of.items())
        persons = sorted((*key, str(m.role), m.reference, m.person) for key, m in self._persons)
        tags = sorted(self._tags | set(self._event_tags()))
        return [
            write_table(folder / "incidents.csv", ("agency", "reference", "incident_id"), incidents),
            write_table(folder / "persons.csv", _PERSONS, persons),
            write_table(folder / "places.csv", ("agency", "reference", "role", "uprn"), sorted(self._places)),
            write_table(folder / "problems.csv", ("incident_id", "problem_id"), sorted(self._problems())),
            write_table(folder / "cases.csv", ("kind", "true_id", "incidents", "agencies", "role"), self._cases()),
            write_table(folder / "tags.csv", ("agency", "reference", "tag"), tags),
            write_table(folder / "story.csv", _STORY, sorted(self._story)),
        ]

    def _problems(self) -> set[tuple[str, str]]:
        return {(i.id, i.problem.id) for i in self._incident_of.values() if i.problem}

    def _event_tags(self) -> Iterable[tuple[Agency, str, str]]:
        """Tags that depend on more than one report."""
        for keys in self._told.values():
            if len(keys) > 1 and len({agency for agency, _ in keys}) > 1:
                yield from ((*key, "told_to_several_agencies") for key in keys)
            if len(keys) > 1:
                yield from ((*key, "storm" if len(keys) > 9 else "near_duplicate") for key in keys)
        occasions: dict[str, set[str]] = {}
        for incident in self._incident_of.values():
            if incident.problem:
                occasions.setdefault(incident.problem.id, set()).add(incident.id)
        for key, incident in self._incident_of.items():
            if incident.problem and len(occasions[incident.problem.id]) > 1:
                yield (*key, "repeat_not_duplicate")

    def _cases(self) -> list[tuple[str, str, int, str, str]]:
        """Repeat victims and repeat places with the number of their incidents and the agencies that know of one."""
        found: dict[tuple[str, str, str], dict[str, set[str]]] = {}
        for key, mention in self._persons:
            if mention.role in _SUFFERS and mention.person.startswith("P") and self._counts(key):
                case = found.setdefault((CaseKind.REPEAT_VICTIM, mention.person, ""), {})
                case.setdefault(self._incident_of[key].id, set()).add(key[0])
        for key, incident in self._incident_of.items():
            if self._counts(key):
                role = PlaceRole.OCCURRED if incident.kind.setting in _OUTDOORS else PlaceRole.SOURCE
                case = found.setdefault((CaseKind.REPEAT_PLACE, incident.place.uprn, role), {})
                case.setdefault(incident.id, set()).add(key[0])
        return sorted(
            (kind.lower(), true_id, len(incidents), ";".join(sorted(set[str]().union(*incidents.values()))), role)
            for (kind, true_id, role), incidents in found.items()
            if len(incidents) > 1
        )

    def _counts(self, key: Key) -> bool:
        gone = any((*key, tag) in self._tags for tag in ("crimed", "withdrawn"))
        return not gone and not self._incident_of[key].hoax


_PERSONS = ("agency", "reference", "person_role", "person_reference", "person_id")
_STORY = ("story", "agency", "reference", "incident_id", "person_id", "at")


def _places(filed: Filed) -> Iterable[tuple[str, str]]:
    """The true places of a report by role, as far as that agency's file has a column for the role."""
    telling, incident = filed.telling, filed.telling.incident
    if telling.agency == "police":
        yield PlaceRole.OCCURRED, incident.place.uprn
    elif not (telling.agency == "housing" and incident.kind.setting == "home"):
        yield PlaceRole.SOURCE, incident.place.uprn
    if isinstance(telling.teller, Person) and (telling.agency != "police" or telling.part == "victim"):
        yield PlaceRole.AFFECTED, telling.teller.home.uprn


def _who_tags(filed: Filed) -> Iterable[str]:
    """Tags of who told it, and of how hard they are to tell from others."""
    telling, teller = filed.telling, filed.telling.teller
    if telling.part not in ("victim", "hoax"):
        yield telling.part.replace(" ", "_")
    if isinstance(teller, Official) or teller is None:
        return
    if teller.likeness:
        yield teller.likeness
    if telling.incident.story:
        yield f"story_{telling.incident.story}"
    if teller.home.parent:
        yield "flat"
    if teller.home.kind == "room":
        yield "hostel"
