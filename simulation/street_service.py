"""The council's street service, as its Open311 GeoReport v2 interface answers: fly-tipping, graffiti, needles, cars.

One file a day holds the requests that were made or changed on it, as the service would answer for that day. A request
is closed days later and comes again. The service shows no names.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from simulation.clock import local, midnight
from simulation.desk import Filed, Tagged
from simulation.dice import Dice
from simulation.feeds import Feed
from simulation.grid import to_degrees
from simulation.happenings import Telling
from simulation.narrative import for_council
from simulation.quoting import References
from simulation.settings import Settings

FEED: Feed = "open311"

_FIRST = 700_001
"""Beyond any number of the noise team, whose agency is the same."""

_ENDINGS = (
    "Cleared by the street team.",
    "Inspected; nothing found.",
    "Removed.",
    "Passed to the enforcement team.",
    "Already reported.",
)


@dataclass(slots=True)
class _Request:
    """One request as it stands."""

    values: dict[str, str]
    closes: datetime


class StreetDesk:
    """Takes requests in order of time and writes each day's."""

    def __init__(self, settings: Settings, references: References, folder: Path) -> None:
        self._settings = settings
        self._references = references
        self._folder = folder
        self._open: list[_Request] = []
        self._today: list[dict[str, str]] = []
        self._tags: list[Tagged] = []
        self._count = 0

    def take(self, telling: Telling) -> Filed:
        """Files a request."""
        reference = str(_FIRST + self._count)
        self._count += 1
        dice = Dice(self._settings.luck, "streets", reference)
        quoted, quote_tag = self._references.quoted(telling, dice)
        request = _Request(_values(telling, reference, quoted, dice), telling.at + timedelta(days=dice.between(1, 12)))
        self._open.append(request)
        self._today.append(request.values)
        self._references.give_out(telling, reference)
        return Filed(reference, telling, (), tuple(sorted({*telling.tags, quote_tag} - {""})))

    def end_day(self, number: int) -> list[Path]:
        """Closes what has been dealt with, and writes what was made or changed on the day."""
        until = midnight(self._settings.day(number + 1))
        done = [request for request in self._open if request.closes < until]
        self._open = [request for request in self._open if request.closes >= until]
        requests = self._today + [self._close(request) for request in done]
        self._today = []
        if not requests:
            return []
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"requests_{self._settings.day(number).isoformat()}.json"
        path.write_text(json.dumps(requests, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="")
        return [path]

    def drain_tags(self) -> list[Tagged]:
        """Tags of reports that came later than the reports: those that came again."""
        tags, self._tags = self._tags, []
        return tags

    def _close(self, request: _Request) -> dict[str, str]:
        reference = request.values["service_request_id"]
        self._tags.append(Tagged("council", reference, "corrected"))
        dice = Dice(self._settings.luck, "streets closed", reference)
        updated = local(request.closes).isoformat(timespec="seconds")
        return request.values | {"status": "closed", "status_notes": dice.one(_ENDINGS), "updated_datetime": updated}


def _values(telling: Telling, reference: str, quoted: str, dice: Dice) -> dict[str, str]:
    incident, place = telling.incident, telling.incident.place
    [point] = to_degrees([(place.easting + dice.between(-6, 6), place.northing + dice.between(-6, 6))])
    description, effect = for_council(telling, quoted, dice)
    made = local(telling.at).isoformat(timespec="seconds")
    return {
        "service_request_id": reference,
        "status": "open",
        "status_notes": "",
        "service_name": incident.kind.open311,
        "service_code": incident.kind.open311.lower().replace(" ", "-"),
        "description": f"{description} {effect}".strip(),
        "agency_responsible": "Street services",
        "service_notice": "",
        "requested_datetime": made,
        "updated_datetime": made,
        "expected_datetime": "",
        "address": place.shell if dice.chance(0.7) else place.street,
        "address_id": "",
        "zipcode": place.postcode if dice.chance(0.5) else "",
        "lat": f"{point[0]:.6f}",
        "long": f"{point[1]:.6f}",
        "media_url": "",
    }
