"""The reports that a judgement could concern: all that links, clusters and earlier judgements tie to those judged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from schemas.errors import Refused
from store.database import Row, Session, unavailable_when_away
from store.queries import load

_SQL = load("neighbours")
_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Stored reports with their sealed features, the stored cluster of each report and mention in them, and what
    holds of judgements in the area.
    """

    reports: Sequence[Row]
    cluster_ids: Mapping[str, str]
    judgements: Sequence[Row]


def neighbours(connection: Session, area: str, graph: str, judged: Collection[str]) -> Neighbours:
    """What is tied to some reports (graph INCIDENT) or mentions (PERSON), step by step until nothing more is.

    Refused where that is thousands of members. Raises Unavailable.
    """
    with unavailable_when_away():
        members = _tied(connection, area, graph, set(judged))
        report_ids = sorted({member.partition("#")[0] for member in members})
        asked = {"area": area, "report_ids": report_ids}
        clusters = connection.execute(_SQL["select_clusters"], asked).fetchall()
        return Neighbours(
            reports=connection.execute(_SQL["select_features"], asked).fetchall(),
            cluster_ids={row["member"]: row["cluster"] for row in clusters},
            judgements=connection.execute(_SQL["select_judgements"], asked).fetchall(),
        )


def _tied(connection: Session, area: str, graph: str, members: set[str]) -> set[str]:
    asked, found = members, set(members)
    while asked:
        rows = connection.execute(
            _SQL["select_tied"], {"area": area, "graph": graph, "members": sorted(asked)}
        ).fetchall()
        asked = {row["member"] for row in rows} - found
        found |= asked
        if len(found) > _MOST:
            raise Refused(f"more than {_MOST:,} are tied to these two: too many to look ahead; judge without")
    return found
