"""JSON as agencies send it: one document a file, one document a line, or a list of documents.

As for rows of a table, a damaged document costs that document alone, and a file that breaks off is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO

import orjson

from connectors import files
from connectors.contract import Broken
from connectors.files import Member

_LARGEST = 32 * 1024 * 1024
"""Bytes of the largest document that is read, its attachments included."""

_KEPT = 128 * 1024
"""Bytes of a broken document that are kept for quarantine."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON object, where it stands, and its own bytes."""

    position: str
    file: str
    content: dict[str, Any]
    raw: bytes


def documents(member: Member) -> Iterator[Document | Broken]:
    """The documents of a file in their order, streamed where there is one a line.

    Raises Refused where its bytes cannot be read on.
    """
    with files.damage_refused(member.name), member.open() as stream:
        first, second = stream.readline(_LARGEST).removeprefix(_BYTE_ORDER_MARK), stream.readline(_LARGEST)
        if _is_object(first) or (first.startswith(b"{") and _is_object(second)):
            yield from _by_line(member.name, (first, second), stream)
        else:
            begun = first + second
            yield from _whole(member.name, begun + stream.read(max(_LARGEST - len(begun), 0) + 1))


def first_of(member: Member) -> Document | Broken | None:
    """The first document of a file; None where there is none."""
    return next(documents(member), None)


def _by_line(name: str, begun: tuple[bytes, bytes], stream: BinaryIO) -> Iterator[Document | Broken]:
    rest = iter(lambda: stream.readline(_LARGEST), b"")
    for number, line in enumerate(chain(begun, rest), start=1):
        if line.strip():
            yield _document(f"{name}:{number}", name, line)


def _whole(name: str, text: bytes) -> Iterator[Document | Broken]:
    if not text.strip():
        return
    if len(text) > _LARGEST:
        yield Broken(f"{name}:1", text[:_KEPT], "is too large a document", "send it without its attachments")
        return
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        yield _broken(f"{name}:1", text)
        return
    if isinstance(content, list):
        for number, one in enumerate(content, start=1):
            yield _document(f"{name}:#{number}", name, orjson.dumps(one))
    else:
        yield _document(f"{name}:1", name, text)


def _document(position: str, name: str, raw: bytes) -> Document | Broken:
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _broken(position, raw)
    if not isinstance(content, dict):
        return Broken(position, raw[:_KEPT], "is no JSON object", "send one object for each record")
    return Document(position, name, content, raw)


def _broken(position: str, raw: bytes) -> Broken:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return Broken(position, raw[:_KEPT], "is not UTF-8", "export the file as UTF-8")
    return Broken(position, raw[:_KEPT], "is no JSON, or breaks off", "send the document again, whole")


def _is_object(line: bytes) -> bool:
    """Whether a line is one whole object, so that each line of its file is one."""
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False
