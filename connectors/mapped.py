"""Rows mapped, before anything is compared or published: what each became, counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from connectors.assemble import Assembler, Sketch
from connectors.contract import Broken, Draft, OutOfScope, Row, Source, UpdateDraft
from connectors.tally import Tally
from schemas.errors import Unfit

_OTHER_AREA = "in another area than asked for"


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that could not be used: where it stands, its bytes, why, whose it is, and its references, if it has any."""

    position: str
    raw: bytes
    error: Unfit
    agency: str
    references: tuple[str, ...]


@dataclass(slots=True)
class Chunk:
    """What some rows became. `periods` are (agency, period, layout) that the source publishes as a whole."""

    tally: Tally = field(default_factory=Tally)
    sketches: list[Sketch] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    periods: dict[tuple[str, str, str], None] = field(default_factory=dict)

    @property
    def all_sketches(self) -> list[Sketch]:
        """The sketches with the updates that came with them."""
        return [one for sketch in self.sketches for one in (sketch, *sketch.updates)]


class Mapper:
    """Maps the rows of one reading, in their order; remembers what must be known of earlier rows."""

    def __init__(self, assembler: Assembler) -> None:
        self._assembler = assembler
        self._source: Source = assembler.source
        self._columns: dict[str, None] = {}
        self._tables: set[tuple[str, str]] = set()
        self._file = ""
        self._ordinals: Counter[int] = Counter()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns seen."""
        return tuple(self._columns)

    @property
    def unknown_columns(self) -> tuple[str, ...]:
        """Those that the source does not know."""
        return tuple(name for name in self._columns if name not in self._source.columns)

    def map(self, rows: Iterable[Row | Broken]) -> Chunk:
        """What these rows become."""
        chunk = Chunk()
        for row in rows:
            try:
                self._map(row, chunk)
            except Unfit as error:
                failure = self._failure(row, error)
                chunk.tally.count_quarantined(failure.agency, error.field, error.rule)
                chunk.failures.append(failure)
        return chunk

    def _map(self, row: Row | Broken, chunk: Chunk) -> None:
        if isinstance(row, Broken):
            raise Unfit("row", row.rule, row.remedy)
        self._note_columns(row)
        outcome = self._source.to_report(row, self._assembler.context)
        if isinstance(outcome, OutOfScope):
            chunk.tally.count_out_of_scope(outcome.why)
            return
        sketch = self._assembler.sketch(row.position, outcome, self._ordinal(row, outcome))
        if sketch is None:
            chunk.tally.count_out_of_scope(_OTHER_AREA)
            return
        chunk.sketches.append(sketch)
        chunk.tally.unknown_codes += outcome.unknown_codes
        chunk.tally.count_geography(sketch.settled)
        if isinstance(outcome, Draft) and outcome.period:
            chunk.periods[sketch.key[0], outcome.period.name, outcome.period.layout] = None

    def _failure(self, row: Row | Broken, error: Unfit) -> Failure:
        agency = self._assembler.context.agency
        if isinstance(row, Broken):
            return Failure(row.position, row.raw, error, agency or self._source.name, ())
        named = agency or self._source.agency_of(row) or self._source.name
        return Failure(row.position, row.raw, error, named, self._source.references_of(row))

    def _ordinal(self, row: Row, outcome: Draft | UpdateDraft) -> int | None:
        """The row's number among those of its file with an equal reference, for a source without references."""
        if self._source.has_references:
            return None
        if row.file != self._file:
            self._file, self._ordinals = row.file, Counter()
        name = hash((outcome.agency, outcome.reference))
        self._ordinals[name] += 1
        return self._ordinals[name]

    def _note_columns(self, row: Row) -> None:
        if (row.file, row.table) not in self._tables:
            self._tables.add((row.file, row.table))
            self._columns.update(dict.fromkeys(row.values))
