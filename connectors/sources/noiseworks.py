"""NoiseWorks: a council noise team's nightly export, the whole of its tables each time.

One row of Complaint.csv is one report; rows of Action.csv and Case.csv become agency updates. Because the export is
the whole, the base compares it with the last one: what is new is inserted, what differs revised, what is gone
withdrawn. The export leaves merges out; they are inferred (`_merged_cases`).

| column                                  | role                                                    |
|-----------------------------------------|---------------------------------------------------------|
| Complaint.id, .case_id                  | reference, case reference                               |
| Complaint.start, end, happening_now     | occurred                                                |
| Complaint.created                       | reported                                                |
| Complaint.description, rooms, effect    | narrative                                               |
| numbers in Complaint.description        | references quoted                                       |
| Case.uprn, easting, northing, radius, location_cache | SOURCE place                               |
| User.address of Complaint.complainant_id | AFFECTED place, and the complainant's home             |
| User of Complaint.complainant_id        | COMPLAINANT, unless a member of staff                   |
| User of Case_perpetrators.user_id       | ALLEGED_PERPETRATOR, unless a member of staff           |
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import cast

from connectors import files
from connectors.contract import Broken, Context, Outcome, Row, Sector, Source
from connectors.files import Member
from connectors.recoding import as_utf8
from connectors.shelf import Shelf, Values
from connectors.sources import noiseworks_reports, noiseworks_updates
from connectors.sources.noiseworks_names import (
    ACTION,
    CASE,
    COMPLAINT,
    HISTORY,
    MERGE,
    PERPETRATORS,
    USER,
)
from schemas.errors import Refused

COLUMNS = {
    CASE: "id created created_by_id kind kind_other uprn easting northing radius location_cache ward where estate "
    "assigned_id",
    HISTORY: "history_id history_date history_type history_user_id",
    COMPLAINT: "id case_id created created_by_id complainant_id happening_now start end rooms description effect",
    ACTION: "id created created_by_id case_id type notes case_old_id",
    USER: "id first_name last_name is_staff is_active email email_verified phone phone_verified address best_time "
    "best_method",
    PERPETRATORS: "case_id user_id",
}
"""The columns of each file; HistoricalCase.csv has those of Case.csv as well."""

NEEDED = {
    CASE: {"id", "created", "kind", "uprn", "easting", "northing"},
    HISTORY: {"id", "history_date"},
    COMPLAINT: {"id", "case_id", "created", "complainant_id"},
    ACTION: {"id", "case_id", "created", "type"},
    USER: {"id", "first_name", "last_name", "is_staff"},
}
"""The files without which an export is not whole, and the columns that tell each by."""

_TABLES = {name.casefold(): name for name in COLUMNS}
_KEPT = {
    CASE: ("id", *COLUMNS[CASE].split()),
    HISTORY: ("id", "history_date"),
    COMPLAINT: ("case_id", "id", "created"),
    ACTION: ("case_old_id", "case_id"),
    USER: ("id", *COLUMNS[USER].split()),
    PERPETRATORS: ("case_id", "user_id"),
}
"""Of each file, the column by which its rows belong to others, and the columns that those need."""

_MAPPERS: dict[str, Callable[[Row, Context], Outcome]] = {
    COMPLAINT: noiseworks_reports.report,
    ACTION: noiseworks_updates.action,
    CASE: noiseworks_updates.opened,
    MERGE: noiseworks_updates.merged,
}
_PREFIXES = {COMPLAINT: "", ACTION: "action-", CASE: "case-", MERGE: "merge-"}
"""What stands before the id of a row in the reference of what it becomes."""


class NoiseWorks(Source):
    """The export folder of NoiseWorks, or a zip of it."""

    name = "noiseworks"
    mapper_version = "noiseworks-1"
    sector = Sector.COUNCIL
    snapshot = True
    columns = frozenset(column for names in COLUMNS.values() for column in names.split())
    one_report_is = "one complaint"
    expects = (
        "one export of NoiseWorks: a folder or zip with Case.csv, HistoricalCase.csv, Complaint.csv, Action.csv and "
        "User.csv (and Case_perpetrators.csv)"
    )

    def wants(self, name: str) -> bool:
        return _table_of(name) in _RELATE

    def recognise(self, path: Path) -> None:
        for name, member in _tables(path).items():
            header = files.columns_of(member, f"{name}.csv of {self.expects}")
            if missing := NEEDED.get(name, set()) - set(header):
                raise files.refuse(
                    member.name, f"the columns of NoiseWorks' {name}.csv", f"no {', '.join(sorted(missing))}"
                )

    def collect(self, path: Path, context: Context) -> Iterator[Row | Broken]:
        tables = _tables(path)
        with Shelf() as shelf:
            for name, member in tables.items():
                yield from _load(name, member, shelf)
            for name, relate in _RELATE.items():
                for row in files.csv_rows(tables[name], name):
                    yield row if isinstance(row, Broken) else _related(row, relate(row.values, shelf))
            yield from _merged_cases(tables[CASE], shelf)

    def to_report(self, row: Row, context: Context) -> Outcome:
        return _MAPPERS[row.table](row, context)

    def references_of(self, row: Row) -> tuple[str, ...]:
        name = row.values.get("id")
        return (f"{_PREFIXES[row.table]}{name}",) if name else ()


def _tables(path: Path) -> dict[str, Member]:
    """The files of an export by the name of their table; Refused unless it is one whole export."""
    found = files.members(path, lambda name: _table_of(name) is not None)
    names = [_table_of(member.name) for member in found]
    if missing := NEEDED.keys() - set(names):
        missed = ", ".join(f"{name}.csv" for name in sorted(missing))
        raise files.refuse(path, NoiseWorks.expects, f"no {missed}")
    if len(set(names)) < len(names):
        raise Refused(f"{path.name}: it holds more than one export; give one at a time, the oldest first")
    return dict(zip(cast("list[str]", names), map(as_utf8, found), strict=True))


def _table_of(name: str) -> str | None:
    stem = PurePosixPath(name).name.casefold().removesuffix(".gz").removesuffix(".csv")
    return _TABLES.get(stem)


def _load(name: str, member: Member, shelf: Shelf) -> Iterator[Broken]:
    """Keeps the rows of a file. What is broken in a file that is read once more for its own rows is told then."""
    broken = shelf.load(name, _KEPT[name][0], _KEPT[name][1:], files.csv_rows(member))
    if name not in _RELATE:
        yield from broken
        return
    with suppress(Refused):
        for _ in broken:
            pass


def _related(row: Row, related: Mapping[str, tuple[Values, ...]]) -> Row:
    return Row(row.position, row.values, row.raw, row.file, row.table, related)


def _unrelated(case: Values, shelf: Shelf) -> dict[str, tuple[Values, ...]]:
    return {}


def _relate_complaint(complaint: Values, shelf: Shelf) -> dict[str, tuple[Values, ...]]:
    suspects = [row["user_id"] for row in shelf.of(PERPETRATORS, complaint["case_id"])]
    return {
        CASE: shelf.of(CASE, complaint["case_id"]),
        USER: shelf.of(USER, complaint["complainant_id"]),
        PERPETRATORS: tuple(user for suspect in suspects for user in shelf.of(USER, suspect)),
    }


def _relate_action(action: Values, shelf: Shelf) -> dict[str, tuple[Values, ...]]:
    case = action["case_id"]
    return {CASE: shelf.of(CASE, case), COMPLAINT: shelf.of(COMPLAINT, case)}


_RELATE: dict[str, Callable[[Values, Shelf], dict[str, tuple[Values, ...]]]] = {
    COMPLAINT: _relate_complaint,
    CASE: _unrelated,
    ACTION: _relate_action,
}
"""The files whose rows become reports and updates, and what belongs to each of their rows."""


def _merged_cases(cases: Member, shelf: Shelf) -> Iterator[Row]:
    """A row for each case whose complaints have all moved to another: NoiseWorks moves them when it merges.

    Which case they moved to is told only by exports whose actions name the old case (`case_old_id`).
    """
    for row in files.csv_rows(cases, MERGE):
        if isinstance(row, Row) and not shelf.has(COMPLAINT, row.values["id"]):
            history = shelf.of(HISTORY, row.values["id"])
            yield _related(row, {HISTORY: history[-1:], ACTION: shelf.of(ACTION, row.values["id"])})
