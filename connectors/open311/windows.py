"""Stretches of time, asked one by one until nothing can be missing.

A service answers at most so many requests (1,000 by the standard, often fewer), in an order of its own, and does not
say that it left some out. So an answer is believed only when it is short, or when the two halves of its window bring
nothing else; the longest answer that proved whole raises what counts as short, which keeps the proof cheap. Windows
overlap by some seconds, since services differ on whether the ends belong to them.

A service that takes only the days of the dates cannot be asked for less than a day: then nothing is proved, and an
answer as long as a limit may be is told as a doubt. Windows longer than a day begin and end with days, for its sake.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from connectors.open311.answer import ID, Record, lies_within

SECOND = 1_000_000
DAY = 86_400 * SECOND

LONGEST = 7 * DAY
"""Microseconds of the windows that are asked first; the standard allows 90 days."""

_ROUND = 5
_SHORTEST_LIMIT = 10
"""Limits are round numbers of at least this: an answer of such a length is always asked again in halves."""

_SLACK = 5 * SECOND
_SURELY_WHOLE = 9
_INDIVISIBLE = 2 * SECOND


@dataclass(frozen=True, slots=True)
class Window:
    """From one instant to another, in microseconds."""

    start: int
    end: int

    def halves(self) -> "tuple[Window, Window]":
        """The two halves, meeting at a midnight (UTC) if it is longer than a day, else at a full second."""
        unit = DAY if self.end - self.start > DAY else SECOND
        middle = (self.start + self.end) // 2 // unit * unit
        if not self.start < middle < self.end:
            middle = (self.start + self.end) // 2
        return Window(self.start, middle), Window(middle, self.end)

    def holds(self, record: Record) -> bool:
        """Whether a request was made, or last changed, within the window; within a day of it if it is long. A request
        without times lies everywhere.
        """
        slack = DAY if self.end - self.start >= DAY else _SLACK
        return lies_within(record, self.start - slack, self.end + slack)

    @property
    def is_indivisible(self) -> bool:
        """Whether it is too short to be asked in halves."""
        return self.end - self.start < 2 * _INDIVISIBLE


def windows(since: int, until: int, longest: int = LONGEST) -> Iterator[Window]:
    """The stretch from one instant to another in windows of at most so many microseconds, the oldest first."""
    start = since
    while start < until:
        end = min((start + longest) // DAY * DAY, until)
        yield Window(start, end if end > start else until)
        start = end if end > start else until


class Gatherer:
    """Gathers all requests of a window; `ask` answers for one window, whole or not, `doubt` hears of a window that
    cannot be proved whole, with the length of its answer.
    """

    def __init__(
        self,
        ask: Callable[[Window], Sequence[Record]],
        doubt: Callable[[Window, int], None] = lambda window, count: None,
    ) -> None:
        self._ask = ask
        self._doubt = doubt
        self._whole = _SURELY_WHOLE
        self._limit: int | None = None

    def gather(self, window: Window) -> dict[str, Record]:
        """The window's requests by id, in the order of their ids."""
        return dict(sorted(self._complete(window, self._ask(window)).items()))

    def _complete(self, window: Window, answer: Sequence[Record]) -> dict[str, Record]:
        """What was answered for a window, with what it leaves out."""
        found = _by_id(answer)
        if self._is_believed(len(answer)):
            return found
        answers = [] if window.is_indivisible else [(half, self._ask(half)) for half in window.halves()]
        if not all(half.holds(record) for half, each in answers for record in each) or not answers:
            return self._doubted(window, found, len(answer)) | _by_id(record for _, each in answers for record in each)
        parts = [self._complete(half, each) for half, each in answers]
        self._learn(len(answer), all(part.keys() <= found.keys() for part in parts))
        return found | parts[0] | parts[1]

    def _is_believed(self, count: int) -> bool:
        return count <= _SURELY_WHOLE or (count <= self._whole and not self._may_be_cut(count))

    def _may_be_cut(self, count: int) -> bool:
        """Whether an answer is as long as a limit that is known, or that there may be."""
        if self._limit is not None and count >= self._limit:
            return True
        return count >= _SHORTEST_LIMIT and count % _ROUND == 0

    def _learn(self, count: int, is_whole: bool) -> None:
        if is_whole:
            self._whole = max(self._whole, count)
        else:
            self._limit = min(self._limit or count, count)

    def _doubted(self, window: Window, found: dict[str, Record], count: int) -> dict[str, Record]:
        """What was answered for a window that cannot be asked in halves."""
        if self._may_be_cut(count):
            self._doubt(window, count)
        return found


def _by_id(answer: Iterable[Record]) -> dict[str, Record]:
    return {record.get(ID, ""): record for record in answer}
