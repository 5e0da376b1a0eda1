"""Reports in few words, for tests and for the YAML of hard cases."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from linkage.features import ReportFeatures
from linkage.standardise import standardise
from schemas.records import Lsoa, Moment, Person, Place, Report, ReportDetail, Span
from schemas.vocabulary import (
    Category,
    HateStrand,
    Kind,
    PersonKind,
    PersonRole,
    PlaceMethod,
    PlaceRole,
    PropertyType,
    Unit,
)

AREA = "E09000012"
MIDNIGHT = datetime(2026, 11, 2, tzinfo=UTC)
"""A Monday: "Mon 23:10" counts from here."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def micros(text: str | int) -> int:
    """Microseconds of "Tue 23:10", or of minutes after Monday's midnight."""
    if isinstance(text, int):
        moment = MIDNIGHT + timedelta(minutes=text)
    else:
        day, clock = text.split()
        hours, minutes = clock.split(":")
        moment = MIDNIGHT + timedelta(days=_DAYS.index(day), hours=int(hours), minutes=int(minutes))
    return int(moment.timestamp()) * 1_000_000


def make_report(report_id: str, given: Mapping[str, Any]) -> tuple[Report, ReportDetail]:
    """A report and its sealed part from: agency, occurred ("Mon 23:10", or a pair), reported, category, persons,
    places, narrative, quotes, reference, case, revision, received, unit, kind, area, crimed, hate.
    """
    occurred = given.get("occurred")
    received = micros(given["received"]) if "received" in given else micros(_latest(given)) + 60_000_000
    report = Report(
        report_id=report_id,
        agency=given.get("agency", "police"),
        source=given.get("source", "log"),
        reference=given.get("reference", report_id),
        case_reference=given.get("case"),
        revision=given.get("revision", 1),
        area=given.get("area", AREA),
        batch="b1",
        mapper_version="1",
        occurred=_span(occurred) if occurred is not None else None,
        reported=Moment(at=micros(given["reported"])) if "reported" in given else None,
        received=Moment(at=received),
        category=Category(given.get("category", "NOISE")),
        controller="c",
        unit=Unit(given.get("unit", "SINGLE_OCCASION")),
        kind=Kind(given.get("kind", "OPERATIONAL")),
    )
    detail = ReportDetail(
        persons=tuple(_person(each) for each in given.get("persons", ())),
        places=tuple(_place(each) for each in given.get("places", ())),
        narrative=given.get("narrative"),
        quoted_references=tuple(given.get("quotes", ())),
        crimed_reference=given.get("crimed"),
        hate=(HateStrand.RACE,) if given.get("hate") else (),
    )
    return report, detail


def features(report_id: str, given: Mapping[str, Any]) -> ReportFeatures:
    """The features of a report in few words."""
    return standardise(*make_report(report_id, given))


def _latest(given: Mapping[str, Any]) -> str | int:
    occurred = given.get("reported", given.get("occurred", 0))
    return occurred[-1] if isinstance(occurred, list | tuple) else occurred


def _span(occurred: Any) -> Span:
    first, last = (occurred[0], occurred[-1]) if isinstance(occurred, list | tuple) else (occurred, occurred)
    return Span(earliest=Moment(at=micros(first)), latest=Moment(at=micros(last)))


def _person(given: Mapping[str, Any]) -> Person:
    return Person(
        role=PersonRole(given.get("role", "COMPLAINANT")),
        kind=PersonKind(given.get("kind", "MEMBER_OF_PUBLIC")),
        reference=given.get("reference"),
        full_name=given.get("name"),
        birth_date=given.get("born"),
        telephones=tuple(given.get("telephones", ())),
        emails=tuple(given.get("emails", ())),
        address=given.get("address"),
        postcode=given.get("postcode"),
        uprn=given.get("uprn"),
    )


def _place(given: Mapping[str, Any]) -> Place:
    latitude, longitude = given.get("point", (None, None))
    return Place(
        role=PlaceRole(given.get("role", "SOURCE")),
        method=PlaceMethod(given.get("method", "STATED_UPRN")),
        uprn=given.get("uprn"),
        parent_uprn=given.get("block"),
        usrn=given.get("street"),
        latitude=latitude,
        longitude=longitude,
        uncertainty_m=given.get("uncertainty"),
        lsoa=Lsoa(code=given["lsoa"], vintage=2021) if "lsoa" in given else None,
        ward=given.get("ward"),
        address=given.get("address"),
        property_type=PropertyType(given.get("type", "UNKNOWN")),
    )
