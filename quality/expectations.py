"""Great Expectations, asked without leaving a trace: the only file that knows it.

The context is ephemeral and its analytics are off; nothing is written, nothing is sent (a test listens). A result is
asked for by the positions of the rows that fail, so that no value of a row, and not even its id, is ever in one.
Data Docs are never built: their pages fetch from foreign hosts and hold failing values.
"""

import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import great_expectations as gx
import numpy as np
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.exceptions.exceptions import ExpectationNotFoundError
from great_expectations.expectations.expectation import ColumnMapExpectation, ColumnPairMapExpectation, Expectation
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.registry import get_expectation_impl

from quality.frames import Frame, fact_column
from quality.rules import Of, Rule
from quality.suites import Suite
from schemas.errors import Refused

_POSITIONS_ONLY = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
    "partial_unexpected_count": 0,
}
_NOTHING: "np.ndarray[Any, Any]" = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Asked:
    """One rule's answer about one table: rows that it applied to, by agency, and the positions of those that fail."""

    rule: Rule
    checked: Mapping[str, int]
    failed: "np.ndarray[Any, Any]"


class Examiner:
    """Asks one suite's rules of one kind (reports, rows, batches) of tables. Refused where a rule cannot be asked."""

    def __init__(self, suite: Suite, of: Of) -> None:
        self.rules = [rule for rule in suite.rules if rule.of == of]
        self._columns = {rule.id: _columns_of(rule) for rule in self.rules}
        self._suite = gx.ExpectationSuite(of, expectations=[_expectation(rule) for rule in self.rules])
        self._batches = _batches(of)

    def ask(self, frame: Frame) -> list[Asked]:
        """The answer to each rule, in their order. Rows of the table are numbered from 0."""
        if not self.rules or frame.empty:
            return []
        _refuse_strange_columns(self._columns, frame)
        batch = self._batches.get_batch(batch_parameters={"dataframe": frame})
        told = batch.validate(self._suite, result_format=_POSITIONS_ONLY)
        answers = {_rule_of(result): result for result in told.results}
        return [_answer(rule, self._columns[rule.id], answers[rule.id], frame) for rule in self.rules]


def _rule_of(result: ExpectationValidationResult) -> str:
    config = result.expectation_config
    return str(config.meta["rule"]) if config and config.meta else ""


def _batches(name: str) -> Any:
    """A way to hand tables over, in a context of its own."""
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
        data_docs_sites={},
        progress_bars=ProgressBarsConfig(globally=False),
    )
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral", project_config=config)
    return context.data_sources.add_pandas(name).add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)


def _expectation(rule: Rule) -> Expectation:
    """The expectation of a rule, with its share, severity and, as meta data, its dimension and owner."""
    name, arguments = _asked_for(rule)
    share: dict[str, Any] = {"mostly": 1.0 if rule.agreed is None else rule.agreed / 100}
    try:
        return _kind(rule, name)(
            **arguments,
            **share,
            severity=FailureSeverity(rule.severity.value),
            meta={"rule": rule.id, "dimension": rule.dimension.value, "owner": rule.owner},
        )
    except (ExpectationNotFoundError, ValueError) as error:
        raise Refused(f"rule {rule.id}: {name} cannot be asked with these arguments; mend the suite") from error


def _kind(rule: Rule, name: str) -> type[Expectation]:
    kind = get_expectation_impl(name)
    if not issubclass(kind, ColumnMapExpectation | ColumnPairMapExpectation):
        raise Refused(f"rule {rule.id}: {name} does not look at rows one by one; use one about values of columns")
    return kind


def _asked_for(rule: Rule) -> tuple[str, Mapping[str, Any]]:
    if rule.expect is not None:
        return rule.expect, rule.arguments
    pattern = re.escape(rule.fact or "").replace(r"\*", "[^ :]+")
    return "expect_column_values_to_not_match_regex", {
        "column": fact_column(rule),
        "regex": f"(?:^| ){pattern}(?: |$)",
    }


def _columns_of(rule: Rule) -> tuple[str, ...]:
    name, arguments = _asked_for(rule)
    columns = tuple(str(arguments[key]) for key in ("column", "column_A", "column_B") if key in arguments)
    if not columns:
        raise Refused(f"rule {rule.id}: {name} names no column; mend the suite")
    return columns


def _refuse_strange_columns(columns: Mapping[str, Sequence[str]], frame: Frame) -> None:
    known = set(frame.columns)
    for rule, names in columns.items():
        if strange := [name for name in names if name not in known]:
            raise Refused(f"rule {rule}: there is no column {', '.join(strange)} (docs/quality.md lists them)")


def _answer(rule: Rule, columns: Sequence[str], result: Any, frame: Frame) -> Asked:
    if result.exception_info.get("raised_exception"):
        raise Refused(f"rule {rule.id}: cannot be asked of column {', '.join(columns)}; mend its arguments")
    told = result.result
    failed = told.get("unexpected_index_list")
    applies = frame[list(columns)].notna().all(axis=1) | (told.get("missing_count") is None)
    checked = Counter(frame["agency"][applies])
    _hold(rule, told, sum(checked.values()))
    return Asked(rule, checked, np.asarray(failed, dtype=np.int64) if failed else _NOTHING)


def _hold(rule: Rule, told: Mapping[str, Any], checked: int) -> None:
    """What is counted by agency must be what Great Expectations counted."""
    counted = told["element_count"] - (told.get("missing_count") or 0)
    if counted != checked:
        raise AssertionError(f"rule {rule.id}: {counted} rows were examined, and {checked} are counted")
