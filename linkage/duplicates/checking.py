"""Cross-validation in time: each stretch of days ranked by a model that was trained without its requests."""

from collections.abc import Mapping, Sequence
from typing import Any

from linkage.duplicates.measuring import Marks, retrieval
from linkage.duplicates.model import model_of
from linkage.duplicates.ranking import rank
from linkage.duplicates.training import train
from linkage.duplicates.values import Request

_TOP = 5


def cross_validate(
    profile: Mapping[str, Any], requests: Sequence[Request], marks: Marks, parts: int
) -> list[dict[str, float]]:
    """The figures of each stretch, in the order of time. Its requests are ranked among those of all days."""
    part_of = stretches(requests, parts)
    found = []
    for part in range(parts):
        others = [each for each in requests if part_of[each.id] != part]
        model = model_of(train(profile, others, marks.among(each.id for each in others)))
        asked = [each.id for each in requests if part_of[each.id] == part]
        ranked = dict(rank(model, requests, float(profile["within"]), _TOP))
        few = {each: [other for other, _ in ranked[each]] for each in asked}
        found.append(retrieval(few, marks, asked).figures())
    return found


def stretches(requests: Sequence[Request], parts: int) -> dict[str, int]:
    """The part of each request's time: parts of as many requests each, the earliest first."""
    by_time = sorted(requests, key=lambda each: (each.minute, each.id))
    return {each.id: number * parts // len(by_time) for number, each in enumerate(by_time)}
