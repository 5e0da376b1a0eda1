"""Rows as comparable values: every distinct text of a field once, with a number and its frozen rarity."""

from typing import Any

from linkage.values import Value


class Rated(Value):
    """A distinct text; `rarity` is its bin in the model's table, from 0 for the commonest."""

    __slots__ = ("rarity",)

    def __init__(self, text: str, number: int, rarity: int) -> None:
        super().__init__(text, number)
        self.rarity = rarity


class Token(Rated):
    """A name; `rarity` is as a first name, the others are as a further and as a last one."""

    __slots__ = ("rarity_as_further", "rarity_as_last")

    def __init__(self, text: str, number: int, rarity: int, rarity_as_further: int, rarity_as_last: int) -> None:
        super().__init__(text, number, rarity)
        self.rarity_as_further = rarity_as_further
        self.rarity_as_last = rarity_as_last


Slots = tuple[Token | None, tuple[Token, ...], Token | None]
"""The first name, the further ones, the last."""

_EMPTY = "?"


class FullName(Value):
    """A distinct row of names by slot: None is a first or last name that was left empty, never both.

    `single` is the one name of a row that does not say whether it is the first or the last; it stands in both slots.
    """

    __slots__ = ("first", "further", "last", "single", "tokens")

    def __init__(self, slots: Slots, number: int, single: Token | None = None) -> None:
        self.first, self.further, self.last = slots
        self.single = single
        named = (single,) if single else (self.first, *self.further, self.last)
        super().__init__(" ".join(token.text if token else _EMPTY for token in named), number)
        self.tokens = tuple(token for token in named if token)


class DateValue(Rated):
    """A distinct date as written; parts are empty where it is not written as YYYY-MM-DD. 31 February stays one."""

    __slots__ = ("day", "month", "year")

    def __init__(self, text: str, number: int, rarity: int) -> None:
        super().__init__(text, number, rarity)
        year, _, rest = text.partition("-")
        self.year = year
        self.month, _, self.day = rest.partition("-")


class PostcodeText(Rated):
    """A distinct postcode with its sector ("e8 1"), district ("e8") and area ("e")."""

    __slots__ = ("area", "district", "sector")

    def __init__(self, text: str, number: int, rarity: int) -> None:
        super().__init__(text, number, rarity)
        self.district = text.partition(" ")[0]
        self.sector = text[:-2]
        self.area = self.district.rstrip("0123456789")


class WordsValue(Rated):
    """A distinct text with its words of more than two letters."""

    __slots__ = ("words",)

    def __init__(self, text: str, number: int, rarity: int) -> None:
        super().__init__(text, number, rarity)
        self.words = frozenset(word for word in text.replace(",", " ").split() if len(word) > 2)


class Row:
    """A row's values by the place of their field in the model, None where empty; `has` has a bit for each place."""

    __slots__ = ("has", "values")

    has: int
    values: tuple[Any, ...]

    def __init__(self, values: tuple[Value | None, ...]) -> None:
        self.values = values
        self.has = sum(1 << place for place, value in enumerate(values) if value is not None)

    def text(self) -> str:
        """What two rows have in common that compare alike with everything."""
        return "\x1f".join("" if value is None else value.text for value in self.values)
