"""Which reports name a place, by role and at each level of the roll-up: flat, block, street, LSOA, ward."""

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Generic, TypeVar

from linkage.changes import PlaceKey
from linkage.features import PlaceFeatures

Item = TypeVar("Item")
_Key = tuple[str, str, str]
_SUFFERED = "AFFECTED"
_OUTSIDE = re.compile(r"^(?:o s|outside|opp|opposite|j w|near) ")


class PlaceEntry(Generic[Item]):
    """One place in one role at one level, and the reports that name it."""

    __slots__ = ("key", "reports")

    def __init__(self, key: PlaceKey) -> None:
        self.key = key
        self.reports: list[Item] = []


class PlaceIndex(Generic[Item]):
    """All places of an area. Places of different roles are different places."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: dict[_Key, PlaceEntry[Item]] = {}

    def enter(self, report: Item, places: tuple[PlaceFeatures, ...]) -> tuple[PlaceEntry[Item], ...]:
        """Enter a report under each of its places, once for each key."""
        found: dict[_Key, PlaceEntry[Item]] = {}
        for place in places:
            for key in keys_of(place):
                if key not in found:
                    entry = self._entries.get(key)
                    if entry is None:
                        entry = self._entries[key] = PlaceEntry(PlaceKey(*key))
                    entry.reports.append(report)
                    found[key] = entry
        return tuple(found.values())

    def leave(self, report: Item, entries: tuple[PlaceEntry[Item], ...]) -> None:
        """Take a report out of the entries that enter() gave it."""
        for entry in entries:
            entry.reports.remove(report)
            if not entry.reports:
                key = entry.key
                del self._entries[key.role, key.level, key.code]

    def reports(self, key: PlaceKey) -> list[Item]:
        """The reports that name a place."""
        entry = self._entries.get((key.role, key.level, key.code))
        return entry.reports if entry is not None else []


def keys_of(place: PlaceFeatures) -> Iterator[_Key]:
    """A snapped point is no address: it has its areas only. A building without parent is its own block.

    Where trouble comes from or happens, and agencies know no property number, one address is one place all the same: by
    its standardised words within its LSOA, as a digest of them. It may be the same as one with a UPRN: both are kept.
    """
    role = place.role
    if not place.snapped:
        if place.uprn is not None:
            yield role, "uprn", place.uprn
        block = place.parent_uprn or place.uprn
        if block is not None:
            yield role, "block", block
        if place.usrn is not None:
            yield role, "street", place.usrn
        door = None if place.address is None or role == _SUFFERED else _door(place.address)
        if door is not None and place.lsoa is not None:
            yield role, "address", _code_of(f"{place.lsoa} {door}")
    if place.lsoa is not None:
        yield role, "lsoa", place.lsoa
    if place.ward is not None:
        yield role, "ward", place.ward


@lru_cache(maxsize=65_536)
def _door(address: str) -> str | None:
    """The address of a door: without "outside" and the like; None where no number is in it."""
    door = _OUTSIDE.sub("", address)
    return door if any(letter.isdigit() for letter in door) else None


@lru_cache(maxsize=65_536)
def _code_of(words: str) -> str:
    return blake2b(words.encode(), digest_size=12).hexdigest()
