"""Help for tests of tables: CSV files by their rows, and what a source makes of them."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from connectors.contract import Broken, Context, Draft, Outcome, OutOfScope, Row, Source
from schemas.records import Person, Place
from schemas.vocabulary import PersonRole, PlaceRole

CONTEXT = Context(agency=None, collected=1_718_600_000_000_000, row_key=b"k" * 32)

CAD = {
    "incident_no": "CAD 1234/16JUN24",
    "opened_at": "16/06/2024 23:05:09",
    "closed_at": "17/06/2024 01:10:00",
    "grade": "S",
    "opening_code": "203",
    "closing_code": "211",
    "qualifier": "P",
    "crimed_ref": "",
    "location": "Outside 12 Mare Street, London",
    "postcode": "e81ea",
    "uprn": "010008231234",
    "easting": "534900",
    "northing": "184500",
    "beat": "HK01",
    "caller_ref": "N77",
    "caller_name": "Ada King",
    "caller_dob": "10/12/1975",
    "caller_phone": "07700 900123",
    "caller_address": "Flat 3, 14 Mare Street, London",
    "caller_postcode": "E8 1EA",
    "caller_role": "victim",
    "vulnerable": "Y",
    "hate_strand": "race",
    "restricted_flags": "DA",
    "narrative": "Shouting again, see CAD 88/15JUN24 and HA-20417.",
}

CONTACT = {
    "contact_id": "HC-100",
    "case_ref": "ASB-20417",
    "contact_date": "17/06/2024",
    "contact_time": "09:15",
    "tenant_id": "T55",
    "title": "Ms",
    "first_name": "Ada",
    "last_name": "King",
    "date_of_birth": "10/12/1975",
    "phone": "07700 900123",
    "email": "ada@example.org",
    "property_uprn": "10008231240",
    "property_address": "Flat 3, 14 Mare Street, London",
    "postcode": "E8 1EA",
    "complaint_about_address": "Flat 5, 14 Mare Street, London",
    "complaint_about_uprn": "10008231242",
    "housemark_category": "Noise",
    "hate": "N",
    "vulnerability": "mobility; lives alone",
    "contact_type": "phone",
    "notes": "Music until 3am. Police told: CAD 1234/16JUN24.",
    "case_status": "closed",
    "case_closed_date": "20/06/2024",
}

NEW_YORK = {
    "unique_key": "60879417",
    "created_date": "2024-04-15T23:23:15.000",
    "closed_date": "2024-04-16T01:13:45.000",
    "complaint_type": "Noise - Residential",
    "descriptor": "Loud Music/Party",
    "incident_address": "70 BUSH STREET",
    "incident_zip": "11231",
    "city": "BROOKLYN",
    "latitude": "40.675",
    "longitude": "-74.0066",
}

SAN_DIEGO = {
    "service_request_id": "3295471",
    "service_request_parent_id": "3295443",
    "date_requested": "2021-03-27T16:31:00",
    "service_name": "Graffiti Removal",
    "date_closed": "2021-03-28T00:00:00",
    "status": "Closed",
    "lat": "32.70837833",
    "lng": "-117.1522305",
    "street_address": "815 E St",
    "public_description": "Paint on the wall",
}

SHARED = Path(__file__).parents[3] / "shared" / "data"
"""Public data beside the project, where it is there."""


def csv_text(rows: Iterable[Mapping[str, str]], delimiter: str = ",") -> str:
    """The rows as a CSV text under their keys."""
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def outcomes(source: Source, path: Path, context: Context = CONTEXT) -> list[Outcome | Broken]:
    """What each row of a path becomes, after the path was recognised."""
    source.recognise(path)
    rows = source.collect(path, context)
    return [row if isinstance(row, Broken) else source.to_report(row, context) for row in rows]


def report(source: Source, values: Mapping[str, str], context: Context = CONTEXT) -> Draft:
    """The report of one row by its values."""
    outcome = source.to_report(Row("test.csv:2", values, b""), context)
    assert isinstance(outcome, Draft), outcome
    return outcome


def is_out_of_scope(source: Source, values: Mapping[str, str]) -> bool:
    """Whether a row is left out."""
    return isinstance(source.to_report(Row("test.csv:2", values, b""), CONTEXT), OutOfScope)


def place(draft: Draft, role: PlaceRole) -> Place:
    """The only place of a role."""
    places = (*draft.open_places, *(draft.detail.places if draft.detail else ()))
    [found] = [one for one in places if one.role is role]
    return found


def person(draft: Draft, role: PersonRole) -> Person:
    """The only person of a role."""
    assert draft.detail is not None
    [found] = [one for one in draft.detail.persons if one.role is role]
    return found
