"""Which words tell no occasion: the rule by which `linkage/models/common_words.txt` grows, run over simulated boroughs.

A rare word in two reports is evidence that they tell one occasion only if it does not come again with the next: the
loud music of one flat is loud each night. So a word is common if it stands in one narrative of 200 or more (document
frequency: K. Sparck Jones, "A statistical interpretation of term specificity", Journal of Documentation 28, 1972) and
two reports of one place that have it are less than four times likelier to be of one night than any two reports of
that place. No truth is looked at: any agency's own narratives will do. Nights run from noon to noon.

`python -m tests.linkage.borough_words --seeds 1 2 3 4 21 --days 60` prints the words that the list lacks.
"""

import argparse
import tempfile
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from linkage.changes import Put
from linkage.features import ReportFeatures
from simulation.borough import Settings
from tests.linkage.borough_figures import told

_ONE_IN = 200
_LIKELIER = 4.0
_DAY = 86_400_000_000
_HALF_A_PAIR = 0.5
"""Added to what was counted, so that a word seen on few nights is not judged by them alone (Jeffreys)."""

Place = str | tuple[int, int]


class Nights:
    """Pairs of reports of one place, of one night and of different nights: all of them, and those that share a word."""

    def __init__(self) -> None:
        self.narratives = 0
        self.bearing: Counter[str] = Counter()
        self._here: Counter[str] = Counter()
        self._again: Counter[str] = Counter()
        self._all_here = self._all_again = 0

    def add(self, reports: Iterable[ReportFeatures]) -> None:
        """One borough's reports."""
        words_at: dict[Place, dict[int, list[tuple[str, ...]]]] = defaultdict(lambda: defaultdict(list))
        for report in reports:
            self.narratives += 1
            self.bearing.update(report.words)
            if (place := _place(report)) is not None:
                words_at[place][_night(report)].append(report.words)
        for nights in words_at.values():
            self._count(nights)

    def common(self) -> list[str]:
        """The words that tell no occasion, sorted."""
        often = (word for word, count in self.bearing.items() if count * _ONE_IN >= self.narratives)
        return sorted(word for word in often if self._likelier(word) < _LIKELIER)

    def _count(self, nights: Mapping[int, list[tuple[str, ...]]]) -> None:
        sizes = [len(tonight) for tonight in nights.values()]
        here = sum(map(_pairs, sizes))
        self._all_here += here
        self._all_again += _pairs(sum(sizes)) - here
        ever: Counter[str] = Counter()
        for tellings in nights.values():
            tonight = Counter(word for words in tellings for word in words)
            ever += tonight
            for word, count in tonight.items():
                self._here[word] += _pairs(count)
                self._again[word] -= _pairs(count)
        for word, count in ever.items():
            self._again[word] += _pairs(count)

    def _likelier(self, word: str) -> float:
        here = (self._here[word] + _HALF_A_PAIR) / self._all_here
        return here * self._all_again / (self._again[word] + _HALF_A_PAIR)


def _place(report: ReportFeatures) -> Place | None:
    """The building, or the square of a hundred metres, that a report is about."""
    for role in ("SOURCE", "OCCURRED", "AFFECTED"):
        places = [place for place in report.places if place.role == role]
        for place in places:
            if building := place.parent_uprn or place.uprn:
                return building
        for place in places:
            if place.latitude is not None and place.longitude is not None:
                return round(place.latitude / 0.0009), round(place.longitude / 0.00145)
    return None


def _night(report: ReportFeatures) -> int:
    return ((report.earliest or report.reported or report.received) - _DAY // 2) // _DAY


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def main() -> None:
    """Prints the words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--days", type=int, default=60)
    given = parser.parse_args()
    nights = Nights()
    for seed in given.seeds:
        with tempfile.TemporaryDirectory() as folder:
            changes = told(Path(folder), Settings(seed=seed, days=given.days)).changes
        nights.add(change.features for change in changes if isinstance(change, Put))
    print("\n".join(textwrap.wrap(" ".join(nights.common()), 120)))


if __name__ == "__main__":
    main()
