"""The files of a table: which columns they have, by which delimiter, and where their header stands.

Spreadsheets that were made for people begin with titles, a block of labels ("Case reference: ASB-20417") and blank
rows; merged cells above the header name groups of columns ("Complainant" above "Name" and "Phone"), and as CSV stand in
the first column of their group alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from connectors import files
from connectors.contract import Broken, Row
from connectors.files import Heading, Member
from connectors.mapping.profile import Profile, spelling
from connectors.recoding import as_utf8

DELIMITERS = (",", ";", "\t", "|")
"""Those that spreadsheets and databases write, in the order in which they are tried."""

_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
_HIGHEST = 25
"""Rows within which a header must stand."""

Cells = list[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """What tells a table: the columns that it must have, those that may stand in the block above its header, and the
    profile's name of each spelling. `prefix` goes before the names of a joined file's columns ("case.").
    """

    required: frozenset[str]
    first_names: Mapping[str, str]
    expected: str
    above: tuple[str, ...] = ()
    delimiter: str | None = None
    prefix: str = ""

    def name(self, header: str) -> str | None:
        """The profile's name of a column."""
        return self.first_names.get(self.prefix + spelling(header))


@dataclass(frozen=True, slots=True)
class Table:
    """One file, its delimiter and heading, the profile's name of each of its columns that the profile knows, and the
    values that stand above it.
    """

    member: Member
    delimiter: str
    heading: Heading
    first_names: Mapping[str, str]
    above: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> Iterator[Row | Broken]:
        """Its rows under the profile's names. Rows without any value, with which spreadsheets end, are none."""
        for row in files.csv_rows(self.member, delimiter=self.delimiter, heading=self.heading):
            if isinstance(row, Broken):
                yield row
            elif any(map(str.strip, row.values.values())):
                named = {self.first_names[name]: text for name, text in row.values.items() if name}
                yield replace(row, values={**self.above, **named})


def is_table(name: str) -> bool:
    """Whether a file of this name within a folder or archive is a table."""
    return name.casefold().endswith(_ENDINGS)


def main_layout(profile: Profile) -> Layout:
    """The layout of the file that holds a profile's rows."""
    return Layout(
        required=frozenset(profile.file.required),
        first_names=profile.first_names(),
        expected=f"{profile.describes} (a CSV file with the columns {', '.join(profile.file.required)})",
        above=profile.file.above,
        delimiter=profile.file.delimiter,
    )


def joined_layout(profile: Profile) -> Layout | None:
    """The layout of the file whose rows belong to a profile's rows, if it has one."""
    joined = profile.joined
    if joined is None:
        return None
    prefix = f"{joined.name}."
    required = ", ".join(column.removeprefix(prefix) for column in (joined.key, *joined.required))
    return Layout(
        required=frozenset((joined.key, *joined.required)),
        first_names=profile.first_names(),
        expected=f"{profile.describes} (with a CSV file {' or '.join(joined.names)} with the columns {required})",
        delimiter=profile.file.delimiter,
        prefix=prefix,
    )


def find(path: Path, names: tuple[str, ...], layout: Layout) -> list[Table]:
    """The tables of a path whose names match; Refused where there is none, or one is of another layout."""
    found = files.members(path, is_table)
    wanted = [member for member in found if _matches(member.name, names)] if path.is_dir() or len(found) > 1 else found
    if not wanted:
        raise files.refuse(path, layout.expected, "no CSV file" if not found else f"no file named {' or '.join(names)}")
    return [_table(as_utf8(member), layout) for member in wanted]


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    plain = PurePosixPath(name).name.casefold()
    return not patterns or any(fnmatchcase(plain, pattern.casefold()) for pattern in patterns)


def _table(member: Member, layout: Layout) -> Table:
    tops = {mark: files.first_rows(member, layout.expected, mark, _HIGHEST) for mark in _delimiters(layout)}
    for mark, top in tops.items():
        for number in range(len(top)):
            if table := _headed(member, mark, top, number, layout):
                return table
    raise files.refuse(member.name, layout.expected, _found(member, tops, layout))


def _headed(member: Member, mark: str, top: list[Cells], number: int, layout: Layout) -> Table | None:
    """The table whose header stands in this row, if it does: with the groups of the row above it, if they help."""
    above = _values_above(top[:number], layout)
    groups = top[number - 1] if number else []
    for names in (_grouped(groups, top[number], layout), tuple(top[number])):
        known = {name: first for name in names if name and (first := layout.name(name))}
        if not layout.required - set(known.values()) - set(above):
            return Table(member, mark, Heading(number + 1, names), _prefixed(known, names, layout), above)
    return None


def _grouped(groups: Cells, header: Cells, layout: Layout) -> tuple[str, ...]:
    """The names of columns: with the group's where the profile knows it so; for a blank name, the group's alone."""
    names, group = [], ""
    for place, name in enumerate(header):
        own = groups[place] if place < len(groups) else ""
        group = own or group
        joined = f"{group} {name}"
        names.append(joined if name and group and layout.name(joined) else name or own)
    return tuple(names)


def _prefixed(known: Mapping[str, str], names: tuple[str, ...], layout: Layout) -> dict[str, str]:
    """The profile's name of each column that has one; unknown ones of a joined file bear its name too."""
    return {name: known.get(name, layout.prefix + name) for name in names if name}


def _values_above(rows: list[Cells], layout: Layout) -> dict[str, str]:
    """What stands beside the labels above a header, in the next cell or after a colon."""
    found: dict[str, str] = dict.fromkeys(layout.above, "")
    for row in rows if layout.above else ():
        for place, cell in enumerate(row):
            label, _, text = cell.partition(":")
            column = layout.name(label)
            if column in found and not found[column]:
                found[column] = text.strip() or _beside(row[place + 1 :], layout)
    return found


def _beside(cells: Cells, layout: Layout) -> str:
    """The first text beside a label, up to the next label."""
    text = next((cell for cell in cells if cell), "")
    return "" if layout.name(text.partition(":")[0]) in layout.above else text


def _delimiters(layout: Layout) -> tuple[str, ...]:
    return (layout.delimiter,) if layout.delimiter else DELIMITERS


def _found(member: Member, tops: Mapping[str, list[Cells]], layout: Layout) -> str:
    """Which columns the header lacks; what the file seems to be where it has none of them."""
    names = {layout.name(name) for top in tops.values() for row in top for name in row}
    lacking = layout.required - names
    if lacking == layout.required:
        return files.describe(files.head(member))
    return f"a table without {', '.join(sorted(column.removeprefix(layout.prefix) for column in lacking))}"
