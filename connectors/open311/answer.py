"""What services answer to GET requests, JSON or XML, as flat records of texts; pure.

The standard asks for a list of requests. FixMyStreet puts it into `service_requests` or `requests`, with one
`request` around each, writes every value as a list of one, ids as numbers, and nests `agency_responsible`; others nest
attributes. The records are the same whichever way it was written, so that ids and contents do not depend on it.
"""

import io
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import orjson

from connectors.clocks import ISO, Clock
from connectors.open311 import safe_xml
from connectors.open311.safe_xml import NotThis
from connectors.times import LONDON
from schemas.errors import Unfit

Record = dict[str, str]

ID = "service_request_id"
CLOCK = Clock(LONDON, (ISO,))
"""The standard's times state their offset; London's clock is for services that leave it out."""

_TIMES = ("requested_datetime", "updated_datetime")
_WRAPPERS = ("service_requests", "requests", "request")
_ROOTS = frozenset(_WRAPPERS)
_WHITE = b" \t\r\n\xef\xbb\xbf"


def read(body: bytes) -> list[Record]:
    """The records of an answer, whichever format it is in. Raises NotThis, which says what it is instead."""
    start = body.lstrip(_WHITE)[:1]
    if start == b"<":
        return list(from_xml(io.BytesIO(body)))
    if start not in (b"[", b"{"):
        raise NotThis("nothing" if not body.strip() else "neither JSON nor XML")
    try:
        content = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        raise NotThis("JSON that breaks off or is damaged") from None
    return list(from_json(content))


def from_xml(stream: BinaryIO) -> Iterator[Record]:
    """The records of an XML answer, streamed; raises NotThis where it cannot be read on."""
    return safe_xml.elements(stream, "request", _ROOTS)


def from_json(content: Any) -> Iterator[Record]:
    """The records of a JSON answer, out of any wrapper; raises NotThis for JSON of another kind."""
    if isinstance(content, list):
        for one in content:
            yield from from_json(one)
        return
    if not isinstance(content, dict):
        raise NotThis("JSON of another kind")
    wrapper = next((name for name in _WRAPPERS if name in content and ID not in content), None)
    if wrapper is not None:
        yield from from_json(content[wrapper])
    elif ID in content or "token" in content:
        yield flat(content)
    else:
        raise NotThis("JSON of another kind")


def flat(content: dict[str, Any]) -> Record:
    """One request as texts; `parent.child` for what lies deeper, several texts between commas."""
    record: Record = {}
    for name, text in _texts("", content):
        held = record.get(name, "")
        record[name] = f"{held}, {text}" if held and text else held or text
    return record


def _texts(name: str, value: Any) -> Iterable[tuple[str, str]]:
    if isinstance(value, dict):
        for inner, held in value.items():
            yield from _texts(f"{name}.{inner}" if name else str(inner), held)
    elif isinstance(value, list):
        for held in value:
            yield from _texts(name, held)
    else:
        yield name, "" if value is None else _text(value)


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value).strip()


def lies_within(record: Record, first: int, last: int) -> bool:
    """Whether a request was made, or last changed, between two instants (microseconds); one without times is."""
    texts = [text for name in _TIMES if (text := record.get(name))]
    instants = [instant for text in texts if (instant := _instant(text)) is not None]
    return not instants or any(first <= instant <= last for instant in instants)


def _instant(text: str) -> int | None:
    try:
        return CLOCK.span(text, _TIMES[0]).earliest.at
    except Unfit:
        return None
