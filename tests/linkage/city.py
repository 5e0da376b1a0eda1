"""A small invented city's requests: matters told once or several times, and what its staff marked."""

from datetime import UTC, datetime, timedelta
from random import Random

from linkage.duplicates.measuring import Marks
from linkage.duplicates.reading import Texts

SERVICES = {"Pothole": 0.0004, "Graffiti Removal": 0.00005, "Encampment": 0.00008}
_DETAILS = ["heron", "crane", "tulip", "violet", "copper", "marble", "willow", "cedar", "falcon", "otter"]
_STREETS = ("Elm St", "Oak Ave", "Bay Rd")


def city(seed: int, matters: int) -> tuple[list[Texts], Marks]:
    """(rows in the columns of the San Diego profile, marks): a third of the matters are told two to four times."""
    random = Random(seed)
    rows: list[Texts] = []
    clusters: dict[str, str] = {}
    parents: dict[str, str] = {}
    for number in range(matters):
        service, spread = random.choice(list(SERVICES.items()))
        point = (32.70 + random.random() * 0.05, -117.16 + random.random() * 0.05)
        times, start = (
            random.choice([1, 1, 1, 1, 2, 3]),
            datetime(2021, 4, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(9000)),
        )
        told = [_row(random, f"{number:05}{count}", service, point, spread, start) for count in range(times)]
        rows += told
        if times > 1:
            ids = [row["service_request_id"] or "" for row in told]
            clusters |= dict.fromkeys(ids, ids[0])
            parents |= dict.fromkeys(ids[1:], ids[0])
    random.shuffle(rows)
    return rows, Marks(clusters, parents)


def _row(
    random: Random, key: str, service: str, point: tuple[float, float], spread: float, start: datetime
) -> dict[str, str | None]:
    told = start + timedelta(minutes=random.randrange(3000))
    matter = Random(key[:5])
    return {
        "service_request_id": key,
        "date_requested": told.isoformat(),
        "service_name": service,
        "lat": f"{point[0] + random.gauss(0, spread):.7f}",
        "lng": f"{point[1] + random.gauss(0, spread):.7f}",
        "street_address": f"{matter.randrange(100)} {matter.choice(_STREETS)}" if random.random() < 0.5 else "",
        "public_description": f"{service} by the {matter.choice(_DETAILS)} house" if random.random() < 0.7 else "",
        "case_origin": random.choice(["Mobile", "Web"]),
        "iamfloc": f"SS-{matter.randrange(300):06}",
        "service_request_parent_id": "never read",
    }
