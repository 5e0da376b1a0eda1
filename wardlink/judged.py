"""What caseworkers said of pairs, beside what the linking model in force says of the same two by itself."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from linkage.explain import Explanation, explain
from linkage.model import load_model
from schemas.vocabulary import Graph
from store.database import Row, connect
from store.evaluation import judged_pairs
from vault.keyring import Keyring
from vault.reports import FeatureSeal
from wardlink.keyring_files import keyring_path
from wardlink.settings import Settings, store_settings
from wardlink.views import opened_features

BANDS = ("certain", "possible", "apart")
_CONTRADICTS = {("SAME", "apart"), ("DIFFERENT", "certain")}


@dataclass(frozen=True, slots=True)
class Judged:
    """One word about a pair, and the model's band of it."""

    graph: str
    left: str
    right: str
    verdict: str
    band: str

    def is_contradicted(self) -> bool:
        """Whether the model by itself would have said the contrary."""
        return (self.verdict, self.band) in _CONTRADICTS


def judged(settings: Settings) -> list[Judged]:
    """Every word that holds, of pairs whose reports are there. Raises Unavailable; Refused without a keyring."""
    seal = FeatureSeal(Keyring.load(keyring_path(settings)))
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-judged") as connection:
        rows = judged_pairs(connection)
    return [Judged(row["graph"], row["left_id"], row["right_id"], row["verdict"], _band(row, seal)) for row in rows]


def counted(words: list[Judged]) -> Mapping[tuple[str, str], Counter[str]]:
    """How many words there are of each graph and verdict, by the model's band."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for word in words:
        found.setdefault((word.graph, word.verdict), Counter())[word.band] += 1
    return dict(sorted(found.items()))


def _band(row: Row, seal: FeatureSeal) -> str:
    one, other = (
        opened_features(seal, row["area"], row[f"{side}_report"], row[f"{side}_features"]) for side in ("left", "right")
    )
    explanation = explain(one, other, load_model())
    if row["graph"] == Graph.INCIDENT:
        return explanation.incident.band
    return next(_bands_of(explanation, {row["left_id"], row["right_id"]}), "apart")


def _bands_of(explanation: Explanation, pair: set[str]) -> Iterator[str]:
    return (each.band for each in explanation.persons if {each.left, each.right} == pair)
