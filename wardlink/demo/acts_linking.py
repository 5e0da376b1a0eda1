"""The acts about linking: what an ASB officer, a tenancy manager and a sergeant see."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations

from connectors.topics_admin import newest_times
from schemas.topics import REPORTS_COUNCIL
from simulation.clock import LONDON
from store.evaluation import delivered_at
from wardlink.demo.cases import AGENCIES, View, agency_of, person_of, reports_of, told
from wardlink.demo.lines import Line
from wardlink.demo.play import Delivery
from wardlink.demo.theatre import Theatre, are_all_known, are_one, by_agency, day_in_words, in_words, incidents, victims
from wardlink.settings import kafka_settings

OFFICER, LANDLORD, SERGEANT = "police", "housing", "police"
"""Whose caseworker each of them is."""


def asb_officer(theatre: Theatre, last: Delivery) -> Line:
    """One woman, three agencies, three calls. `last` brings the third, and what it leads to is timed."""
    theatre.read([last])
    ids, found = theatre.story("three_agencies"), theatre.found()
    case_id = person_of(ids[0], found) or ""
    officer = theatre.readers.leader(case_id) or OFFICER
    view = theatre.readers.case(officer, case_id)
    shown = {report["report_id"]: report for report in reports_of(view)}
    sent = [each for each in theatre.readers.alerts(officer) if each["case_id"] == case_id and each["report_ids"]]
    alert = next(iter(sent), None)
    elapsed = _elapsed(theatre, alert)
    of = by_agency(ids)
    bond = theatre.readers.bond(officer, "person", of[officer], _last_of_others(ids, officer))
    return Line(
        name="asb_officer",
        reader=f"{officer}/caseworker",
        says=f"One woman rang {_listed(agency_of(each) for each in ids)}: {len(ids)} calls, linked as one victim's.",
        details=(
            ("why", bond.sentence if bond else "not told"),
            ("alert", alert["reason"] if alert else "none"),
            (
                "last day to apply",
                day_in_words(alert["due_at"].astimezone(LONDON)) if alert and alert["due_at"] else "none",
            ),
            ("from arrival to alert", in_words(elapsed) if elapsed else "not told"),
            ("before that, each source's own delay", _delays(theatre, ids)),
        ),
        parts={
            "her reports have one victim": are_one(victims(found, ids)),
            "they are as many incidents as nights": are_all_known(incidents(found, ids), len(ids)),
            "every agency was told": {agency_of(each) for each in ids} == set(AGENCIES),
            "the officer sees all of them in one case": set(ids) <= shown.keys(),
            "the link is certain and has a reason": bond is not None and bond.band == "certain",
            "the alert names the last day to apply": alert is not None and alert["due_at"] is not None,
            "the alert was handed over after the report arrived": elapsed is not None and elapsed > timedelta(),
        },
    )


def tenancy_manager(theatre: Theatre) -> Line:
    """The same case as the landlord sees it."""
    ids, hidden = theatre.story("three_agencies"), set(theatre.story("restricted_call"))
    case_id = person_of(ids[0], theatre.found()) or ""
    views = {agency: theatre.readers.case(agency, case_id) for agency in AGENCIES}
    view = views[LANDLORD]
    shown = {report["report_id"]: report for report in reports_of(view)}
    own = shown.get(by_agency(ids)[LANDLORD], {})
    restricted = view["restricted"] if view else None
    answers = [each["incidents"] for each in views.values() if each]
    return Line(
        name="tenancy_manager",
        reader=f"{LANDLORD}/caseworker",
        says=f"The same case under the landlord's own number {own.get('case_reference')}, no more than it may see.",
        details=(
            *((agency_of(each), _seen(shown.get(each))) for each in ids),
            ("and of one more", restricted or "nothing"),
        ),
        parts={
            "the landlord's own case number is in it": bool(own.get("case_reference")),
            "the landlord sees its own tenant by name": bool(_names(own)),
            "and nobody else's record of her by name": not any(
                _names(shown.get(e)) for e in ids if e != own.get("report_id")
            ),
            "what is restricted is told only as whom to ask": restricted == "Restricted: ask Police.",
            "the restricted report is in nothing it sees": view is not None and not hidden & shown.keys(),
            "the police see it": hidden <= {each["report_id"] for each in reports_of(views[SERGEANT])},
            "three agencies get three different answers": len(answers) == len(AGENCIES)
            and all(one != other for one, other in combinations(answers, 2)),
        },
    )


def sergeant(theatre: Theatre) -> Line:
    """A party, and three nights."""
    found, party, nights = theatre.found(), theatre.story("party"), theatre.story("three_nights")
    calls, occasions = incidents(found, party), incidents(found, nights)
    view = theatre.readers.case(SERGEANT, person_of(nights[0], found) or "")
    times = [theatre.truth.told_at[each] for each in party]
    minutes = round((max(times) - min(times)).total_seconds() / 60)
    first, second, *_ = nights
    bond = theatre.readers.bond(SERGEANT, "incident", first, second)
    elsewhere = [each for each in party if agency_of(each) != agency_of(party[0])]
    bonds = [theatre.readers.bond(SERGEANT, "incident", party[0], each) for each in elsewhere]
    same = max((each for each in bonds if each), key=lambda each: each.bits, default=None)
    return Line(
        name="sergeant",
        reader=f"{SERGEANT}/caseworker",
        says=f"{len(party)} calls about one party are {_counted(len(calls), 'incident')}; three nights at one flat are "
        f"{_counted(len(occasions), 'incident')}.",
        details=(
            (
                "the party",
                f"{len(party)} calls in {minutes} minutes to {_listed(sorted({agency_of(e) for e in party}))}",
            ),
            ("why one", same.sentence if same else "not told"),
            ("the nights", ", ".join(_when(report) for report in reports_of(view)) or "none"),
            ("why three", bond.sentence if bond else "not told"),
        ),
        parts={
            "all calls about the party are one incident": are_one(calls),
            "the three nights are three incidents": are_all_known(occasions, len(nights)),
            "of one victim": are_one(victims(found, nights)),
            "the sergeant sees them as one case": set(nights) <= {each["report_id"] for each in reports_of(view)},
        },
    )


def _last_of_others(ids: Sequence[str], agency: str) -> str:
    """The last of some reports that another agency was told."""
    return next(each for each in reversed(ids) if agency_of(each) != agency)


def _elapsed(theatre: Theatre, alert: View | None) -> timedelta | None:
    """From when Kafka took the last report to when the alert was handed to its recipient."""
    if alert is None:
        return None
    with theatre.look() as session:
        handed = delivered_at(session, [f"alert:{alert['alert_id']}:{alert['version']}"])
    arrived = max(newest_times(kafka_settings(theatre.settings), [REPORTS_COUNCIL.name]).values(), default=None)
    if handed is None or arrived is None:
        return None
    return handed - datetime.fromtimestamp(arrived / 1000, UTC)


def _delays(theatre: Theatre, ids: Sequence[str]) -> str:
    """From each telling to the arrival of the file that told of it; each agency's own reading of its own report."""
    spans = []
    for report_id in ids:
        report = _one(theatre, report_id)
        at = told(report)
        spans.append(f"{agency_of(report_id)} {in_words(report['received'] - at) if at else 'not known'}")
    return ", ".join(spans)


def _one(theatre: Theatre, report_id: str) -> View:
    """A report as its own agency sees it; KeyError where it is in no case of theirs."""
    found = theatre.found()
    view = theatre.readers.case(agency_of(report_id), person_of(report_id, found) or "")
    return {report["report_id"]: report for report in reports_of(view)}[report_id]


def _names(report: View | None) -> list[str]:
    return [person["name"] for person in (report or {}).get("persons", ()) if person["name"]]


def _seen(report: View | None) -> str:
    """What a reader sees of one report, in a few words."""
    if report is None:
        return "nothing"
    number = f", case {report['case_reference']}" if report.get("case_reference") else ""
    names = _names(report)
    return f"{_when(report)}, {names[0]}, in full{number}" if names else f"{_when(report)}, no name{number}"


def _when(report: View) -> str:
    at = told(report)
    return f"{at:%a %d %b %H:%M}" if at else f"week {report.get('week')}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _listed(words: Iterable[str]) -> str:
    found = list(words)
    return f"{', '.join(found[:-1])} and {found[-1]}" if len(found) > 1 else "".join(found)
