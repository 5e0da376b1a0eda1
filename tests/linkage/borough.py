"""Random reports of a very small borough, in which everything collides with everything: households, twins, seniors
and juniors, neighbours of one name, one block with flats, a few nights.
"""

from random import Random
from typing import Any

from linkage.changes import Judge
from schemas.vocabulary import Graph, Verdict

E8 = "E8 1EA"
PEOPLE: list[dict[str, Any]] = [
    {"name": "Zeynep Yilmaz", "born": "1971-04-03", "telephones": ["07700 900123"], "uprn": "1001", "postcode": E8},
    {"name": "Yilmaz Zeynep", "telephones": ["07700 900123"], "uprn": "1001", "postcode": E8},
    {"name": "Zeyneb Yilmaz-Kaya", "born": "1971-03-04", "postcode": E8},
    {"name": "Emre Yilmaz", "born": "1971-04-03", "telephones": ["020 7946 0001"], "uprn": "1001", "postcode": E8},
    {"name": "Z Yilmaz", "telephones": ["020 7946 0001"], "uprn": "1001"},
    {"name": "John Smith", "born": "1950-01-01", "uprn": "1002", "postcode": E8},
    {"name": "John Smith Jnr", "born": "1975-06-11", "uprn": "1002", "postcode": E8},
    {"name": "Jack Smith", "uprn": "1002", "telephones": ["07700 900555"]},
    {"name": "John Smith", "uprn": "1003", "postcode": E8, "telephones": ["07700 900777"]},
    {"name": "John Smith"},
    {"name": "Olu Adeyemi", "emails": ["olu@home.test"], "born": "1988-10-10"},
    {"name": "Adeyemi, Olu", "emails": ["olu@home.test"], "born": "1988-10-11"},
    {"name": "Ola Adeyemi", "born": "1988-10-10", "postcode": E8},
    {"telephones": ["07700 900777"]},
]  # fmt: skip
PLACES: list[dict[str, Any]] = [
    {"uprn": "1001", "block": "1000", "point": (51.54000, -0.05500)},
    {"uprn": "1002", "block": "1000", "point": (51.54000, -0.05500)},
    {"uprn": "1000"},
    {"point": (51.54010, -0.05510)},
    {"point": (51.54100, -0.05400), "uncertainty": 150.0},
    {"point": (51.54250, -0.05210)},
    {"uprn": "2001", "point": (51.55500, -0.06000), "street": "20900001"},
    {"street": "20900001"},
]
ROLES = ["SOURCE", "OCCURRED", "AFFECTED"]
TIMES: list[Any] = [
    1390, 1395, 1408, 1440, 1500, 1700, 2830, 2835, (1380, 1400), (0, 1439), (1440, 2879), (0, 7000), None,
]  # fmt: skip


REPORT_IDS = [f"r{number}" for number in range(30)]
_MENTION_ROLES = ["COMPLAINANT", "COMPLAINANT", "VICTIM", "COMPLAINANT", "REPORTER_ON_BEHALF", "ALLEGED_PERPETRATOR"]


def report(random: Random, crowd: int) -> dict[str, Any]:
    """A report in the few words of tests.linkage.builder; the smaller the crowd, the more alike are reports."""
    given: dict[str, Any] = {
        "agency": random.choice(["police", "council", "housing"]),
        "category": random.choice(["NOISE", "NOISE", "ROWDY_BEHAVIOUR", "DRUGS", "OTHER"]),
        "received": random.randint(3000, 3010),
        "persons": _persons(random, crowd),
        "places": _places(random, crowd),
        "reference": random.choice(["A10001", "A10002", "1234/02NOV26", "CAD 1234", "1234/03NOV26", "B2"]),
        "quotes": random.choice([[]] * 9 + [["A10001"], ["A10002"], ["CAD 1234"], ["CAD 1234 of 2/11/26", "B21234"]]),
        "narrative": random.choice([None, None, "trombone quartet zeppelin", "trombone zeppelin marimba"]),
        "unit": random.choice(["SINGLE_OCCASION"] * 19 + ["SUMMARY"]),
    }
    if (occurred := random.choice([*TIMES[: 3 + 2 * crowd], None])) is not None:
        given["occurred"] = occurred
    if (reported := random.choice([None, 1400, 1410, 1600, 2840])) is not None:
        given["reported"] = reported
    return given


def _persons(random: Random, crowd: int) -> list[dict[str, Any]]:
    chosen = random.choices(PEOPLE[: 4 * crowd], k=random.choice([0, 1, 1, 1, 2]))
    return [{**one, "role": random.choice(_MENTION_ROLES), "reference": f"p{n}"} for n, one in enumerate(chosen)]


def _places(random: Random, crowd: int) -> list[dict[str, Any]]:
    chosen = random.choices(PLACES[: 2 * crowd], k=random.choice([0, 1, 1, 2]))
    return [{**place, "role": random.choice(ROLES)} for place in chosen]


def judgement(random: Random, revision: int) -> Judge:
    """A judgement on two mentions or reports, which may not be there."""
    graph = random.choice([Graph.PERSON, Graph.PERSON, Graph.INCIDENT])
    left, right = (_member(random, graph) for _ in range(2))
    verdict = random.choice([Verdict.SAME, Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE, Verdict.WITHDRAWN])
    return Judge(f"j{random.randint(1, 8)}", graph, left, right, verdict, revision)


def _member(random: Random, graph: Graph) -> str:
    report_id = random.choice(REPORT_IDS[:5])
    return report_id if graph is Graph.INCIDENT else f"{report_id}#{random.choice(_MENTION_ROLES[1:])}#p0"
