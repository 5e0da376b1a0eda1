"""For each request the others by weight, the heaviest first. Only one request's candidates are held at a time."""

from collections.abc import Iterator, Sequence
from heapq import heappush, heappushpop

from linkage.duplicates.model import DuplicateModel
from linkage.duplicates.neighbourhood import Neighbourhood
from linkage.duplicates.values import Request
from linkage.model import VETO

Ranked = tuple[str, int]
"""(id of the other, weight in millibits)."""

_Entry = tuple[int, float, int, int, int]
"""(what orders, then what breaks ties: nearness, nearness in time, seat; the weight), the greater the better."""

_BY_WEIGHT = 2
"""So many come first by their weight alone."""


def rank(
    model: DuplicateModel, requests: Sequence[Request], within: float, top: int, earlier_only: bool = False
) -> Iterator[tuple[str, list[Ranked]]]:
    """(id, the others within so many metres, at most `top`), in the order of the requests.

    The two heaviest come first. The further ones follow by falling weight, what was told earlier lifted by the model's
    bits: whoever looks for the first report of a matter has it among them. Of equals the nearer comes first, then the
    nearer in time, then the smaller id: the order of the file has no say. `earlier_only` leaves out what was told later
    (or at the same minute under a greater id).
    """
    near = Neighbourhood(requests, within).near
    reach, lift = model.scorer().reach, model.lift
    by_id = sorted(requests, key=lambda each: each.id)
    seats = {each.id: -number for number, each in enumerate(by_id)}
    for request in requests:
        heaviest: list[_Entry] = []
        best: list[_Entry] = []
        floor = VETO
        for metres, other in near(request):
            is_earlier = (other.minute, other.id) < (request.minute, request.id)
            if earlier_only and not is_earlier:
                continue
            weight = reach(request, other, floor)
            if weight < floor:
                continue
            ties = (-metres, -abs(request.minute - other.minute), seats[other.id], weight)
            _keep(heaviest, (weight, *ties), _BY_WEIGHT)
            _keep(best, (weight + lift if is_earlier else weight, *ties), top)
            floor = best[0][0] - lift if len(best) == top else VETO
        yield request.id, [(by_id[-seat].id, weight) for *_, seat, weight in _ordered(heaviest, best)[:top]]


def _keep(heap: list[_Entry], entry: _Entry, most: int) -> None:
    """The greatest entries, at most so many, the least of them first."""
    if len(heap) < most:
        heappush(heap, entry)
    else:
        heappushpop(heap, entry)


def _ordered(heaviest: list[_Entry], best: list[_Entry]) -> list[_Entry]:
    """The heaviest, then the others."""
    leading = {entry[1:] for entry in heaviest}
    return [
        *sorted(heaviest, reverse=True),
        *(entry for entry in sorted(best, reverse=True) if entry[1:] not in leading),
    ]
