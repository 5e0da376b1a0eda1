"""A line of the story: whom it is for, what is so, how one knows, and whether it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

NAMES: Mapping[str, str] = {
    "asb_officer": "ASB officer",
    "tenancy_manager": "Tenancy manager",
    "sergeant": "Sergeant",
    "information_governance": "Information governance",
    "data_steward": "Data steward",
    "it_team": "IT team",
    "trust": "Trust",
}
"""The seven lines in their order: a name for machines, and whom it is for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One of the seven. `says` is a sentence; `details` are (label, text) below it; all of it was read, none assumed.

    `reader` is as whom it was read (agency/role). `parts` are the claims it is made of, and whether each is so.
    """

    name: str
    reader: str
    says: str
    details: Sequence[tuple[str, str]]
    parts: Mapping[str, bool]

    @property
    def audience(self) -> str:
        """Whom it is for."""
        return NAMES[self.name]

    @property
    def holds(self) -> bool:
        """Whether every part of it is so."""
        return all(self.parts.values())

    @property
    def untrue(self) -> list[str]:
        """The parts that are not so."""
        return [part for part, holds in self.parts.items() if not holds]

    def and_still(self, part: str, holds: bool) -> "Line":
        """The line with one part more, found out later."""
        return replace(self, parts={**self.parts, part: holds})
