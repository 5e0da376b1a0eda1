"""Audit rows of what resolve does: collection, alteration, combination (every automatic link), disclosure; and what
caseworkers judge.

Data Protection Act 2018 section 62 binds competent authorities to such logs; Wardlink keeps them for all. Rows hold
ids, names of fields and model versions, never values.
"""

from collections import defaultdict
from collections.abc import Sequence

from linkage.changes import Resolution
from schemas.records import Alert, CaseReviewApplication, Judgement
from schemas.vocabulary import Operation
from store.effects import Effects
from store.rows import AuditRow
from streams.opening import Opened

_ACTOR = "wardlink/resolve"
_PURPOSE = "linking antisocial behaviour reports"


def audit_reports(area: str, opened: Sequence[Opened], at: int, effects: Effects) -> None:
    """One row for each agency, feed and kind of message in a batch, naming the reports."""
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for each in opened:
        report = each.report
        action = "collection" if report.operation is Operation.INSERT else "alteration"
        groups[report.agency, report.source, action].append(report.report_id)
    for (agency, source, action), report_ids in sorted(groups.items()):
        effects.audit.append(_row(area, agency, action, report_ids, [f"source {source}"], at))


def audit_links(area: str, resolution: Resolution, at: int, effects: Effects) -> None:
    """One row for each graph in which pairs were linked; the pairs' weights and levels stand in the link table."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    fields: dict[tuple[str, str], set[str]] = defaultdict(set)
    for link in resolution.links:
        key = (str(link.graph), link.model_version)
        groups[key].append(f"{link.left}={link.right}")
        fields[key].update(str(level[0]) for level in link.levels)
    for (graph, version), pairs in sorted(groups.items()):
        row = _row(area, "partnership", "combination", pairs, [graph, *sorted(fields[graph, version])], at)
        effects.audit.append(row._replace(model_version=version))


def audit_relinking(area: str, resolution: Resolution, version: str, at: int, effects: Effects) -> None:
    """One row: another model is in force, by which every link was found anew; it names what changed cluster."""
    moved = sorted([*resolution.incident_of, *resolution.person_of])
    row = _row(area, "partnership", "combination", moved, ["every link anew"], at)
    effects.audit.append(row._replace(model_version=version))


def audit_judgements(judgements: Sequence[Judgement], effects: Effects) -> None:
    """One row for each: who said what of which pair; links, cases and alerts may change by it."""
    for each in judgements:
        fields = [str(each.graph), str(each.verdict)]
        row = _row(each.area, each.agency, "alteration", [each.left, each.right], fields, each.given_at.at)
        effects.audit.append(row._replace(actor=each.actor, purpose="judgement of a link"))


def audit_application(application: CaseReviewApplication, at: int, effects: Effects) -> None:
    """One row: an agency has taken an application for an ASB case review, about which reports."""
    fields = ["case review application"]
    effects.audit.append(
        _row(application.area, application.agency, "collection", list(application.report_ids), fields, at)
    )


def audit_disclosure(alert: Alert, agreements: Sequence[str], effects: Effects) -> None:
    """One row for an alert that is sent: to whom, by which agreement, about which reports."""
    row = _row(alert.area, "partnership", "disclosure", list(alert.report_ids), ["alert", alert.rule], alert.at.at)
    recipient = f"{alert.recipient}/{alert.role}"
    effects.audit.append(row._replace(recipient=recipient, agreement=", ".join(agreements) or None))


def _row(area: str, agency: str, action: str, subjects: list[str], fields: list[str], at: int) -> AuditRow:
    return AuditRow(area, agency, action, _ACTOR, _PURPOSE, None, subjects, fields, None, None, at)
