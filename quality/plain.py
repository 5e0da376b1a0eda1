"""Reports and verdicts as plain values for JSON."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from quality.drift import Drift
from quality.preflight import Verdict
from quality.report import Freshness, Report
from quality.scorecard import Cell, Line, Score, Scorecard


def plain_report(report: Report) -> dict[str, Any]:
    """The whole report; times are datetimes in UTC, delays hours."""
    return {
        "reader": report.reader,
        "at": report.at,
        "opens": report.opens,
        "closes": report.closes,
        "suites": report.suites,
        **_card(report.card),
        "freshness": [_freshness(one) for one in report.freshness],
        "deliveries": [_delivery(one) for one in report.deliveries],
        "unknown_codes": dict(_unknown_codes(report.deliveries)),
        "quarantine": [dict(row) for row in report.quarantine],
        "trends": [
            {
                "source": one.source,
                "dimension": one.dimension,
                "opens": one.opens,
                **_score(Score(one.checked, one.passed)),
            }
            for one in report.trends
        ],
    }


def plain_verdict(verdict: Verdict) -> dict[str, Any]:
    """The pre-flight of a file; `failing` are places of rows."""
    return {
        "source": verdict.source,
        "suite": verdict.suite,
        "verdict": ("pass", "fail", "unusable")[verdict.exit_code],
        "says": verdict.sentence,
        "read": verdict.read,
        "reports": verdict.reports,
        "out_of_scope": verdict.out_of_scope,
        "unusable": dict(verdict.unusable),
        "unknown_columns": list(verdict.unknown_columns),
        "unknown_codes": verdict.unknown_codes,
        "error": verdict.broken_off,
        **_card(verdict.card),
    }


def _card(card: Scorecard) -> dict[str, Any]:
    return {"scorecard": list(map(_cell, card.cells)), "rules": list(map(_line, card.lines))}


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "source": cell.source,
        "dimension": cell.dimension,
        **_score(cell.score),
        "change": None if cell.change is None else round(cell.change, 3),
        "rules": cell.rules,
        "falls_short": cell.short,
        "gravest": cell.gravest,
    }


def _line(line: Line) -> dict[str, Any]:
    result = line.result
    return {
        "source": line.source,
        "rule": result.rule,
        "says": result.says,
        "dimension": result.dimension,
        "severity": result.severity,
        "owner": result.owner,
        "agreed": result.agreed,
        "because": result.because,
        **_score(line.score),
        "failed": line.score.failed,
        "falls_short": line.falls_short,
        "failing": list(line.failing),
        "more": line.more,
        "by_agency": {
            agency: {**_score(score), "falls_short": score.falls_short_of(result.agreed)}
            for agency, score in line.by_agency.items()
        },
    }


def _score(score: Score) -> dict[str, Any]:
    percent = score.percent
    return {"n": score.checked, "passed": score.passed, "percent": None if percent is None else round(percent, 3)}


def _freshness(one: Freshness) -> dict[str, Any]:
    return {
        "source": one.source,
        "agency": one.agency,
        "newest": one.newest,
        "reports": one.reports,
        "expected_every_hours": _hours(one.expected_every),
        "silent": one.silent,
        "delay_median_hours": _hours(one.delay_median),
        "delay_p95_hours": _hours(one.delay_p95),
    }


def _hours(length: timedelta | None) -> float | None:
    return None if length is None else round(length.total_seconds() / 3600, 2)


def _delivery(one: Drift) -> dict[str, Any]:
    batch = one.batch
    return {
        "batch": batch.batch_id,
        "source": batch.source,
        "agency": batch.agency,
        "finished": batch.finished_at,
        "columns_added": list(one.added),
        "columns_dropped": list(one.dropped),
        "unknown_columns": list(batch.unknown_columns),
        "unknown_codes": batch.counts.get("unknown_codes", 0),
    }


def _unknown_codes(deliveries: tuple[Drift, ...]) -> Iterator[tuple[str, int]]:
    """Rows with a code that no list knows, by source."""
    for source in sorted({one.batch.source for one in deliveries}):
        counts = (one.batch.counts.get("unknown_codes", 0) for one in deliveries if one.batch.source == source)
        yield source, sum(counts)
