"""For each request the others by weight. Only one request's candidates are held at a time."""

from collections.abc import Iterator, Sequence
from heapq import heappush, heappushpop

from linkage.duplicates.model import DuplicateModel
from linkage.duplicates.neighbourhood import Neighbourhood
from linkage.duplicates.values import Request
from linkage.model import VETO

Ranked = tuple[str, int]
"""(id of the other, weight in millibits)."""

_Entry = tuple[int, float, int, int]
"""(weight, then what breaks ties: nearness, nearness in time, seat), the greater the better."""


def rank(
    model: DuplicateModel, requests: Sequence[Request], within: float, top: int, earlier_only: bool = False
) -> Iterator[tuple[str, list[Ranked]]]:
    """(id, the others within so many metres by falling weight, at most `top`), in the order of the requests.

    Of equal weights the nearer comes first, then the nearer in time, then the smaller id: the order of the file has no
    say. `earlier_only` leaves out what was told later (or at the same minute under a greater id).
    """
    near = Neighbourhood(requests, within).near
    reach = model.scorer().reach
    by_id = sorted(requests, key=lambda each: each.id)
    seats = {each.id: -number for number, each in enumerate(by_id)}
    for request in requests:
        best: list[_Entry] = []
        floor = VETO
        for metres, other in near(request):
            if earlier_only and (other.minute, other.id) >= (request.minute, request.id):
                continue
            weight = reach(request, other, floor)
            if weight < floor:
                continue
            entry = (weight, -metres, -abs(request.minute - other.minute), seats[other.id])
            if len(best) < top:
                heappush(best, entry)
            else:
                heappushpop(best, entry)
            floor = best[0][0] if len(best) == top else VETO
        yield request.id, [(by_id[-seat].id, weight) for weight, _, _, seat in sorted(best, reverse=True)]
