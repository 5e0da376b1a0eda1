"""From a document of the Standard Data Model to one report: pure, and the same for files and for the push API.

| document                                             | becomes                                                  |
|------------------------------------------------------|----------------------------------------------------------|
| submission.customerReferenceNumber, else data.id     | reference: what the reporter was given, and quotes later |
| submission.submitTime                                | reported, and the revision                               |
| incidentStartDateTime, incidentEndDateTime           | occurred (connectors.sdm.times)                          |
| nsirClosingCode, asbType, nsirOpeningCode, crimeType | category, qualifier, scope (connectors.sdm.codes)        |
| incidentLocation                                     | OCCURRED place; whosLocation: AFFECTED (mine), SOURCE    |
| the home of a victim or complainant                  | AFFECTED place                                           |
| person, by victim, witness, personReporting, …       | persons in roles (connectors.sdm.people)                 |
| incidentDescription and other texts; of a skeleton submissionContent | narrative                                |
| incidentReportedAlreadyReference, data.id, submissionId | references quoted                                     |
"""

import re
from collections.abc import Mapping
from typing import Any

from connectors.contract import Draft, OutOfScope
from connectors.mapping import values
from connectors.mapping.coding import Coding
from connectors.sdm import codes, people, places, times
from connectors.sdm.document import Resource, SdmDocument
from schemas.errors import Unfit
from schemas.records import Moment, Person, Place, ReportDetail
from schemas.vocabulary import Definition, Marking, PersonRole, PlaceRole, Regime, Unit

NOT_ASB = "not antisocial behaviour"
"""Why a document is out of scope whose codes are all of other matters."""

_SUBMISSION = "submission"
_REFERENCE = "customerReferenceNumber"
_NO_SUBMISSION = Resource(_SUBMISSION, "", {}, {})
_SUFFERS = frozenset({PersonRole.VICTIM, PersonRole.COMPLAINANT})
_WHOSE = {"WLTN_0001": PlaceRole.AFFECTED, "WLTN_0002": PlaceRole.SOURCE}
_TEXTS = (
    ("", "incidentDescription"),
    ("Before", "incidentEventsPreceeding"),
    ("When", "incidentDateTimeDescription"),
    ("Hate", "subjectedToHateCrimeDetails"),
    ("Threats", "subjectedToThreatAbuseOrAssaultDetails"),
    ("Assault", "physicallyAssaultedDetails"),
    ("Targeted", "targetedByOffenderDetails"),
    ("Drugs or alcohol", "incidentInfluencedByDrugsOrAlcoholDetails"),
)
_SKELETON = "skeleton data modelled payload"
_MARKING = re.compile(r"\bOFFICIAL(?P<sensitive>\s*[-:]?\s*SENSITIVE)?\b")
_MARKED_WITHIN = 2_000
_QUALIFYING = ("incidentInfluencedByDrugsOrAlcohol", "hadWeapon", "incidentOnPublicTransport", "incidentStillHappening")


def report_of(document: Mapping[str, Any], agency: str | None = None) -> Draft | OutOfScope:
    """The report of a parsed document; `agency` is the code of the force, None where the command line names it.

    Raises Unfit with field, rule and remedy, and without any value, for a document that is no incident, names no
    reference, or holds a time, number or property number that cannot be one.
    """
    read = SdmDocument.read(document)
    submission = read.only(read.incident, _SUBMISSION, _SUBMISSION) or _NO_SUBMISSION
    coding = codes.coding_of(read.incident)
    if not coding.in_scope:
        return OutOfScope(NOT_ASB)
    return _draft(read, submission, coding, agency)


def reference_of(document: Mapping[str, Any]) -> str | None:
    """The reference that a document's report has, or would have had."""
    try:
        read = SdmDocument.read(document)
    except Unfit:
        return None
    submission = read.only(read.incident, _SUBMISSION, _SUBMISSION) or _NO_SUBMISSION
    return submission.text(_REFERENCE) or values.clean(read.incident.id)


def _draft(read: SdmDocument, submission: Resource, coding: Coding, agency: str | None) -> Draft:
    incident = read.incident
    reference = submission.text(_REFERENCE) or values.clean(incident.id)
    if reference is None:
        raise Unfit("data.id", "is missing, and no customerReferenceNumber", "send the document as the iHub made it")
    submitted = _submitted(submission)
    cast = list(people.in_roles(read))
    sufferers = [one for one, role in cast if role in _SUFFERS]
    return Draft(
        reference=reference,
        agency=agency,
        revision=submitted.at if submitted else None,
        occurred=times.occurred(incident),
        reported=submitted,
        category=coding.category,
        qualifier=coding.qualifier,
        definition=Definition.ASBCPA_2014_S2,
        regime=Regime.DPA_2018_PART_3,
        marking=_marking(submission),
        unit=Unit.SINGLE_OCCASION,
        detail=_detail(read, submission, coding, cast, sufferers),
        monitoring=next((told for one in sufferers if (told := people.monitoring(one))), None),
        unknown_codes=coding.unknown,
    )


def _detail(
    read: SdmDocument,
    submission: Resource,
    coding: Coding,
    cast: list[tuple[Resource, PersonRole]],
    sufferers: list[Resource],
) -> ReportDetail:
    incident = read.incident
    harm = submission.text("highHarmFlag")
    return ReportDetail(
        persons=tuple(_persons(read, cast)),
        places=tuple(_places(read, sufferers)),
        narrative=_narrative(incident, submission),
        opening_code=values.joined(("", incident.text("nsirOpeningCode")), ("Type", incident.text("asbType"))),
        closing_code=incident.text("nsirClosingCode"),
        qualifiers=tuple(flag for flag in _QUALIFYING if incident.says(flag)),
        hate=codes.hate(incident),
        vulnerability=(f"high harm: {harm}",) if harm and harm.casefold() not in ("false", "no", "n") else (),
        restrictions=tuple(dict.fromkeys((*coding.restrictions, *codes.restrictions(incident, sufferers)))),
        quoted_references=_quoted(incident, submission),
    )


def _submitted(submission: Resource) -> Moment | None:
    written = submission.text("submitTime")
    return times.CLOCK.span(written, "submitTime").earliest if written else None


def _persons(read: SdmDocument, cast: list[tuple[Resource, PersonRole]]) -> list[Person]:
    made = (people.person(read, one, role) for one, role in cast)
    return [person for person in made if person]


def _places(read: SdmDocument, sufferers: list[Resource]) -> list[Place]:
    """Where it happened, and the homes that suffer it unless it happened there."""
    incident = read.incident
    role = _WHOSE.get(incident.text("whosLocation") or "", PlaceRole.OCCURRED)
    happened = [places.place(one, role) for one in read.related(incident, "incidentLocation")]
    lived = [next(read.related(one, *people.HOMES), None) for one in sufferers]
    homes = [places.place(one, PlaceRole.AFFECTED) for one in lived if one and role is not PlaceRole.AFFECTED]
    return list(dict.fromkeys(place for place in (*happened, *homes) if place))


def _narrative(incident: Resource, submission: Resource) -> str | None:
    """The form's texts; of a skeleton, which has none, the whole submission as it was written."""
    description = incident.text("incidentDescription")
    if description is None or _SKELETON in description:
        return submission.text("submissionContent") or description
    return values.joined(*((label, incident.text(name)) for label, name in _TEXTS))


def _quoted(incident: Resource, submission: Resource) -> tuple[str, ...]:
    """The reference given before, and the ids under which other systems of the force hold the same submission."""
    names = (
        incident.text("incidentReportedAlreadyReference"),
        values.clean(incident.id) if submission.text(_REFERENCE) else None,
        submission.text("submissionId"),
    )
    return tuple(dict.fromkeys(name for name in names if name))


def _marking(submission: Resource) -> Marking:
    """The protective marking that the submission's text begins with (Government Security Classifications)."""
    found = _MARKING.search((submission.text("submissionContent") or "")[:_MARKED_WITHIN].upper())
    if found is None:
        return Marking.NOT_STATED
    return Marking.OFFICIAL_SENSITIVE if found["sensitive"] else Marking.OFFICIAL
