"""The suites as they are measured: the common rules with what a source's own file changes. One YAML file each."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml
from pydantic import ValidationError

from quality.rules import Change, Rule, SuiteFile
from schemas.errors import Refused

COMMON = "common"
"""The suite that every source has."""

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Suite:
    """The rules of one source. `left_out` says why a common rule is not asked of it.

    `label` names the files with their versions and ends in a digest of all that they say.
    """

    rules: tuple[Rule, ...]
    left_out: Mapping[str, str]
    expected_every: timedelta | None
    label: str


@dataclass(frozen=True)
class Suites:
    """All files, by name: the shipped ones, and in their place those of a folder of one's own."""

    by_name: Mapping[str, SuiteFile]

    @cached_property
    def _made(self) -> dict[str, Suite]:
        return {}

    def of(self, source: str) -> Suite:
        """The suite of a source; the common one where it has no file. Refused where the two do not fit."""
        if source not in self._made:
            self._made[source] = _join(self.by_name[COMMON], self.by_name.get(source))
        return self._made[source]


def load_suites(folder: Path | None = None) -> Suites:
    """The shipped suites; a file of `folder` takes the place of the shipped one of its name.

    Raises Refused with all mistakes of a file, and for a folder that cannot be read.
    """
    shipped = {file.name: file for file in files("quality.suites").iterdir() if file.name.endswith(".yaml")}
    found = [_parse(file) for file in (shipped | _own(folder)).values()]
    suites = Suites({suite.name: suite for suite in found})
    for name in suites.by_name:
        suites.of(name)
    return suites


def _own(folder: Path | None) -> dict[str, Path]:
    if folder is None:
        return {}
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder; give the folder that holds your suites' YAML files")
    return {file.name: file for file in sorted(folder.glob("*.yaml"))}


def _parse(file: Traversable | Path) -> SuiteFile:
    try:
        suite = SuiteFile.model_validate(yaml.safe_load(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Refused(f"suite {file.name}: cannot be read as YAML in UTF-8; mend the file") from error
    except ValidationError as error:
        raise Refused("\n".join([f"suite {file.name} has mistakes; mend each:", *_mistakes(error)])) from error
    if f"{suite.name}.yaml" != file.name:
        raise Refused(f"suite {file.name}: is called {suite.name} within; give both the same name")
    return suite


def _mistakes(error: ValidationError) -> Iterator[str]:
    for mistake in error.errors(include_url=False, include_input=False):
        place = ".".join(str(step) for step in mistake["loc"]) or "the suite"
        yield f"  {place}: {mistake['msg'].removeprefix('Value error, ')}"


def _join(common: SuiteFile, own: SuiteFile | None) -> Suite:
    if own is None or own is common:
        return _suite(common.rules, {}, common.expected_every, [common])
    _check(common, own)
    kept = [_changed(rule, own.agrees.get(rule.id)) for rule in common.rules if rule.id not in own.leaves_out]
    expected = own.expected_every or common.expected_every
    return _suite((*kept, *own.rules), own.leaves_out, expected, [common, own])


def _check(common: SuiteFile, own: SuiteFile) -> None:
    """Refused where the file speaks of rules that are not common, or calls its own as a common one."""
    known = {rule.id for rule in common.rules}
    if strange := sorted({*own.leaves_out, *own.agrees} - known):
        raise Refused(f"suite {own.name}: there is no common rule {', '.join(strange)}; mend or remove it")
    if twice := sorted(known & {rule.id for rule in own.rules}):
        raise Refused(f"suite {own.name}: {', '.join(twice)} is a common rule; change it below agrees, or rename yours")


def _changed(rule: Rule, change: Change | None) -> Rule:
    return rule.model_copy(update=change.model_dump(exclude_none=True)) if change else rule


def _suite(
    rules: tuple[Rule, ...], left_out: Mapping[str, str], expected: timedelta | None, made_of: list[SuiteFile]
) -> Suite:
    told = "\n".join([rule.model_dump_json() for rule in rules] + [str(expected)])
    digest = hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]
    names = " + ".join(f"{file.name} {file.version}" for file in made_of)
    return Suite(tuple(rules), left_out, expected, f"{names} ({digest})")
