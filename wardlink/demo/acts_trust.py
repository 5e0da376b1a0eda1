"""The act about trust: who only bears the same name is not linked, and what is linked wrongly can be undone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from policy.facts import Reader, Role
from schemas.vocabulary import Verdict
from store.evaluation import judgements
from wardlink.demo.cases import View, agency_of, person_of
from wardlink.demo.lines import Line
from wardlink.demo.theatre import Theatre, are_one, audit_line, victims
from wardlink.judging import Because, find_pairs, judge


def trust(theatre: Theatre, at: datetime) -> Line:
    """A neighbour of the same name is somebody else; and a caseworker undoes, at this time, what was linked wrongly."""
    ids, found = theatre.story("same_named_neighbour"), theatre.found()
    persons = {each: person_of(each, found) for each in ids}
    groups = {frozenset(each for each in ids if persons[each] == person) for person in set(persons.values())}
    one, other = (sorted(group)[0] for group in sorted(groups, key=sorted)) if len(groups) == 2 else (ids[0], ids[-1])
    apart = theatre.readers.bond("police", "person", one, other)
    undone = _judge_different(theatre, at)
    return Line(
        name="trust",
        reader="police/caseworker",
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
    ids = theatre.story("mother_and_daughter")
    hers = [each for each in ids if agency_of(each) == "police"]
    daughters = [each for each in ids if each not in hers]
    before = theatre.found()
    case_id = person_of(ids[0], before) or ""
    leader = theatre.readers.leader(case_id) or "police"
    told = [each for each in theatre.readers.alerts(leader) if each["case_id"] == case_id]
    _say_different(theatre, hers, daughters, int(at.timestamp()) * 1_000_000)
    now = theatre.found()
    gone = [each for each in theatre.readers.alerts_of(leader, case_id) if each["state"] == "WITHDRAWN"]
    ended = [each for each in gone if each["alert_id"] in {one["alert_id"] for one in told}]
    letters = _handed_over(theatre, leader, ended)
    with theatre.look() as session:
        said = judgements(session)
    return _Undone(
        says="A caseworker who knows them says that a mother and a daughter are two: their alert is withdrawn, and its "
        "reader told.",
        details=(
            ("linked before", f"{told[0]['reason']}" if told else "no alert"),
            ("said", audit_line(said)),
            ("told to its reader", letters[-1] if letters else "nothing"),
        ),
        parts={
            "mother and daughter had been taken for one": are_one(victims(before, ids)),
            "and somebody had been told so": bool(told),
            "they are two now": not victims(now, hers) & victims(now, daughters),
            "each of them keeps what is hers": are_one(victims(now, hers)) and are_one(victims(now, daughters)),
            "the alert is withdrawn": bool(ended) and len(ended) == len(told),
            "its reader was told": len(letters) == len(ended) > 0,
            "who said it is in the audit trail": len(said) == len(hers) * len(daughters),
        },
    )


def _say_different(theatre: Theatre, ones: Sequence[str], others: Sequence[str], at: int) -> None:
    """The police's caseworker says of every pair that they are two; waits until everything has followed."""
    settings, reader = theatre.settings, Reader("police", Role.CASEWORKER)
    for one, other in product(ones, others):
        for pair in find_pairs(settings, reader, one, other, victims=True):
            judge(settings, reader, pair, Verdict.DIFFERENT, Because.SPOKE_TO_THEM, at)
    theatre.wait()


def _handed_over(theatre: Theatre, agency: str, alerts: Sequence[View]) -> list[str]:
    """What was handed to a recipient last of these alerts, from its own file of messages."""
    path = theatre.settings.folders.root / "alerts" / f"{agency}.jsonl"
    wanted = {f"alert:{each['alert_id']}:{each['version']}" for each in alerts}
    messages = map(json.loads, path.read_text("utf-8").splitlines())
    return [f"{each['state'].lower()}: {each['reason']}" for each in messages if each["message_id"] in wanted]
