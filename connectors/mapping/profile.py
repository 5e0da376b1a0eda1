"""A profile says, in YAML, how the columns of one supplier's table become reports.

Columns are named as the supplier's header names them; case, punctuation and the names under `aliases` make no
difference, so that one profile outlives a supplier's renaming. Every mistake of a profile is told at once.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import ValidationError, model_validator

from connectors.clocks import Clock
from connectors.contract import Sector
from connectors.mapping.profile_parts import (
    UPPER,
    AnyTime,
    Coded,
    Column,
    Columns,
    Hate,
    Occurred,
    Part,
    PersonOf,
    PlaceOf,
    Qualified,
    Quoted,
    Restricted,
    Texts,
    Times,
    UpdateOf,
    columns_in,
)
from connectors.mapping.profile_shape import AnyName, Entries, Joined, Layout
from schemas.errors import Refused
from schemas.vocabulary import Definition, Kind, Marking, Regime, Unit


class Profile(Part):
    """How one supplier's table becomes reports."""

    name: str
    version: int
    describes: str
    one_report_is: str = "one row"
    sector: Sector
    agency: str | None = None
    openly_published: bool = False
    snapshot: bool = False
    kind: Annotated[Kind, UPPER] = Kind.OPERATIONAL
    regime: Annotated[Regime, UPPER]
    definition: Annotated[Definition, UPPER] = Definition.NOT_STATED
    marking: Annotated[Marking, UPPER] = Marking.NOT_STATED
    unit: Annotated[Unit, UPPER] = Unit.SINGLE_OCCASION
    file: Layout
    joined: Joined | None = None
    entries: Entries | None = None
    aliases: Mapping[str, Texts] = {}
    times: Times
    reference: AnyName
    case_reference: Column | None = None
    revision: AnyTime | None = None
    reported: AnyTime | None = None
    occurred: Occurred | None = None
    category: Coded
    opening_code: Columns = ()
    closing_code: Columns = ()
    grade: Column | None = None
    qualifier: Qualified | None = None
    qualifiers: Columns = ()
    crimed_reference: Column | None = None
    contacts: Column | None = None
    hate: Hate | None = None
    vulnerability: Columns = ()
    handling: Columns = ()
    restricted: Restricted | None = None
    places: tuple[PlaceOf, ...] = ()
    persons: tuple[PersonOf, ...] = ()
    narrative: Columns = ()
    quoted: Quoted = Quoted()
    updates: tuple[UpdateOf, ...] = ()

    @model_validator(mode="after")
    def _published_rows_name_nobody(self) -> Self:
        if self.openly_published and self.persons:
            raise ValueError("is openly published, so it cannot hold persons; take out persons or openly_published")
        return self

    def columns(self) -> frozenset[str]:
        """Every column that the profile knows, by its first name."""
        return frozenset(columns_in(self))

    def clock(self) -> Clock:
        """How its times are written."""
        return Clock(ZoneInfo(self.times.zone), self.times.formats)

    def first_names(self) -> Mapping[str, str]:
        """Column by each spelling that a header may have (`spelling`; of a joined file's columns behind `NAME.`)."""
        others = {self._spelt(alias): column for column, aliases in self.aliases.items() for alias in aliases}
        return others | {self._spelt(column): column for column in self.columns()}

    def _spelt(self, column: str) -> str:
        """A column as it is looked up; what belongs to a joined row or an entry is told from a header of that name."""
        group, dot, name = column.partition(".")
        is_grouped = dot and group in (self.joined.name if self.joined else None, "entry" if self.entries else None)
        return f"{group}.{spelling(name)}" if is_grouped else spelling(column)


def spelling(column: str) -> str:
    """A column's name as it is compared: its letters and digits.

    >>> spelling("Created Date") == spelling("created_date")
    True
    """
    return "".join(letter for letter in column.casefold() if letter.isalnum())


def shipped() -> list[str]:
    """The names of the profiles that come with Wardlink."""
    return sorted(file.name.removesuffix(".yaml") for file in _folder().iterdir() if file.name.endswith(".yaml"))


def load(name_or_path: str) -> Profile:
    """The profile of a name, or of a YAML file; Refused with all its mistakes."""
    if name_or_path.endswith((".yaml", ".yml")):
        return parse(_read(Path(name_or_path)), Path(name_or_path).name)
    if name_or_path not in shipped():
        raise Refused(f"no profile {name_or_path}; use one of {', '.join(shipped())}, or the path of a .yaml file")
    return parse((_folder() / f"{name_or_path}.yaml").read_text("utf-8"), name_or_path)


def parse(text: str, called: str) -> Profile:
    """The profile of a YAML text; Refused with all its mistakes, each with its place."""
    try:
        return Profile.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "its beginning"
        raise Refused(f"profile {called}: is no YAML at {where}; mend it there") from error
    except ValidationError as error:
        raise Refused("\n".join([f"profile {called} has mistakes; mend each:", *_mistakes(error)])) from error


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"profile {path.name}: cannot be read as UTF-8 text; check the path and its encoding") from error


def _mistakes(error: ValidationError) -> Iterator[str]:
    for mistake in error.errors(include_url=False, include_input=False):
        place = ".".join(str(step) for step in mistake["loc"]) or "the profile"
        yield f"  {place}: {mistake['msg'].removeprefix('Value error, ')}"


def _folder() -> Traversable:
    return files("connectors") / "profiles"
