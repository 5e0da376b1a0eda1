"""The truth that the simulation wrote beside the files, in the system's own ids, and how near the system came to it."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from linkage.features import VICTIM
from schemas.vocabulary import PersonRole, PlaceRole
from simulation.evaluate import PairScore, score
from store.evaluation import Conclusions

PLACE_ROLES = (PlaceRole.SOURCE, PlaceRole.OCCURRED)
"""The places that behaviour comes from; a scene is never compared with a source (see simulation.truth)."""

VICTIM_GROUP = VICTIM

_VICTIMS = (PersonRole.VICTIM, PersonRole.COMPLAINANT)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is really so. Reports and mentions by the ids that the system gives them; `story` in order of telling.

    `told_at` is when the story's reports were told; `withdrawn` are reports that their agency took back; `tags` gives
    the reports of each hard case (simulation.truth).
    """

    incident_of: Mapping[str, str]
    person_of: Mapping[str, str]
    place_of: Mapping[tuple[str, str], tuple[str, str]]
    story: Mapping[str, Sequence[str]]
    told_at: Mapping[str, datetime]
    withdrawn: frozenset[str]
    tags: Mapping[str, frozenset[str]]


def read_truth(folder: Path) -> Truth:
    """The files of simulation.truth."""
    story: dict[str, list[str]] = defaultdict(list)
    told = sorted(_rows(folder, "story"), key=lambda row: row["at"])
    for row in told:
        story[row["story"]].append(_report(row))
    tags: dict[str, set[str]] = defaultdict(set)
    for row in _rows(folder, "tags"):
        tags[row["tag"]].add(_report(row))
    return Truth(
        incident_of={_report(row): row["incident_id"] for row in _rows(folder, "incidents")},
        person_of={
            _mention(row): row["person_id"] for row in _rows(folder, "persons") if row["person_role"] in _VICTIMS
        },
        place_of={
            (_report(row), row["role"]): (row["role"], row["uprn"])
            for row in _rows(folder, "places")
            if row["role"] in PLACE_ROLES
        },
        story=story,
        told_at={_report(row): datetime.fromisoformat(row["at"]) for row in told},
        withdrawn=frozenset(tags["withdrawn"]),
        tags={tag: frozenset(reports) for tag, reports in sorted(tags.items())},
    )


def accuracy(found: Conclusions, truth: Truth) -> dict[str, PairScore]:
    """Victims, places and incidents in pairs; of reports that were not withdrawn. A place is the same by its UPRN."""
    places = {key: (key[1], uprn) if uprn else None for key, uprn in found.uprn_of.items()}
    gone = truth.withdrawn
    return {
        "victims": score(
            found.person_of,
            {key: person for key, person in truth.person_of.items() if key.partition("#")[0] not in gone},
        ),
        "places": score(places, {key: place for key, place in truth.place_of.items() if key[0] not in gone}),
        "incidents": score(
            found.incident_of, {key: incident for key, incident in truth.incident_of.items() if key not in gone}
        ),
    }


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _report(row: Mapping[str, str]) -> str:
    return f"{row['agency']}:{row['reference']}"


def _mention(row: Mapping[str, str]) -> str:
    """As linkage names a mention: by the source's reference of the person, else as the first in its role."""
    return f"{_report(row)}#{row['person_role']}#{row['person_reference'] or 1}"
