"""Reading files as agencies send them: plain, gzipped, zipped, in folders; streamed, and honest about damage.

Rows are split here and nowhere else, so that every source treats a stray quote, a byte that is no UTF-8, a byte
order mark and a file that breaks off in the same way: a bad row costs that row alone.
"""

import csv
import gzip
import hashlib
import io
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, cast

from connectors.contract import Broken, Row
from schemas.errors import Refused

_HEAD = 64 * 1024
_WIDEST_CELL = 128 * 1024
"""Characters of the longest cell that is still taken for one; beyond it, a quote was left open."""

_LONGEST_ROW = 256 * 1024
"""Bytes of a row that, sealed, still fits into one message of Kafka."""

_UTF_16_32 = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"\x00\x00\xfe\xff", "UTF-32"))
_DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile, NotImplementedError)

Wanted = Callable[[str], bool]
"""Whether the file of this name within an archive or folder is the source's matter."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file, wherever it lies: its name for people, and how to open it for its (unpacked) bytes."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Heading:
    """The names of a table's columns, and how many of its rows stand above its first row of values."""

    rows: int
    names: tuple[str, ...]


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


def refuse(path: Path | str, expected: str, found: str) -> Refused:
    """The error of a file that is of the wrong kind: what was expected and what was found."""
    name = path.name if isinstance(path, Path) else path
    return Refused(f"{name}: expected {expected}; found {found}")


def members(path: Path, wanted: Wanted) -> list[Member]:
    """The files of a path in the order of their names: itself, or those of a .zip or folder, however deep, that are
    wanted. A .gz is opened to its content. Raises Refused when there is no such path, or it cannot be opened.
    """
    if not path.exists():
        raise Refused(f"{path.name}: no such file or folder; give the path of an existing one")
    if path.is_dir():
        inside = sorted(inner for inner in path.rglob("*") if inner.is_file() and wanted(inner.name))
        return [_member(inner, inner.relative_to(path).as_posix()) for inner in inside]
    with damage_refused(path.name):
        return _zipped(path, wanted) if zipfile.is_zipfile(path) else [_member(path, path.name)]


def head(member: Member, size: int = _HEAD) -> bytes:
    """The first bytes of a file; Refused when not even those can be read."""
    with damage_refused(member.name), member.open() as stream:
        return stream.read(size)


def describe(beginning: bytes) -> str:
    """In a few words, what a file seems to be by its first bytes; never its content."""
    if not beginning:
        return "an empty file"
    for mark, words in (*_UTF_16_32, (b"PK\x03\x04", "a zip archive"), (b"%PDF", "a PDF"), (b"\x1f\x8b", "gzip")):
        if beginning.startswith(mark):
            return f"{words} text" if words.startswith("UTF") else words
    if b"\x00" in beginning:
        return "binary data"
    start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"{", b"["):
        return "JSON"
    if start[:1] == b"<":
        return "XML or HTML"
    commas = start.split(b"\n", 1)[0].count(b",")
    return f"text whose first line has {commas + 1} comma-separated columns"


def columns_of(member: Member, expects: str, delimiter: str = ",") -> list[str]:
    """The header of a CSV file. Raises Refused for what cannot be one: an empty file, UTF-16, binary data."""
    return first_rows(member, expects, delimiter, 1)[0]


def first_rows(member: Member, expects: str, delimiter: str, count: int) -> list[list[str]]:
    """The cells of the first rows of a CSV file, one at least; Refused for what cannot be one."""
    beginning = head(member)
    if not beginning.strip() or b"\x00" in beginning:
        raise refuse(member.name, expects, describe(beginning))
    text = beginning.decode("utf-8-sig", "replace")
    try:
        rows = list(islice(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), count))
    except csv.Error:
        raise refuse(member.name, expects, describe(beginning)) from None
    return [[cell.strip() for cell in row] for row in rows] or [[]]


def csv_rows(
    member: Member, table: str = "", delimiter: str = ",", heading: Heading | None = None
) -> Iterator[Row | Broken]:
    """The rows of a CSV file, whose header is its first row unless a heading says otherwise. Raises Refused where its
    bytes cannot be read on (a truncated .gz).
    """
    with damage_refused(member.name), member.open() as stream:
        yield from _split(member.name, table, delimiter, _lines(stream), heading)


def digest(paths: Sequence[Path], tell: Callable[[int], None] = lambda size: None) -> str:
    """SHA-256 of all bytes of the paths with the names inside folders, hexadecimal; `tell` hears of each block."""
    hash_ = hashlib.sha256()
    for path in paths:
        for inner in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if inner.is_file():
                hash_.update(inner.relative_to(path).as_posix().encode() if path.is_dir() else b"")
                _feed(hash_, inner, tell)
    return hash_.hexdigest()


def written_at(path: Path) -> int:
    """When the path's youngest file was written, in microseconds."""
    inside = [inner for inner in path.rglob("*") if inner.is_file()] if path.is_dir() else [path]
    return max((inner.stat().st_mtime_ns // 1_000 for inner in inside), default=0)


def count_lines(path: Path, wanted: Wanted) -> int:
    """About how many rows a path holds, for a progress bar; whatever cannot be read is left out."""
    try:
        return sum(_count_lines(member) for member in members(path, wanted))
    except Refused:
        return 0


class _Lines:
    """Lines with their numbers, some of which may be put back; keeps those taken since the last row."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self.first = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.taken.append(line)
        return line

    def next_row(self) -> None:
        """Forgets the lines of the row before."""
        self.first += len(self.taken)
        self.taken.clear()

    def keep_first(self) -> str:
        """Puts all lines back that were taken after the row's first, which it returns."""
        self._returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]
        return self.taken[0]


def _split(
    name: str, table: str, delimiter: str, source: Iterator[str], heading: Heading | None
) -> Iterator[Row | Broken]:
    lines = _Lines(source)
    above = list(islice(csv.reader(lines, delimiter=delimiter), heading.rows if heading else 1))
    header = list(heading.names) if heading else [column.strip() for column in (above or [[]])[0]]
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.next_row()
        try:
            fields = next(reader, None)
        except csv.Error:
            fields, reader = _again(lines, delimiter), csv.reader(lines, delimiter=delimiter, strict=True)
        if fields is None:
            return
        if len(fields) != len(header) and len(lines.taken) > 1:
            fields = _again(lines, delimiter)
        if fields:
            yield _row(name, table, header, fields, lines)


def _again(lines: _Lines, delimiter: str) -> list[str]:
    """The first line alone, read leniently: a stray quote must not swallow the rows after it."""
    try:
        return next(csv.reader([lines.keep_first().rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return [""]


def _row(name: str, table: str, header: list[str], fields: list[str], lines: _Lines) -> Row | Broken:
    text = lines.taken[0] if len(lines.taken) == 1 else "".join(lines.taken)
    position, raw = f"{name}:{lines.first}", text.encode("utf-8", "surrogateescape")
    if len(fields) != len(header):
        return Broken(position, raw, "has another number of columns than the header", "quote commas and line breaks")
    if len(raw) > _LONGEST_ROW:
        return Broken(position, raw[:_LONGEST_ROW], f"is longer than {_LONGEST_ROW} bytes", "shorten its texts")
    if not text.isascii() and not _is_utf8(raw):
        return Broken(position, raw, "is not UTF-8", "export the file as UTF-8")
    return Row(position, dict(zip(header, fields, strict=True)), raw, name, table)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _lines(stream: BinaryIO) -> Iterator[str]:
    csv.field_size_limit(_WIDEST_CELL)
    return io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")


def _member(path: Path, name: str) -> Member:
    with path.open("rb") as stream:
        gzipped = stream.read(2) == b"\x1f\x8b"
    if gzipped:
        return Member(name, lambda: cast(BinaryIO, gzip.open(path, "rb")))
    return Member(name, lambda: path.open("rb"))


def _zipped(path: Path, wanted: Wanted) -> list[Member]:
    with zipfile.ZipFile(path) as archive:
        names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
    return [_zip_member(path, name) for name in names if wanted(PurePosixPath(name).name)]


def _zip_member(path: Path, name: str) -> Member:
    def open_member() -> BinaryIO:
        return cast(BinaryIO, zipfile.ZipFile(path).open(name))

    return Member(name, open_member)


def _count_lines(member: Member) -> int:
    count = 0
    with suppress(Refused), damage_refused(member.name), member.open() as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            count += block.count(b"\n")
    return count


def _feed(hash_: _Hash, path: Path, tell: Callable[[int], None]) -> None:
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            hash_.update(block)
            tell(len(block))


@contextmanager
def damage_refused(name: str) -> Iterator[None]:
    """Refuses a file that breaks off, is damaged or cannot be read, by its name for people."""
    try:
        yield
    except _DAMAGE as error:
        raise Refused(
            f"{name}: it breaks off or is damaged ({type(error).__name__}); "
            "what stands before that was taken, fetch the file again for the rest"
        ) from error
    except OSError as error:
        raise Refused(
            f"{name}: cannot be read ({error.strerror or type(error).__name__}); check it and its rights"
        ) from error
