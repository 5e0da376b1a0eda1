"""How right the system was over the whole borough: pairs by hard case, and its alerts against the truth."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from simulation.clock import at as by_the_clock
from simulation.evaluate import PairScore, score
from simulation.judging import Bench
from simulation.settings import Settings as Borough
from store.database import Row
from store.evaluation import Conclusions
from wardlink.demo.truth import Truth


@dataclass(frozen=True, slots=True)
class Alerting:
    """`per_week` counts the alerts sent, each to one recipient, in a week of the borough's own days; `true` is the
    share of the standing alerts that name reports which the truth bears out, `problems` the share of the planted
    problems, of which somebody ought to be alerted, that somebody was.
    """

    per_week: float
    true: float
    problems: float
    standing: int
    must: int
    standing_by_agency: Mapping[str, int]


def alerting(rows: Sequence[Row], borough: Borough, truth_folder: Path) -> Alerting:
    """Judges all alerts (rows of store.evaluation.all_alerts) of a borough at its end."""
    begin, bench = by_the_clock(borough.start, 0, 0), Bench(truth_folder)
    sent = [row for row in rows if not row["shadow"] and not row["quiet"]]
    standing = [row for row in sent if row["state"] != "WITHDRAWN"]
    named = [[_key(report_id) for report_id in row["report_ids"]] for row in standing if row["report_ids"]]
    verdict = bench.judge(named, borough.day(borough.days - 1))
    raised = [row for row in sent if row["raised_at"] >= begin]
    return Alerting(
        per_week=round(len(raised) / (timedelta(days=borough.days) / timedelta(weeks=1)), 1),
        true=round(verdict.share_true, 4),
        problems=round(verdict.share_alerted, 4),
        standing=len(standing),
        must=verdict.problems,
        standing_by_agency=Counter(row["recipient"] for row in standing),
    )


def by_tag(found: Conclusions, truth: Truth) -> Mapping[str, Mapping[str, PairScore]]:
    """Victims and incidents in pairs, of which at least one report bears the tag of a hard case (truth/tags.csv)."""
    return {
        tag: {
            "victims": _touching(found.person_of, truth.person_of, reports, truth.withdrawn),
            "incidents": _touching(found.incident_of, truth.incident_of, reports, truth.withdrawn),
        }
        for tag, reports in truth.tags.items()
        if tag != "withdrawn"
    }


def _touching(
    found: Mapping[str, str | None], truth: Mapping[str, str], tagged: frozenset[str], gone: frozenset[str]
) -> PairScore:
    """All pairs, less those of which neither is tagged."""
    held = {thing: group for thing, group in truth.items() if _report_of(thing) not in gone}
    untagged = {thing: group for thing, group in held.items() if _report_of(thing) not in tagged}
    every, others = score(found, held), score(found, untagged)
    return PairScore(every.true - others.true, every.found - others.found, every.right - others.right)


def _report_of(thing: str) -> str:
    """The report of a mention, or the report itself."""
    return thing.partition("#")[0]


def _key(report_id: str) -> tuple[str, str]:
    agency, _, reference = report_id.partition(":")
    return agency, reference
