"""A GeoReport v2 service on a real socket, for tests: as the standard has it, and as services deviate from it."""

import json
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

Request = Mapping[str, str]

REQUEST = {
    "service_request_id": "638344",
    "status": "closed",
    "status_notes": "Officers visited; music turned down.",
    "service_name": "Noise",
    "service_code": "006",
    "description": "Loud music from the bar below, every night.",
    "agency_responsible": "Noise team",
    "service_notice": "",
    "requested_datetime": "2024-06-16T23:05:09+01:00",
    "updated_datetime": "2024-06-18T10:30:00+01:00",
    "expected_datetime": "",
    "address": "12 Mare Street, London",
    "address_id": "",
    "zipcode": "E8 1EA",
    "lat": "51.5405",
    "long": "-0.0557",
    "media_url": "",
}


@dataclass
class GeoReport:
    """What a service holds and how it behaves; tests change it as it runs.

    `limit` requests are answered at most, in an order of the service's own. `dialect` shapes an answer's content.
    `trouble` takes the number of a question (from 1) and returns a status to answer instead, 0 to break off, or None.
    """

    requests: list[Request] = field(default_factory=list)
    limit: int = 1_000
    formats: tuple[str, ...] = ("json", "xml")
    jurisdiction: str | None = None
    dialect: Callable[[list[Request]], Any] = list
    raw: bytes | None = None
    keeps_to_dates: bool = True
    knows_hours: bool = True
    retry_after: str | None = None
    trouble: Callable[[int], int | None] = lambda number: None
    questions: list[dict[str, str]] = field(default_factory=list)
    address: str = ""

    def answer(self, query: Mapping[str, str]) -> list[Request]:
        """The requests of the days asked for, as many as the limit allows, shuffled."""
        found = [one for one in self.requests if not self.keeps_to_dates or self._is_asked_for(one, query)]
        shuffled = random.Random(len(self.questions)).sample(found, len(found))
        return shuffled[: self.limit]

    def _is_asked_for(self, request: Request, query: Mapping[str, str]) -> bool:
        first, when, last = (
            datetime.fromisoformat(text)
            for text in (query["start_date"], request["requested_datetime"], query["end_date"])
        )
        return first <= when < last if self.knows_hours else first.date() <= when.date() <= last.date()


def fixmystreet(requests: list[Request]) -> Any:
    """FixMyStreet's answer: a wrapper, every value a list of one, ids as numbers, the agency nested."""
    return {"requests": [{"request": [_as_fixmystreet(one) for one in requests]}]}


def wrapped(requests: list[Request]) -> Any:
    """An answer under `service_requests`, as some services give it in JSON."""
    return {"service_requests": [{**one, "lat": float(one["lat"]), "address": None} for one in requests]}


def as_xml(requests: list[Request], root: str = "service_requests") -> bytes:
    """The XML answer."""
    rows = "".join(
        "<request>" + "".join(f"<{name}>{escape(text)}</{name}>" for name, text in one.items()) + "</request>"
        for one in requests
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{rows}</{root}>'.encode()


@contextmanager
def serving(service: GeoReport) -> Iterator[GeoReport]:
    """The service at its address until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: texts[0] for name, texts in parse_qs(parts.query).items()}
            service.questions.append(query)
            status = service.trouble(len(service.questions))
            if status == 0:
                self.close_connection = True
                return
            self._send(*((status, b"") if status else _answer(service, parts.path, query)))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if service.retry_after and status >= 400:
                self.send_header("Retry-After", service.retry_after)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    service.address = f"http://127.0.0.1:{server.server_port}/open311/v2"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(service: GeoReport, path: str, query: Mapping[str, str]) -> tuple[int, bytes]:
    name, _, ending = path.rpartition("/")[2].partition(".")
    if name != "requests" or ending not in service.formats:
        return 404, b"<html><body>not found</body></html>"
    if service.jurisdiction and query.get("jurisdiction_id") != service.jurisdiction:
        return 400, b'[{"code": 400, "description": "jurisdiction_id was not provided"}]'
    if service.raw is not None:
        return 200, service.raw
    found = service.answer(query)
    return 200, as_xml(found) if ending == "xml" else json.dumps(service.dialect(found)).encode()


def _as_fixmystreet(request: Request) -> dict[str, Any]:
    listed: dict[str, Any] = {name: [text] for name, text in request.items() if text}
    listed["service_request_id"] = [int(request["service_request_id"])]
    return listed | {"agency_responsible": [{"recipient": ["Noise team"]}], "comment_count": [2]}
