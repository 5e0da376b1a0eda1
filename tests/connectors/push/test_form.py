"""The form that a partner writes has every field of the schemas, and becomes the report that it says."""

import json
from dataclasses import fields
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from connectors.contract import Context, Draft, OutOfScope, Row
from connectors.push import form
from connectors.push.form import CodeList, MonitoringForm, PersonForm, PlaceForm, ReportForm, SafeContactForm
from connectors.push.reasons import reasons_of
from connectors.push.source import PushedEvents
from schemas import codes
from schemas.errors import Unfit
from schemas.records import Monitoring, Person, Place, Report, ReportDetail, SafeContact
from schemas.vocabulary import (
    Category,
    HateStrand,
    PersonKind,
    PersonRole,
    PlaceMethod,
    PlaceRole,
    Precision,
    Restriction,
    Unit,
)
from tests.connectors.push.conftest import event, withdrawal

NOW = 1_795_000_000_000_000
CONTEXT = Context("marsh-homes", NOW, bytes(32))
SOURCE = PushedEvents("marsh-crm", "housing")


def report(content: Any) -> Draft | OutOfScope:
    made = SOURCE.to_report(Row("receipt", {}, json.dumps(content).encode()), CONTEXT)
    assert isinstance(made, Draft | OutOfScope)
    return made


def draft(**data: Any) -> Draft:
    made = report(event(**data))
    assert isinstance(made, Draft)
    return made


def mistakes(content: Any) -> list[tuple[str, str]]:
    with pytest.raises(Unfit) as raised:
        report(content)
    return [(one.field, one.rule) for one in reasons_of(raised.value)]


@pytest.mark.parametrize(
    ("record", "model"),
    [
        (Report, ReportForm),
        (ReportDetail, ReportForm),
        (Person, PersonForm),
        (Place, PlaceForm),
        (SafeContact, SafeContactForm),
        (Monitoring, MonitoringForm),
    ],
)
def test_every_field_of_the_schemas_is_asked_or_said_why_not(record: type, model: type[BaseModel]) -> None:
    asked = {field.alias or name for name, field in model.model_fields.items()}
    places_of_a_report = {"lsoa"} if record is Report else set()
    assert {one.name for one in fields(record)} - asked - places_of_a_report <= set(form.NOT_ASKED)


def test_every_shipped_list_of_categories_can_be_named() -> None:
    assert set(get_args(CodeList)) <= set(codes.shipped().meanings)


def test_a_whole_report_becomes_what_it_says() -> None:
    made = draft(
        case_reference="C-7",
        occurred={"from": "2024-06-01T23:10", "to": "2024-06-02T01:30+01:00"},
        reported="2024-06-02T09:02:10Z",
        persons=[
            {
                "role": "VICTIM",
                "given_names": ["Ada"],
                "family_name": "Example",
                "telephones": ["07700 900123; 020 8356 0000"],
                "address": "12 Example Court, E8 1EA",
                "uprn": "010000000012",
                "safe_contact": {"may_write": False},
            }
        ],
        places=[
            {"role": "SOURCE", "uprn": "100000000014"},
            {"role": "OCCURRED", "latitude": 51.54, "longitude": -0.06},
            {"role": "AFFECTED", "easting": 534_500, "northing": 184_000},
        ],
        hate=["RACE"],
        restrictions=["CHILD"],
        monitoring={"age_band": "25-34"},
    )
    assert made.detail is not None
    [person] = made.detail.persons
    assert (made.reference, made.case_reference, made.category) == ("MH-1", "C-7", Category.NOISE)
    assert made.occurred is not None
    assert made.occurred.precision is Precision.RANGE
    assert made.occurred.earliest.offset_minutes == 60
    assert made.reported is not None
    assert made.reported.at == 1_717_318_930_000_000
    assert (person.role, person.kind) == (PersonRole.VICTIM, PersonKind.MEMBER_OF_PUBLIC)
    assert (person.uprn, person.postcode) == ("10000000012", "E8 1EA")
    assert person.telephones == ("07700 900123", "020 8356 0000")
    assert [(one.role, one.method) for one in made.detail.places] == [
        (PlaceRole.SOURCE, PlaceMethod.STATED_UPRN),
        (PlaceRole.OCCURRED, PlaceMethod.STATED_POINT),
        (PlaceRole.AFFECTED, PlaceMethod.STATED_POINT),
    ]
    assert made.detail.places[2].latitude == pytest.approx(51.538, abs=0.01)
    assert (made.detail.hate, made.detail.restrictions) == ((HateStrand.RACE,), (Restriction.CHILD,))
    assert made.monitoring == Monitoring(age_band="25-34")
    assert made.open_places == ()


def test_the_agencys_own_code_tells_the_category_and_is_kept() -> None:
    made = draft(category=None, code="Noise", code_list="housemark")
    assert made.detail is not None
    assert (made.category, made.detail.opening_code, made.unknown_codes) == (Category.NOISE, "Noise", 0)


def test_an_unknown_code_is_counted_and_never_an_error() -> None:
    made = draft(category=None, code="Dragons", code_list="housemark")
    assert made.detail is not None
    assert (made.category, made.detail.opening_code, made.unknown_codes) == (Category.OTHER, "Dragons", 1)


def test_a_code_of_another_matter_is_out_of_scope() -> None:
    assert isinstance(report(event(category=None, code="Pothole", code_list="open311")), OutOfScope)


def test_a_record_of_several_contacts_is_a_summary() -> None:
    assert (draft(contacts=4).unit, draft(contacts=4).contacts) == (Unit.SUMMARY, 4)
    assert (draft(contacts=1).unit, draft(contacts=1).contacts) == (Unit.SINGLE_OCCASION, None)


def test_the_later_change_counts_by_the_record_before_the_event() -> None:
    stamped = event(updated="2024-06-01T10:00:00Z") | {"time": "2024-06-03T10:00:00Z"}
    assert report(stamped).revision == 1_717_236_000_000_000  # type: ignore[union-attr]
    assert report(event() | {"time": "2024-06-01T10:00:00Z"}).revision == 1_717_236_000_000_000  # type: ignore[union-attr]
    assert draft().revision is None


def test_a_change_from_the_future_is_a_clock_to_be_set() -> None:
    assert mistakes(event(updated="2199-01-01T00:00:00Z")) == [("data.updated", "lies in the future")]
    assert mistakes(event() | {"time": "2199-01-01T00:00:00Z"}) == [("time", "lies in the future")]


def test_a_withdrawal_asks_for_a_reference_alone() -> None:
    made = report(withdrawal())
    assert isinstance(made, Draft)
    assert (made.reference, made.withdrawn) == ("MH-1", True)
    assert mistakes(withdrawal() | {"data": {"reference": "MH-1", "narrative": "x"}}) == [
        ("data.(a field of another name)", "is no field of the form")
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"reference": None}, ("data.reference", "is no text")),
        ({"reference": "a#b"}, ("data.reference", "holds a character that it must not")),
        ({"reference": "x" * 201}, ("data.reference", "has more than 200 characters")),
        ({"narrative": "a\u0000b"}, ("data.narrative", "holds a character that it must not")),
        ({"occurred": {"from": "yesterday evening"}}, ("data.occurred.from", "is no date and time of ISO 8601")),
        ({"occurred": {}}, ("data.occurred.from", "is missing")),
        ({"reported": "2024-03-31T01:30"}, ("data.reported", "is a time that the clocks of Europe/London skipped")),
        ({"reported": "1024-03-31T01:30"}, ("data.reported", "its year is not between 1900 and 2199")),
        ({"places": [{"role": "SOURCE"}]}, ("data.places[0]", "says nothing of where it is")),
        ({"places": [{"role": "SOURCE", "latitude": 51.5}]}, ("data.places[0]", "has half a point")),
        ({"places": [{"role": "SOURCE", "latitude": "51.5"}]}, ("data.places[0].latitude", "is no number")),
        ({"places": [{"role": "UNKNOWN", "uprn": "1"}]}, ("data.places[0].role", "is none of its known words")),
        ({"persons": [{"name": "Zq"}]}, ("data.persons[0].role", "is missing")),
        ({"places": [{"role": "SOURCE", "uprn": "Flat 3"}]}, ("data.places[0].uprn", "is not of 1 to 12 digits")),
        ({"contacts": 0}, ("data.contacts", "is less than 1")),
        ({"hate": ["RACE"] * 11}, ("data.hate", "has more than 10 entries")),
    ],
)
def test_a_mistake_names_field_and_rule(data: dict[str, Any], told: tuple[str, str]) -> None:
    assert mistakes(event(**data))[0] == told


def test_all_mistakes_are_told_at_once() -> None:
    assert len(mistakes(event(category="x", contacts="y", narrative=7))) == 3


@pytest.mark.parametrize("attribute", ["id", "source", "specversion", "type", "data"])
def test_an_event_has_its_attributes(attribute: str) -> None:
    content = event()
    del content[attribute]
    assert (attribute, "is missing") in mistakes(content)


def test_extensions_of_an_event_are_let_through() -> None:
    assert isinstance(report(event() | {"traceparent": "00-ab", "partitionkey": 7}), Draft)


CANARY = "Zqxcanary"
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**63), 2**63)
    | st.just(CANARY),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([CANARY, "role", "from", "uprn"]), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*ReportForm.model_fields, CANARY]), ANY_JSON, max_size=6))
def test_no_mistake_repeats_a_value_or_an_unknown_name(data: dict[str, Any]) -> None:
    """Whatever stands in an event, it becomes a report, or a mistake that shows nothing of it."""
    told = ""
    try:
        report(event() | {"data": data})
    except Unfit as error:
        told = f"{error} {reasons_of(error)}"
    assert CANARY not in told
