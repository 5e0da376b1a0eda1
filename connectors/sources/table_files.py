"""The files of a table: which columns they have, and by which delimiter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from connectors import files
from connectors.contract import Broken, Row
from connectors.files import Member
from connectors.mapping.profile import Profile, spelling
from connectors.recoding import as_utf8

DELIMITERS = (",", ";", "\t", "|")
"""Those that spreadsheets and databases write, in the order in which they are tried."""

_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")


@dataclass(frozen=True, slots=True)
class Table:
    """One file, its delimiter, and the profile's name of each of its columns that the profile knows."""

    member: Member
    delimiter: str
    first_names: Mapping[str, str]

    def rows(self) -> Iterator[Row | Broken]:
        """Its rows under the profile's names. Rows without any value, with which spreadsheets end, are none."""
        for row in files.csv_rows(self.member, delimiter=self.delimiter):
            if isinstance(row, Broken):
                yield row
            elif any(map(str.strip, row.values.values())):
                yield replace(row, values={self.first_names.get(name, name): text for name, text in row.values.items()})


def is_table(name: str) -> bool:
    """Whether a file of this name within a folder or archive is a table."""
    return name.casefold().endswith(_ENDINGS)


def tables(path: Path, profile: Profile) -> list[Table]:
    """The tables of a path; Refused where one of its files is not of the profile."""
    found = files.members(path, is_table)
    if not found:
        raise files.refuse(path, expected(profile), "no CSV file")
    return [_table(as_utf8(member), profile) for member in found]


def expected(profile: Profile) -> str:
    """One sentence on a right file of the profile."""
    return f"{profile.describes} (a CSV file with the columns {', '.join(profile.file.required)})"


def _table(member: Member, profile: Profile) -> Table:
    first_names = profile.first_names()
    headers = {mark: files.columns_of(member, expected(profile), mark) for mark in _delimiters(profile)}
    for mark, header in headers.items():
        known = {name: first_names[key] for name in header if (key := spelling(name)) in first_names}
        if not set(profile.file.required) - set(known.values()):
            return Table(member, mark, known)
    raise files.refuse(member.name, expected(profile), _found(member, headers, profile))


def _delimiters(profile: Profile) -> tuple[str, ...]:
    return (profile.file.delimiter,) if profile.file.delimiter else DELIMITERS


def _found(member: Member, headers: Mapping[str, list[str]], profile: Profile) -> str:
    """Which columns the header lacks; what the file seems to be where it has none of them."""
    names, first_names = {spelling(name) for header in headers.values() for name in header}, profile.first_names()
    lacking = set(profile.file.required) - {first for name, first in first_names.items() if name in names}
    if len(lacking) == len(set(profile.file.required)):
        return files.describe(files.head(member))
    return f"a table without {', '.join(sorted(lacking))}"
