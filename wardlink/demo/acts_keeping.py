"""The acts about what is kept from whom, and what is kept right: information governance and the data steward."""

import csv
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from store.evaluation import combinations, disclosures
from wardlink.demo.cases import AGENCIES, View, agency_of, person_of, reports_of
from wardlink.demo.lines import Line
from wardlink.demo.play import Delivery
from wardlink.demo.theatre import Theatre, are_one, audit_line, victims

_MEND_AFTER = timedelta(hours=5)
_IMPOSSIBLE_DAY = "31/02/"


def information_governance(theatre: Theatre) -> Line:
    """Domestic abuse, told to two agencies: linked inside, shown to neither by the other, nor to the third."""
    ids, found = theatre.story("domestic_abuse"), theatre.found()
    case_id = person_of(ids[0], found) or ""
    views = {agency: theatre.readers.case(agency, case_id) for agency in AGENCIES}
    alert = next((each for each in theatre.readers.alerts("housing") if _is_ask(each, case_id)), None)
    cited = alert["agreements"][0] if alert and alert["agreements"] else ""
    with theatre.look() as session:
        told = disclosures(session, "housing/caseworker", cited, ["restricted_link"])
        linked = combinations(session, ids)
    return Line(
        name="information_governance",
        reader="each agency's caseworker; the audit trail",
        says=f"A report of domestic abuse, made to {' and '.join(map(agency_of, ids))}: linked inside, shown to no one "
        "who did not record it.",
        details=(
            ("all that the landlord is told", alert["reason"] if alert else "nothing"),
            ("the clause", f"{alert['rule_source']} ({cited} names no such restriction)" if alert else "none"),
            ("audit, of the link", audit_line(linked)),
            ("audit, of what was told", audit_line(told)),
        ),
        parts={
            "both reports have one victim inside": are_one(victims(found, ids)),
            "each agency sees only its own of them": all(_sees_only_its_own(views[a], a, ids) for a in AGENCIES),
            "the landlord is told whom to ask and nothing else": alert is not None and not alert["report_ids"],
            "what was told cites its agreement": bool(cited),
            "the link is in the audit trail": bool(linked),
            "what was told is in the audit trail, without a report": bool(told) and not told[-1]["subjects"],
        },
    )


def data_steward(theatre: Theatre, delivery: Delivery, folder: Path) -> Line:
    """A row with a day that no calendar has: `delivery` is spoilt first, then mended where it comes from."""
    [report_id] = theatre.story("bad_row")
    _spoil(delivery.path, report_id.partition(":")[2], folder)
    bad = theatre.player.read(replace(delivery, path=folder / delivery.path.name))
    theatre.wait()
    before = theatre.readers.quarantine("police")
    absent = report_id not in theatre.found().incident_of
    mended = theatre.player.read(replace(delivery, at=delivery.at + _MEND_AFTER))
    theatre.wait()
    still, settled = theatre.readers.quarantine("police"), theatre.readers.quarantine("police", settled=True)
    row = before[0] if before else None
    same = [each for each in settled if row and each["quarantine_id"] == row["quarantine_id"]]
    return Line(
        name="data_steward",
        reader="police/steward",
        says=f"A row with a day that does not exist waits in quarantine, and is {'settled' if same else 'not settled'} "
        "when its file comes again, mended.",
        details=(
            ("where", f"{row['source']}, {row['row_reference']}" if row else "nowhere"),
            ("why", f"{row['field']}: {row['rule']}" if row else "not told"),
            ("what to do", row["remedy"] if row else "not told"),
            ("first time", f"of {bad.read} rows {bad.published} published, {bad.quarantined} in quarantine"),
            (
                "mended",
                f"of {mended.read} rows {mended.published} published, {mended.unchanged} known already",
            ),
        ),
        parts={
            "one row is in quarantine, and tells field, rule and remedy": len(before) == 1 and _is_told(before[0]),
            "the other rows of the file went through": bad.quarantined == 1 and bad.published == bad.read - 1,
            "nothing was made up for it meanwhile": absent,
            "mended, it is read, and nothing else again": mended.published == 1 and mended.quarantined == 0,
            "its report is stored": report_id in theatre.found().incident_of,
            "its entry is settled and none is left": len(same) == 1 and not still,
        },
    )


def _is_ask(alert: View, case_id: str) -> bool:
    return bool(alert["case_id"] == case_id and alert["rule"] == "restricted_link")


def _sees_only_its_own(view: View | None, agency: str, ids: Sequence[str]) -> bool:
    seen = {report["report_id"] for report in reports_of(view)} & set(ids)
    return seen == {each for each in ids if agency_of(each) == agency}


def _is_told(row: View) -> bool:
    return all(row[name] for name in ("field", "rule", "remedy"))


def _spoil(path: Path, reference: str, folder: Path) -> None:
    """A copy of a log in which one incident was opened on the 31st of February."""
    folder.mkdir(exist_ok=True)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, rows = reader.fieldnames or (), list(reader)
    for row in rows:
        if row["incident_no"] == reference:
            row["opened_at"] = f"{_IMPOSSIBLE_DAY}{row['opened_at'][6:]}"
    with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    shutil.copystat(path, folder / path.name)
