"""The pre-flight for a supplier: the same suite over a file that nobody has sent yet.

The file is read and mapped by its real connector; nothing is published, stored or sealed, and no server is asked. What
is told of it is counts, rules, and where rows stand: never a value, and not even a reference.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from connectors.areas import Areas
from connectors.assemble import Assembler, Seal, Sketch
from connectors.contract import Broken, Context, Draft, Row, Source
from connectors.mapped import Failure, Mapper
from connectors.reading import check_path
from quality.drift import Drift
from quality.expectations import Examiner
from quality.frames import frame_of_batches, frame_of_reports, frame_of_unusable
from quality.scorecard import Outcome, Scorecard, scorecard
from quality.sketches import Facts, Sketches
from quality.suites import Suite
from quality.tally import Names, Tally, results
from schemas.errors import Refused
from store.quality_rows import MeasuredBatch

SUPPLIER = "supplier"
"""Whose the rows are where nobody has said."""

_ROWS = 20_000
"""Rows in one table."""

_MICROS = 1_000_000
_NO_KEY = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a file is worth. `unusable` counts rows by reason; `broken_off` says why it could not be read to its end."""

    source: str
    suite: str
    card: Scorecard
    read: int
    reports: int
    out_of_scope: int
    unusable: Mapping[str, int]
    unknown_columns: tuple[str, ...]
    unknown_codes: int
    broken_off: str | None

    @property
    def exit_code(self) -> int:
        """0: as agreed; 1: some rule falls short of what was agreed; 2: the file cannot be used."""
        if self.broken_off or not (self.reports or self.out_of_scope):
            return 2
        return 1 if self.card.short else 0

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        if self.exit_code == 2:
            return f"this file cannot be used: {self.broken_off or 'no row of it can'}"
        if self.exit_code == 0:
            return "as agreed" if self.reports else "as agreed, but no row is of this source's matter"
        count = len(self.card.short)
        return f"{count} {'rule falls' if count == 1 else 'rules fall'} short of what was agreed"


def check_file(path: Path, source: Source, suite: Suite, facts: Facts, agency: str | None, now: int) -> Verdict:
    """Measures a file, archive or folder of this source; `now` in microseconds stands for its receipt.

    Rules that only storage can tell are left out. Raises Refused where the path is of another kind.
    """
    check_path(source, path)
    told = replace(suite, rules=tuple(rule for rule in suite.rules if not rule.stored_only))
    by = agency or source.agency or (None if source.names_agencies else SUPPLIER)
    context = Context(by, now, _NO_KEY)
    return _Preflight(Assembler(source, context, _NOWHERE, Seal(None, None), path.name), told, facts).run(path)


_NOWHERE = Areas(None, frozenset(), None)


class _Preflight:
    """One reading."""

    def __init__(self, assembler: Assembler, suite: Suite, facts: Facts) -> None:
        self._assembler, self._suite = assembler, suite
        self._mapper = Mapper(assembler)
        self._sketches = Sketches(assembler, facts)
        self._reports, self._rows = Examiner(suite, "reports"), Examiner(suite, "rows")
        self._tally = Tally()
        self._counts: Counter[str] = Counter()
        self._unusable: Counter[str] = Counter()
        self._agencies: dict[str, None] = {}

    def run(self, path: Path) -> Verdict:
        """Reads to the end, or as far as it goes."""
        rows = self._assembler.source.collect(path, self._assembler.context)
        broken_off = None
        while not broken_off:
            taken, broken_off = _take(rows)
            if not taken:
                break
            self._measure(taken)
        self._measure_delivery()
        return self._verdict(broken_off)

    def _measure(self, rows: Sequence[Row | Broken]) -> None:
        chunk = self._mapper.map(rows)
        sketches = [sketch for sketch in chunk.sketches if isinstance(sketch.draft, Draft)]
        self._measure_reports(sketches)
        self._measure_unusable(chunk.failures)
        self._unusable += chunk.tally.quarantined_by
        self._counts += Counter(
            read=len(rows),
            reports=len(sketches),
            out_of_scope=chunk.tally.out_of_scope,
            unknown_codes=chunk.tally.unknown_codes,
            quarantined=chunk.tally.quarantined,
        )

    def _measure_reports(self, sketches: Sequence[Sketch]) -> None:
        if not sketches:
            return
        frame = frame_of_reports([self._sketches.measured(sketch) for sketch in sketches])
        self._agencies.update(dict.fromkeys(sketch.key[0] for sketch in sketches))
        self._tally.add(self._reports.ask(frame), frame, lambda at: [("", sketches[one].row) for one in at])
        self._tally.add(self._rows.ask(frame), frame)

    def _measure_unusable(self, failures: Iterable[Failure]) -> None:
        places: defaultdict[str, list[str]] = defaultdict(list)
        for failure in failures:
            places[failure.agency].append(failure.position)
        for agency, rows in places.items():
            self._agencies[agency] = None
            frame = frame_of_unusable(agency, len(rows))
            self._tally.add(self._rows.ask(frame), frame, _named(rows))

    def _measure_delivery(self) -> None:
        if not self._counts["read"]:
            return
        agency, source = self._assembler.context.agency or self._assembler.source.name, self._assembler.source.name
        self._agencies[agency] = None
        now = datetime.fromtimestamp(self._assembler.context.collected / _MICROS, UTC)
        columns, unknown = self._mapper.columns, self._mapper.unknown_columns
        batch = MeasuredBatch(self._assembler.batch, agency, source, columns, unknown, self._counts, now)
        frame = frame_of_batches([Drift(batch).as_row()])
        self._tally.add(Examiner(self._suite, "batches").ask(frame), frame)

    def _verdict(self, broken_off: str | None) -> Verdict:
        return Verdict(
            source=self._assembler.source.name,
            suite=self._suite.label,
            card=scorecard(self._outcomes()),
            read=self._counts["read"],
            reports=self._counts["reports"],
            out_of_scope=self._counts["out_of_scope"],
            unusable=dict(self._unusable.most_common()),
            unknown_columns=self._mapper.unknown_columns,
            unknown_codes=self._counts["unknown_codes"],
            broken_off=broken_off,
        )

    def _outcomes(self) -> Iterator[Outcome]:
        for agency in self._agencies:
            for result in results(self._tally, self._suite.rules, agency):
                yield Outcome(self._assembler.source.name, agency, result)


def _named(rows: Sequence[str]) -> Names:
    return lambda positions: [("", rows[position]) for position in positions]


def _take(rows: Iterator[Row | Broken]) -> tuple[list[Row | Broken], str | None]:
    """Up to so many rows, and why there are no more if the file breaks off."""
    taken: list[Row | Broken] = []
    try:
        for row in islice(rows, _ROWS):
            taken.append(row)
    except Refused as error:
        return taken, str(error)
    return taken, None
