"""The police's crime records: what incidents of the log became, each quoting the log's number. One file a day."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from schemas.vocabulary import PersonRole
from simulation.addresses import Gazetteer
from simulation.clock import local
from simulation.desk import Filed, Mention, british_day, british_time
from simulation.dice import Dice
from simulation.feeds import Feed
from simulation.happenings import Telling
from simulation.kinds import RESTRICTED
from simulation.narrative import for_police
from simulation.people import Person
from simulation.recording import record
from simulation.settings import Settings
from simulation.spelling import plain
from simulation.tables import write_table

FEED: Feed = "police-crime"

COLUMNS = (
    "crime_ref",
    "recorded_at",
    "incident_ref",
    "offence",
    "committed_from",
    "committed_to",
    "location",
    "postcode",
    "uprn",
    "easting",
    "northing",
    "victim_ref",
    "victim_name",
    "victim_dob",
    "victim_phone",
    "victim_address",
    "victim_postcode",
    "suspect_name",
    "restricted_flags",
    "narrative",
    "beat",
    "officer",
)

_VICTIM = ("victim_name", "victim_dob", "victim_phone", "victim_address", "victim_postcode")


class CrimeDesk:
    """Takes incidents of the log that became crimes, and writes them on the day on which they are recorded."""

    def __init__(self, settings: Settings, folder: Path, gazetteer: Gazetteer | None = None) -> None:
        self._settings = settings
        self._folder = folder
        self._gazetteer = gazetteer
        self._due: dict[date, list[dict[str, str]]] = {}

    def record(self, telling: Telling, incident: str, crime: str, recorded: datetime) -> Filed:
        """Records the crime that an incident of the log became."""
        dice = Dice(self._settings.luck, "crime", crime)
        victim, slips = self._victim(telling, dice)
        values = {
            "crime_ref": crime,
            "recorded_at": british_time(recorded),
            "incident_ref": f"CAD {incident}",
            "committed_from": british_time(telling.incident.began),
            "committed_to": "",
            "victim_ref": "",
            "suspect_name": "",
            "narrative": for_police(telling, "", dice),
            "officer": f"PC {dice.between(1000, 9999)}",
            **victim,
            **_what_and_where(telling, dice),
        }
        self._due.setdefault(local(recorded).date(), []).append(values)
        sufferer = telling.teller if telling.part == "victim" and isinstance(telling.teller, Person) else None
        mentions = (Mention(PersonRole.VICTIM, "", sufferer.id),) if sufferer else ()
        restricted = "restricted" if telling.incident.kind.name == RESTRICTED else ""
        tags = {"crimed", "quoted_reference", restricted, *slips, *telling.tags} - {""}
        return Filed(crime, replace(telling, at=recorded, feed=FEED), mentions, tuple(sorted(tags)))

    def end_day(self, number: int) -> list[Path]:
        """Writes the crimes recorded on a day, if there are any; on the last day also what is due later."""
        day, last = self._settings.day(number), number + 1 == self._settings.days
        due = sorted(each for each in self._due if each <= day or last)
        rows = [row for each in due for row in self._due.pop(each)]
        if not rows:
            return []
        path = self._folder / f"crimes_{day.isoformat()}.csv"
        return [write_table(path, COLUMNS, [[row[column] for column in COLUMNS] for row in rows])]

    def _victim(self, telling: Telling, dice: Dice) -> tuple[dict[str, str], frozenset[str]]:
        if telling.part != "victim" or not isinstance(telling.teller, Person):
            return dict.fromkeys(_VICTIM, ""), frozenset()
        known = record(telling.teller, "police", dice, self._gazetteer)
        values = {
            "victim_name": f"{known.given} {known.family}".upper(),
            "victim_dob": british_day(known.born),
            "victim_phone": known.phone,
            "victim_address": plain(known.address).upper(),
            "victim_postcode": known.postcode,
        }
        return values, known.slips


def _what_and_where(telling: Telling, dice: Dice) -> dict[str, str]:
    incident, place = telling.incident, telling.incident.place
    return {
        "offence": incident.kind.offence,
        "location": plain(place.head).upper(),
        "postcode": place.postcode,
        "uprn": place.uprn if dice.chance(0.4) else "",
        "easting": str(place.easting + dice.between(-3, 3)),
        "northing": str(place.northing + dice.between(-3, 3)),
        "beat": f"{place.postcode.split()[0]}{place.ward[-2:]}",
        "restricted_flags": "DOMESTIC ABUSE" if incident.kind.name == RESTRICTED else "",
    }
