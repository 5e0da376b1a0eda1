"""What people are called: given and family names of the borough's communities, and how else each is written.

Frequencies fall as 1 / (rank + flatness), Zipf's law with Mandelbrot's correction: the commonest English surname here
is borne by about 2 % of its community, as the commonest in Britain by a little over 1 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from simulation import lists
from simulation.dice import Wheel

Community = Literal["english", "caribbean", "nigerian", "turkish", "jewish", "bengali", "polish", "vietnamese"]
Sex = Literal["female", "male"]

COMMUNITIES: Wheel[Community] = Wheel(
    (
        ("english", 41),
        ("turkish", 13),
        ("caribbean", 12),
        ("nigerian", 11),
        ("jewish", 8),
        ("bengali", 5),
        ("polish", 5),
        ("vietnamese", 5),
    )
)

WIFE_KEEPS_NAME: frozenset[Community] = frozenset(("bengali", "vietnamese"))
"""Communities in which a married woman keeps her own family name or a woman's second name."""

_WOMENS_NAMES = frozenset(("Begum", "Khatun", "Akhtar", "Bibi"))
"""Second names that only women bear."""

_FLATNESS = 12.0


@dataclass(frozen=True, slots=True)
class Stock:
    """The names of one community, and the variants of each name."""

    female: Wheel[str]
    male: Wheel[str]
    family: Wheel[str]
    womens_family: Wheel[str]

    def given(self, sex: Sex) -> Wheel[str]:
        """Given names for a sex."""
        return self.female if sex == "female" else self.male


@cache
def stock(community: Community) -> Stock:
    """The names of a community."""
    family = _ranked(community, "family")
    return Stock(
        female=Wheel(_ranked(community, "female")),
        male=Wheel(_ranked(community, "male")),
        family=Wheel([(name, weight) for name, weight in family if name not in _WOMENS_NAMES]),
        womens_family=Wheel([(name, weight) for name, weight in family if name in _WOMENS_NAMES] or family),
    )


@cache
def variants() -> Mapping[str, tuple[str, ...]]:
    """How else a name is written: transliterations, short forms, and what is heard on the telephone."""
    return {row["name"]: lists.split(row["variants"]) for row in reversed(lists.rows("names"))}


def for_woman(family: str, community: Community) -> str:
    """The form of a family name that a woman bears.

    >>> for_woman("Kowalski", "polish"), for_woman("Nowak", "polish")
    ('Kowalska', 'Nowak')
    """
    if community == "polish" and family.endswith("ki"):
        return family[:-1] + "a"
    return family


def _ranked(community: Community, part: str) -> list[tuple[str, float]]:
    names = [row["name"] for row in lists.rows("names") if (row["community"], row["part"]) == (community, part)]
    return [(name, 1 / (rank + _FLATNESS)) for rank, name in enumerate(names)]
