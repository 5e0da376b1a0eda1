"""Texts of a row to comparable values, by the model's fields and frozen tables."""

import re
from collections.abc import Callable, Mapping, Sequence

from linkage.names import fold
from linkage.rows.model import BINS, Field, RowModel
from linkage.rows.values import DateValue, FullName, PostcodeText, Rated, Row, Token, WordsValue
from linkage.values import Value

_FURTHER = "further_names"
_SEPARATOR = "\x1f"
_NAME = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['’‘`´]")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBER = re.compile(r"\d+(st|nd|rd|th)?")
_RATED: Mapping[str, Callable[[str, int, int], Rated]] = {
    "date": DateValue,
    "postcode": PostcodeText,
    "words": WordsValue,
    "plain": Rated,
}


def name_tokens(text: str, leave_out: frozenset[str]) -> tuple[str, ...]:
    """The names of a full name in their order, without titles and ordinals; digits within a name are slips.

    >>> name_tokens("Sir John O'Neill-Smith, 1st Baronet", frozenset({"sir", "baronet"}))
    ('john', 'oneill', 'smith')
    """
    found = _NAME.findall(_APOSTROPHES.sub("", fold(text)))
    return tuple(name for name in found if name not in leave_out and not _NUMBER.fullmatch(name))


class Reader:
    """Makes rows of texts; every distinct value is made once."""

    __slots__ = ("_fields", "_known", "_rarity", "_rated", "_tokens")

    def __init__(self, model: RowModel) -> None:
        self._fields = model.fields
        self._known: tuple[dict[str, Value | None], ...] = tuple({} for _ in model.fields)
        self._tokens: dict[str, Token] = {}
        self._rated = frozenset((each.place, each.kind) for each in model.compared if each.rarity)
        tables = model.tables.rarity
        self._rarity = {(each.place, each.kind): tables.get(each.name, {}) for each in model.compared}

    def row(self, texts: Mapping[str, str | None]) -> Row:
        """The values of a row, by column; what is empty or not among a field's values is missing."""
        values = []
        for place, field in enumerate(self._fields):
            key = _SEPARATOR.join([texts.get(column) or "" for column in field.columns])
            known = self._known[place]
            if key not in known:
                known[key] = self._value(place, field, key)
            values.append(known[key])
        return Row(tuple(values))

    def _value(self, place: int, field: Field, text: str) -> Value | None:
        if field.kind == "names":
            return self._name(place, field, text.split(_SEPARATOR))
        number = len(self._known[place])
        folded = " ".join(fold(text).split())
        if not folded or folded in field.leave_out or (field.only and folded not in field.only):
            return None
        if field.kind == "date":
            folded = _COMPACT_DATE.sub(r"\1-\2-\3", folded)
        known = self._known[place]
        if folded not in known:
            known[folded] = _RATED[field.kind](folded, number, self._bin(place, field.kind, folded))
        return known[folded]

    def _name(self, place: int, field: Field, texts: Sequence[str]) -> FullName | None:
        """A row's names. A column of first or of last names has one: a household shares the whole of its surname."""
        slots = [name_tokens(text, field.leave_out) for text in texts]
        number = len(self._known[place])
        if len(slots) == 1:
            names = [self._token(place, name) for name in slots[0]]
            single = names[0] if len(names) == 1 else None
            return FullName((names[0], tuple(names[1:-1]), names[-1]), number, single) if names else None
        first, last = (" ".join(names) for names in (slots[0], slots[-1]))
        ends = [self._token(place, name) if len(name) >= max(1, field.shortest) else None for name in (first, last)]
        if not any(ends):
            return None
        further = tuple(self._token(place, name) for name in slots[1])
        return FullName((ends[0], further, ends[1]), number)

    def _token(self, place: int, name: str) -> Token:
        token = self._tokens.get(name)
        if token is None:
            first, last = self._bin(place, "first_name", name), self._bin(place, "last_name", name)
            token = self._tokens[name] = Token(name, len(self._tokens), first, self._further(place, name, first), last)
        return token

    def _further(self, place: int, name: str, as_first: int) -> int:
        if (place, _FURTHER) in self._rated:
            return self._bin(place, _FURTHER, name)
        return as_first if as_first == len(BINS) else 0

    def _bin(self, place: int, kind: str, text: str) -> int:
        return self._rarity.get((place, kind), {}).get(text, len(BINS))
