"""Any supplier's table, by a profile: a CSV file, or the CSV that a spreadsheet program exports.

The profile (connectors/mapping/profile.py) says which column fills which role; those that come with Wardlink are in
connectors/profiles. A folder or archive may hold several files of one profile; they are read in the order of their
names, so that daily files come in the order of their days. Rows of another file may belong to each row, and a cell that
holds several dated entries is several rows.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from connectors.contract import Broken, Context, Outcome, Row, Source
from connectors.mapping import profile as profiles
from connectors.mapping.profile import Profile
from connectors.mapping.profile_shape import Entries, Joined
from connectors.mapping.table import draft_of, references_of
from connectors.shelf import Shelf
from connectors.sources import table_files
from connectors.sources.table_files import Layout

_MET = "met"


class Table(Source):
    """One supplier's table by its profile; its feed bears the profile's name."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.name = profile.name
        self.mapper_version = f"{profile.name}-{profile.version}"
        self.sector = profile.sector
        self.agency = profile.agency
        self.personal = not profile.openly_published
        self.snapshot = profile.snapshot
        self.has_references = not profile.reference.is_made
        self.one_report_is = profile.one_report_is
        self.columns = profile.columns()
        self._layout = table_files.main_layout(profile)
        self._joined_layout = table_files.joined_layout(profile)
        self.expects = self._layout.expected

    @classmethod
    def of(cls, name_or_path: str) -> "Table":
        """The source of a shipped profile's name, or of the path of one's own; Refused with all mistakes of it."""
        return cls(profiles.load(name_or_path))

    def wants(self, name: str) -> bool:
        return table_files.is_table(name)

    def recognise(self, path: Path) -> None:
        table_files.find(path, self.profile.file.names, self._layout)
        if self.profile.joined and self._joined_layout:
            table_files.find(path, self.profile.joined.names, self._joined_layout)

    def collect(self, path: Path, context: Context) -> Iterator[Row | Broken]:
        for row in self._rows(path):
            yield from _entries(row, self.profile.entries) if isinstance(row, Row) else (row,)

    def to_report(self, row: Row, context: Context) -> Outcome:
        return draft_of(row.values, self.profile, context.agency, context.row_key)

    def references_of(self, row: Row) -> tuple[str, ...]:
        return references_of(row.values, self.profile)

    def _rows(self, path: Path) -> Iterator[Row | Broken]:
        if self.profile.joined and self._joined_layout:
            yield from self._joined_rows(path, self.profile.joined, self._joined_layout)
        else:
            yield from self._plain_rows(path)

    def _plain_rows(self, path: Path) -> Iterator[Row | Broken]:
        for table in table_files.find(path, self.profile.file.names, self._layout):
            yield from table.rows()

    def _joined_rows(self, path: Path, joined: Joined, layout: Layout) -> Iterator[Row | Broken]:
        """The rows with the columns of those that they belong to, then what nobody belongs to."""
        others = table_files.find(path, joined.names, layout)
        with Shelf() as shelf:
            for table in others:
                yield from shelf.load(joined.name, joined.key, None, table.rows())
            for row in self._plain_rows(path):
                yield row if isinstance(row, Broken) else _with_its_own(row, joined, shelf)
            for table in others if joined.alone else ():
                yield from _alone(table.rows(), joined, shelf)


def _with_its_own(row: Row, joined: Joined, shelf: Shelf) -> Row:
    key = row.values.get(joined.by, "").strip()
    shelf.note(_MET, key)
    found = shelf.of(joined.name, key)
    return replace(row, values={**found[-1], **row.values}) if found else row


def _alone(rows: Iterator[Row | Broken], joined: Joined, shelf: Shelf) -> Iterator[Row]:
    """Rows of the other file that no row belongs to, each once, in the last wording."""
    for row in rows:
        key = row.values.get(joined.key, "").strip() if isinstance(row, Row) else ""
        if isinstance(row, Broken) or shelf.has(_MET, key):
            continue
        shelf.note(_MET, key)
        texts = shelf.of(joined.name, key)[-1] if key else row.values
        copied = {column: texts.get(other, "") for column, other in joined.alone.items()}
        yield replace(row, values={**texts, **copied})


def _entries(row: Row, part: Entries | None) -> Iterator[Row]:
    """One row for each dated entry of a cell; a cell without any is one entry without a date."""
    if part is None:
        yield row
        return
    found = _split(row.values.get(part.column, ""), re.compile(part.pattern))
    for number, entry in enumerate(found, start=1):
        named = {f"entry.{name}": text for name, text in entry.items()}
        position = row.position if len(found) == 1 else f"{row.position}#{number}"
        yield replace(row, position=position, values={**row.values, **named})


def _split(text: str, pattern: "re.Pattern[str]") -> list[dict[str, str]]:
    """The entries of a text; lines without a date belong to the entry before them, a preamble to the first."""
    blank = dict.fromkeys(pattern.groupindex, "")
    entries: list[dict[str, str]] = []
    for line in text.splitlines():
        match = pattern.match(line)
        if match:
            entries.append({name: held or "" for name, held in match.groupdict().items()})
        elif line.strip():
            entries = entries or [blank | {"date": ""}]
            entries[-1]["text"] = f"{entries[-1]['text']}\n{line.strip()}".strip()
    if len(entries) > 1 and not entries[0]["date"]:
        entries[1]["text"] = f"{entries[0]['text']}\n{entries[1]['text']}"
        del entries[0]
    return entries or [blank]
