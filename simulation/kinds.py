"""The kinds of behaviour: where and when each happens, who is told, and what each agency calls it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from simulation import lists

Agency = Literal["police", "housing", "council", "haven", "weir", "foundry"]
AGENCIES: tuple[Agency, Agency, Agency] = ("police", "housing", "council")
"""Those that every borough has; the others are smaller landlords (simulation.feeds)."""

Setting = Literal["neighbour", "block", "square", "street", "pub", "club", "site", "shop", "home"]
"""Where the behaviour comes from: a neighbour's home, the common parts of a building, premises, or the open street;
`home` is the sufferer's own.
"""

Hours = Literal["day", "evening", "night", "late", "any"]

RESTRICTED = "domestic"
"""The kind that is restricted by default."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of behaviour (lists/kinds.csv)."""

    name: str
    scenes: str
    setting: Setting
    as_problem: float
    """Weight among lasting problems."""
    once: float
    """Weight among what happens once."""
    police_opening: str
    police_closing: str
    """A sub-heading as the Metropolitan Police publish them, or another code of the national standard."""
    qualifier: str
    grade: str
    housemark: str
    noise_kind: str
    noise_kind_other: str
    noise_where: str
    hours: Hours
    minutes: int
    """How long it usually lasts."""
    told: Mapping[Agency, float]
    """Weight of each agency among those told; 0 where it has no category for it. `housing` is any landlord."""
    streets: float
    """Weight of the council's street service, which takes what its noise team does not."""
    open311: str
    """What the street service calls it."""
    offence: str
    """As what the police record it when it becomes a crime."""


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by name."""
    return {row["kind"]: _kind(row) for row in lists.rows("kinds")}


def _kind(row: Mapping[str, str]) -> Kind:
    return Kind(
        name=row["kind"],
        scenes=row["scenes"],
        setting=cast(Setting, row["setting"]),
        as_problem=float(row["as_problem"]),
        once=float(row["once"]),
        police_opening=row["police_opening"],
        police_closing=row["police_closing"],
        qualifier=row["qualifier"],
        grade=row["grade"],
        housemark=row["housemark"],
        noise_kind=row["noise_kind"],
        noise_kind_other=row["noise_kind_other"],
        noise_where=row["noise_where"],
        hours=cast(Hours, row["hours"]),
        minutes=int(row["minutes"]),
        told={agency: float(row[agency]) for agency in AGENCIES},
        streets=float(row["streets"]),
        open311=row["open311"],
        offence=row["offence"],
    )
