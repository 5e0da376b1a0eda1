"""The rule for common words: what comes again at a place on other nights tells no occasion."""

from linkage.features import ReportFeatures
from tests.linkage.borough_words import Nights
from tests.linkage.builder import features

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


def _told(name: str, day: str, narrative: str, uprn: str = "200") -> ReportFeatures:
    return features(name, {"occurred": f"{day} 23:10", "places": [{"uprn": uprn}], "narrative": narrative})


def _nights(narrative: str, by_night: bool = False) -> list[ReportFeatures]:
    """Two accounts of each night; `by_night` each night has a word of its own."""
    marks = ("quartet", "zeppelin", "marimba", "harpsichord", "clavichord", "kettledrum")
    return [
        _told(f"{day}-{teller}", day, f"{narrative} {mark if by_night else ''}")
        for day, mark in zip(_DAYS, marks, strict=True)
        for teller in "ab"
    ]


def test_a_word_that_comes_again_each_night_is_common_and_a_night_s_own_is_not() -> None:
    nights = Nights()
    nights.add(_nights("trombone", by_night=True))
    assert nights.common() == ["trombone"]


def test_a_word_of_few_narratives_is_not_judged() -> None:
    nights = Nights()
    nights.add([*_nights("trombone"), *(_told(f"x{number}", "Mon", "", uprn=str(number)) for number in range(3000))])
    assert nights.common() == []
