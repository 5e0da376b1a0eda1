"""What is wrong with an event, for whoever can mend it: field, rule and remedy of each mistake, never a value.

Names of fields that the form does not know are values too: somebody's mistake may have put a name there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from connectors.push.form import IN_WORDS
from schemas.errors import Unfit

MOST = 20
"""Mistakes that are told of one event."""

_UNKNOWN = "(a field of another name)"
_BY_FORM = "the form of each field is in /v1/openapi.json"


@dataclass(frozen=True, slots=True)
class Reason:
    """One mistake."""

    field: str
    rule: str
    remedy: str


class UnfitEvent(Unfit):
    """An event that breaks one rule or several."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)[:MOST]
        first = self.reasons[0]
        super().__init__(first.field, first.rule, first.remedy)


def reasons_of(error: Unfit) -> tuple[Reason, ...]:
    """All that is known to be wrong."""
    return error.reasons if isinstance(error, UnfitEvent) else (Reason(error.field, error.rule, error.remedy),)


def unfit(error: ValidationError, within: str = "") -> UnfitEvent:
    """The mistakes that pydantic has found; `within` is the path of what was validated."""
    found = error.errors(include_url=False, include_context=True, include_input=False)
    return UnfitEvent(Reason(_path(within, one["loc"], one["type"]), *_said(one)) for one in found)


def _path(within: str, location: tuple[int | str, ...], kind: str) -> str:
    parts = [within] if within else []
    known = location[:-1] if kind == "extra_forbidden" else location
    parts += [f"[{part}]" if isinstance(part, int) else part for part in known]
    if kind == "extra_forbidden":
        parts.append(_UNKNOWN)
    return ".".join(parts).replace(".[", "[") or "event"


def _said(one: Mapping[str, Any]) -> tuple[str, str]:
    """Rule and remedy of one of pydantic's findings; made of the form alone."""
    say = _RULES.get(one["type"])
    context = one.get("ctx", {})
    return say(context) if say else ("is not of the right kind", _BY_FORM)


def _one_of(context: Mapping[str, Any]) -> tuple[str, str]:
    expected = str(context["expected"]).replace("'", "")
    return "is none of its known words", f"use one of: {expected}"


_RULES: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    "missing": lambda _: ("is missing", "give it"),
    "extra_forbidden": lambda _: ("is no field of the form", f"leave it out, or mend its name: {_BY_FORM}"),
    "string_type": lambda _: ("is no text", "put it between quotation marks"),
    "string_too_short": lambda _: ("is empty, or too short", "give it, or leave the field out"),
    "string_too_long": lambda at: (f"has more than {at['max_length']} characters", "shorten it"),
    "string_pattern_mismatch": lambda at: (IN_WORDS.get(at["pattern"], "holds a character that it must not"), _BY_FORM),
    "enum": _one_of,
    "literal_error": _one_of,
    "int_type": lambda _: ("is no whole number", "write digits, without quotation marks"),
    "int_from_float": lambda _: ("is no whole number", "write digits, without quotation marks"),
    "float_type": lambda _: ("is no number", "write digits with a decimal point, without quotation marks"),
    "bool_type": lambda _: ("is neither true nor false", "write true or false, without quotation marks"),
    "greater_than_equal": lambda at: (f"is less than {at['ge']}", "correct it"),
    "less_than_equal": lambda at: (f"is more than {at['le']}", "correct it"),
    "too_long": lambda at: (f"has more than {at['max_length']} entries", "leave some out"),
    "tuple_type": lambda _: ("is no list", "put it between square brackets"),
    "model_type": lambda _: ("is no object", "put its fields between braces"),
}
