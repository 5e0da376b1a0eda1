"""Help for tests of tables: CSV files by their rows, and what a source makes of them."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from connectors.contract import Broken, Context, Draft, Outcome, OutOfScope, Row, Source
from schemas.records import Person, Place
from schemas.vocabulary import PersonRole, PlaceRole

CONTEXT = Context(agency=None, collected=1_718_600_000_000_000, row_key=b"k" * 32)

SHARED = Path(__file__).parents[3] / "shared" / "data"
"""Public data beside the project, where it is there."""


def csv_text(rows: Iterable[Mapping[str, str]], delimiter: str = ",") -> str:
    """The rows as a CSV text under their keys."""
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def outcomes(source: Source, path: Path, context: Context = CONTEXT) -> list[Outcome | Broken]:
    """What each row of a path becomes, after the path was recognised."""
    source.recognise(path)
    rows = source.collect(path, context)
    return [row if isinstance(row, Broken) else source.to_report(row, context) for row in rows]


def report(source: Source, values: Mapping[str, str], context: Context = CONTEXT) -> Draft:
    """The report of one row by its values."""
    outcome = source.to_report(Row("test.csv:2", values, b""), context)
    assert isinstance(outcome, Draft), outcome
    return outcome


def is_out_of_scope(source: Source, values: Mapping[str, str]) -> bool:
    """Whether a row is left out."""
    return isinstance(source.to_report(Row("test.csv:2", values, b""), CONTEXT), OutOfScope)


def place(draft: Draft, role: PlaceRole) -> Place:
    """The only place of a role."""
    places = (*draft.open_places, *(draft.detail.places if draft.detail else ()))
    [found] = [one for one in places if one.role is role]
    return found


def person(draft: Draft, role: PersonRole) -> Person:
    """The only person of a role."""
    assert draft.detail is not None
    [found] = [one for one in draft.detail.persons if one.role is role]
    return found
