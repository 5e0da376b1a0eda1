"""The figures of a run: one JSON object, and a table for people."""

import os
import platform
from typing import Any

from rich.console import Console
from rich.table import Table


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }


def rounded(figures: Any) -> Any:
    """The same with three decimals below 10, and fewer above."""
    if isinstance(figures, dict):
        return {name: rounded(value) for name, value in figures.items()}
    if isinstance(figures, list):
        return [rounded(value) for value in figures]
    if isinstance(figures, float):
        return round(figures, 3 if abs(figures) < 10 else 1)
    return figures


def show(figures: dict[str, Any]) -> None:
    """Prints the tables."""
    console = Console()
    console.print(_speed(figures))
    console.print(_stages(figures))


def _speed(figures: dict[str, Any]) -> Table:
    table = Table(title="Wardlink, end to end", box=None, show_header=False, title_justify="left")
    table.add_column(justify="left")
    table.add_column(justify="right")
    table.add_column(justify="left")
    for name, key, unit in _LINES:
        table.add_row(name, _number(figures[key]), unit)
    return table


def _stages(figures: dict[str, Any]) -> Table:
    table = Table(title="Where the time goes", box=None, title_justify="left")
    table.add_column("stage")
    table.add_column("µs a report", justify="right")
    table.add_column("share", justify="right")
    stages = figures["stages_us"]
    total = sum(stages.values())
    for stage, spent in stages.items():
        table.add_row(stage, f"{spent:,.1f}", f"{spent / total:.0%}")
    table.add_row("in all", f"{total:,.1f}", "")
    return table


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) or abs(value) < 10 else f"{value:,.0f}"


_LINES = (
    ("published → committed", "reports_per_second", "reports a second"),
    ("  workers, one for each core", "workers", ""),
    ("a no-op Faust agent, the same bytes", "noop_per_second", "reports a second"),
    ("ratio to the no-op agent", "ratio_to_noop", ""),
    ("one worker, just restarted", "reports_per_second_restarted", "reports a second"),
    ("  ratio to the no-op agent", "ratio_to_noop_restarted", ""),
    ("the load", "reports", "reports"),
    ("  with agency updates", "records", "records"),
    ("  in batches", "batches", ""),
    ("  of, on average", "mean_batch", "records"),
    ("  stored before it", "stored", "reports"),
    ("publish → alert, idle, p50", "publish_to_alert_p50_ms", "ms"),
    ("publish → alert, idle, p99", "publish_to_alert_p99_ms", "ms"),
    ("rebuild of the index", "rebuild_200k_s", "s"),
    ("  for", "rebuild_reports", "reports"),
    ("memory of the workers", "rss_mb", "MB"),
    ("processor of the workers", "cpu_us_per_report", "µs a report"),
    ("filling an empty store", "fill_per_second", "reports a second"),
    ("publishing", "publish_per_second", "reports a second"),
)
