"""A recognised geography file, and what was met while it was read."""

from collections import Counter
from dataclasses import dataclass, field

from connectors.files import Member
from connectors.geography.columns import Columns
from store.geography import Kind


@dataclass(frozen=True, slots=True)
class Lookup:
    """A file of which it is known what it holds; `vintage` is the year it speaks of, 0 where neither file nor user say.

    `columns` are those of the CSV table, or the properties of the GeoJSON features.
    """

    member: Member
    kind: Kind
    vintage: int
    columns: Columns


@dataclass(slots=True)
class Tally:
    """What was met: places, rows left out by reason, and local authorities with their names ("" where not given)."""

    places: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    lads: dict[str, str] = field(default_factory=dict)

    def see_lad(self, lad: str | None, name: str) -> None:
        """Notes a local authority; a name once seen stays."""
        if lad:
            self.lads[lad] = self.lads.get(lad) or name
