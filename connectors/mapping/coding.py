"""An agency's codes in the columns of a profile, to the common list."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.mapping.profile_parts import OUT, Coded, Hate, Restricted
from connectors.mapping.values import clean, yes
from schemas import codes
from schemas.codes import Meaning
from schemas.vocabulary import Category, HateStrand, Qualifier, Restriction

Values = Mapping[str, str]

OUT_OF_SCOPE = Meaning(in_scope=False)

_UNSAID = Qualifier.NOT_STATED
_NO = frozenset({"n", "no", "f", "false", "0", "none", "off", "n/a", "not applicable", "not stated"})


@dataclass(frozen=True, slots=True)
class Coding:
    """What all codes of one row say together."""

    category: Category
    qualifier: Qualifier
    restrictions: tuple[Restriction, ...]
    in_scope: bool
    unknown: int


def coding_of(row: Values, coded: Coded) -> Coding:
    """The first column that names a kind of behaviour decides it; every column's restriction holds.

    A row is in scope when any code that its list knows is: an incident that was opened as antisocial behaviour and
    closed as something else was antisocial behaviour to whoever suffered it.
    """
    meanings = [_meaning(code, coded) for column in coded.columns if (code := _code(row, column, coded))]
    known = [meaning for meaning in meanings if meaning.known]
    inside = [meaning for meaning in known if meaning.in_scope]
    return Coding(
        category=next((told for meaning in inside if (told := meaning.category) is not Category.OTHER), Category.OTHER),
        qualifier=next((said for meaning in inside if (said := meaning.qualifier) is not _UNSAID), _UNSAID),
        restrictions=tuple(dict.fromkeys(meaning.restriction for meaning in known if meaning.restriction)),
        in_scope=bool(inside) or not known,
        unknown=len(meanings) - len(known),
    )


def hate_of(row: Values, hate: Hate | None) -> tuple[HateStrand, ...]:
    """The strands that the column names; OTHER for a bare flag or a text that is no strand of the profile's."""
    flags = _flags(row.get(hate.column)) if hate else ()
    strands = hate.strands if hate else {}
    return tuple(dict.fromkeys(strands.get(codes.normal(flag), HateStrand.OTHER) for flag in flags))


def restrictions_of(row: Values, restricted: Restricted | None) -> tuple[Restriction, ...]:
    """The restrictions that the column's flags name; OTHER for a flag that the profile does not list."""
    flags = _flags(row.get(restricted.column)) if restricted else ()
    named = restricted.flags if restricted else {}
    return tuple(dict.fromkeys(named.get(codes.normal(flag), Restriction.OTHER) for flag in flags))


def texts_of(row: Values, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The flags of some columns in the agency's words; a bare yes becomes its column's name."""
    flags = ((column, flag) for column in columns for flag in _flags(row.get(column)))
    return tuple(dict.fromkeys(column if yes(flag) else flag for column, flag in flags))


def _code(row: Values, column: str, coded: Coded) -> str | None:
    """The code of a column; the first column's together with its detail, where a list tells that apart."""
    code, detail = clean(row.get(column)), clean(row.get(coded.detail)) if coded.detail else None
    if not (code and detail) or column != coded.columns[0]:
        return code
    finer = f"{code}: {detail}"
    return finer if _meaning(finer, coded).known else code


def _meaning(code: str, coded: Coded) -> Meaning:
    own = coded.own.get(codes.normal(code))
    if own is None:
        return codes.shipped().meaning(coded.list, code)
    return OUT_OF_SCOPE if own == OUT else Meaning(Category(own))


def _flags(text: str | None) -> tuple[str, ...]:
    """The parts of a cell between commas, semicolons or bars; nothing for a plain no."""
    parts = (part.strip() for part in (text or "").replace(";", ",").replace("|", ",").split(","))
    return tuple(part for part in parts if part and part.casefold() not in _NO)
