"""Agencies' code lists, mapped to the one common list (schemas/code_lists, one CSV a list).

A category list has the columns `code,label,category,qualifier,restriction,scope`; the list of actions has
`code,label,update_kind,action,reason`; that of classes of property has `code,label,property_type`. A code is found by
its code or its label, whatever its case, punctuation, or leading zeros, because spreadsheets change all three (a class
of property by its beginning). A code that no list knows becomes OTHER, in scope: the caller keeps the original and
counts it.

Sources: the National Standard for Incident Recording's antisocial behaviour chapter with the Metropolitan Police's 13
published sub-headings (its numbers are examples; each force numbers its own), HouseMark's antisocial behaviour
categories, NoiseWorks' kinds and action types, FixMyStreet's usual categories, the two cities' 311 services,
and the classification of AddressBase (Ordnance Survey and GeoPlace), which gazetteers of Great Britain use.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

from schemas.vocabulary import Action, Category, PropertyType, Qualifier, Restriction, UpdateKind

NSIR = "nsir"
NSIR_QUALIFIERS = "nsir_qualifiers"
HOUSEMARK = "housemark"
NOISEWORKS_KIND = "noiseworks_kind"
NOISEWORKS_WHERE = "noiseworks_where"
NOISEWORKS_ACTION = "noiseworks_action"
OPEN311 = "open311"
NYC_311 = "nyc_311"
SAN_DIEGO = "san_diego"

ACTION_LISTS = (NOISEWORKS_ACTION,)
"""Lists of what agencies do."""

BLPU_CLASS = "blpu_class"
"""Classes of basic land and property units, by the beginnings of their codes."""

_NOT_CATEGORIES = (*ACTION_LISTS, BLPU_CLASS)

Entry = TypeVar("Entry")

_SEPARATORS = re.compile(r"[\W_]+")
_CLASS = re.compile(r"[A-Z]{1,2}(\d\d([A-Z]{2})?)?")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one code of an agency means in the common list."""

    category: Category = Category.OTHER
    qualifier: Qualifier = Qualifier.NOT_STATED
    restriction: Restriction | None = None
    in_scope: bool = True
    """False for what is no antisocial behaviour (a pothole): counted and left out."""
    known: bool = True
    """False where the list does not hold the code."""


@dataclass(frozen=True, slots=True)
class ActionMeaning:
    """What one kind of entry in an agency's log means."""

    update_kind: UpdateKind
    action: Action | None = None
    reason: str | None = None
    known: bool = True


BLANK = Meaning()
"""No code was given: nothing is known and nothing is counted."""

UNKNOWN = Meaning(known=False)
UNKNOWN_ACTION = ActionMeaning(UpdateKind.ACTION, Action.OTHER, known=False)
BLANK_ACTION = ActionMeaning(UpdateKind.NOTE)


@dataclass(frozen=True, slots=True)
class Codes:
    """Every code list, by its name; ask for it with `shipped()`.

    >>> shipped().category("housemark", "Noise")
    (<Category.NOISE: 'NOISE'>, True)
    >>> shipped().category("housemark", "Dragons")
    (<Category.OTHER: 'OTHER'>, False)
    """

    meanings: Mapping[str, Mapping[str, Meaning]]
    actions: Mapping[str, Mapping[str, ActionMeaning]]
    properties: Mapping[str, PropertyType]

    def category(self, list_name: str, code: str) -> tuple[Category, bool]:
        """(common category, whether the list knows the code); KeyError for a list that does not exist."""
        meaning = self.meaning(list_name, code)
        return meaning.category, meaning.known

    def meaning(self, list_name: str, code: str) -> Meaning:
        """All that the list says of a code; a blank code is known to say nothing."""
        entries = self.meanings[list_name]
        return entries.get(key, UNKNOWN) if (key := normal(code)) else BLANK

    def action(self, list_name: str, code: str) -> ActionMeaning:
        """What an entry in an agency's log tells; an unknown one is an action of kind OTHER, a blank one a note."""
        entries = self.actions[list_name]
        return entries.get(key, UNKNOWN_ACTION) if (key := normal(code)) else BLANK_ACTION

    def property_type(self, blpu_class: str) -> PropertyType:
        """What a property of that class is: by the longest beginning that the list holds, else UNKNOWN.

        >>> shipped().property_type("CR06NC"), shipped().property_type("RD04")
        (<PropertyType.LICENSED_PREMISES: 'LICENSED_PREMISES'>, <PropertyType.HOME: 'HOME'>)
        """
        code = blpu_class.strip().upper()
        if not _CLASS.fullmatch(code):
            return PropertyType.UNKNOWN
        beginnings = (code[:length] for length in range(len(code), 0, -1))
        return next((self.properties[each] for each in beginnings if each in self.properties), PropertyType.UNKNOWN)


@lru_cache(1 << 14)
def normal(code: str) -> str:
    """A code as it is looked up: case, punctuation and leading zeros do not tell codes apart.

    >>> normal("Rowdy / Nuisance  Neighbours"), normal("007"), normal("Pets & Animals")
    ('rowdy nuisance neighbours', '7', 'pets and animals')
    """
    plain = _SEPARATORS.sub(" ", code.casefold().replace("&", " and ")).strip()
    return plain.lstrip("0") or "0" if plain.isdigit() else plain


def meaning_of(row: Mapping[str, str]) -> Meaning:
    """The meaning that one row of a category list states."""
    return Meaning(
        category=Category(row["category"] or Category.OTHER),
        qualifier=Qualifier(row["qualifier"] or Qualifier.NOT_STATED),
        restriction=Restriction(row["restriction"]) if row["restriction"] else None,
        in_scope=row["scope"] == "in",
    )


@cache
def shipped() -> Codes:
    """The lists that come with Wardlink."""
    names = sorted(file.name.removesuffix(".csv") for file in _folder().iterdir() if file.name.endswith(".csv"))
    return Codes(
        meanings={name: _categories(name) for name in names if name not in _NOT_CATEGORIES},
        actions={name: _actions(name) for name in ACTION_LISTS},
        properties={row["code"]: PropertyType(row["property_type"]) for row in rows(BLPU_CLASS)},
    )


def rows(list_name: str) -> Iterator[dict[str, str]]:
    """The rows of one list as its file states them."""
    text = (_folder() / f"{list_name}.csv").read_text("utf-8")
    return csv.DictReader(text.splitlines())


def _folder() -> Traversable:
    return files("schemas") / "code_lists"


def _categories(name: str) -> Mapping[str, Meaning]:
    return _by_code_and_label([(row, meaning_of(row)) for row in rows(name)])


def _actions(name: str) -> Mapping[str, ActionMeaning]:
    return _by_code_and_label([(row, _action_of(row)) for row in rows(name)])


def _action_of(row: Mapping[str, str]) -> ActionMeaning:
    action = Action(row["action"]) if row["action"] else None
    return ActionMeaning(UpdateKind(row["update_kind"]), action, row["reason"] or None)


def _by_code_and_label(entries: Sequence[tuple[Mapping[str, str], Entry]]) -> Mapping[str, Entry]:
    by_label = {normal(row["label"]): meaning for row, meaning in entries if row["label"]}
    return by_label | {normal(row["code"]): meaning for row, meaning in entries}
