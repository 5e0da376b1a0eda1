"""Documents of the police Standard Data Model for tests."""

import copy
from typing import Any

INCIDENT_ID = "5f0c3c1e-6d0c-4c35-9d5e-0f8b8f2f7a01"
REFERENCE = "TYA-900-24-0101-000"

VICTIM = {
    "id": "p1",
    "type": "person",
    "attributes": {
        "givenName": ["Ada"],
        "middleName": ["May"],
        "surname": "King",
        "dateOfBirth": "1975-12-10",
        "gender": "GNDR_0001",
        "ethnicitySelfDefined": "ESDD_W1",
        "ageRange": "45-54",
        "disability": "false",
        "contactPreference": ["CPNC_0002"],
        "under18": False,
    },
    "relationships": {
        "currentAddress": {"data": [{"id": "home", "type": "location"}]},
        "personalTelephone": {"data": [{"id": "tel", "type": "telephone"}]},
        "personalEmail": {"data": [{"id": "mail", "type": "email"}]},
    },
}
SUSPECT = {
    "id": "p2",
    "type": "person",
    "attributes": {"givenName": ["Max"], "surname": "Loud"},
    "relationships": {},
}
HOME = {
    "id": "home",
    "type": "location",
    "attributes": {
        "unitNumber": "Flat 3",
        "buildingNumber": "14",
        "street": "Mare Street",
        "cityOrTown": "London",
        "postcode": "e8 1ea",
        "locationUPRN": "010008231240",
    },
}
SCENE = {
    "id": "scene",
    "type": "location",
    "attributes": {
        "buildingNumber": "12",
        "street": "Mare Street",
        "cityOrTown": "London",
        "locationLatitude": "51.5433",
        "locationLongitude": "-0.0560",
    },
}
SUBMISSION = {
    "id": "s1",
    "type": "submission",
    "attributes": {
        "externalReferenceId": "SingleOnlineHome",
        "forceIdentifier": "42",
        "category": "OCR",
        "submissionId": "8bf76cd6-0000-4862-bbf7-000000000001",
        "submitTime": "2024-06-17T09:15:30.500+01:00",
        "customerReferenceNumber": REFERENCE,
        "ipAddress": "192.0.2.7",
        "submissionContent": "OFFICIAL-SENSITIVE\nWhat happened ...",
    },
}
ATTRIBUTES: dict[str, Any] = {
    "incidentDescription": "Shouting and a bottle thrown. I rang about it before.",
    "incidentStartDateTime": {"dateFrom": "2024-06-16", "dateTo": "2024-06-16"},
    "incidentEndDateTime": "23:30:00",
    "incidentInvolvement": "IVLD_0001",
    "incidentReportedAlready": "true",
    "incidentReportedAlreadyReference": "CAD 1234/16JUN24",
    "asbType": "Rowdy / Nuisance Neighbours",
    "asbClass": "Personal",
    "subjectedToHateCrime": False,
}


def ends(*names: str, kind: str = "person") -> dict[str, Any]:
    """A relationship to these resources."""
    return {"data": [{"id": name, "type": kind} for name in names]}


def document(**attributes: Any) -> dict[str, Any]:
    """One incident with a victim who reports it, a suspect and two places; attributes of None are left out."""
    stated = {name: value for name, value in (ATTRIBUTES | attributes).items() if value is not None}
    incident = {
        "id": INCIDENT_ID,
        "type": "incident",
        "attributes": stated,
        "relationships": {
            "incidentLocation": ends("scene", kind="location"),
            "submission": ends("s1", kind="submission"),
            "personReporting": ends("p1"),
            "victim": ends("p1"),
            "knownSuspect": ends("p2"),
        },
    }
    telephone = {"id": "tel", "type": "telephone", "attributes": {"telephoneNumber": 7700900123}}
    email = {"id": "mail", "type": "email", "attributes": {"emailAddress": "ada@example.org"}}
    return copy.deepcopy({"data": incident, "included": [VICTIM, SUSPECT, HOME, SCENE, SUBMISSION, telephone, email]})


def included(made: dict[str, Any], name: str) -> dict[str, Any]:
    """One included resource of a document, to change it."""
    found: dict[str, Any] = next(one for one in made["included"] if one["id"] == name)
    return found
