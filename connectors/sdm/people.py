"""Persons of the Standard Data Model in their roles.

The incident names the persons, or the persons name the incident, by the reasons below. Who reports is also the victim
or a witness if the form says so; a person whom nothing names is the one reporting if there is no other, else unknown.
"""

from collections.abc import Iterator
from datetime import date

from connectors.mapping import values
from connectors.sdm.document import Resource, SdmDocument
from connectors.sdm.places import address_of, postcode_of, uprn_of
from schemas.records import Monitoring, Person, SafeContact
from schemas.vocabulary import PersonKind, PersonRole

HOMES = ("homeAddress", "currentAddress", "permanentAddress")
"""The reasons for which a person names the place where they live, best first."""

_ROLES = {
    "victim": PersonRole.VICTIM,
    "knownSuspect": PersonRole.ALLEGED_PERPETRATOR,
    "unknownSuspect": PersonRole.ALLEGED_PERPETRATOR,
    "witness": PersonRole.WITNESS,
    "personReporting": PersonRole.COMPLAINANT,
}
_REPORTING = "personReporting"
_INVOLVED = {
    "IVLD_0001": PersonRole.VICTIM,
    "IVLD_0002": PersonRole.WITNESS,
    "IVLD_0003": PersonRole.REPORTER_ON_BEHALF,
    "IVLD_0004": PersonRole.REPORTER_ON_BEHALF,
}
_TELEPHONES = ("preferredContactMethod", "personalTelephone", "daytimeTelephone", "eveningTelephone")
_EMAILS = ("preferredContactMethod", "personalEmail", "businessEmail")
_BY_TELEPHONE, _BY_POST = "CPNC_0002", "CPNC_0003"
_SELF_DEFINED, _OBSERVED = "ethnicitySelfDefined", "ethnicityObserved"


def in_roles(document: SdmDocument) -> Iterator[tuple[Resource, PersonRole]]:
    """The persons whose role is known, or who may be the one reporting; each once, in the document's order."""
    persons = [one for one in document.of_type("person") if not _is_named_by_others(document, one)]
    stated = {one.name: _reasons(document, one) for one in persons}
    reporter = next((one.name for one in persons if _REPORTING in stated[one.name]), None)
    if reporter is None:
        reporter = next((one.name for one in persons if not stated[one.name]), None)
    for one in persons:
        yield one, _role(document, stated[one.name], one.name == reporter)


def person(document: SdmDocument, one: Resource, role: PersonRole) -> Person | None:
    """A person in a role; None where neither a name nor a way to reach them is known (a suspect seen from afar)."""
    home = next(document.related(one, *HOMES), None)
    made = Person(
        role=role,
        kind=PersonKind.MEMBER_OF_PUBLIC,
        given_names=(*one.texts("givenName"), *one.texts("middleName")),
        family_name=one.text("surname"),
        birth_date=_birth_date(one),
        telephones=tuple(dict.fromkeys(_telephones(document, one))),
        emails=tuple(dict.fromkeys(_emails(document, one))),
        address=address_of(home) if home else None,
        postcode=postcode_of(home) if home else None,
        uprn=uprn_of(home) if home else None,
        safe_contact=_safe_contact(one),
    )
    return made if made.given_names or made.family_name or made.telephones or made.emails else None


def monitoring(one: Resource) -> Monitoring | None:
    """What is asked for fairness figures alone; None where nothing was answered."""
    asked = next((name for name in (_SELF_DEFINED, _OBSERVED) if one.text(name)), None)
    answers = Monitoring(
        age_band=one.text("ageRange"),
        ethnicity=one.text(asked) if asked else None,
        ethnicity_method={_SELF_DEFINED: "self-defined", _OBSERVED: "observed"}.get(asked or ""),
        disability=one.text("disability"),
    )
    return None if answers == Monitoring() else answers


def _is_named_by_others(document: SdmDocument, one: Resource) -> bool:
    """Whether a person is there only as somebody's next of kin or guardian, not for a part in the incident."""
    if _reasons(document, one):
        return False
    return any(one.name in names for other in document.of_type("person") for names in other.relationships.values())


def _reasons(document: SdmDocument, one: Resource) -> frozenset[str]:
    forth = {reason for reason in _ROLES if one.name in document.incident.relationships.get(reason, ())}
    back = {reason for reason in _ROLES if document.incident.name in one.relationships.get(reason, ())}
    return frozenset(forth | back)


def _role(document: SdmDocument, reasons: frozenset[str], reports: bool) -> PersonRole:
    for reason, role in _ROLES.items():
        if reason in reasons and reason != _REPORTING:
            return role
    if not reports:
        return PersonRole.UNKNOWN
    incident = document.incident
    involved = incident.text("incidentInvolvement") or incident.text("howInvolvedInCrime")
    return _INVOLVED.get(involved or "", PersonRole.COMPLAINANT)


def _birth_date(one: Resource) -> str | None:
    """YYYY-MM-DD; what is no such date stays as it is written."""
    written = one.text("dateOfBirth")
    try:
        return date.fromisoformat((written or "")[:10]).isoformat()
    except ValueError:
        return written


def _telephones(document: SdmDocument, one: Resource) -> Iterator[str]:
    for found in document.related(one, *_TELEPHONES):
        written = found.text("telephoneNumberFull") or found.text("telephoneNumber")
        yield from values.telephones(written if found.type == "telephone" else None)


def _emails(document: SdmDocument, one: Resource) -> Iterator[str]:
    for found in document.related(one, *_EMAILS):
        if found.type == "email" and (written := found.text("emailAddress")):
            yield written


def _safe_contact(one: Resource) -> SafeContact | None:
    wishes = one.texts("contactPreference")
    made = SafeContact(
        may_telephone=True if _BY_TELEPHONE in wishes else None,
        may_write=True if _BY_POST in wishes else None,
        language=one.text("preferredLanguageSpoken"),
        times=one.text("unavailabilityDetails") and f"not: {one.text('unavailabilityDetails')}",
    )
    return None if made == SafeContact() else made
