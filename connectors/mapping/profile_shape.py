"""The parts of a profile that say how the supplier's files are laid out, and which rows they hold."""

from collections.abc import Mapping
from re import compile as compile_pattern
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from connectors.mapping.profile_parts import Column, Columns, Part, Pattern, Texts

DATED_ENTRY = (
    r"[ \t]*(?P<date>\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})"
    r"(?:[ \t,@-]+(?:at[ \t]+)?(?P<time>\d{1,2}[:.]?\d{2}(?:[ \t]*[ap]m)?|\d{1,2}[ \t]*[ap]m)\b)?"
    r"[ \t]*(?:hrs?\b)?[ \t]*[:–—-]*[ \t]*(?P<text>.*)"
)
"""A line of a diary that begins with a date, and perhaps a time: "01/06/2024 23:10 - Music again"."""


class Layout(Part):
    """How the file is written. `delimiter` is found by the header where it is not given, and the header by the columns
    that are required: below titles and blank rows, also in two rows of which the upper one names groups.

    `names` are patterns of the files' names where a folder holds others too; `above` are columns whose values stand
    once, beside a label above the header ("Case reference: ASB-20417").
    """

    required: Columns
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    ignored: Columns = ()
    names: Texts = ()
    above: Columns = ()


class Joined(Part):
    """Rows of another file of the same delivery: each row bears the columns of the one that it belongs to, as
    `NAME.COLUMN`. Of several with one key the last counts.

    `by` is the column of the rows, `key` that of the other file. `alone`: a row of the other file that nobody belongs
    to is a row of its own; its texts are copied to these columns.
    """

    name: Annotated[str, Field(pattern=r"[a-z_]+")]
    names: Texts
    required: Columns
    by: Column
    key: Column
    alone: Mapping[Column, Column] = {}

    @model_validator(mode="after")
    def _columns_bear_its_name(self) -> Self:
        for column in (self.key, *self.required, *self.alone.values()):
            if not column.startswith(f"{self.name}."):
                raise ValueError(f"{column} is a column of the other file; write {self.name}.{column}")
        return self


class Entries(Part):
    """A cell that holds several dated entries: each is a row of its own, with the columns `entry.NAME` of the groups
    that the pattern names (`date`, `time`, `text`). The pattern is tried at the beginning of each line.
    """

    column: Column
    pattern: Pattern = DATED_ENTRY

    @model_validator(mode="after")
    def _pattern_names_date_and_text(self) -> Self:
        if not {"date", "text"} <= set(compile_pattern(self.pattern).groupindex):
            raise ValueError("pattern: names no groups date and text; write (?P<date>…) and (?P<text>…)")
        return self

    @property
    def made_columns(self) -> tuple[str, ...]:
        """The columns that an entry adds."""
        return tuple(f"entry.{name}" for name in compile_pattern(self.pattern).groupindex)


class Named(Part):
    """The record's reference: one column; where the supplier numbers nothing, several columns, with the time when it
    happened (`with_time`), and a keyed hash of what may not be shown (`hashed`: whose diary it is). What is made so is
    numbered among equal ones.
    """

    columns: Columns
    with_time: bool = False
    hashed: Columns = ()

    @property
    def is_made(self) -> bool:
        """Whether it is no reference of the supplier's own."""
        return self.with_time or bool(self.hashed) or len(self.columns) > 1


def _as_named(value: Any) -> Any:
    return {"columns": value} if isinstance(value, str | list) else value


AnyName = Annotated[Named, BeforeValidator(_as_named)]
