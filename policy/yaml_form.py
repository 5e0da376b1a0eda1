"""Reads YAML files that people write: collects every mistake, then refuses once."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from schemas.errors import Refused

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")


class _Loader(yaml.SafeLoader):
    """Refuses a key that is written twice, of which YAML would silently keep the last; leaves dates as they are
    written, so that an impossible one is a mistake like any other.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 (as the base class declares it)
        first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        names = [key.value for key, _ in node.value]
        twice = next((key for key, _ in node.value if names.count(key.value) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice.value} stands twice", twice.start_mark)
        super().flatten_mapping(node)


def parse(source: Path | str, what: str) -> Any:
    """The YAML of a file (Path) or a text; Refused, naming `what` it should have been, when it is none."""
    try:
        text = source if isinstance(source, str) else source.read_text("utf-8")
        return yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{what}: cannot read {source} (give the path of a readable YAML file in UTF-8)") from error
    except yaml.YAMLError as error:
        raise Refused(f"{what}: is not YAML: {error} (mend the line that it names)") from error


class Mistakes:
    """The mistakes of one file, each with the place where it stands."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._found: list[str] = []

    def add(self, where: str, rule: str) -> None:
        """Notes one mistake."""
        self._found.append(f"{where}: {rule}")

    def refuse_if_any(self) -> None:
        """Refused with every mistake, if there is one."""
        if self._found:
            count = len(self._found)
            title = f"{self._what}: {count} mistake{'s' if count > 1 else ''} (mend all, then load it again)"
            raise Refused("\n  ".join([title, *self._found]))


class Form:
    """One mapping of a file; each reader notes a mistake and gives a harmless value in its place."""

    def __init__(self, data: Any, where: str, mistakes: Mistakes) -> None:
        self._data: dict[str, Any] = data if isinstance(data, dict) else {}
        self._where = where
        self._mistakes = mistakes
        self._asked: set[str] = set()
        if not isinstance(data, dict):
            mistakes.add(where.rstrip(".") or "file", "must be a mapping of keys to values")

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self._take(key)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        return self._wrong(key, "must be a text", "")

    def whole(self, key: str, least: int, default: int | None = None) -> int:
        """A whole number of at least `least`."""
        value = self._take(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        return self._wrong(key, f"must be a whole number of {least} or more", least)

    def truth(self, key: str, default: bool) -> bool:
        """yes or no."""
        value = self._take(key, default)
        return value if isinstance(value, bool) else self._wrong(key, "must be yes or no", default)

    def day(self, key: str) -> date | None:
        """A date such as 2026-03-31; None where the key is left out."""
        value = self._take(key, None)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            return self._wrong(key, "must be a date such as 2026-03-31", None)

    def choice(self, key: str, of: type[Choice], default: Choice | None = None) -> Choice:
        """One symbol of a vocabulary."""
        value = self._take(key, default)
        if isinstance(value, str) and value in of._value2member_map_:
            return of(value)
        return self._wrong(key, _one_of(of), next(iter(of)))

    def choices(self, key: str, of: type[Choice]) -> frozenset[Choice]:
        """A set of symbols of a vocabulary; empty where the key is left out."""
        return frozenset(self.choices_in_order(key, of))

    def choices_in_order(self, key: str, of: type[Choice]) -> tuple[Choice, ...]:
        """A list of symbols of a vocabulary; empty where the key is left out."""
        values = self.texts(key)
        wrong = [value for value in values if value not in of._value2member_map_]
        if wrong:
            self.wrong(key, f"{_one_of(of)}, not {', '.join(wrong)}")
        return tuple([of(value) for value in values if value not in wrong])

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is left out."""
        values = self._take(key, [])
        if isinstance(values, list) and all(isinstance(value, str) for value in values):
            return tuple(values)
        return self._wrong(key, "must be a list of texts", ())

    def forms(self, key: str) -> "list[Form]":
        """A list of mappings; empty where the key is left out."""
        values = self._take(key, [])
        if not isinstance(values, list):
            return self._wrong(key, "must be a list", [])
        return [Form(value, f"{self._where}{key}[{index}].", self._mistakes) for index, value in enumerate(values)]

    def form(self, key: str) -> "Form":
        """A mapping; an empty one where the key is left out."""
        return Form(self._take(key, {}), f"{self._where}{key}.", self._mistakes)

    @property
    def names(self) -> tuple[str, ...]:
        """The keys as they stand, for a mapping whose keys are data."""
        return tuple(str(key) for key in self._data)

    def wrong(self, key: str, rule: str) -> None:
        """Notes a mistake that only the caller can see."""
        self._mistakes.add(f"{self._where}{key}", rule)

    def refuse_others(self, also: Collection[str] = ()) -> None:
        """Notes every key that nobody asked for: a misspelt limit must not silently be none."""
        for key in self._data:
            if key not in self._asked and key not in also:
                self.wrong(str(key), f"is not known (known are {', '.join(sorted(self._asked | set(also)))})")

    def _take(self, key: str, default: Any = ...) -> Any:
        self._asked.add(key)
        return self._data.get(key, default)

    def _wrong(self, key: str, rule: str, instead: Value) -> Value:
        if key not in self._data:
            rule = f"is missing ({rule})"
        self.wrong(key, rule)
        return instead


def _one_of(of: type[StrEnum]) -> str:
    return f"must be of {', '.join(of)}"
