"""What goes into an area's index and what comes out: changes, and the resolution that they bring about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from linkage.features import ReportFeatures
from schemas.vocabulary import Graph, Verdict


@dataclass(frozen=True, slots=True)
class Put:
    """A report's state. Ignored unless its revision is greater than the one held (or withdrawn).

    `packed` may hold `packing.pack(features)` where the caller has it already.
    """

    features: ReportFeatures
    packed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A report is no longer true. Leaves its revision behind, so that an older or equal Put stays without effect."""

    report_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class Judge:
    """A caseworker's verdict about two mentions (PERSON) or two reports (INCIDENT); the greatest revision holds."""

    judgement_id: str
    graph: Graph
    left: str
    right: str
    verdict: Verdict
    revision: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Judge":
        """The judgement of a stored row."""
        names = ("judgement_id", "graph", "left_id", "right_id", "verdict", "revision")
        return cls(*(row[name] for name in names))


Change = Put | Withdraw | Judge


@dataclass(frozen=True, slots=True, order=True)
class PlaceKey:
    """A place in a role at one level of the roll-up: `uprn`, `block`, `street`, `lsoa` (code@vintage) or `ward`."""

    role: str
    level: str
    code: str


@dataclass(frozen=True, slots=True)
class Link:
    """An edge at or above the possible band, with its reasons.

    Persons are linked between nodes (mentions with equal features); `left` and `right` are the smallest mention ids
    of the two, left < right. `weight` is in millibits; `levels` are (comparison, level, millibits) in the model's
    order, the prior first; they add up to `weight`. `band` is `certain` or `possible`.
    """

    graph: Graph
    left: str
    right: str
    weight: int
    band: str
    model_version: str
    levels: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Move:
    """How a cluster changed.

    `joined`: `member` came to `cluster_id`, where others are. `left`: `member` is gone from `cluster_id`.
    `merged`: `other_id` is now `cluster_id`. `split`: `cluster_id` was parted off `other_id`.
    """

    graph: Graph
    kind: str
    cluster_id: str
    other_id: str | None = None
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that a person should look at: `component_too_large`, `judgements_conflict` or `judgement_misplaced`,
    with a few of the members or the pair judged.
    """

    graph: Graph
    kind: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """The difference that a batch of changes made. Assignments name only members whose cluster changed; None: the
    member is gone or belongs to no cluster. `touched_*` name whatever a case rule may count differently now.
    """

    links: tuple[Link, ...] = ()
    dropped: tuple[tuple[Graph, str, str], ...] = ()
    incident_of: Mapping[str, str | None] = field(default_factory=dict)
    person_of: Mapping[str, str | None] = field(default_factory=dict)
    aliases: tuple[tuple[str, str], ...] = ()
    moves: tuple[Move, ...] = ()
    attention: tuple[Attention, ...] = ()
    touched_incidents: tuple[str, ...] = ()
    touched_persons: tuple[str, ...] = ()
    touched_places: tuple[PlaceKey, ...] = ()
