"""Open311 service requests become reports, from answers in every shape that services give them."""

import json
from pathlib import Path
from typing import ClassVar

import pytest

from connectors.contract import Broken, Draft, OutOfScope, Source
from connectors.sources.open311 import Open311
from schemas.errors import Refused, Unfit
from schemas.records import Moment
from schemas.vocabulary import Category, PersonRole, PlaceMethod, PlaceRole, Regime, UpdateKind
from tests.connectors.conformance import Conformance
from tests.connectors.georeport import REQUEST, Request, as_xml, fixmystreet, wrapped
from tests.connectors.tables import outcomes, person, place, report

CANARIES = {
    "description": "A canary sings",
    "address": "Outside Canary House",
    "requestor_name": "Canaryella Canaryson",
    "status_notes": "Told the canary",
    "email": "canary@example.org",
    "phone": "07700 900999",
}


class TestOpen311(Conformance):
    source: ClassVar[Source] = Open311()
    agency = "council"
    canaries = tuple(CANARIES.values())
    first_reported = Moment(at=1_718_575_509_000_000, offset_minutes=60)

    def write(
        self,
        folder: Path,
        rows: int,
        *,
        spoiled: int | None = None,
        odd_code: bool = False,
        extra_column: bool = False,
    ) -> Path:
        usual = REQUEST | CANARIES | ({"wing_span": "2 m"} if extra_column else {})
        path = folder / "requests.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for number in range(rows):
                made = usual | {"service_request_id": str(number)}
                if number == spoiled:
                    made["requested_datetime"] = "in the evening"
                if odd_code and number == 0:
                    made |= {"service_name": "Dragons", "service_code": "D1"}
                file.write(json.dumps(made) + "\n")
        return path

    def break_every_row(self, file: Path) -> None:
        file.write_text(file.read_text("utf-8").replace("2024-06-16T", "yesterday "), "utf-8")


def only(tmp_path: Path, content: bytes, name: str = "answer.json") -> Draft:
    path = tmp_path / name
    path.write_bytes(content)
    [draft] = outcomes(Open311(), path)
    assert isinstance(draft, Draft)
    return draft


def of(**changes: str) -> Draft:
    return report(Open311(), REQUEST | changes)


def test_a_request_is_a_report_of_where_it_occurred() -> None:
    draft = of()
    assert (draft.reference, draft.category, draft.regime) == ("638344", Category.NOISE, Regime.UK_GDPR)
    assert (draft.reported, draft.occurred) == (Moment(at=1_718_575_509_000_000, offset_minutes=60), None)
    assert draft.revision == 1_718_703_000_000_000
    spot = place(draft, PlaceRole.OCCURRED)
    assert (spot.method, spot.latitude, spot.longitude) == (PlaceMethod.STATED_POINT, 51.5405, -0.0557)
    assert (spot.address, spot.postcode) == ("12 Mare Street, London", "E8 1EA")
    assert draft.detail is not None
    assert (draft.detail.opening_code, draft.detail.persons) == ("Noise\n\ncode: 006", ())


def test_a_closed_request_tells_an_update_whose_note_is_sealed() -> None:
    [update] = of().updates
    assert (update.reference, update.update_kind, update.report_references) == (
        "638344-closed",
        UpdateKind.CLOSED,
        ("638344",),
    )
    assert (update.reason, update.detail.note) == (None, "Officers visited; music turned down.")
    assert of(status="open").updates == ()
    assert of(status="investigating").updates == ()
    assert [one.detail.closing_code for one in of(status="fixed - council").updates] == ["fixed - council"]


@pytest.mark.parametrize(
    ("name", "code", "category", "unknown"),
    [
        ("Flytipping", "", Category.LITTER_AND_FLY_TIPPING, 0),
        ("", "Noise", Category.NOISE, 0),
        ("Fly Posters!", "Flyposting", Category.VANDALISM, 0),
        ("Dragons", "D1", Category.OTHER, 1),
        ("", "", Category.OTHER, 0),
    ],
)
def test_the_name_or_else_the_code_tells_the_kind(name: str, code: str, category: Category, unknown: int) -> None:
    draft = of(service_name=name, service_code=code)
    assert (draft.category, draft.unknown_codes) == (category, unknown)


def test_a_pothole_is_out_of_scope(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps([REQUEST | {"service_name": "Potholes"}]), "utf-8")
    assert [type(one) for one in outcomes(Open311(), path)] == [OutOfScope]


def test_fixmystreet_gives_a_title_and_sometimes_a_name(tmp_path: Path) -> None:
    said: Request = {**REQUEST, "description": "", "title": "Party", "detail": "Again", "requestor_name": "Ada King"}
    draft = only(tmp_path, json.dumps(fixmystreet([said])).encode())
    assert draft.detail is not None
    assert draft.detail.narrative == "Party\n\nAgain"
    assert person(draft, PersonRole.COMPLAINANT).full_name == "Ada King"


def test_one_request_is_the_same_report_in_every_shape(tmp_path: Path) -> None:
    plain = only(tmp_path, json.dumps([REQUEST]).encode())
    lines = only(tmp_path, json.dumps(REQUEST).encode() + b"\n", "one.jsonl")
    shapes = [lines, only(tmp_path, json.dumps(wrapped([REQUEST])).encode())]
    shapes += [only(tmp_path, as_xml([REQUEST], root), "a.xml") for root in ("service_requests", "requests")]
    shapes.append(only(tmp_path, b"\xef\xbb\xbf" + json.dumps([REQUEST], indent=1).encode()))
    assert shapes[1].reference == plain.reference
    assert all(one == plain for one in shapes if one.detail and one.detail.places[0].address)


def test_quoted_requests_join(tmp_path: Path) -> None:
    detail = of(duplicate_of="638001", parent_service_request_id="638001").detail
    assert detail is not None
    assert detail.quoted_references == ("638001",)


def test_a_token_without_an_id_waits(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="read it again later"):
        of(service_request_id="", token="T1")


@pytest.mark.parametrize(("latitude", "longitude"), [("0", "0"), ("", ""), ("0.0", "0.0")])
def test_nought_is_no_point(latitude: str, longitude: str) -> None:
    assert place(of(lat=latitude, long=longitude), PlaceRole.OCCURRED).method is PlaceMethod.STATED_ADDRESS


def test_a_point_that_is_none_is_unfit() -> None:
    with pytest.raises(Unfit, match="lat, long"):
        of(lat="534900", long="184500")


def test_xml_that_breaks_off_gives_what_stands_before_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "answer.xml"
    path.write_bytes(as_xml([REQUEST, REQUEST | {"service_request_id": "2"}])[:-60])
    rows = Open311().collect(path, context=None)  # type: ignore[arg-type]
    first = next(rows)
    assert not isinstance(first, Broken)
    assert first.values["service_request_id"] == "638344"
    with pytest.raises(Refused, match="breaks off"):
        next(rows)


def test_xml_with_a_document_type_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "answer.xml"
    path.write_bytes(b'<!DOCTYPE a [<!ENTITY b "c">]><requests><request><title>&b;</title></request></requests>')
    with pytest.raises(Refused, match="document type"):
        Open311().recognise(path)


def test_an_empty_answer_is_a_right_file_of_no_rows(tmp_path: Path) -> None:
    for name, content in (("a.json", b"[]"), ("a.xml", b"<service_requests/>")):
        path = tmp_path / name
        path.write_bytes(content)
        assert outcomes(Open311(), path) == []
