"""Any supplier's table, by a profile: a CSV file, or the CSV that a spreadsheet program exports.

The profile (connectors/mapping/profile.py) says which column fills which role; those that come with Wardlink are in
connectors/profiles. A folder or archive may hold several files of one profile; they are read in the order of their
names, so that daily files come in the order of their days.
"""

from collections.abc import Iterator
from pathlib import Path

from connectors.contract import Broken, Context, Outcome, Row, Source
from connectors.mapping import profile as profiles
from connectors.mapping.profile import Profile
from connectors.mapping.table import draft_of, references_of
from connectors.sources import table_files


class Table(Source):
    """One supplier's table by its profile; its feed bears the profile's name."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.name = profile.name
        self.mapper_version = f"{profile.name}-{profile.version}"
        self.sector = profile.sector
        self.agency = profile.agency
        self.personal = not profile.openly_published
        self.agency = profile.agency
        self.snapshot = profile.snapshot
        self.columns = profile.columns()
        self.expects = table_files.expected(profile)

    @classmethod
    def of(cls, name_or_path: str) -> "Table":
        """The source of a shipped profile's name, or of the path of one's own; Refused with all mistakes of it."""
        return cls(profiles.load(name_or_path))

    def wants(self, name: str) -> bool:
        return table_files.is_table(name)

    def recognise(self, path: Path) -> None:
        table_files.tables(path, self.profile)

    def collect(self, path: Path, context: Context) -> Iterator[Row | Broken]:
        for table in table_files.tables(path, self.profile):
            yield from table.rows()

    def to_report(self, row: Row, context: Context) -> Outcome:
        return draft_of(row.values, self.profile, context.agency)

    def references_of(self, row: Row) -> tuple[str, ...]:
        return references_of(row.values, self.profile)
