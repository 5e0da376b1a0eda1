"""The truth beside the files: which reports tell of one incident, who each person really is, where it really was.

| file          | columns                                                                                       |
|---------------|-----------------------------------------------------------------------------------------------|
| incidents.csv | agency, reference, incident_id                                                                |
| summaries.csv | agency, reference, incident_id                                                                |
| arrivals.csv  | agency, reference, feed, told, collected                                                      |
| persons.csv   | agency, reference, person_role, person_reference, person_id                                   |
| places.csv    | agency, reference, role, uprn                                                                 |
| problems.csv  | incident_id, problem_id                                                                       |
| causes.csv    | problem_id, behaviour, uprn, first_day, last_day, hotspot, victims                            |
| cases.csv     | kind, true_id, incidents, agencies, role                                                      |
| alerts.csv    | kind, true_id, role, problem_id, rule, first_day, incidents, agencies                         |
| tags.csv      | agency, reference, tag                                                                        |
| story.csv     | story, agency, reference, incident_id, person_id, at                                          |
| faults.csv    | file, row, column, fault                                                                      |

`reference` is the agency's own: the log's incident number, the association's contact id, the complaint's id. That of a
diary's entry has a star where a connector puts a keyed hash. `person_role` and `role` are the language's
(schemas.vocabulary). A report has several rows in tags.csv, and none in persons.csv if its caller gave no name. It
stands in incidents.csv, or in summaries.csv, once for each incident that it sums up. cases.csv holds every person with
two incidents or more as victim or complainant, and every place with two or more; hoaxes, crimes and what was withdrawn
do not count. alerts.csv says of what somebody ought to be alerted, and from which day (simulation.duties).
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from schemas.vocabulary import PersonRole, PlaceRole
from simulation.clock import local
from simulation.desk import Filed, Mention, Tagged
from simulation.duties import duties
from simulation.feeds import Feed
from simulation.happenings import Incident, Official, Problem, Telling
from simulation.kinds import Agency
from simulation.people import Person
from simulation.places import Town
from simulation.reckoning import Known, cases, facts, homes_in
from simulation.tables import write_table

Key = tuple[Agency, str]
"""Agency and reference."""

_SUMMARIES: tuple[Feed, ...] = ("foundry-cases",)


class Truth:
    """Gathers the truth of every report, and writes it at the end."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._incident_of: dict[Key, Incident] = {}
        self._summed_up: dict[Key, dict[str, Incident]] = {}
        self._persons: list[tuple[Key, Mention]] = []
        self._tags: set[tuple[str, str, str]] = set()
        self._places: dict[tuple[str, str, str, str], None] = {}
        self._story: list[tuple[str, ...]] = []
        self._told: dict[str, list[Key]] = {}
        self._first_told: dict[Key, Telling] = {}
        self._collected: dict[Key, date] = {}

    @property
    def reports(self) -> Iterable[Key]:
        """Agency and reference of every report."""
        return self._first_told.keys()

    @property
    def incidents(self) -> int:
        """How many different incidents were told of."""
        told = (*self._incident_of.values(), *(one for held in self._summed_up.values() for one in held.values()))
        return len({incident.id for incident in told if not incident.hoax})

    @property
    def story(self) -> dict[str, tuple[Key, ...]]:
        """The reports of each part of the fixed story, in the order in which they were told."""
        found: dict[str, list[Key]] = {}
        for key, incident in self._incident_of.items():
            if incident.story:
                found.setdefault(incident.story, []).append(key)
        return {name: tuple(keys) for name, keys in found.items()}

    @property
    def tags(self) -> Iterable[tuple[str, str, str]]:
        """Agency, reference and tag of every hard case."""
        return sorted(self._tags | set(self._event_tags()))

    def add(self, filed: Filed) -> None:
        """Notes what is true of a report as it is filed."""
        telling, key = filed.telling, (filed.telling.agency, filed.reference)
        self._tags |= {(*key, tag) for tag in (*filed.tags, *telling.incident.tags, *_who_tags(filed))}
        if telling.through in _SUMMARIES:
            self._summed_up.setdefault(key, {})[telling.incident.id] = telling.incident
        else:
            self._incident_of[key] = telling.incident
            self._told.setdefault(telling.incident.id, []).append(key)
        if key not in self._first_told:
            self._first_told[key] = telling
            self._persons += [(key, mention) for mention in filed.mentions]
            self._places |= {(*key, role, uprn): None for role, uprn in _places(filed)}
        if telling.incident.story:
            teller = telling.teller.id if telling.teller else ""
            at = local(telling.at).isoformat(timespec="seconds")
            self._story.append((telling.incident.story, *key, telling.incident.id, teller, at))

    def collect(self, keys: Iterable[Key], day: date) -> None:
        """Notes on which day the file that first holds these reports was collected."""
        for key in keys:
            self._collected.setdefault(key, day)

    def tag(self, tagged: Iterable[Tagged]) -> None:
        """Notes what became true later."""
        self._tags |= {(one.agency, one.reference, one.tag) for one in tagged}

    def accuse(self, agency: Agency, accused: Iterable[tuple[str, Mention]]) -> None:
        """Notes who is alleged to be behind what a report tells."""
        self._persons += [((agency, reference), mention) for reference, mention in accused]

    def write(self, folder: Path) -> list[Path]:
        """Writes the files, each sorted."""
        incidents = sorted((*key, incident.id) for key, incident in self._incident_of.items())
        summaries = sorted((*key, incident) for key, held in self._summed_up.items() for incident in held)
        persons = sorted((*key, str(m.role), m.reference, m.person) for key, m in self._persons)
        known = list(self._known())
        return [
            write_table(folder / "incidents.csv", _INCIDENTS, incidents),
            write_table(folder / "summaries.csv", _INCIDENTS, summaries),
            write_table(folder / "arrivals.csv", _ARRIVALS, sorted(self._arrivals())),
            write_table(folder / "persons.csv", _PERSONS, persons),
            write_table(folder / "places.csv", ("agency", "reference", "role", "uprn"), sorted(self._places)),
            write_table(folder / "problems.csv", ("incident_id", "problem_id"), sorted(self._problems())),
            write_table(folder / "causes.csv", _CAUSES, sorted(self._causes())),
            write_table(folder / "cases.csv", ("kind", "true_id", "incidents", "agencies", "role"), cases(known)),
            write_table(folder / "alerts.csv", _ALERTS, self._alerts(known)),
            write_table(folder / "tags.csv", ("agency", "reference", "tag"), self.tags),
            write_table(folder / "story.csv", _STORY, sorted(self._story)),
        ]

    def _arrivals(self) -> Iterable[tuple[str, ...]]:
        for key, telling in self._first_told.items():
            told = local(telling.at).isoformat(timespec="seconds")
            collected = self._collected.get(key)
            yield (*key, telling.through, told, collected.isoformat() if collected else "")

    def _problems(self) -> set[tuple[str, str]]:
        summed_up = (incident for held in self._summed_up.values() for incident in held.values())
        return {(i.id, i.problem.id) for i in (*self._incident_of.values(), *summed_up) if i.problem}

    def _causes(self) -> Iterable[tuple[object, ...]]:
        problems = {i.problem.id: i.problem for i in self._incident_of.values() if i.problem}
        return (_cause(problem) for problem in problems.values())

    def _alerts(self, known: list[Known]) -> Iterable[tuple[object, ...]]:
        for duty in duties(facts(known, self._town), homes_in(self._town)):
            head = (duty.kind, duty.true_id, duty.role, duty.problem, duty.rule)
            yield (*head, duty.first_day.isoformat(), duty.incidents, duty.agencies)

    def _known(self) -> Iterable[Known]:
        """Every report that counts, with what is true of it."""
        sufferers: dict[Key, list[str]] = {}
        for key, mention in self._persons:
            if mention.role in _SUFFERS and mention.person.startswith("P"):
                sufferers.setdefault(key, []).append(mention.person)
        for key, incident in self._incident_of.items():
            gone = any((*key, tag) in self._tags for tag in ("crimed", "withdrawn"))
            if not gone and not incident.hoax:
                role = PlaceRole.OCCURRED if incident.kind.setting in _OUTDOORS else PlaceRole.SOURCE
                yield Known(key[0], incident, tuple(sufferers.get(key, ())), role, self._collected.get(key))

    def _event_tags(self) -> Iterable[tuple[str, str, str]]:
        """Tags that depend on more than one report."""
        for keys in self._told.values():
            if len(keys) > 1 and len({agency for agency, _ in keys}) > 1:
                yield from ((*key, "told_to_several_agencies") for key in keys)
            if len(keys) > 1:
                yield from ((*key, "storm" if len(keys) > _STORM else "near_duplicate") for key in keys)
        occasions: dict[str, set[str]] = {}
        for incident in self._incident_of.values():
            if incident.problem:
                occasions.setdefault(incident.problem.id, set()).add(incident.id)
        for key, incident in self._incident_of.items():
            if incident.problem and len(occasions[incident.problem.id]) > 1:
                yield (*key, "repeat_not_duplicate")


_STORM = 15
"""Reports of one incident beyond which it is a storm."""

_SUFFERS = (PersonRole.VICTIM, PersonRole.COMPLAINANT)
_OUTDOORS = ("square", "street")
_INCIDENTS = ("agency", "reference", "incident_id")
_ARRIVALS = ("agency", "reference", "feed", "told", "collected")
_PERSONS = ("agency", "reference", "person_role", "person_reference", "person_id")
_CAUSES = ("problem_id", "behaviour", "uprn", "first_day", "last_day", "hotspot", "victims")
_ALERTS = ("kind", "true_id", "role", "problem_id", "rule", "first_day", "incidents", "agencies")
_STORY = ("story", "agency", "reference", "incident_id", "person_id", "at")


def _cause(problem: Problem) -> tuple[object, ...]:
    """A lasting problem; its days count from the first of the borough."""
    place = problem.place.uprn
    hotspot = "yes" if problem.grows else ""
    return (problem.id, problem.kind.name, place, problem.first_day, problem.last_day, hotspot, len(problem.victims))


def _places(filed: Filed) -> Iterable[tuple[str, str]]:
    """The true places of a report by role, as far as its file has a column for the role."""
    telling, incident = filed.telling, filed.telling.incident
    if telling.agency == "police" or telling.through == "open311":
        yield PlaceRole.OCCURRED, incident.place.uprn
    elif telling.through not in _NO_SOURCE and not (telling.agency in _LANDLORDS and incident.kind.setting == "home"):
        yield PlaceRole.SOURCE, incident.place.uprn
    shown = telling.agency != "police" or telling.part == "victim"
    if isinstance(telling.teller, Person) and shown and telling.through != "open311":
        yield PlaceRole.AFFECTED, telling.teller.home.uprn


_LANDLORDS = ("housing", "haven")
_NO_SOURCE: tuple[Feed, ...] = ("weir-notes", "foundry-cases")
"""Lists without a column for what is complained of."""


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
