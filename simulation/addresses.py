"""Addresses as one agency's records have them, by a model of the errors in six councils' own registers.

The package address-errors (J. Lam, University College London, MIT licence) learned which edits occur together, how
often, and that the homes of one building are mostly written in one way. It is needed only where the settings ask for it
(docs/decisions, 15); without it the simulation's own slips of the street and the flat are made.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from schemas.errors import Refused
from simulation.places import Place, Town
from simulation.settings import Settings
from simulation.tables import write_table

_TOWN = "LONDON"


@dataclass(frozen=True, slots=True)
class Written:
    """An address on one line, without town and postcode, and whether it says something else than the real one."""

    text: str
    is_wrong: bool


class Gazetteer:
    """How one agency has written down each address of the town: the same whenever it is asked."""

    def __init__(self, settings: Settings, town: Town, agency: str) -> None:
        self._written = _corrupted(settings, town, agency)

    def written(self, place: Place) -> Written:
        """The address of a place."""
        return self._written[place.uprn]


def gazetteers(settings: Settings, town: Town, *agencies: str) -> Mapping[str, Gazetteer | None]:
    """The gazetteer of each agency; none, unless the settings ask for addresses by the model."""
    return {agency: Gazetteer(settings, town, agency) if settings.address_errors else None for agency in agencies}


def _corrupted(settings: Settings, town: Town, agency: str) -> dict[str, Written]:
    """Every address of the town as the model has one council write it. Refused where the package is not installed."""
    try:
        from address_errors import Controls, Corruptor, Profile, load_components  # type: ignore[import-untyped]
    except ImportError:
        raise Refused(
            "addresses by the model need the package address-errors: install it, or leave address errors off"
        ) from None
    seed = zlib.crc32(f"{settings.luck}/addresses/{agency}".encode())
    model = Corruptor(Profile.load(), seed=seed, controls=Controls(commas=True, case="title", label_drift=0.0))
    model.index(components(town.places, load_components))
    rows = model.generate([place.uprn for place in town.places])
    return {
        place.uprn: Written(row["recorded_address"].removesuffix(f", {_TOWN.title()}"), bool(row["applied_rules"]))
        for place, row in zip(town.places, rows, strict=True)
    }


def components(places: Sequence[Place], load: Callable[[str], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Places as the package's own `load_components` reads them: from a file."""
    rows = [_components(place) for place in places]
    with NamedTemporaryFile(suffix=".csv") as file:
        write_table(Path(file.name), list(rows[0]), (list(row.values()) for row in rows))
        return load(file.name)


def _components(place: Place) -> dict[str, str]:
    """A place in the columns that the package reads."""
    is_number = place.building[:1].isdigit()
    return {
        "uprn": place.uprn,
        "subname": place.unit.upper(),
        "name": "" if is_number else place.building.upper(),
        "number": place.building if is_number else "",
        "streetname": place.street.upper(),
        "townname": _TOWN,
        "postcode": place.postcode,
        "parentuprn": place.parent,
        "usrn": place.usrn,
    }
