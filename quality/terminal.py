"""The report as tables on a terminal."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from quality import words
from quality.preflight import Verdict
from quality.report import Report
from quality.scorecard import Cell, Line, Scorecard
from quality.spans import in_words

_MOST = 15
"""Lines of a table about agencies, deliveries or reasons; --json and --html have all."""

_IDS = 5
"""Failing reports named on the terminal; --json and --html name as many as were asked for."""

_SHORT = "bold red"


def show_report(report: Report, console: Console) -> None:
    """The whole report."""
    if not report.card.cells:
        console.print(f"Nothing measured that {report.reader} may see: run `wardlink quality run` first.")
    else:
        when = f"received {words.day(report.opens)} to {words.day(report.closes)} UTC"
        console.print(f"Quality as {report.reader}, {when}")
        show_card(report.card, console)
        _show(console, _freshness(report), len(report.freshness))
    if report.deliveries:
        _show(console, _deliveries(report), len(report.deliveries))
    if report.quarantine:
        _show(console, _quarantine(report), len(report.quarantine))


def show_verdict(verdict: Verdict, console: Console) -> None:
    """The pre-flight of one file."""
    show_card(verdict.card, console)
    for place, count in verdict.unusable.items():
        console.print(f"Not usable: {place} ({count:,})")
    if verdict.unknown_columns:
        console.print(f"Columns that nobody knows: {', '.join(verdict.unknown_columns)}")
    console.print(f"{verdict.read:,} rows read, {verdict.reports:,} reports: {verdict.sentence}")


def show_card(card: Scorecard, console: Console) -> None:
    """Source by dimension, then what falls short; the worst first."""
    console.print(_cells(card.cells))
    if card.short:
        console.print(_lines("What falls short of what was agreed, the gravest first", card.short))


def _cells(cells: Sequence[Cell]) -> Table:
    has_before = any(cell.change is not None for cell in cells)
    change = (">change",) if has_before else ()
    table = _table("Source by dimension, the worst first", "source", "dimension", ">n", ">pass", *change, "")
    for cell in cells:
        figures = (f"{cell.score.checked:,}", words.share(cell.score.percent))
        since = (words.change(cell),) if has_before else ()
        style = _SHORT if cell.short else None
        table.add_row(cell.source, cell.dimension, *figures, *since, _state(cell), style=style)
    return table


def _state(cell: Cell) -> str:
    if cell.score.percent is None:
        return "nothing to check"
    return f"{cell.short} of {cell.rules} rules short" if cell.short else "as agreed"


def _table(title: str, *columns: str) -> Table:
    """An open table; columns whose name begins with > hold figures."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name.removeprefix(">"), justify="right" if name.startswith(">") else "left", overflow="fold")
    return table


def _lines(title: str, lines: Sequence[Line]) -> Table:
    table = _table(title, ">pass", ">agreed", ">n", "rule")
    for line in lines:
        result = line.result
        told = (
            f"{line.source}: {result.says}",
            f"{result.owner}, {result.severity}",
            f"failing: {words.ids(line, _IDS)}",
        )
        table.add_row(words.share(line.score.percent), words.agreed(line), f"{line.score.checked:,}", "\n".join(told))
    return table


def _freshness(report: Report) -> Table:
    table = _table("Freshness", "source", "agency", "last received", "report to receipt: half, 95 %", "")
    for one in report.freshness[:_MOST]:
        delay = f"{in_words(one.delay_median)}, {in_words(one.delay_p95)}" if one.delay_median else "not stated"
        state = f"silent: expected every {in_words(one.expected_every)}" if one.silent else ""
        table.add_row(one.source, one.agency, words.day(one.newest), delay, state, style=_SHORT if one.silent else None)
    return table


def _deliveries(report: Report) -> Table:
    table = _table("Deliveries that changed, or hold what nobody knows", "source, received", "what")
    for one in report.deliveries[-_MOST:]:
        batch = one.batch
        told = (
            ("came", one.added),
            ("went", one.dropped),
            ("nobody knows", batch.unknown_columns),
        )
        lines = [f"{len(columns)} columns {what}: {', '.join(columns)}" for what, columns in told if columns]
        if codes := batch.counts.get("unknown_codes"):
            lines.append(f"{codes:,} codes that no list knows")
        table.add_row(f"{batch.source}\n{words.day(batch.finished_at)}", "\n".join(lines))
    return table


def _quarantine(report: Report) -> Table:
    table = _table("Quarantine by reason", ">rows", "source", "field", "rule", "remedy")
    for row in report.quarantine[:_MOST]:
        table.add_row(f"{row['rows']:,}", row["source"], row["field"], row["rule"], row["remedy"])
    return table


def _show(console: Console, table: Table, count: int) -> None:
    console.print(table)
    if count > _MOST:
        console.print(f"{count - _MOST:,} more in --json and --html")
