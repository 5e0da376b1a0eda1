"""Single Online Home: what people report to the police by a form, as the police Standard Data Model has it.

One JSON:API document a line and one file a day. A person who rang before states the call's number, so that the log and
the form are known to tell of one occasion.
"""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from schemas.vocabulary import PersonRole
from simulation.addresses import Gazetteer
from simulation.clock import local
from simulation.desk import Filed, Mention
from simulation.dice import Dice
from simulation.feeds import Feed
from simulation.grid import to_degrees
from simulation.happenings import Part, Telling
from simulation.kinds import RESTRICTED
from simulation.narrative import for_council
from simulation.people import Person
from simulation.quoting import References
from simulation.recording import Record, record
from simulation.settings import Settings

FEED: Feed = "sdm"

_FORCE = "900"
"""The number of no force."""

_INVOLVED: dict[Part, tuple[str, str, PersonRole]] = {
    "victim": ("IVLD_0001", "victim", PersonRole.VICTIM),
    "witness": ("IVLD_0002", "witness", PersonRole.WITNESS),
    "third party": ("IVLD_0003", "", PersonRole.REPORTER_ON_BEHALF),
}
"""The form's answer, the relationship beside the one of who reports, and what that means."""


class OnlineDesk:
    """Takes forms in order of time and writes each day's documents."""

    def __init__(
        self, settings: Settings, references: References, folder: Path, gazetteer: Gazetteer | None = None
    ) -> None:
        self._settings = settings
        self._references = references
        self._folder = folder
        self._gazetteer = gazetteer
        self._today: list[dict[str, Any]] = []
        self._number = 0

    def take(self, telling: Telling) -> Filed:
        """Files a form."""
        self._number += 1
        dice = Dice(self._settings.luck, "online", self._number)
        teller = telling.teller
        if not isinstance(teller, Person):
            raise TypeError("a form bears the name of a resident")
        reference = f"TYA-{_FORCE}-{local(telling.at):%y-%m%d}-{self._number:05d}"
        quoted, quote_tag = self._quoted(telling, dice)
        known = record(teller, "online", dice, self._gazetteer)
        self._today.append(_document(telling, reference, known, quoted, dice))
        self._references.give_out(telling, reference)
        restricted = "restricted" if telling.incident.kind.name == RESTRICTED else ""
        tags = {*telling.tags, *known.slips, quote_tag, restricted} - {""}
        mention = Mention(_INVOLVED[telling.part][2], "", teller.id)
        return Filed(reference, telling, (mention,), tuple(sorted(tags)))

    def end_day(self, number: int) -> list[Path]:
        """Writes the day's documents, if there are any."""
        documents, self._today = self._today, []
        if not documents:
            return []
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"sdm_{self._settings.day(number).isoformat()}.jsonl"
        lines = (json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
        path.write_text("".join(lines), "utf-8", newline="")
        return [path]

    def _quoted(self, telling: Telling, dice: Dice) -> tuple[str, str]:
        """The number of the call before, or what is quoted of another agency."""
        called = self._references.told_before(telling) if "told_twice" in telling.tags else ""
        return (f"CAD {called}", "quoted_reference") if called else self._references.quoted(telling, dice)


def _document(telling: Telling, reference: str, known: Record, quoted: str, dice: Dice) -> dict[str, Any]:
    involved, relation, _ = _INVOLVED[telling.part]
    reporter = [{"id": "p1", "type": "person"}]
    relations: dict[str, Any] = {
        "incidentLocation": {"data": [{"id": "scene", "type": "location"}]},
        "submission": {"data": [{"id": "s1", "type": "submission"}]},
        "personReporting": {"data": reporter},
    }
    if relation:
        relations[relation] = {"data": reporter}
    incident = {
        "id": str(UUID(int=dice.below(1 << 52) << 64 | dice.below(1 << 52), version=4)),
        "type": "incident",
        "attributes": _attributes(telling, involved, quoted, dice),
        "relationships": relations,
    }
    return {
        "data": incident,
        "included": [*_person(known), _scene(telling, dice), _submission(telling, reference, dice)],
    }


def _attributes(telling: Telling, involved: str, quoted: str, dice: Dice) -> dict[str, Any]:
    incident = telling.incident
    description, effect = for_council(telling, "", dice)
    began = local(incident.began)
    stated = {
        "incidentDescription": " ".join(part for part in (description, effect) if part),
        "incidentStartDateTime": began.isoformat(timespec="minutes") if dice.chance(0.7) else _dates(telling),
        "incidentExactTimeKnown": "true",
        "incidentInvolvement": involved,
        "asbType": incident.kind.police_closing,
        "nsirOpeningCode": incident.kind.police_opening,
        "asbClass": incident.kind.qualifier,
        "subjectedToHateCrime": "true" if incident.kind.name == "hate" else "false",
    }
    already = {"incidentReportedAlready": "true", "incidentReportedAlreadyReference": quoted} if quoted else {}
    return stated | already


def _dates(telling: Telling) -> dict[str, str]:
    """Between which days it was, where the form's time of day was left out."""
    day = local(telling.incident.began).date().isoformat()
    return {"dateFrom": day, "dateTo": day}


def _person(known: Record) -> list[dict[str, Any]]:
    """The one who reports, with where they live and how to reach them."""
    attributes: dict[str, Any] = {"givenName": known.given.split(), "surname": known.family, "under18": "false"}
    if known.born:
        attributes["dateOfBirth"] = known.born.isoformat()
    contacts = [
        ("currentAddress", "home", "location", _home(known)),
        ("personalTelephone", "tel", "telephone", {"telephoneNumberFull": known.phone} if known.phone else {}),
        ("personalEmail", "mail", "email", {"emailAddress": known.email} if known.email else {}),
    ]
    stated = [contact for contact in contacts if contact[3]]
    relations = {reason: {"data": [{"id": name, "type": kind}]} for reason, name, kind, _ in stated}
    person = {"id": "p1", "type": "person", "attributes": attributes, "relationships": relations}
    return [person, *({"id": name, "type": kind, "attributes": held} for _, name, kind, held in stated)]


def _home(known: Record) -> dict[str, str]:
    if not known.address:
        return {}
    return (
        {"addressDescription": known.address, "postcode": known.postcode}
        if known.postcode
        else {"addressDescription": known.address}
    )


def _scene(telling: Telling, dice: Dice) -> dict[str, Any]:
    """Where it was: a pin on the form's map, mostly with an address typed beside it."""
    place = telling.incident.place
    [point] = to_degrees([(place.easting + dice.between(-9, 9), place.northing + dice.between(-9, 9))])
    pin = {"locationLatitude": f"{point[0]:.6f}", "locationLongitude": f"{point[1]:.6f}"}
    typed = {"addressDescription": place.head, "postcode": place.postcode} if dice.chance(0.75) else {}
    return {"id": "scene", "type": "location", "attributes": {**pin, **typed}}


def _submission(telling: Telling, reference: str, dice: Dice) -> dict[str, Any]:
    return {
        "id": "s1",
        "type": "submission",
        "attributes": {
            "externalReferenceId": "SingleOnlineHome",
            "forceIdentifier": _FORCE,
            "category": "OCR",
            "submissionId": str(UUID(int=dice.below(1 << 52) << 64 | dice.below(1 << 52), version=4)),
            "submitTime": local(telling.at).isoformat(timespec="milliseconds"),
            "customerReferenceNumber": reference,
        },
    }
