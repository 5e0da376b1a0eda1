"""What people say happened: telling details that every account of one occasion shares, each put in its own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import Formatter

from simulation import lists
from simulation.dice import Dice
from simulation.happenings import Phrasings


@dataclass(frozen=True, slots=True)
class Scene:
    """What can be said of one kind of behaviour; each entry holds several ways to say one thing.

    `what` names the behaviour, a `mark` belongs to one occasion, a `trait` to a lasting problem, an `effect` to the
    one who suffers.
    """

    what: Sequence[Phrasings]
    mark: Sequence[Phrasings]
    trait: Sequence[Phrasings]
    effect: Sequence[Phrasings]


@cache
def scenes() -> Mapping[str, Scene]:
    """All scenes by name (lists/scenes.csv)."""
    found: dict[str, dict[str, list[Phrasings]]] = {}
    for row in lists.rows("scenes"):
        parts = found.setdefault(row["kind"], {"what": [], "mark": [], "trait": [], "effect": []})
        parts[row["part"]].append(lists.split(row["phrasings"]))
    return {name: Scene(**parts) for name, parts in found.items()}


def marks(scene: Scene, dice: Dice) -> tuple[Phrasings, ...]:
    """Two details of one occasion."""
    return tuple(fill(entry, dice) for entry in dice.some(scene.mark, 2))


def traits(scene: Scene, dice: Dice) -> tuple[Phrasings, ...]:
    """What is always so with one problem; nothing, for kinds that have no such thing."""
    return tuple(fill(entry, dice) for entry in dice.some(scene.trait, 1))


def fill(entry: Phrasings, dice: Dice) -> Phrasings:
    """The same words put into every way of saying it."""
    names = [name for _, name, _, _ in Formatter().parse(entry[0]) if name]
    words = {name: dice.one(lists.values("fillers", name)) for name in names}
    return tuple(phrasing.format_map(words) for phrasing in entry)
