"""The objects right below a prefix of a bucket, in S3-compatible storage.

There is no rename: a file is copied and then removed, unless it was written anew meanwhile. Messages of the service are
never shown, since they quote keys; its error code is.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import obstore
from obstore.exceptions import (
    BaseError,
    InvalidPathError,
    NotFoundError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from connectors.collect.account import S3Account
from connectors.collect.drive import BLOCK, Away, Drive, Entry, Sink
from connectors.collect.feed import Bucket
from schemas.errors import Refused

_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_BUSY = {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout"}
_GONE = (FileNotFoundError, NotFoundError)


class S3Drive(Drive):
    """A prefix of a bucket."""

    def __init__(self, where: Bucket, account: S3Account) -> None:
        self._where = where
        with self._told():
            self._store = S3Store(
                where.name,
                access_key_id=account.access_key,
                secret_access_key=account.secret_key,
                region=account.region or None,
                endpoint=account.endpoint or None,
                client_options={
                    "allow_http": account.endpoint.startswith("http://"),
                    "connect_timeout": "10s",
                    "timeout": "10m",
                },
                retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
            )

    def entries(self, folder: str = "") -> list[Entry]:
        """All pages of the listing; what lies deeper is not listed."""
        prefix = "/".join(filter(None, (self._where.prefix, folder)))
        with self._told():
            found = obstore.list_with_delimiter(self._store, prefix or None)["objects"]
        return [_made(one) for one in found if one["path"] != prefix]

    def stat(self, path: str) -> Entry | None:
        """One object."""
        try:
            with self._told():
                return _made(obstore.head(self._store, self._key(path)))
        except FileNotFoundError:
            return None

    def fetch(self, path: str, into: Sink) -> bool:
        """As a stream."""
        try:
            with self._told():
                for block in obstore.get(self._store, self._key(path)).stream(BLOCK):
                    into.write(bytes(block))
            return True
        except FileNotFoundError:
            return False

    def write(self, path: str, content: bytes) -> None:
        """An object is there as a whole or not at all."""
        try:
            with self._told():
                obstore.put(self._store, self._key(path), content)
        except FileNotFoundError as error:
            raise self._refused("NoSuchBucket") from error

    def move(self, source: str, target: str) -> bool:
        """Copied, and removed if it is still the one that was copied."""
        before = self.stat(source)
        if before is None:
            return False
        try:
            with self._told():
                obstore.copy(self._store, self._key(source), self._key(target))
        except FileNotFoundError:
            return False
        if self.stat(source) != before:
            self.remove(target)
            return False
        self.remove(source)
        return True

    def remove(self, path: str) -> None:
        """One object."""
        try:
            with self._told():
                obstore.delete(self._store, self._key(path))
        except FileNotFoundError:
            return

    def make_folder(self, name: str) -> None:
        """A prefix needs no making."""

    def close(self) -> None:
        """Connections belong to the store and go with it."""

    def _key(self, path: str) -> str:
        return "/".join(filter(None, (self._where.prefix, path)))

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except _GONE as error:
            raise FileNotFoundError from error
        except InvalidPathError as error:
            raise Refused(
                f"{self._where}: holds a key with an empty or dotted part, such as a//b or a/../b (give it another key)"
            ) from error
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise self._refused(_code(error) or "AccessDenied") from error
        except BaseError as error:
            code = _code(error)
            if code and code not in _BUSY:
                raise self._refused(code) from error
            raise Away(f"{self._where}: does not answer ({code or type(error).__name__})") from error

    def _refused(self, code: str) -> Refused:
        return Refused(
            f"{self._where}: the service refuses with {code} (check the bucket, the account's keys, endpoint and "
            "region, and that they may list, get, put and delete)"
        )


def _code(error: BaseError) -> str:
    """The error code of the service's answer; empty where it gave none."""
    found = _CODE.search(str(error))
    return found[1] if found else ""


def _made(meta: Any) -> Entry:
    written = int(meta["last_modified"].timestamp() * 1_000_000)
    return Entry(meta["path"].rpartition("/")[2], meta["size"], written, meta["e_tag"] or "")
