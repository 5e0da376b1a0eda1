"""Text goes wrong as it does between a mouth and a database, and never further."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from simulation import lists
from simulation.dice import Dice
from simulation.spelling import misdate, misdial, plain, slip


def test_every_name_has_a_spelling_that_an_old_system_can_keep() -> None:
    names = [row["name"] for row in lists.rows("names")]
    assert [name for name in names if not plain(name).isascii()] == []


def test_variants_of_names_are_plain_or_differ_from_the_name() -> None:
    for row in lists.rows("names"):
        assert row["name"] not in lists.split(row["variants"])


@given(name=st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=15), seed=st.integers())
def test_a_slip_changes_at_most_one_letter_or_two_neighbours(name: str, seed: int) -> None:
    written = slip(name, Dice(seed))
    assert abs(len(written) - len(name)) <= 1
    assert written[0] == name[0]
    assert len(set(written) - set(name)) <= 1


@given(born=st.dates(date(1920, 1, 1), date(2010, 12, 31)), seed=st.integers())
def test_a_wrong_birth_date_is_another_date(born: date, seed: int) -> None:
    assert misdate(born, Dice(seed)) != born


@given(seed=st.integers())
def test_a_misdialled_number_differs_in_one_digit(seed: int) -> None:
    written = misdial("07200123456", Dice(seed))
    assert sum(one != other for one, other in zip(written, "07200123456", strict=True)) == 1
