"""Names of streets that exist nowhere together."""

from collections.abc import Sequence

from simulation import lists
from simulation.dice import Dice


def street_names(dice: Dice) -> Sequence[str]:
    """All of them, in an order of the dice's."""
    names = [f"{stem} {kind}" for kind in lists.values("streets", "kind") for stem in lists.values("streets", "stem")]
    return dice.some(names, len(names))
