"""What a caseworker says of a pair: the same, different or unsure; published like everything that changes an area."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from connectors.publish import Publisher
from connectors.registry import Registry
from linkage.changes import Judge, Put
from linkage.previewing import Preview, preview
from policy.facts import Reader, Role
from schemas.errors import Refused
from schemas.records import Judgement, Moment
from schemas.topics import JUDGEMENTS
from schemas.vocabulary import Graph, Verdict
from store.database import connect
from store.neighbours import neighbours
from vault.keyring import Keyring
from vault.reports import FeatureSeal
from wardlink.keyring_files import keyring_path
from wardlink.live_model import live_model
from wardlink.settings import Settings, kafka_settings, registry_url, store_settings
from wardlink.views import Views, opened_features

_PURPOSE = "judgement of a link"


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
    settings: Settings, reader: Reader, pair: Pair, verdict: Verdict, because: Because, at: int | None = None
) -> None:
    """Publishes a caseworker's word about a pair that `find_pairs` gave this reader.

    Of one caseworker and one pair the last word holds. `at` is in microseconds since 1970 in UTC, the present if None.
    """
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


def foresee(settings: Settings, reader: Reader, pairs: Sequence[Pair], verdict: Verdict) -> Preview:
    """What a caseworker's word about pairs of one graph and area would change, as far as the reader may know of the
    reports; nothing is published. Raises Refused where so much is tied to them that it cannot be told at once.
    """
    area, graph, keyring = pairs[0].area, pairs[0].graph, Keyring.load(keyring_path(settings))
    judged = {end for pair in pairs for end in (pair.left, pair.right)}
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-foresee") as connection:
        held = neighbours(connection, area, graph, judged)
    seal, now = FeatureSeal(keyring), time.time_ns() // 1000
    found = preview(
        [Put(opened_features(seal, area, row["report_id"], row["features"])) for row in held.reports],
        [Judge.of(row) for row in held.judgements],
        held.cluster_ids,
        [Judge(_id_of(reader, pair), graph, pair.left, pair.right, verdict, now) for pair in pairs],
        live_model(settings),
        keyring.node_key,
        area,
    )
    return found.among(Views(settings, reader, _PURPOSE).known(area, [row["report_id"] for row in held.reports]))


def find_pairs(settings: Settings, reader: Reader, left: str, right: str, victims: bool = False) -> list[Pair]:
    """Two reports or two persons in reports, by their ids, as a pair; or (`victims`) each victim of the one report with
    each of the other. Raises Refused, in the same words, for what does not exist and for what the reader may not see
    enough of to judge.
    """
    _check_role(reader)
    if not victims:
        return [_pair(settings, reader, left, right)]
    views = Views(settings, reader, _PURPOSE)
    ones, others = views.victims_of(left), views.victims_of(right)
    return [_pair(settings, reader, one, other) for one in ones for other in others]


def _pair(settings: Settings, reader: Reader, left: str, right: str) -> Pair:
    first, second = sorted((left, right))
    if first == second:
        raise Refused("a pair is two: give the ids of two reports, or of two persons in them")
    graph = Graph.PERSON if "#" in first else Graph.INCIDENT
    if ("#" in first) != ("#" in second):
        raise Refused(
            "give two reports (were they one incident?) or two persons as `wardlink why` names them, not both"
        )
    return Pair(Views(settings, reader, _PURPOSE).area_of_pair(first, second), graph, first, second)


def _check_role(reader: Reader) -> None:
    if reader.role is not Role.CASEWORKER:
        raise Refused(f"{reader} may not judge: that is for an agency's caseworkers (--as AGENCY/caseworker)")


def _id_of(reader: Reader, pair: Pair) -> str:
    text = "\x1f".join((str(reader), pair.graph, pair.left, pair.right))
    return f"judgement:{blake2b(text.encode(), digest_size=16).hexdigest()}"
