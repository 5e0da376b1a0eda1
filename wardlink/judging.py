"""What a caseworker says of a pair: the same, different or unsure; published like everything that changes an area."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from connectors.publish import Publisher
from connectors.registry import Registry
from policy.facts import Reader, Role
from schemas.errors import Refused
from schemas.records import Judgement, Moment
from schemas.topics import JUDGEMENTS
from schemas.vocabulary import Graph, Verdict
from wardlink.settings import Settings, kafka_settings, registry_url
from wardlink.views import Views


class Because(StrEnum):
    """Why, as a code: what is published of a judgement is readable, so it must hold no word about a person."""

    KNOWN_TO_US = "known-to-us"
    SPOKE_TO_THEM = "spoke-to-them"
    PAPERS_SEEN = "papers-seen"
    RECORD_WRONG = "record-wrong"
    SAME_HOUSEHOLD = "same-household"
    OTHER_REASON = "other-reason"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mentions (PERSON) or two reports (INCIDENT) of one area."""

    area: str
    graph: Graph
    left: str
    right: str


def judge(
    settings: Settings,
    reader: Reader,
    left: str,
    right: str,
    verdict: Verdict,
    because: Because,
    at: int | None = None,
) -> Pair:
    """Publishes a caseworker's word about two persons (ids of mentions) or two incidents (ids of reports).

    Of one caseworker and one pair the last word holds. `at` is in microseconds since 1970 in UTC, the present if None.
    Raises Refused, in the same words, for what does not exist and for what the reader may not see so much of.
    """
    pair = find_pair(settings, reader, left, right)
    at = time.time_ns() // 1000 if at is None else at
    record = Judgement(
        judgement_id=_id_of(reader, pair),
        area=pair.area,
        graph=pair.graph,
        left=pair.left,
        right=pair.right,
        verdict=verdict,
        revision=time.time_ns() // 1000,
        given_at=Moment(at=at),
        agency=reader.agency,
        actor=str(reader),
        reason=because,
    )
    with Publisher(kafka_settings(settings), Registry(registry_url(settings))) as publisher:
        publisher.send(JUDGEMENTS, pair.area, record, f"{record.judgement_id}/{record.revision}", at)
        publisher.flush()
    return pair


def find_pair(settings: Settings, reader: Reader, left: str, right: str) -> Pair:
    """The pair, if the reader may see enough of both to judge; raises Refused."""
    _check_role(reader)
    first, second = sorted((left, right))
    if first == second:
        raise Refused("a pair is two: give the ids of two reports, or of two persons in them")
    graph = Graph.PERSON if "#" in first else Graph.INCIDENT
    if ("#" in first) != ("#" in second):
        raise Refused(
            "give two reports (were they one incident?) or two persons as `wardlink why` names them, not both"
        )
    area = Views(settings, reader, "judgement of a link").area_of_pair(first, second)
    return Pair(area, graph, first, second)


def victims_of(settings: Settings, reader: Reader, report_id: str) -> Sequence[str]:
    """The ids of a report's victims, as `judge` takes them; raises Refused."""
    _check_role(reader)
    return Views(settings, reader, "judgement of a link").victims_of(report_id)


def _check_role(reader: Reader) -> None:
    if reader.role is not Role.CASEWORKER:
        raise Refused(f"{reader} may not judge: that is for an agency's caseworkers (--as AGENCY/caseworker)")


def _id_of(reader: Reader, pair: Pair) -> str:
    text = "\x1f".join((str(reader), pair.graph, pair.left, pair.right))
    return f"judgement:{blake2b(text.encode(), digest_size=16).hexdigest()}"
