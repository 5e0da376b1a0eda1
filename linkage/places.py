"""Which reports name a place, by role and at each level of the roll-up: flat, block, street, LSOA, ward."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from linkage.changes import PlaceKey
from linkage.features import PlaceFeatures

Item = TypeVar("Item")
_Key = tuple[str, str, str]


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
    """A snapped point is no address: it has its areas only. A building without parent is its own block."""
    role = place.role
    if not place.snapped:
        if place.uprn is not None:
            yield role, "uprn", place.uprn
        block = place.parent_uprn or place.uprn
        if block is not None:
            yield role, "block", block
        if place.usrn is not None:
            yield role, "street", place.usrn
    if place.lsoa is not None:
        yield role, "lsoa", place.lsoa
    if place.ward is not None:
        yield role, "ward", place.ward
