"""Rules of quality as data: what must hold, in which dimension, how grave it is, whose it is to mend, and how much of
it was agreed.

The dimensions are those of the Government Data Quality Framework (Government Data Quality Hub, 3 December 2020).
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from quality.spans import span


class Dimension(StrEnum):
    """The six dimensions, in the framework's order."""

    COMPLETENESS = "completeness"
    UNIQUENESS = "uniqueness"
    CONSISTENCY = "consistency"
    TIMELINESS = "timeliness"
    VALIDITY = "validity"
    ACCURACY = "accuracy"


class Severity(StrEnum):
    """How grave a failure is; the words are Great Expectations' own. What is for information may be without a share."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


Of = Literal["reports", "rows", "batches"]
"""What a rule looks at: reports; rows of files, usable or not; deliveries."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Fact = Annotated[str, Field(pattern=r"^[a-z_.*]+:[a-z_]+$")]
Share = Annotated[float, Field(ge=0, le=100)]
Words = Annotated[str, BeforeValidator(lambda text: " ".join(text.split()) if isinstance(text, str) else text)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Rule(_Part):
    """One rule. Reports must lack a `fact` ("places.*.uprn:invalid"), or meet an expectation: `expect` is the name of
    one of Great Expectations about the values of columns, `arguments` (in YAML: with) are its own.

    `agreed` is how many of 100 must pass. `because` says why so many, or what is known of the source. `stored_only`:
    it cannot be told from a file alone.
    """

    id: Name
    says: Words
    dimension: Dimension
    severity: Severity
    owner: str
    agreed: Share | None = None
    because: Words | None = None
    of: Of = "reports"
    stored_only: bool = False
    fact: Fact | None = None
    expect: Annotated[str, Field(pattern=r"^expect_[a-z_]+$")] | None = None
    arguments: Mapping[str, Any] = Field(default_factory=dict, alias="with")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.fact is None) == (self.expect is None):
            raise ValueError("needs one of fact and expect")
        if self.agreed is None and self.severity is not Severity.INFO:
            raise ValueError("needs agreed, the share of 100 that must pass; only severity info may do without")
        return self


class Change(_Part):
    """What a source's suite says otherwise of a common rule; `because` is asked for."""

    because: Words
    agreed: Share | None = None
    severity: Severity | None = None
    owner: str | None = None


class SuiteFile(_Part):
    """One file of rules: the common one, or a source's, which adds rules, leaves some out (with the reason), or agrees
    otherwise. `expected_every` is how often something should come ("1d").
    """

    name: str
    version: int
    describes: Words
    expected_every: Annotated[timedelta, BeforeValidator(span)] | None = None
    leaves_out: Mapping[Name, Words] = Field(default_factory=dict)
    agrees: Mapping[Name, Change] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        names = [rule.id for rule in self.rules]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"has more than one rule {', '.join(twice)}")
        return self
