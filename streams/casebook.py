"""The cases of one area: linkage's clusters as the facts that policy's rules look at, and as rows and messages."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from linkage.changes import PlaceKey, Resolution
from linkage.features import VICTIM as VICTIM_GROUP
from linkage.features import PlaceFeatures, ReportFeatures
from linkage.index import AreaIndex
from linkage.places import keys_of
from policy.facts import VICTIM, CaseFact, IncidentFact, ReportFact
from policy.rulebook import RepeatRule
from schemas.codec import codec
from schemas.records import Case, Moment
from schemas.topics import CASES
from schemas.vocabulary import CaseKind, Category, PlaceRole, PropertyType
from store.database import Row
from store.effects import Effects
from store.rows import AliasRow, CaseRow, OutboxRow
from streams.alerts import AlertDesk
from streams.case_status import CaseStatus
from streams.policies import Policies

_MOST_FACTS = 100_000
_ALL_KINDS = frozenset(CaseKind)
_SCENES = (PlaceRole.SOURCE, PlaceRole.OCCURRED)
_DOORS = ("uprn", "address")
_WORTH_A_WORD = frozenset({PropertyType.HOSTEL, PropertyType.LICENSED_PREMISES, PropertyType.OPEN_SPACE})


@dataclass(slots=True)
class Touched:
    """What so many records may have changed for the rules. Every rule minds what was `said_of` reports; that a case of
    theirs was opened or closed, some.
    """

    records: int = 0
    persons: set[str] = field(default_factory=set)
    incidents: set[str] = field(default_factory=set)
    places: set[PlaceKey] = field(default_factory=set)
    said_of: set[str] = field(default_factory=set)
    opened_or_closed: set[str] = field(default_factory=set)
    held_alerts: bool = False
    is_history: bool = False
    everything: bool = False

    def add(self, resolution: Resolution) -> None:
        """Takes in what a resolution touched; clusters that were taken over are touched too."""
        self.persons.update(resolution.touched_persons)
        self.persons.update(old for old, _ in resolution.aliases)
        self.incidents.update(resolution.touched_incidents)
        self.places.update(resolution.touched_places)


class Casebook:
    """The cases of one area, and the desk that alerts on them. Times are microseconds since 1970 in UTC."""

    def __init__(self, area: str, index: AreaIndex, status: CaseStatus, policies: Policies) -> None:
        self.policies = policies
        self.alerts = AlertDesk(area, policies)
        self._area = area
        self._index = index
        self._status = status
        self._live_sources: set[tuple[str, str]] = set()
        self._case_of_place: dict[PlaceKey, str] = {}
        self._place_of_case: dict[str, PlaceKey] = {}
        self._last_number = 0
        self._versions: dict[str, int] = {}
        self._signatures: dict[str, int] = {}
        rules = policies.rules(area).repeats
        self._fewest = _fewest_incidents(rules)
        self._minding_openness = [rule for rule in rules if rule.open]
        self._open_kinds = frozenset(kind for rule in self._minding_openness for kind in rule.kinds)
        self._facts: dict[str, ReportFact] = {}
        self._incidents: dict[str, IncidentFact] = {}

    def restore(self, cases: Sequence[Row], alerts: Sequence[Row], sources: Sequence[Row]) -> None:
        """Fills an empty casebook with what is stored."""
        self._live_sources = {(row["agency"], row["source"]) for row in sources if row["live"]}
        for row in cases:
            case_id = row["case_id"]
            self._versions[case_id] = row["version"]
            self._signatures[case_id] = _signature(row["incident_ids"], row["report_ids"])
            if row["place_code"] is not None:
                self._name_place(PlaceKey(row["place_role"], row["place_level"], row["place_code"]), case_id)
        self.alerts.restore(alerts)

    def switch_source(self, agency: str, source: str, live: bool) -> None:
        """Sends, or only records, the alerts that rest on a source from now on."""
        change = self._live_sources.add if live else self._live_sources.discard
        change((agency, source))
        self._facts.clear()
        self._incidents.clear()

    def write_changes(self, touched: Touched, now: int, effects: Effects) -> None:
        """Looks at every case that may have changed; writes down the cases and alerts that have."""
        for incident_id in touched.incidents:
            self._incidents.pop(incident_id, None)
            self.alerts.forget(incident_id)
        for case_id in sorted(self._touched_cases(touched), key=self._victims_first):
            case = self._case(case_id)
            is_told = self.alerts.write_changes(case, now, effects, touched.is_history)
            if is_told or case_id in self._versions or case.kind is CaseKind.REPEAT_VICTIM:
                self._write_case(case, now, effects)

    def _victims_first(self, case_id: str) -> tuple[bool, str]:
        """So that what is told of a victim need not be told of the place again."""
        return case_id in self._place_of_case, case_id

    def alias_rows(self, aliases: Iterable[tuple[str, str]], now: int) -> Iterator[AliasRow]:
        """Ids that were taken over by others."""
        for old, new in aliases:
            yield AliasRow(self._area, old, new, now)

    def learn(self, features: ReportFeatures) -> ReportFact:
        """One report as the rules look at it from now on."""
        if len(self._facts) >= _MOST_FACTS:
            self._facts.clear()
        fact = self._facts[features.report_id] = self._fact(features)
        return fact

    def learn_all(self, reports: Sequence[ReportFeatures]) -> None:
        """Learns what is stored, as far as there is room: its cases are sure to be asked for."""
        for features in reports[-_MOST_FACTS:]:
            self._facts[features.report_id] = self._fact(features)

    def learn_anew(self, report_ids: Iterable[str]) -> None:
        """Something was said of these reports."""
        for report_id in report_ids:
            self._facts.pop(report_id, None)
            if (incident := self._index.incident_of(report_id)) is not None:
                self._incidents.pop(incident, None)

    def _fact(self, features: ReportFeatures) -> ReportFact:
        reference = features.case_reference
        crimed = features.crimed or features.report_id in self._status.crimed
        return ReportFact(
            report_id=features.report_id,
            agency=features.agency,
            source=features.source,
            category=Category(features.category),
            kind_countable=features.countable or crimed,
            earliest=features.earliest,
            latest=features.latest,
            reported=features.reported,
            complaint_made=features.complaint_made,
            received=features.received,
            restrictions=frozenset(features.restrictions),
            hate=features.hate,
            crimed=crimed,
            applied=features.report_id in self._status.applied,
            case_reference=reference,
            case_open=self._status.is_open(features.agency, reference),
            shadow_source=(features.agency, features.source) not in self._live_sources,
            source_place=_finest(features.places, PlaceRole.SOURCE),
            affected_place=_home(features.places),
            scenes=_scenes(features.places),
            premises=_premises(features.places),
            lsoa=next((place.lsoa for place in features.places if place.lsoa), None),
        )

    # -- which cases ------------------------------------------------------------------------------------------------

    def _touched_cases(self, touched: Touched) -> set[str]:
        cases = {person for person in touched.persons if person in self._versions or self._is_repeat_victim(person)}
        cases.update(self._case_id(place) for place in touched.places if self._is_repeat_place(place))
        for report_id in touched.said_of:
            cases.update(self._cases_of_report(report_id, _ALL_KINDS))
        for report_id in touched.opened_or_closed if self._minding_openness else ():
            cases.update(filter(self._minds_openness, self._cases_of_report(report_id, self._open_kinds)))
        if touched.held_alerts or touched.everything:
            cases.update(self.alerts.cases)
        if touched.everything:
            cases.update(self._versions)
        return cases

    def _is_repeat_place(self, place: PlaceKey) -> bool:
        """Whether a place has a case, or so many incidents that one of the rules may be true."""
        if place in self._case_of_place:
            return True
        fewest = self._fewest.get((place.level, place.role.lower()))
        return fewest is not None and len(self._index.incidents_of_place(place)) >= fewest

    def _is_repeat_victim(self, person: str) -> bool:
        """Several incidents, or one that may do alone: told to several agencies (several complaints), or of hate."""
        incidents = self._index.incidents_of_victim(person)
        if len(incidents) != 1:
            return len(incidents) > 1
        facts = [self._fact_of(report_id) for report_id in self._index.reports_of_incident(incidents[0])]
        return any(fact.hate for fact in facts) or len({fact.agency for fact in facts}) > 1

    def _minds_openness(self, case_id: str) -> bool:
        """Whether a rule about open cases may be true: incidents enough, told to agencies enough."""
        incidents = self._incidents_of(case_id)
        agencies = len({report.agency for incident in incidents for report in incident.reports})
        return any(len(incidents) >= rule.count and agencies >= rule.agencies for rule in self._minding_openness)

    def _cases_of_report(self, report_id: str, kinds: Collection[CaseKind]) -> Iterator[str]:
        features = self._index.features(report_id)
        if features is None:
            return
        if CaseKind.REPEAT_VICTIM in kinds:
            yield from self._victims(features)
        if CaseKind.REPEAT_PLACE in kinds:
            places = (PlaceKey(*key) for place in features.places for key in keys_of(place))
            yield from (self._case_id(place) for place in places if self._is_repeat_place(place))

    def _case_id(self, place: PlaceKey) -> str:
        if place not in self._case_of_place:
            self._name_place(place, f"{self._area}-P{self._last_number + 1}")
        return self._case_of_place[place]

    def _name_place(self, place: PlaceKey, case_id: str) -> None:
        """Numbers have gaps where a place got one and no case was written: the next is above the highest known."""
        self._last_number = max(self._last_number, int(case_id.rpartition("-P")[2]))
        self._case_of_place[place] = case_id
        self._place_of_case[case_id] = place

    # -- a case -----------------------------------------------------------------------------------------------------

    def _case(self, case_id: str) -> CaseFact:
        place = self._place_of_case.get(case_id)
        incidents = self._incidents_of(case_id)
        if place is None:
            return CaseFact(case_id=case_id, kind=CaseKind.REPEAT_VICTIM, subject=VICTIM, incidents=incidents)
        return CaseFact(
            case_id=case_id,
            kind=CaseKind.REPEAT_PLACE,
            subject=f"{place.level}/{place.role.lower()}",
            incidents=incidents,
            landlords=self._landlords(place, incidents),
            dwellings=self.policies.dwellings(place.code) if place.level == "block" else None,
        )

    def _incidents_of(self, case_id: str) -> tuple[IncidentFact, ...]:
        place, index = self._place_of_case.get(case_id), self._index
        found = index.incidents_of_victim(case_id) if place is None else index.incidents_of_place(place)
        return tuple(map(self._incident, sorted(found)))

    def _landlords(self, place: PlaceKey, incidents: Iterable[IncidentFact]) -> frozenset[str]:
        """In whose stock the place was on the day of its last incident; nobody where no agreement lets them be told."""
        if place.level not in self.policies.agreements.stock_levels:
            return frozenset()
        last = max((incident.day for incident in incidents if incident.day is not None), default=None)
        return frozenset() if last is None else self.policies.landlords(place.level, place.code, last)

    def _incident(self, incident_id: str) -> IncidentFact:
        incident = self._incidents.get(incident_id)
        if incident is None:
            reports = tuple([self._fact_of(report_id) for report_id in self._index.reports_of_incident(incident_id)])
            incident = self._incidents[incident_id] = IncidentFact(incident_id=incident_id, reports=reports)
        return incident

    def _fact_of(self, report_id: str) -> ReportFact:
        fact = self._facts.get(report_id)
        if fact is None:
            features = self._index.features(report_id)
            if features is None:
                raise LookupError(f"the index has no report {report_id}, but one of its incidents has")
            fact = self.learn(features)
        return fact

    def _victims(self, features: ReportFeatures) -> Iterator[str]:
        for mention in features.mentions:
            if mention.role_group == VICTIM_GROUP and (person := self._index.person_of(mention.mention_id)):
                yield person

    # -- rows and messages ------------------------------------------------------------------------------------------

    def _write_case(self, case: CaseFact, now: int, effects: Effects) -> None:
        incident_ids = [incident.incident_id for incident in case.incidents]
        report_ids = sorted([report.report_id for incident in case.incidents for report in incident.reports])
        signature = _signature(incident_ids, report_ids)
        if self._signatures.get(case.case_id) == signature:
            return
        self._signatures[case.case_id] = signature
        self._versions[case.case_id] = self._versions.get(case.case_id, 0) + 1
        self._write_row(case, incident_ids, report_ids, now, effects)

    def _write_row(
        self, case: CaseFact, incident_ids: list[str], report_ids: list[str], now: int, effects: Effects
    ) -> None:
        place, version = self._place_of_case.get(case.case_id), self._versions[case.case_id]
        first = min((incident.earliest for incident in case.incidents if incident.earliest is not None), default=None)
        last = max((incident.latest for incident in case.incidents if incident.latest is not None), default=None)
        agencies = sorted({report.agency for incident in case.incidents for report in incident.reports})
        effects.case.append(
            CaseRow(
                area=self._area,
                case_id=case.case_id,
                kind=case.kind,
                place_role=place.role if place else None,
                place_level=place.level if place else None,
                place_code=place.code if place else None,
                version=version,
                incident_ids=incident_ids,
                report_ids=report_ids,
                agencies=agencies,
                first_occurred=first,
                last_occurred=last,
                changed_at=now,
            )
        )
        record = Case(
            case_id=case.case_id,
            area=self._area,
            case_kind=case.kind,
            version=version,
            incident_ids=tuple(incident_ids),
            report_ids=tuple(report_ids),
            agencies=tuple(agencies),
            first_occurred=_moment(first),
            last_occurred=_moment(last),
            at=Moment(at=now),
        )
        body = codec(Case).encode(record)
        effects.outbox.append(OutboxRow(f"case:{case.case_id}:{version}", CASES.name, self._area, body, now))


def _fewest_incidents(rules: Iterable[RepeatRule]) -> dict[tuple[str, str], int]:
    """By level and role of a place, from how many incidents on any rule may be true."""
    fewest: dict[tuple[str, str], int] = {}
    for rule in rules:
        for place in product(rule.levels, rule.roles):
            fewest[place] = min(rule.count, fewest.get(place, rule.count))
    return fewest


def _home(places: Sequence[PlaceFeatures]) -> str | None:
    """An opaque key of the home that suffers: its address and postcode in one spelling, which agencies know that know
    no property number; else the finest place known.
    """
    for place in places:
        if place.role == PlaceRole.AFFECTED and place.address is not None and place.postcode is not None:
            return f"address:{place.address}, {place.postcode}"
    return _finest(places, PlaceRole.AFFECTED)


def _finest(places: Iterable[PlaceFeatures], role: PlaceRole) -> str | None:
    """An opaque key of the finest place known in a role."""
    for place in places:
        if place.role == role and not place.snapped:
            for level, code in (("uprn", place.uprn), ("block", place.parent_uprn), ("street", place.usrn)):
                if code is not None:
                    return f"{level}:{code}"
    return None


def _scenes(places: Iterable[PlaceFeatures]) -> tuple[str, ...]:
    """Opaque keys of the addresses that behaviour comes from or happens at; each in its role."""
    scenes = {key for place in places if place.role in _SCENES for key in keys_of(place) if key[1] in _DOORS}
    return tuple(sorted([":".join(key) for key in scenes]))


def _premises(places: Iterable[PlaceFeatures]) -> tuple[tuple[str, PropertyType], ...]:
    """What the addresses are that behaviour comes from or happens at, where that is worth a word."""
    return tuple(
        [
            (place.role.lower(), PropertyType(place.property_type))
            for place in places
            if place.property_type in _WORTH_A_WORD and place.role in _SCENES
        ]
    )


def _signature(incident_ids: Iterable[str], report_ids: Iterable[str]) -> int:
    """Equal for equal contents, within one process."""
    return hash((tuple(incident_ids), tuple(report_ids)))


def _moment(at: int | None) -> Moment | None:
    return None if at is None else Moment(at=at)
