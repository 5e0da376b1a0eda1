"""Asks one GeoReport service: JSON, or XML where it has no JSON; at a walking pace; again when it is busy.

| the service                                  | what happens                                            |
|----------------------------------------------|---------------------------------------------------------|
| answers 429 or 5xx, or breaks off            | asked again after its Retry-After, else 1, 2, 4, … s    |
| stays so                                     | Unavailable: the position stays, calling again goes on  |
| has no requests.json, or no JSON there       | asked for requests.xml from then on                     |
| answers 4xx, a web page, or garbage to both  | Refused, with what was expected and what was found      |
| answers requests of other days               | Refused: it does not keep to start_date and end_date    |
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from connectors.open311 import answer
from connectors.open311.answer import Record
from connectors.open311.safe_xml import NotThis
from connectors.open311.windows import DAY, SECOND, Window
from schemas.errors import Refused, Unavailable

EXPECTED = "the requests of an Open311 GeoReport v2 service"

_FORMATS = ("json", "xml")
_NO_SUCH_FORMAT = frozenset({404, 406, 415, 501})
_BUSY = 429
_TIMEOUT_SECONDS = 60.0
_LARGEST = 64 * 1024 * 1024
_OVERLAP = SECOND
_LAXITY = 2 * DAY
"""Microseconds by which a request may lie outside the days asked for: services mix up time zones."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Manners:
    """How a service is treated: seconds between two questions, how often a question is asked at most, and the longest
    wait between two tries in seconds.
    """

    pause: float = 0.25
    tries: int = 7
    longest_wait: float = 120.0


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its base address, and what is asked along with every question (`jurisdiction_id` and the like)."""

    base: str
    query: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, url: str) -> "Service":
        """The service of its base address, or of the address of its requests; Refused for what is no address."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused(
                "give the service's address, such as https://www.fixmystreet.com/open311/v2?jurisdiction_id=…"
            )
        if parts.password:
            raise Refused("the address must not hold a password: services are read without one")
        path = parts.path.rstrip("/")
        for ending in ("/requests.json", "/requests.xml", "/requests"):
            path = path.removesuffix(ending)
        return cls(f"{parts.scheme}://{parts.netloc}{path}", tuple(parse_qsl(parts.query)))

    @property
    def name(self) -> str:
        """By which its position is remembered."""
        return f"{self.base}?{urlencode(self.query)}" if self.query else self.base

    @property
    def host(self) -> str:
        """For messages."""
        return urlsplit(self.base).netloc


class Client:
    """Asks one service. A context manager; it belongs to one thread."""

    def __init__(
        self,
        service: Service,
        manners: Manners | None = None,
        sleep: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._service = service
        self._manners = manners or Manners()
        self._sleep = sleep
        self._formats = list(_FORMATS)
        self._has_asked = False
        self._asked_to_wait = 0.0
        agent = {"User-Agent": "wardlink (Open311 client)"}
        self._http = httpx.Client(
            timeout=_TIMEOUT_SECONDS, headers=agent, transport=transport, follow_redirects=True, max_redirects=3
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def ask(self, window: Window) -> list[Record]:
        """The requests that the service answers for a window and a second on either side, in its own order."""
        dates = (("start_date", _written(window.start - _OVERLAP)), ("end_date", _written(window.end + _OVERLAP)))
        records = self._records(httpx.QueryParams([*self._service.query, *dates]))
        self._refuse_others(window, records)
        return records

    def _records(self, query: httpx.QueryParams) -> list[Record]:
        """The requests of the first format in which the service answers any; that format is kept."""
        while True:
            status, body = self._answered(f"{self._service.base}/requests.{self._formats[0]}", query)
            try:
                if status >= httpx.codes.BAD_REQUEST:
                    raise NotThis(f"the answer {status}")
                records = answer.read(body)
            except NotThis as found:
                if len(self._formats) == 1:
                    raise self._unexpected(str(found)) from None
                self._formats.pop(0)
                continue
            self._formats = self._formats[:1]
            return records

    def _answered(self, address: str, query: httpx.QueryParams) -> tuple[int, bytes]:
        """Status and body of the first answer that is not of a service that is busy or away."""
        trouble = ""
        for attempt in range(self._manners.tries):
            self._walk(attempt)
            try:
                status, body, retry_after = self._get(address, query)
            except httpx.RequestError as error:
                trouble = type(error).__name__
                continue
            if status in _NO_SUCH_FORMAT or not (status == _BUSY or status >= httpx.codes.INTERNAL_SERVER_ERROR):
                return status, body
            trouble, self._asked_to_wait = f"answers {status}", retry_after
        raise Unavailable(
            f"{self._service.host} is away or busy ({trouble}): call again later, it goes on where it stopped"
        )

    def _get(self, address: str, query: httpx.QueryParams) -> tuple[int, bytes, float]:
        with self._http.stream("GET", address, params=query) as response:
            body = bytearray()
            for block in response.iter_bytes():
                body += block
                if len(body) > _LARGEST:
                    raise self._unexpected(f"more than {_LARGEST // 1024 // 1024} MB")
            return response.status_code, bytes(body), _seconds(response.headers.get("Retry-After"))

    def _walk(self, attempt: int) -> None:
        """Waits before each question but the first; longer before each further try, and as long as was asked for."""
        back_off = 2.0 ** (attempt - 1) if attempt else 0.0
        wait = max(back_off, self._manners.pause, self._asked_to_wait)
        if self._has_asked:
            self._sleep(min(wait, self._manners.longest_wait))
        self._has_asked, self._asked_to_wait = True, 0.0

    def _unexpected(self, found: str) -> Refused:
        return Refused(
            f"{self._service.host}: expected {EXPECTED}; found {found}. Is it the base address, and does the service "
            "want a jurisdiction_id (…?jurisdiction_id=NAME)?"
        )

    def _refuse_others(self, window: Window, records: Iterable[Record]) -> None:
        first, last = window.start - _LAXITY, window.end + _LAXITY
        if not all(answer.lies_within(record, first, last) for record in records):
            raise Refused(
                f"{self._service.host} answers requests of other days than asked for: it does not keep to start_date "
                "and end_date, so nobody knows what it leaves out. Save its answer to a file and ingest that"
            )


def _written(instant: int) -> str:
    """W3C date and time in UTC, as the standard asks for."""
    return (_EPOCH + timedelta(microseconds=instant)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(retry_after: str | None) -> float:
    """The seconds that a service asks to wait; a date, which few write, counts as none."""
    try:
        return max(0.0, float(retry_after or 0))
    except ValueError:
        return 0.0
