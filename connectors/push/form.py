"""The form of a report that a partner writes by hand: JSON, derived from the schemas of Report and ReportDetail.

It has the schemas' fields under their names and with their words, less what is not a partner's to say (`NOT_ASKED`);
times are texts. docs/partners.md shows one; the interface's OpenAPI document holds its JSON schema.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas import avro_files
from schemas.vocabulary import (
    Category,
    Definition,
    HateStrand,
    Marking,
    PersonKind,
    Qualifier,
    Regime,
    Restriction,
)

NOT_ASKED: Mapping[str, str] = {
    "report_id": "made of agency and reference",
    "agency": "the partner's own, whatever it says",
    "source": "the partner itself",
    "revision": "made of `updated`, else of the time of arrival",
    "operation": "told by the event's type and by what was published before",
    "area": "decided from the places",
    "batch": "made on arrival",
    "row": "the receipt",
    "mapper_version": "ours",
    "replay_of": "ours",
    "received": "the time of arrival",
    "controller": "the partner's agency",
    "unit": "a summary where `contacts` says so",
    "kind": "a partner pushes its own work, no published statistics",
    "open_places": "nothing of a partner's places is published openly",
    "detail": "its fields stand in the form itself",
    "method": "told by what is known of the place",
    "parent_uprn": "looked up",
    "property_type": "looked up",
    "ward": "looked up",
    "opening_code": "`code`",
}
"""Fields of the schemas that the form lacks, and why."""

CodeList = Literal["nsir", "housemark", "noiseworks_kind", "open311", "nyc_311", "san_diego"]

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]
"""A text of one line."""

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f#]+$")
]
"""A reference; `#` parts a report from the persons in it."""

_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+$"

Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=_TEXT)]
"""An address, on one line or several."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000, pattern=_TEXT)]
"""A text of several lines."""

Stamp = Annotated[str, StringConstraints(strip_whitespace=True, min_length=7, max_length=40)]
"""A time in ISO 8601; without an offset it is what a clock in London showed. A day (2024-06-01) or a month (2024-06)
stand for all of it.
"""

Digits12 = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}$")]
Digits8 = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,8}$")]
LsoaCode = Annotated[str, StringConstraints(pattern=r"^[EWSN][0-9]{8}$")]

IN_WORDS: Mapping[str, str] = {
    r"^[0-9]{1,12}$": "is not of 1 to 12 digits",
    r"^[0-9]{1,8}$": "is not of 1 to 8 digits",
    r"^[EWSN][0-9]{8}$": "is no code of a letter and eight digits",
}
"""What a text is not that does not fit the pattern."""


def _told(record: str, field: str, default: Any = None, **more: Any) -> Any:
    """A field that may be left out, in the words of the Avro schema."""
    members = avro_files.declared()[f"{avro_files.NAMESPACE}.{record}"]["fields"]
    [doc] = [member["doc"] for member in members if member["name"] == field]
    return Field(default, description=doc, **more)


def _several(record: str, field: str, most: int) -> Any:
    """As `_told`, of a list of so many at most."""
    return _told(record, field, (), max_length=most)


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IntervalForm(_Form):
    """A time known between two instants; without `to`, all that `from` may mean."""

    from_: Stamp = Field(alias="from", description="When it began", examples=["2024-06-01T23:10:00+01:00"])
    to: Stamp | None = Field(default=None, description="When it ended", examples=["2024-06-02T01:30"])


class LsoaForm(_Form):
    """A Lower layer Super Output Area; its code says nothing without the census that it is of."""

    code: LsoaCode
    vintage: Literal[2001, 2011, 2021]


class PlaceForm(_Form):
    """One place in one role: by UPRN, point (degrees of WGS84, or metres of the British National Grid), address,
    postcode or LSOA, as many of them as are known.
    """

    role: Literal["SOURCE", "AFFECTED", "OCCURRED"] = Field(description=_told("Place", "role").description)
    uprn: Digits12 | None = _told("Place", "uprn", examples=["100023456789"])
    usrn: Digits8 | None = _told("Place", "usrn")
    latitude: float | None = _told("Place", "latitude", ge=-90, le=90)
    longitude: float | None = _told("Place", "longitude", ge=-180, le=180)
    easting: float | None = Field(default=None, ge=0, le=800_000, description="Metres of EPSG:27700.")
    northing: float | None = Field(default=None, ge=0, le=1_400_000, description="Metres of EPSG:27700.")
    uncertainty_m: float | None = _told("Place", "uncertainty_m", ge=0, le=100_000)
    lsoa: LsoaForm | None = _told("Place", "lsoa")
    address: Address | None = _told("Place", "address")
    postcode: Line | None = _told("Place", "postcode", examples=["E8 1EA"])


class SafeContactForm(_Form):
    """How a person may be reached without being put at risk; leave out what nobody asked."""

    may_telephone: bool | None = _told("SafeContact", "may_telephone")
    may_write: bool | None = _told("SafeContact", "may_write")
    may_leave_message: bool | None = _told("SafeContact", "may_leave_message")
    language: Line | None = _told("SafeContact", "language")
    times: Line | None = _told("SafeContact", "times")


class PersonForm(_Form):
    """One person in one role."""

    role: Literal["COMPLAINANT", "VICTIM", "WITNESS", "ALLEGED_PERPETRATOR", "REPORTER_ON_BEHALF"] = Field(
        description=_told("Person", "role").description
    )
    kind: PersonKind | None = _told("Person", "kind")
    reference: Name | None = _told("Person", "reference")
    full_name: Line | None = _told("Person", "full_name")
    given_names: tuple[Line, ...] = _several("Person", "given_names", 10)
    family_name: Line | None = _told("Person", "family_name")
    birth_date: Line | None = _told("Person", "birth_date", examples=["1984-02-29"])
    telephones: tuple[Line, ...] = _several("Person", "telephones", 10)
    emails: tuple[Line, ...] = _several("Person", "emails", 10)
    address: Address | None = _told("Person", "address")
    postcode: Line | None = _told("Person", "postcode")
    uprn: Digits12 | None = _told("Person", "uprn")
    safe_contact: SafeContactForm | None = _told("Person", "safe_contact")


class MonitoringForm(_Form):
    """For fairness figures only: sealed apart, and opened by nothing that links."""

    age_band: Line | None = _told("Monitoring", "age_band")
    ethnicity: Line | None = _told("Monitoring", "ethnicity")
    ethnicity_method: Line | None = _told("Monitoring", "ethnicity_method")
    disability: Line | None = _told("Monitoring", "disability")


class ReportForm(_Form):
    """What one agency recorded of one occasion. Only `reference` must be there; the more, the better it is linked."""

    reference: Name = Field(
        description="The agency's own reference of the record. The same reference again is the same report, revised."
    )
    updated: Stamp | None = Field(
        default=None, description="When the agency last changed the record; of two states the later counts."
    )
    case_reference: Name | None = _told("Report", "case_reference")
    occurred: IntervalForm | None = _told("Report", "occurred")
    reported: Stamp | None = _told("Report", "reported")
    complaint_made: Stamp | None = _told("Report", "complaint_made")
    category: Category | None = _told("Report", "category")
    code: Line | None = Field(
        default=None, description="The agency's own code of the kind of behaviour, where it has one."
    )
    code_list: CodeList | None = Field(
        default=None, description="The shipped list that `code` is of; it then tells category, qualifier and scope."
    )
    closing_code: Line | None = _told("ReportDetail", "closing_code")
    qualifier: Qualifier | None = _told("Report", "qualifier")
    definition: Definition | None = _told("Report", "definition")
    regime: Regime | None = _told("Report", "regime")
    marking: Marking | None = _told("Report", "marking")
    contacts: int | None = _told("Report", "contacts", ge=1, le=100_000)
    persons: tuple[PersonForm, ...] = _several("ReportDetail", "persons", 50)
    places: tuple[PlaceForm, ...] = _several("ReportDetail", "places", 20)
    narrative: Words | None = _told("ReportDetail", "narrative")
    grade: Line | None = _told("ReportDetail", "grade")
    qualifiers: tuple[Line, ...] = _several("ReportDetail", "qualifiers", 50)
    hate: tuple[HateStrand, ...] = _several("ReportDetail", "hate", 10)
    vulnerability: tuple[Line, ...] = _several("ReportDetail", "vulnerability", 50)
    restrictions: tuple[Restriction, ...] = _several("ReportDetail", "restrictions", 20)
    handling: tuple[Line, ...] = _several("ReportDetail", "handling", 50)
    quoted_references: tuple[Line, ...] = _several("ReportDetail", "quoted_references", 50)
    crimed_reference: Line | None = _told("ReportDetail", "crimed_reference")
    monitoring: MonitoringForm | None = _told("Report", "monitoring")


class WithdrawalForm(_Form):
    """The record is no more: entered by mistake, or not this agency's."""

    reference: Name = Field(description="The agency's own reference of the record.")
    updated: Stamp | None = Field(default=None, description="When the agency withdrew it.")
