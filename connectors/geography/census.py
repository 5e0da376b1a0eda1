"""What is known of LSOAs: which vintages a code has, and the local authority and ward of each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from connectors.geography.shapes import Shapes
from connectors.grid import Point
from schemas.records import Lsoa
from store.geography_rows import LsoaRow

Key = tuple[str, int]
"""LSOA code and vintage: neither stands alone."""

Votes = Counter[tuple[Key, str]]
"""How many places of an LSOA lie in a ward or local authority."""


@dataclass(slots=True)
class Census:
    """LSOAs by code and vintage. Code lists count before boundaries, and these before where most postcodes lie."""

    shapes: Shapes
    lads: dict[Key, str] = field(default_factory=dict)
    wards: dict[Key, str] = field(default_factory=dict)
    vintages: dict[str, tuple[int, ...]] = field(default_factory=dict)
    covered: dict[str, set[int]] = field(default_factory=dict)

    @classmethod
    def build(
        cls, rows: Iterable[LsoaRow], shapes: Shapes, lads: Shapes, lad_votes: Votes, ward_votes: Votes
    ) -> "Census":
        """Gathers what is known; `shapes` are the LSOAs' boundaries, `lads` the local authorities'."""
        census = cls(shapes)
        for row in rows:
            _put(census.lads, (row.code, row.vintage), row.lad)
            _put(census.wards, (row.code, row.vintage), row.ward)
        for boundary in shapes.rows:
            if boundary.lad:
                census.lads.setdefault((boundary.code, boundary.vintage), boundary.lad)
        census._fill(_winners(lad_votes), _winners(ward_votes))
        census._fill_from_boundaries(lads)
        census._note_vintages()
        return census

    def settle(self, lsoa: Key, point: Point | None) -> Key:
        """The LSOA with its vintage as far as the evidence tells; 0 stays where it does not.

        A code without a vintage has the newest vintage whose boundary holds the point, else the newest whose boundary
        ends close to it; without a point, its only vintage, if its authority's LSOAs are known in another too, or the
        newest, if the boundary did not change.
        """
        code, vintage = lsoa
        if vintage:
            return lsoa
        known = self.vintages.get(code, ())
        if point is not None:
            told = self.shapes.vintage_at(code, known, point)
            if told:
                return code, told
        return code, self._vintage_without_point(code, known)

    def lad(self, lsoa: Key) -> str | None:
        """The local authority of an LSOA; None when it is unknown, or is not the same in all vintages it may mean."""
        return _only(self.lads, lsoa, self.vintages)

    def ward(self, lsoa: Key) -> str | None:
        """The best-fit ward of an LSOA; None when it is unknown, or is not the same in all vintages it may mean."""
        return _only(self.wards, lsoa, self.vintages)

    def _vintage_without_point(self, code: str, known: tuple[int, ...]) -> int:
        if len(known) == 1:
            return known[0] if len(self.covered[self.lads[code, known[0]]]) > 1 else 0
        newest, *older = known or (0,)
        return newest if older and all(self.shapes.are_same(code, newest, year) for year in older) else 0

    def _fill(self, lads: dict[Key, str], wards: dict[Key, str]) -> None:
        self.lads = lads | self.lads
        self.wards = wards | self.wards

    def _fill_from_boundaries(self, lads: Shapes) -> None:
        orphans = [row for row in self.shapes.rows if (row.code, row.vintage) not in self.lads]
        found = lads.first_at([self.shapes.centre(row) for row in orphans])
        for row, lad in zip(orphans, found, strict=True):
            _put(self.lads, (row.code, row.vintage), lad and lad.code)

    def _note_vintages(self) -> None:
        years: defaultdict[str, set[int]] = defaultdict(set)
        covered: defaultdict[str, set[int]] = defaultdict(set)
        for (code, vintage), lad in self.lads.items():
            if vintage:
                years[code].add(vintage)
                covered[lad].add(vintage)
        self.vintages = {code: tuple(sorted(found, reverse=True)) for code, found in years.items()}
        self.covered = dict(covered)


@cache
def as_record(lsoa: Key) -> Lsoa:
    """The same as the language's record."""
    return Lsoa(code=lsoa[0], vintage=lsoa[1])


def _put(into: dict[Key, str], key: Key, value: str | None) -> None:
    if value:
        into[key] = value


def _winners(votes: Votes) -> dict[Key, str]:
    """For each LSOA what most of its places say; of equals the smallest code."""
    by_code = sorted(votes.items(), key=lambda vote: vote[0][1], reverse=True)
    return {key: code for (key, code), _ in sorted(by_code, key=lambda vote: vote[1])}


def _only(known: Mapping[Key, str], lsoa: Key, vintages: Mapping[str, tuple[int, ...]]) -> str | None:
    code, vintage = lsoa
    if vintage:
        return known.get(lsoa)
    answers = {known.get((code, year)) for year in vintages.get(code, (0,))}
    return answers.pop() if len(answers) == 1 else None
