"""XML of strangers, read as a stream and without what makes XML dangerous.

A document type is refused before it is looked at, so there are no entities: none that grow (billion laughs), none that
fetch files or pages (XXE). Depth and the length of texts are bounded.
"""

from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

_BLOCK = 1 << 16
_DEEPEST = 12
_LONGEST_TEXT = 256 * 1024

Flat = dict[str, str]


class NotThis(ValueError):
    """The text is no XML that is read here; the message says why, in words that fit after "found"."""


def elements(stream: BinaryIO, name: str, roots: frozenset[str]) -> Iterator[Flat]:
    """The elements of a name, however deep, each as the texts of what it holds: `parent.child` for what lies deeper,
    repeated ones between commas. Raises NotThis for a document with another root, and where it cannot be read on.
    """
    reader = _Reader(name, roots)
    while block := stream.read(_BLOCK):
        reader.feed(block)
        yield from reader.take()
    reader.feed(b"", is_final=True)
    yield from reader.take()


class _Reader:
    """Takes a document in blocks and keeps the elements that have ended."""

    def __init__(self, name: str, roots: frozenset[str]) -> None:
        self._name = name
        self._roots = roots
        self._depth = 0
        self._path: list[str] = []
        self._texts: list[str] = []
        self._length = 0
        self._open: Flat | None = None
        self._ended: list[Flat] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_document_type
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def feed(self, block: bytes, is_final: bool = False) -> None:
        try:
            self._parser.Parse(block, is_final)
        except expat.ExpatError as error:
            raise NotThis(f"XML that breaks off or is damaged at line {error.lineno}") from None

    def take(self) -> list[Flat]:
        ended, self._ended = self._ended, []
        return ended

    def _refuse_document_type(self, *_: object) -> None:
        raise NotThis("XML with a document type, which may hide entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotThis("XML that is nested too deep")
        if self._depth == 1 and name.casefold() not in self._roots:
            raise NotThis("a web page" if name.casefold() == "html" else "XML of another kind")
        self._texts, self._length = [], 0
        if self._open is not None:
            self._path.append(name)
        elif name == self._name:
            self._open = {}

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > _LONGEST_TEXT:
            raise NotThis("XML with too long a text")
        self._texts.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        text = "".join(self._texts).strip()
        self._texts, self._length = [], 0
        if self._open is None:
            return
        if not self._path:
            self._ended.append(self._open)
            self._open = None
            return
        self._keep(self._open, ".".join(self._path), text)
        self._path.pop()

    def _keep(self, record: Flat, key: str, text: str) -> None:
        """A text under its key; an element that only holds others has none."""
        if not text and (key in record or any(name.startswith(f"{key}.") for name in record)):
            return
        held = record.get(key)
        record[key] = f"{held}, {text}" if held else text
