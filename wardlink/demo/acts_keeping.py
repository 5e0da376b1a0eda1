"""The acts about what is kept from whom, what is kept right, and what is kept running."""

import csv
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from policy.facts import Reader, Role
from schemas.vocabulary import Verdict
from store.evaluation import combinations, disclosures, judgements, progress
from wardlink.demo.cases import AGENCIES, View, agency_of, person_of, reports_of
from wardlink.demo.lines import Line
from wardlink.demo.play import Delivery
from wardlink.demo.theatre import Theatre, are_one, by_agency, victims
from wardlink.judging import Because, judge, victims_of
from wardlink.stack.state import ProcessState, read_state
from wardlink.status import on_the_way

_MEND_AFTER = timedelta(hours=5)
_IMPOSSIBLE_DAY = "31/02/"
_RESTART_SECONDS = 60.0


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
        says=f"A report of domestic abuse, made to {' and '.join(map(agency_of, ids))}: linked inside, shown to no one "
        "who did not record it.",
        details=(
            ("all that the landlord is told", alert["reason"] if alert else "nothing"),
            ("the clause", f"{alert['rule_source']} ({cited} names no such restriction)" if alert else "none"),
            ("audit, of the link", _audit_line(linked)),
            ("audit, of what was told", _audit_line(told)),
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
        says=f"A row with a day that does not exist waits in quarantine, and is {'settled' if same else 'not settled'} "
        "when its file comes again, mended.",
        details=(
            ("where", f"{row['source']}, {row['row_reference']}" if row else "nowhere"),
            ("why", f"{row['field']}: {row['rule']}" if row else "not told"),
            ("what to do", row["remedy"] if row else "not told"),
            ("first time", f"of {bad.read} rows {bad.published} published, {bad.quarantined} in quarantine"),
            (
                "mended",
                f"of {mended.read} rows {mended.published} published, {mended.unchanged} known already; {len(still)} left to mend",
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


def it_team(theatre: Theatre, week: Sequence[Delivery]) -> Line:
    """A week of the borough; `resolve` is killed while it links it."""
    before, known = _resolve_of(theatre), _stored(theatre)
    with _Killer(theatre, before.identity.pid if before.identity else 0) as killer:
        first = theatre.player.read_all(week)
    theatre.wait()
    after = _await_restart(theatre, before)
    named = set(_references(week))
    stored = _stored(theatre) & named
    again = theatre.player.read_all(week)
    theatre.wait()
    return Line(
        name="it_team",
        says=f"resolve was killed with SIGKILL when {killer.stored:,} of {len(named):,} reports were stored; started "
        f"again, it stored {len(stored):,} of {len(named):,}, each once.",
        details=(
            ("killed", f"process {killer.pid}, while {killer.lag:,} reports were on their way"),
            ("started again by the supervisor", f"as process {after.identity.pid if after.identity else '?'}"),
            ("in the files", f"{len(named):,} reports; stored {len(stored):,}"),
            ("the same files again", f"{again.read:,} rows read, {again.published:,} told anything new"),
        ),
        parts={
            "it was killed in the middle": 0 < killer.stored < len(named),
            "another process runs in its place": _is_another(before, after),
            "every report in the files is stored": named <= _stored(theatre) | theatre.truth.withdrawn,
            "nothing is stored that was not told": _stored(theatre) - known <= named,
            "read again, nothing is new": first.published > 0 and again.published == 0,
        },
    )


def trust(theatre: Theatre, at: datetime) -> Line:
    """A neighbour of the same name is somebody else; and what was linked wrongly is undone by a caseworker's word, at a time."""
    ids, found = theatre.story("same_named_neighbour"), theatre.found()
    persons = {each: person_of(each, found) for each in ids}
    groups = {frozenset(each for each in ids if persons[each] == person) for person in set(persons.values())}
    one, other = (sorted(group)[0] for group in sorted(groups, key=sorted)) if len(groups) == 2 else (ids[0], ids[-1])
    apart = theatre.readers.bond("police", "person", one, other)
    undone = _judge_different(theatre, at)
    return Line(
        name="trust",
        says=f"A neighbour of the same name is not linked. {undone.says}",
        details=(
            ("why the neighbours are two", apart.sentence if apart else "not told"),
            *undone.details,
        ),
        parts={
            "two people of one name are two": len(groups) == 2 and None not in persons.values(),
            "each of them keeps what is theirs": {len(group) for group in groups} == {2},
            **undone.parts,
        },
    )


@dataclass(frozen=True, slots=True)
class _Undone:
    says: str
    details: Sequence[tuple[str, str]]
    parts: dict[str, bool]


def _judge_different(theatre: Theatre, at: datetime) -> _Undone:
    """A mother and a daughter of one name, home and telephone: no record tells them apart, a caseworker can."""
    ids, reader = theatre.story("mother_and_daughter"), Reader("police", Role.CASEWORKER)
    was, micros = theatre.found(), int(at.timestamp()) * 1_000_000
    case_id = person_of(ids[0], was) or ""
    wrong = are_one(victims(was, ids))
    told = [each for each in theatre.readers.alerts("police") if each["case_id"] == case_id]
    hers = by_agency(ids)["council"]
    for mothers in [each for each in ids if each != hers]:
        for left in victims_of(theatre.settings, reader, mothers):
            for right in victims_of(theatre.settings, reader, hers):
                judge(theatre.settings, reader, left, right, Verdict.DIFFERENT, Because.SPOKE_TO_THEM, micros)
    theatre.wait()
    now = theatre.found()
    gone = [each for each in theatre.readers.alerts_of("police", case_id) if each["state"] == "WITHDRAWN"]
    ended = [each for each in gone if each["alert_id"] in {one["alert_id"] for one in told}]
    letters = _handed_over(theatre, "police", ended)
    mothers_ids = [each for each in ids if each != hers]
    with theatre.look() as session:
        said = judgements(session)
    return _Undone(
        says="A caseworker who knows them says that a mother and a daughter are two: their alert is withdrawn, and its "
        "reader told.",
        details=(
            ("linked before", f"{told[0]['reason']}" if told else "no alert"),
            ("said", _audit_line(said)),
            ("told to its reader", letters[-1] if letters else "nothing"),
        ),
        parts={
            "mother and daughter had been taken for one": wrong and bool(told),
            "they are two now": person_of(hers, now) != person_of(ids[0], now),
            "the mother keeps both of hers": are_one(victims(now, mothers_ids)),
            "the alert is withdrawn": bool(ended) and len(ended) == len(told),
            "its reader was told": len(letters) == len(ended) > 0,
            "who said it is in the audit trail": len(said) == len(mothers_ids),
        },
    )


def _handed_over(theatre: Theatre, agency: str, alerts: Sequence[View]) -> list[str]:
    """What was handed to a recipient last of these alerts, from its own file of messages."""
    path = theatre.settings.folders.root / "alerts" / f"{agency}.jsonl"
    wanted = {f"alert:{each['alert_id']}:{each['version']}" for each in alerts}
    messages = map(json.loads, path.read_text("utf-8").splitlines())
    return [f"{each['state'].lower()}: {each['reason']}" for each in messages if each["message_id"] in wanted]


def _is_ask(alert: View, case_id: str) -> bool:
    return bool(alert["case_id"] == case_id and alert["rule"] == "restricted_link")


def _sees_only_its_own(view: View | None, agency: str, ids: Sequence[str]) -> bool:
    seen = {report["report_id"] for report in reports_of(view)} & set(ids)
    return seen == {each for each in ids if agency_of(each) == agency}


def _audit_line(rows: Sequence[View]) -> str:
    """The last of these rows of the audit trail, as it stands there."""
    if not rows:
        return "nothing"
    row = rows[-1]
    to = f" to {row['recipient']}" if row.get("recipient") else ""
    by = f" by {row['agreement']}" if row.get("agreement") else ""
    of = ", ".join(row["subjects"][:1]) or "no report named"
    return f"{row['at']:%Y-%m-%d %H:%M} {row['actor']}: {row['action']}{to}{by}; {', '.join(row['fields'])}; {of}"


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


_NAMED_BY = {"police-cad": "incident_no", "housing-contacts": "contact_id", "noiseworks": "id"}


def _references(some: Sequence[Delivery]) -> Iterator[str]:
    """The ids of the reports in files, read from the files themselves."""
    for delivery in some:
        path = delivery.path / "Complaint.csv" if delivery.path.is_dir() else delivery.path
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield f"{delivery.feed.agency}:{row[_NAMED_BY[delivery.feed.name]]}"


def _stored(theatre: Theatre) -> set[str]:
    found = theatre.found()
    return set(found.incident_of) | found.withdrawn


def _resolve_of(theatre: Theatre) -> ProcessState:
    processes = read_state(theatre.settings.folders).processes
    return next(each for each in processes if each.name.startswith("resolve"))


def _is_another(before: ProcessState, after: ProcessState) -> bool:
    one, other = before.identity, after.identity
    return one is not None and other is not None and one.pid != other.pid and after.restarts == before.restarts + 1


def _await_restart(theatre: Theatre, before: ProcessState) -> ProcessState:
    """The process that the supervisor started instead, or the same if it does not within a minute."""
    deadline = time.monotonic() + _RESTART_SECONDS
    while not _is_another(before, now := _resolve_of(theatre)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return now


@dataclass(slots=True)
class _Killer:
    """Kills a process as soon as it has stored something of what is read meanwhile; a context manager."""

    theatre: Theatre
    pid: int
    stored: int = 0
    lag: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> "_Killer":
        self._thread = threading.Thread(target=self._wait_and_kill, name="wardlink-demo-killer", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _wait_and_kill(self) -> None:
        with self.theatre.look() as session:
            before = progress(session)["reports"]
            while not self._stop.is_set() and self.stored == 0:
                self.stored = progress(session)["reports"] - before
        if self.stored:
            os.kill(self.pid, signal.SIGKILL)
            self.lag, _ = on_the_way(self.theatre.settings)
