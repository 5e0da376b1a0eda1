"""The parts of a profile, and how each is checked.

Columns are named as the supplier's header names them. A validator's message says what to write instead.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from re import compile as compile_pattern
from re import error as PatternError
from typing import Annotated, Any, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from connectors.clocks import ISO
from schemas import codes
from schemas.vocabulary import (
    Category,
    HateStrand,
    PersonKind,
    PersonRole,
    PlaceMethod,
    PlaceRole,
    Precision,
    Restriction,
    UpdateKind,
)

OUT = "OUT"
"""What a profile's own code list says of a code that is no antisocial behaviour."""

_SAMPLE = datetime(2024, 6, 16, 23, 5, 9)  # noqa: DTZ001 (a clock time, to try formats with)


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("is no time zone; use a name such as Europe/London") from error
    return name


def _readable_format(format_: str) -> str:
    if format_ != ISO:
        try:
            datetime.strptime(_SAMPLE.strftime(format_), format_)  # noqa: DTZ007
        except ValueError as error:
            raise ValueError("is no format of dates; use strptime's marks, such as %d/%m/%Y %H:%M, or iso") from error
    return format_


def _known_list(name: str) -> str:
    if name not in codes.shipped().meanings:
        raise ValueError(f"is no code list; use one of {', '.join(sorted(codes.shipped().meanings))}")
    return name


def _pattern(text: str) -> str:
    try:
        compile_pattern(text)
    except PatternError as error:
        raise ValueError("is no regular expression") from error
    return text


class ColumnName(str):
    """The name of a column, told from other texts by its type."""

    __slots__ = ()


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
"""One text, or several in their order."""

Words = Annotated[Texts, AfterValidator(lambda words: tuple(map(codes.normal, words)))]
"""Texts that cells are compared with; case and punctuation do not matter."""

Symbol = TypeVar("Symbol")
ByWord = Annotated[Mapping[str, Symbol], AfterValidator(lambda by: {codes.normal(word): by[word] for word in by})]
"""Symbols of the language by texts that cells are compared with."""

Column = Annotated[str, AfterValidator(ColumnName)]
UPPER = BeforeValidator(_upper)
"""Symbols of the language may be written in small letters."""

Columns = Annotated[tuple[Column, ...], BeforeValidator(_as_tuple)]
"""One column, or several in their order."""

Formats = Annotated[tuple[Annotated[str, AfterValidator(_readable_format)], ...], BeforeValidator(_as_tuple)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_as_tuple)]
ListName = Annotated[str, AfterValidator(_known_list)]
Zone = Annotated[str, AfterValidator(_known_zone)]


class Part(BaseModel):
    """A part of a profile; what it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    @property
    def made_columns(self) -> tuple[str, ...]:
        """Columns that it adds to those of the file."""
        return ()


class When(Part):
    """A condition on one column: `any_of` its values, or `none_of` them; letter case does not matter."""

    column: Column
    any_of: Words = ()
    none_of: Words = ()


class Times(Part):
    """Time zone of the clock times, and the formats to try in their order."""

    zone: Zone
    formats: Formats


class Time(Part):
    """A time in one column, or its date and time of day in two; `precision` overrules how finely it is written.

    `vague`: a time of day that is none ("late evening") leaves the day. `otherwise`: where these columns are blank.
    """

    columns: Columns
    precision: Annotated[Precision | None, UPPER] = None
    vague: bool = False
    otherwise: "AnyTime | None" = None


def _as_time(value: Any) -> Any:
    return {"columns": value} if isinstance(value, str | list) else value


AnyTime = Annotated[Time, BeforeValidator(_as_time)]


class Occurred(Part):
    """When it happened, where the supplier states that: at a time, or between two. An end that has the start's date
    column and an earlier time of day is of the next day: the night went past midnight.
    """

    start: AnyTime
    end: AnyTime | None = None


class Coded(Part):
    """Columns with codes of a list; `detail` tells the first column's code more finely ("Noise: Barking Dog").

    `own` maps codes that the list lacks, to a category or to `out`. A row is left out when all its known codes are.
    """

    columns: Columns
    list: ListName
    detail: Column | None = None
    own: ByWord[Annotated[Category | Literal["OUT"], UPPER]] = {}


class Qualified(Part):
    """Column and list of the personal, nuisance or environmental qualifier."""

    column: Column
    list: ListName = codes.NSIR_QUALIFIERS


class Hate(Part):
    """Perceived motives: a flag, or texts by which to tell the strand."""

    column: Column
    strands: ByWord[Annotated[HateStrand, UPPER]] = {}


class Restricted(Part):
    """Why a report is restricted: flags in one column; a flag that is not listed restricts as OTHER."""

    column: Column
    flags: ByWord[Annotated[Restriction, UPPER]] = {}


class PlaceOf(Part):
    """One place by its role, each part in its column; `uncertainty_m` is a column or a number."""

    role: Annotated[PlaceRole, UPPER]
    uprn: Column | None = None
    parent_uprn: Column | None = None
    usrn: Column | None = None
    latitude: Column | None = None
    longitude: Column | None = None
    easting: Column | None = None
    northing: Column | None = None
    uncertainty_m: Column | float | None = None
    address: Columns = ()
    postcode: Column | None = None
    ward: Column | None = None
    point_method: Annotated[PlaceMethod, UPPER] = PlaceMethod.STATED_POINT
    when: When | None = None

    @model_validator(mode="after")
    def _points_are_whole(self) -> Self:
        if (self.latitude is None) != (self.longitude is None) or (self.easting is None) != (self.northing is None):
            raise ValueError("names half a point; give latitude and longitude, or easting and northing")
        return self


class Choice(Part):
    """A value of the common list chosen by a text in a column."""

    column: Column


class RoleBy(Choice):
    """The person's role by a column."""

    values: ByWord[Annotated[PersonRole, UPPER]]


class KindBy(Choice):
    """Whether the person speaks for themself, by a column: wardens and CCTV rooms are officials."""

    values: ByWord[Annotated[PersonKind, UPPER]]


class Birth(Part):
    """The column of a birth date and its formats."""

    column: Column
    formats: Formats = ("%d/%m/%Y", ISO)


class PersonOf(Part):
    """One person, each part in its columns."""

    role: Annotated[PersonRole, UPPER]
    role_by: RoleBy | None = None
    kind: Annotated[PersonKind, UPPER] = PersonKind.MEMBER_OF_PUBLIC
    kind_by: KindBy | None = None
    reference: Column | None = None
    full_name: Column | None = None
    given_names: Columns = ()
    family_name: Column | None = None
    birth_date: Birth | None = None
    telephones: Columns = ()
    emails: Columns = ()
    address: Columns = ()
    postcode: Column | None = None
    uprn: Column | None = None
    when: When | None = None


class Quoted(Part):
    """References of other records: whole cells, and what patterns find in texts."""

    columns: Columns = ()
    texts: Columns = ()
    patterns: Patterns = ()


class UpdateOf(Part):
    """Something that the row also tells of the agency's work, present when its time is."""

    kind: Annotated[UpdateKind, UPPER]
    at: AnyTime
    of: Literal["report", "case"] = "report"
    note: Columns = ()
    closing_code: Column | None = None
    team: Column | None = None
    when: When | None = None


def columns_in(part: object) -> Iterator[str]:
    """The columns that a part names, with those of the parts within it."""
    if isinstance(part, ColumnName):
        yield str(part)
    elif isinstance(part, BaseModel):
        yield from part.made_columns if isinstance(part, Part) else ()
        for inner in vars(part).values():
            yield from columns_in(inner)
    elif isinstance(part, Mapping):
        for pair in part.items():
            yield from columns_in(pair)
    elif isinstance(part, tuple):
        for inner in part:
            yield from columns_in(inner)
