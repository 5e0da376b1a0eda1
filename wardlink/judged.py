"""What caseworkers said of pairs: beside what the linking model in force says of the same two, and as its lesson."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from linkage.explain import PairExplanation, explain
from linkage.learning import Learnt, Word, learn
from linkage.model import MILLIBITS, Model
from linkage.model_text import reweighed
from schemas.errors import Refused
from schemas.vocabulary import Graph
from store.database import Row, connect
from store.evaluation import judged_pairs
from vault.keyring import Keyring
from vault.reports import FeatureSeal
from wardlink.keyring_files import keyring_path
from wardlink.live_model import live_model, live_text
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
    return [
        Judged(row["graph"], row["left_id"], row["right_id"], row["verdict"], pair.band if pair else "apart")
        for row, pair in _explained(settings, live_model(settings))
    ]


def learnt(settings: Settings) -> Mapping[str, Learnt]:
    """What the model in force can learn from the words that hold, by graph (`person`, `incident`). Raises as `judged`.

    Of a pair that a veto keeps apart, or whose persons are never compared, no weight can say anything.
    """
    model = live_model(settings)
    words: dict[str, list[Word]] = {Graph.PERSON: [], Graph.INCIDENT: []}
    for row, pair in _explained(settings, model):
        if pair is not None and not pair.vetoes:
            words[row["graph"]].append(Word(pair.levels, row["verdict"] == "SAME", row["left_report"]))
    return {
        "person": learn(model.person, words[Graph.PERSON]),
        "incident": learn(model.incident, words[Graph.INCIDENT]),
    }


def model_file(settings: Settings, found: Mapping[str, Learnt], name: str, day: str | None) -> tuple[str, str]:
    """(version, text) of the model in force with what was learnt, and a card that says from how many words. Refused
    where nothing was learnt.
    """
    bits = {
        (graph, *key): after / MILLIBITS
        for graph, each in found.items()
        for key, (_, after) in (each.moved or {}).items()
    }
    if not bits:
        raise Refused("model: nothing was learnt, so no file is written: " + _why_not(found))
    base = live_model(settings).version
    digest = sha256(repr((base, sorted(bits.items()))).encode()).hexdigest()[:6]
    version = f"{base.partition('+')[0]}+{name}-{digest}"
    card = {"learnt_from": base, "date": day, **{graph: _card(each) for graph, each in found.items()}}
    return version, reweighed(live_text(settings), version, card, bits)


def _why_not(found: Mapping[str, Learnt]) -> str:
    return "; ".join(
        f"of {graph}s there are {each.same} words SAME and {each.different} DIFFERENT, and {each.why_not}"
        for graph, each in found.items()
    )


def _card(learnt: Learnt) -> dict[str, Any]:
    card: dict[str, Any] = {"words_same": learnt.same, "words_different": learnt.different}
    if learnt.before and learnt.after:
        card["held_out"] = {
            name: {"surprise_bits": round(each.surprise, 3), "contradicted": round(each.contradicted, 3)}
            for name, each in (("before", learnt.before), ("after", learnt.after))
        }
    if learnt.why_not:
        return card | {"unchanged": learnt.why_not}
    moved = learnt.moved or {}
    return card | {"moved": {".".join(key): [old / MILLIBITS, new / MILLIBITS] for key, (old, new) in moved.items()}}


def counted(words: list[Judged]) -> Mapping[tuple[str, str], Counter[str]]:
    """How many words there are of each graph and verdict, by the model's band."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for word in words:
        found.setdefault((word.graph, word.verdict), Counter())[word.band] += 1
    return dict(sorted(found.items()))


def _explained(settings: Settings, model: Model) -> Iterator[tuple[Row, PairExplanation | None]]:
    """Each word that holds with what the model says of the pair; None for persons who are never compared."""
    seal = FeatureSeal(Keyring.load(keyring_path(settings)))
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-judged") as connection:
        rows = judged_pairs(connection)
    for row in rows:
        yield row, _pair(row, seal, model)


def _pair(row: Row, seal: FeatureSeal, model: Model) -> PairExplanation | None:
    one, other = (
        opened_features(seal, row["area"], row[f"{side}_report"], row[f"{side}_features"]) for side in ("left", "right")
    )
    explanation = explain(one, other, model)
    if row["graph"] == Graph.INCIDENT:
        return explanation.incident
    ends = {row["left_id"], row["right_id"]}
    return next((pair for pair in explanation.persons if {pair.left, pair.right} == ends), None)
