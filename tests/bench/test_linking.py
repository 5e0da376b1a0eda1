"""The bench of linking works on the very objects of resolve, and takes back what it took in singly."""

from itertools import islice

import pytest

from bench import linking
from bench.linking import Measure, Persons, Reports
from linkage.packing import pack
from tests.linkage.builder import features

NAMES = ("Amina Begum", "Zebedee Quick", "Maryam Osei")
SIZES = (60, 130)


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """A report every quarter of an hour by one of three women; of a bench that measures little."""
    for name, value in {"_BATCH": 10, "_BATCHES": 2, "_SINGLY": 15}.items():
        monkeypatch.setattr(linking, name, value)
    return [
        pack(
            features(
                f"police:{number}",
                {
                    "occurred": number * 15,
                    "persons": [
                        {"name": NAMES[number % 3], "born": "1980-02-03", "telephones": [f"07700 90012{number % 3}"]}
                    ],
                },
            )
        )
        for number in range(200)
    ]


def test_each_size_is_held_and_measured(packed: list[bytes]) -> None:
    for index, coming in ((Persons(), linking.mentions_of(packed)), (Reports(), linking.reports_of(packed))):
        measure = Measure(index, coming)
        paces = list(measure.curve(SIZES))
        assert [pace.held for pace in paces] == list(SIZES)
        assert all(pace.per_second > 0 and pace.add_p99_ms >= pace.add_p50_ms > 0 for pace in paces)
        assert all(pace.take_back_p99_ms >= pace.take_back_p50_ms > 0 for pace in paces)
        assert measure.held == SIZES[-1] + 20


def test_what_is_taken_back_is_gone(packed: list[bytes]) -> None:
    persons = Persons()
    some = list(islice(linking.mentions_of(packed), 50))
    persons.add(some)
    assert {len(group) for group in persons.groups()} == {16, 17}
    for told in some:
        persons.take_back(told)
    assert persons.groups() == []
