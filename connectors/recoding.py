"""Files of Windows programs, read as UTF-8.

A spreadsheet program on Windows saves CSV as Windows-1252 unless it is told otherwise. Such a file is told from a
UTF-8 file with a damaged row by what it lacks: bytes beyond ASCII that are good UTF-8.
"""

import codecs
import io
import re
import zlib
from typing import BinaryIO

from connectors.files import Member

WINDOWS = "cp1252"

_BLOCK = 1 << 20
_GOOD_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NOT_WINDOWS = re.compile(rb"[\x00\x81\x8d\x8f\x90\x9d\xfe\xff]")
"""Bytes that Windows-1252 does not have, or that are letters of no language that a British agency writes (þ, ÿ)."""


def as_utf8(member: Member) -> Member:
    """The file itself, or recoded where it is Windows-1252."""
    if not is_windows(member):
        return member
    return Member(member.name, lambda: io.BufferedReader(_Recoded(member.open())))


def is_windows(member: Member) -> bool:
    """Whether a file holds letters beyond ASCII, none of them in UTF-8 and all of them in Windows-1252.

    A file that breaks off is judged by what stands before; reading its rows will tell of the damage.
    """
    found = False
    with member.open() as stream:
        while block := _read(stream):
            if not block.isascii():
                if _GOOD_UTF8.search(block) or _NOT_WINDOWS.search(block):
                    return False
                found = True
    return found


def _read(stream: BinaryIO) -> bytes:
    try:
        return stream.read(_BLOCK)
    except (EOFError, OSError, zlib.error):
        return b""


class _Recoded(io.RawIOBase):
    """A stream of Windows-1252, read as UTF-8."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        if not self._left:
            self._left = codecs.decode(self._stream.read(_BLOCK), WINDOWS).encode()
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def close(self) -> None:
        self._stream.close()
        super().close()
