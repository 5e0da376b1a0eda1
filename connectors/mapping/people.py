"""The persons of a row in their roles."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from connectors.clocks import ISO
from connectors.mapping import values
from connectors.mapping.profile_parts import Birth, PersonOf, When
from schemas.codes import normal
from schemas.records import Person

Values = Mapping[str, str]
Chosen = TypeVar("Chosen")


def persons_of(row: Values, parts: Iterable[PersonOf]) -> tuple[Person, ...]:
    """One person for each part of the profile that the row says anything of."""
    persons = (_person(row, part) for part in parts if holds(row, part.when))
    return tuple(person for person in persons if _is_somebody(person))


def holds(row: Values, when: When | None) -> bool:
    """Whether a row meets a condition."""
    if when is None:
        return True
    text = normal(row.get(when.column, ""))
    return (not when.any_of or text in when.any_of) and text not in when.none_of


def text_of(row: Values, columns: Iterable[str], between: str) -> str | None:
    """The texts of some columns that are not blank, in order."""
    return between.join(part for column in columns if (part := values.clean(row.get(column)))) or None


def _person(row: Values, part: PersonOf) -> Person:
    address = text_of(row, part.address, ", ")
    return Person(
        role=_chosen(row, part.role_by.column, part.role_by.values, part.role) if part.role_by else part.role,
        kind=_chosen(row, part.kind_by.column, part.kind_by.values, part.kind) if part.kind_by else part.kind,
        reference=_cell(row, part.reference),
        full_name=_cell(row, part.full_name),
        given_names=_cells(row, part.given_names),
        family_name=_cell(row, part.family_name),
        birth_date=_birth_date(row, part.birth_date) if part.birth_date else None,
        telephones=tuple(number for cell in _cells(row, part.telephones) for number in values.telephones(cell)),
        emails=_cells(row, part.emails),
        address=address,
        postcode=values.postcode(_cell(row, part.postcode)) or values.postcode_within(address),
        uprn=values.uprn(_cell(row, part.uprn), part.uprn or ""),
    )


def _is_somebody(person: Person) -> bool:
    named = person.reference or person.full_name or person.given_names or person.family_name
    return bool(named or person.telephones or person.emails)


def _cell(row: Values, column: str | None) -> str | None:
    return values.clean(row.get(column)) if column else None


def _cells(row: Values, columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(text for column in columns if (text := _cell(row, column)))


def _chosen(row: Values, column: str, by: Mapping[str, Chosen], default: Chosen) -> Chosen:
    """The value that the text of a column stands for; the default for a text that the profile does not list."""
    return by.get(normal(row.get(column, "")), default)


def _birth_date(row: Values, birth: Birth) -> str | None:
    """YYYY-MM-DD; what is no date in the profile's formats stays as it is written."""
    written = _cell(row, birth.column)
    for format_ in birth.formats if written else ():
        try:
            return _date(written or "", format_)
        except ValueError:
            continue
    return written


def _date(text: str, format_: str) -> str:
    born = datetime.fromisoformat(text) if format_ == ISO else datetime.strptime(text, format_)  # noqa: DTZ007 (a date)
    return born.date().isoformat()
