"""Open311 GeoReport v2: a council's service requests, from the service itself or from answers saved to files.

| field                                       | role                                                       |
|---------------------------------------------|------------------------------------------------------------|
| service_request_id                          | reference                                                  |
| requested_datetime                          | reported                                                   |
| updated_datetime                            | revision; of a closed request, when it was closed          |
| service_name, service_code                  | category; the original words                               |
| address, zipcode, lat, long, uprn           | OCCURRED place                                             |
| description (FixMyStreet: title, detail)    | narrative                                                  |
| requestor_name (FixMyStreet), first_name, … | COMPLAINANT, where the service shows it                    |
| duplicate_of, parent_service_request_id     | references quoted                                          |
| status, status_notes                        | an update: the agency has closed it                        |
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

from connectors import files, json_files
from connectors.contract import Broken, Context, Draft, Outcome, OutOfScope, Row, Sector, Source, UpdateDraft
from connectors.files import Member
from connectors.mapping import values
from connectors.mapping.spots import method_of, on_earth
from connectors.open311 import answer
from connectors.open311.answer import CLOCK, ID, Record
from connectors.open311.safe_xml import NotThis
from schemas import codes
from schemas.codes import Meaning
from schemas.errors import Unfit
from schemas.records import AgencyUpdateDetail, Moment, Person, Place, ReportDetail
from schemas.vocabulary import PersonKind, PersonRole, PlaceMethod, PlaceRole, Regime, Statement, UpdateKind

_FIELDS = (
    "service_request_id token status status_notes service_name service_code description agency_responsible "
    "service_notice requested_datetime updated_datetime expected_datetime address address_id zipcode lat long "
    "media_url"
)
_EXTENSIONS = (
    "title detail interface_used requestor_name agency_sent_datetime comment_count agency_responsible.recipient "
    "first_name last_name email phone uprn duplicate_of parent_service_request_id updates service_object_id "
    "service_object_type jurisdiction_id account_id device_id group"
)
_ENDINGS = (".json", ".jsonl", ".xml", ".json.gz", ".jsonl.gz", ".xml.gz")
_OPEN = frozenset({"", "open", "confirmed", "investigating", "in progress", "planned", "action scheduled"})
_NOT_ASB = "not antisocial behaviour"


class Open311(Source):
    """A GeoReport service's requests."""

    name = "open311"
    mapper_version = "open311-1"
    sector = Sector.COUNCIL
    columns = frozenset(f"{_FIELDS} {_EXTENSIONS}".split())
    one_report_is = "one service request"
    expects = (
        "requests of an Open311 GeoReport v2 service: its address, or its answers saved as JSON (also one request a "
        "line) or XML"
    )

    def wants(self, name: str) -> bool:
        return name.casefold().endswith(_ENDINGS)

    def recognise(self, path: Path) -> None:
        members = files.members(path, self.wants)
        if not members:
            raise files.refuse(path, self.expects, "no JSON or XML file")
        found = files.describe(files.head(members[0]))
        if found not in ("JSON", "XML or HTML"):
            raise files.refuse(members[0].name, self.expects, found)
        next(self._rows(members[0]), None)

    def collect(self, path: Path, context: Context) -> Iterator[Row | Broken]:
        for member in files.members(path, self.wants):
            yield from self._rows(member)

    def to_report(self, row: Row, context: Context) -> Outcome:
        meaning = _meaning(row.values)
        return _draft(row.values, meaning) if meaning.in_scope else OutOfScope(_NOT_ASB)

    def references_of(self, row: Row) -> tuple[str, ...]:
        reference = values.clean(row.values.get(ID))
        return (reference, f"{reference}-closed") if reference else ()

    def _rows(self, member: Member) -> Iterator[Row | Broken]:
        is_xml = files.describe(files.head(member)) == "XML or HTML"
        try:
            yield from _xml_rows(member) if is_xml else _json_rows(member)
        except NotThis as found:
            raise files.refuse(member.name, self.expects, str(found)) from None


def _xml_rows(member: Member) -> Iterator[Row]:
    with files.damage_refused(member.name), member.open() as stream:
        for number, record in enumerate(answer.from_xml(stream), start=1):
            yield _row(f"{member.name}:#{number}", member.name, record)


def _json_rows(member: Member) -> Iterator[Row | Broken]:
    for one in json_files.documents(member):
        if isinstance(one, Broken):
            yield one
            continue
        for number, record in enumerate(answer.from_json(one.content)):
            yield _row(one.position if number == 0 else f"{one.position}:#{number}", member.name, record)


def _row(position: str, file: str, record: Record) -> Row:
    return Row(position, record, orjson.dumps(record), file)


def _draft(record: Mapping[str, str], meaning: Meaning) -> Draft:
    reference = values.clean(record.get(ID))
    if reference is None:
        raise Unfit(ID, "is empty, as long as the service has given only a token", "read it again later")
    place = _place(record)
    return Draft(
        reference=reference,
        revision=_moment(record, "updated_datetime", last=True),
        reported=_reported(record),
        category=meaning.category,
        qualifier=meaning.qualifier,
        regime=Regime.UK_GDPR,
        detail=ReportDetail(
            persons=_persons(record),
            places=(place,) if place else (),
            narrative=_narrative(record),
            opening_code=values.joined(("", record.get("service_name")), ("code", _other_code(record))),
            restrictions=(meaning.restriction,) if meaning.restriction else (),
            quoted_references=_quoted(record),
        ),
        updates=tuple(_closed(record, reference, place)),
        unknown_codes=0 if meaning.known else 1,
    )


def _meaning(record: Mapping[str, str]) -> Meaning:
    """By the name, else by the code, which many services number as they like."""
    name, code = (record.get(field, "") for field in ("service_name", "service_code"))
    told = [codes.shipped().meaning(codes.OPEN311, text) for text in (name, code) if text]
    return next((meaning for meaning in told if meaning.known), told[0] if told else codes.BLANK)


def _other_code(record: Mapping[str, str]) -> str | None:
    code = record.get("service_code")
    return None if code == record.get("service_name") else code


def _reported(record: Mapping[str, str]) -> Moment | None:
    written = values.clean(record.get("requested_datetime"))
    return CLOCK.span(written, "requested_datetime").earliest if written else None


def _moment(record: Mapping[str, str], field: str, last: bool = False) -> int | None:
    written = values.clean(record.get(field))
    if written is None:
        return None
    span = CLOCK.span(written, field)
    return span.latest.at if last else span.earliest.at


def _place(record: Mapping[str, str]) -> Place | None:
    latitude, longitude = (values.number(record.get(field), field) for field in ("lat", "long"))
    point = on_earth((latitude, longitude), "lat, long") if latitude and longitude else None
    address, uprn = values.clean(record.get("address")), values.uprn(record.get("uprn"), "uprn")
    postcode = values.postcode(record.get("zipcode")) or values.postcode_within(address)
    method = method_of(uprn, point, address, postcode)
    if method is PlaceMethod.UNKNOWN:
        return None
    north, east = point or (None, None)
    return Place(
        role=PlaceRole.OCCURRED,
        method=method,
        uprn=uprn,
        latitude=north,
        longitude=east,
        address=address,
        postcode=postcode,
    )


def _persons(record: Mapping[str, str]) -> tuple[Person, ...]:
    given, email = values.clean(record.get("first_name")), values.clean(record.get("email"))
    person = Person(
        role=PersonRole.COMPLAINANT,
        kind=PersonKind.MEMBER_OF_PUBLIC,
        full_name=values.clean(record.get("requestor_name")),
        given_names=(given,) if given else (),
        family_name=values.clean(record.get("last_name")),
        telephones=values.telephones(record.get("phone")),
        emails=(email,) if email else (),
    )
    named = person.full_name or person.given_names or person.family_name
    return (person,) if named or person.telephones or person.emails else ()


def _narrative(record: Mapping[str, str]) -> str | None:
    stated = values.clean(record.get("description"))
    return stated or values.joined(("", record.get("title")), ("", record.get("detail")))


def _quoted(record: Mapping[str, str]) -> tuple[str, ...]:
    named = (values.clean(record.get(field)) for field in ("duplicate_of", "parent_service_request_id"))
    return tuple(dict.fromkeys(name for name in named if name))


def _closed(record: Mapping[str, str], reference: str, place: Place | None) -> Iterator[UpdateDraft]:
    written = values.clean(record.get("updated_datetime"))
    if codes.normal(record.get("status", "")) in _OPEN or written is None:
        return
    yield UpdateDraft(
        reference=f"{reference}-closed",
        report_references=(reference,),
        happened=CLOCK.span(written, "updated_datetime"),
        update_kind=UpdateKind.CLOSED,
        statement=Statement.FACT,
        regime=Regime.UK_GDPR,
        detail=AgencyUpdateDetail(
            note=values.clean(record.get("status_notes")), closing_code=values.clean(record.get("status"))
        ),
        places=(place,) if place else (),
    )
