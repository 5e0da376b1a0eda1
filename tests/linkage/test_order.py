"""The law of linking: the partition is a function of the set of current reports and judgements."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage import partition
from linkage.batch import link_batch
from linkage.changes import Change, Judge, Put, Withdraw
from linkage.features import ReportFeatures
from linkage.index import AreaIndex
from linkage.model import Model, load_model
from tests.linkage import borough
from tests.linkage.builder import AREA, features

SECRET = b"not very secret"
MODEL = load_model()


def small_components() -> Model:
    """The current model with so small a limit that components must be taken apart, and kept whole from 6 bits."""
    thresholds = replace(MODEL.person.thresholds, limit=2, ceiling=6500)
    of_incidents = replace(MODEL.incident.thresholds, limit=3, ceiling=5000)
    return replace(
        MODEL,
        person=replace(MODEL.person, thresholds=thresholds),
        incident=replace(MODEL.incident, thresholds=of_incidents),
    )


def rising_cut() -> Model:
    """The current model with a cut that rises with what is known of two clusters."""
    person, incident = (replace(each.thresholds, rise=1500) for each in (MODEL.person, MODEL.incident))
    return replace(
        MODEL,
        person=replace(MODEL.person, thresholds=person),
        incident=replace(MODEL.incident, thresholds=incident),
    )


MODELS = {"current": MODEL, "small components": small_components(), "rising cut": rising_cut()}


def history_of(seed: int, length: int) -> list[Change]:
    """Inserts, revisions, withdrawals and judgements, each with a revision of its own, shuffled, some twice."""
    random = Random(seed)
    crowd = random.randint(1, 4)
    changes = [_change(random, revision, crowd) for revision in range(1, length + 1)]
    changes += random.choices(changes, k=length // 5)
    random.shuffle(changes)
    return changes


def _change(random: Random, revision: int, crowd: int) -> Change:
    kind = random.random()
    report_id = random.choice(random.choice([borough.REPORT_IDS, borough.REPORT_IDS[:5]]))
    if kind < 0.25:
        return borough.judgement(random, revision)
    if kind < 0.35:
        return Withdraw(report_id, revision)
    return Put(features(report_id, {**borough.report(random, crowd), "revision": revision}))


histories = st.builds(history_of, st.integers(0, 1 << 32), st.integers(1, 70))


def current(history: Sequence[Change]) -> tuple[list[ReportFeatures], list[Judge]]:
    """What holds after a history, found without the index."""
    states: dict[str, tuple[int, ReportFeatures | None]] = {}
    judgements: dict[str, Judge] = {}
    for change in history:
        if isinstance(change, Judge):
            if change.judgement_id not in judgements or judgements[change.judgement_id].revision < change.revision:
                judgements[change.judgement_id] = change
            continue
        is_put = isinstance(change, Put)
        report_id = change.features.report_id if is_put else change.report_id
        revision = change.features.revision if is_put else change.revision
        if revision > states.get(report_id, (0, None))[0]:
            states[report_id] = (revision, change.features if is_put else None)
    return [report for _, report in states.values() if report is not None], list(judgements.values())


def in_batches(history: Sequence[Change], size: int) -> list[Sequence[Change]]:
    return [history[start : start + size] for start in range(0, len(history), size)]


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=150, deadline=None)
@given(history=histories, size=st.integers(1, 20))
def test_any_history_in_any_batches_ends_in_the_partition_of_the_batch(
    model: str, history: list[Change], size: int
) -> None:
    assert_ends_as_the_batch(MODELS[model], history, size)


@pytest.mark.long
@pytest.mark.timeout(7_200)
@settings(max_examples=10_000, deadline=None)
@given(model=st.sampled_from(sorted(MODELS)), history=histories, size=st.integers(1, 20))
def test_ten_thousand_histories_end_in_the_partition_of_the_batch(model: str, history: list[Change], size: int) -> None:
    assert_ends_as_the_batch(MODELS[model], history, size)


def assert_ends_as_the_batch(model: Model, history: list[Change], size: int) -> None:
    index = AreaIndex(AREA, model, SECRET)
    for batch in in_batches(history, size):
        index.apply(batch)
    expected = link_batch(*current(history), model, SECRET)
    assert (partition.incidents(index), partition.persons(index)) == expected


@settings(max_examples=80, deadline=None)
@given(history=histories, cut=st.integers(0, 20), size=st.integers(1, 6))
def test_what_resolutions_tell_adds_up_to_the_state(history: list[Change], cut: int, size: int) -> None:
    """Assignments, links and ids kept from resolutions alone equal what the index says, also across a restore."""
    index = AreaIndex(AREA, MODEL, SECRET)
    kept = Kept()
    for batch in in_batches(history[:cut], size):
        kept.keep(index, batch)
    restored = kept.restored(history[:cut])
    for batch in in_batches(history[cut:], size):
        kept.keep(restored, batch)
    assert kept.incident_of == {report_id: restored.incident_of(report_id) for report_id in restored.reports()}
    assert kept.person_of == {mention_id: restored.person_of(mention_id) for mention_id in restored.mentions()}
    fresh = AreaIndex(AREA, MODEL, SECRET)
    reports, judgements = current(history)
    links = fresh.apply([*judgements, *map(Put, reports)]).links
    assert kept.links == {(link.graph, link.left, link.right): link for link in links}


class Kept:
    """What a store keeps of resolutions."""

    def __init__(self) -> None:
        self.incident_of: dict[str, str] = {}
        self.person_of: dict[str, str] = {}
        self.links: dict[Any, Any] = {}
        self.next_number = 1

    def keep(self, index: AreaIndex, batch: Sequence[Change]) -> None:
        resolution = index.apply(batch)
        for kept, told in ((self.incident_of, resolution.incident_of), (self.person_of, resolution.person_of)):
            for member, cluster in told.items():
                if cluster is None:
                    del kept[member]
                else:
                    kept[member] = cluster
        for gone in resolution.dropped:
            del self.links[gone]
        for link in resolution.links:
            self.links[link.graph, link.left, link.right] = link
        self.next_number = index.next_number
        for old, survivor in resolution.aliases:
            here = {*self.incident_of.values(), *self.person_of.values()}
            assert old not in here
            assert survivor in here

    def restored(self, history: Sequence[Change]) -> AreaIndex:
        index = AreaIndex(AREA, MODEL, SECRET)
        reports, judgements = current(history)
        here = {report.report_id for report in reports}
        tombstones = {
            change.report_id: change.revision
            for change in sorted(
                (change for change in history if isinstance(change, Withdraw)), key=lambda change: change.revision
            )
            if change.report_id not in here
        }
        cluster_ids = {**self.incident_of, **self.person_of}
        index.restore(map(Put, reports), tombstones, judgements, cluster_ids, self.next_number)
        assert index.next_number == self.next_number
        return index
