"""The laws of sources by name, and the table of who keeps which that ends a run of the conformance suite."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

LAWS = {
    "counts": "every row is accounted for, and a dry run leaves nothing",
    "times": "times are exact",
    "ids": "ids and revisions stay the same however often a file is read",
    "unknown": "unknown columns and codes are told and harm nothing",
    "empty": "empty and wrong files are refused with what was expected and found",
    "one bad": "a bad row costs that row alone",
    "cut off": "a file that breaks off gives what stands before it",
    "encoding": "a wrong encoding is refused, or costs its rows alone",
    "BOM": "a byte order mark changes nothing",
    "killed": "a kill at any message loses nothing and adds nothing",
    "sealed": "personal data stand only in the sealed part, and in no error",
    "memory": "any number of rows is read in bounded memory",
}

Test = TypeVar("Test", bound=Callable[..., Any])

_MARKS = {"passed": "ok", "failed": "FAIL", "skipped": "n/a"}
_WORST_FIRST = ("FAIL", "ok", "n/a")


def law(name: str) -> Callable[[Test], Test]:
    """Names the law that a test of the suite holds."""
    assert name in LAWS
    return pytest.mark.law(name)


@dataclass
class Keeping:
    """Which source keeps which law, as the tests of a run found."""

    found: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def note(self, source: str, name: str, outcome: str) -> None:
        """One test of a law on a source."""
        self.found.setdefault((source, name), set()).add(_MARKS[outcome])

    def lines(self) -> Iterator[str]:
        """The table: sources by laws."""
        width = max(len(source) for source, _ in self.found) + 2
        yield " " * width + "".join(f"{name:<10}" for name in LAWS).rstrip()
        for source in sorted({source for source, _ in self.found}):
            cells = [self._cell(source, name) for name in LAWS]
            yield f"{source:<{width}}" + "".join(f"{cell:<10}" for cell in cells).rstrip()

    def _cell(self, source: str, name: str) -> str:
        marks = self.found.get((source, name), set())
        return next((mark for mark in _WORST_FIRST if mark in marks), "-")
