"""A folder of an SFTP server, whose host key is pinned: another server is refused before it is told anything.

Only what the declaration and the settings say counts: no SSH configuration, agent or key of the user is looked at.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import asyncssh
from asyncssh.constants import FILEXFER_TYPE_REGULAR, FILEXFER_TYPE_UNKNOWN

from connectors.collect.account import SftpAccount
from connectors.collect.drive import BLOCK, Away, Drive, Entry, Sink
from connectors.collect.feed import Sftp, fingerprint
from schemas.errors import Refused

_PATIENCE_SECONDS = 30.0
"""For the connection, the login and every answer."""

_PATIENCE_FOR_ALL_SECONDS = 600.0
"""For a whole listing."""

_FAREWELL_SECONDS = 5.0
_KEEP_ALIVE_SECONDS = 15
"""A server that does not answer three in a row has gone."""

_MICROS = 1_000_000
_GONE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_MENDABLE = (*_GONE, asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect, asyncssh.SFTPOpUnsupported)
_AWAY = (OSError, asyncssh.Error, asyncio.TimeoutError)
_TYPES = {FILEXFER_TYPE_REGULAR, FILEXFER_TYPE_UNKNOWN}

Value = TypeVar("Value")


class SftpDrive(Drive):
    """One connection, kept alive on a thread of its own until it is closed."""

    def __init__(self, where: Sftp, account: SftpAccount) -> None:
        self._where = where
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"sftp {where.host}", daemon=True)
        self._thread.start()
        self._connection: asyncssh.SSHClientConnection | None = None
        try:
            self._client = self._run(self._connect(_options(where, account)))
        except BaseException:  # also Ctrl-C: without a drive nobody would end its thread
            self.close()
            raise

    def entries(self, folder: str = "") -> list[Entry]:
        """Asked for page by page."""
        missing = _GONE if folder else ()

        async def listed() -> list[Entry]:
            with suppress(*missing):
                return [_made(str(one.filename), one.attrs) async for one in self._found(folder)]
            return []

        return self._run(listed(), _PATIENCE_FOR_ALL_SECONDS)

    def stat(self, path: str) -> Entry | None:
        """Without following a link."""

        async def asked() -> Entry | None:
            with suppress(*_GONE):
                attributes = await self._client.lstat(self._path(path))
                return _made(path.rpartition("/")[2], attributes) if attributes.type in _TYPES else None
            return None

        return self._run(asked())

    def fetch(self, path: str, into: Sink) -> bool:
        """A block is asked for in several requests at once."""

        async def copied() -> bool:
            with suppress(*_GONE):
                async with self._client.open(self._path(path), "rb") as stream:
                    while block := await _soon(stream.read(BLOCK)):
                        assert isinstance(block, bytes), "it was opened for bytes"  # noqa: S101
                        into.write(block)
                return True
            return False

        return self._run(copied(), patience=None)

    def write(self, path: str, content: bytes) -> None:
        """By way of a hidden file beside it."""
        folder, _, name = path.rpartition("/")
        hidden = f"{folder}/.{name}" if folder else f".{name}"

        async def written() -> None:
            async with self._client.open(self._path(hidden), "wb") as stream:
                await stream.write(content)
            await self._removed(path)
            await self._client.rename(self._path(hidden), self._path(path))

        self._run(written())

    def move(self, source: str, target: str) -> bool:
        """A rename, which a server refuses where there is a file already."""

        async def moved() -> bool:
            with suppress(*_GONE):
                await self._client.rename(self._path(source), self._path(target))
                return True
            return False

        return self._run(moved())

    def remove(self, path: str) -> None:
        """One file."""
        self._run(self._removed(path))

    def make_folder(self, name: str) -> None:
        """Servers do not agree on how they say that it is there already."""

        async def made() -> None:
            if not await self._client.isdir(self._path(name)):
                await self._client.mkdir(self._path(name))

        self._run(made())

    def close(self) -> None:
        """Ends the connection and its thread."""
        if self._connection is not None:
            with suppress(TimeoutError):  # a server that does not let go is let go
                asyncio.run_coroutine_threadsafe(_ended(self._connection), self._loop).result(_FAREWELL_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _connect(self, options: dict[str, Any]) -> asyncssh.SFTPClient:
        self._connection = await asyncssh.connect(self._where.host, self._where.port, **options)
        return await self._connection.start_sftp_client(path_errors="surrogateescape")

    async def _found(self, folder: str) -> Any:
        async for one in self._client.scandir(self._path(folder)):
            if one.attrs.type in _TYPES and one.filename not in (".", "..") and "/" not in str(one.filename):
                yield one

    async def _removed(self, path: str) -> None:
        with suppress(*_GONE):
            await self._client.remove(self._path(path))

    def _path(self, path: str) -> str:
        return f"{self._where.folder.rstrip('/')}/{path}" if path else self._where.folder

    def _run(self, work: Coroutine[Any, Any, Value], patience: float | None = _PATIENCE_SECONDS) -> Value:
        """Does the work on the connection's thread and waits for it."""
        with self._told():
            return asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, patience), self._loop).result()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors by what to do next; never with the server's own words, which nobody has checked."""
        where = self._where
        try:
            yield
        except asyncssh.HostKeyNotVerifiable as error:
            pinned = ", ".join(map(fingerprint, where.host_keys))
            raise Refused(
                f"{where}: the server shows another host key than the one that is pinned ({pinned}), so nothing was "
                "sent to it (ask its operator: is it a new key, or another server? then mend host_keys)"
            ) from error
        except asyncssh.PermissionDenied as error:
            raise Refused(f"{where}: the login is refused (check the account's password or key_file)") from error
        except _MENDABLE as error:
            raise Refused(
                f"{where}: {_words(error)} (check the folder, and that the account may read and write in it and make "
                "folders)"
            ) from error
        except _AWAY as error:
            raise Away(f"{where}: does not answer, or cannot do it now ({type(error).__name__})") from error


def _options(where: Sftp, account: SftpAccount) -> dict[str, Any]:
    pinned = [asyncssh.import_public_key(line) for line in where.host_keys]
    methods = (
        {"preferred_auth": "publickey", "client_keys": [_key(account)]}
        if account.key_file
        else {
            "preferred_auth": "password,keyboard-interactive",
            "client_keys": None,
            "password": account.password,
        }
    )
    return {
        **methods,
        "username": where.user,
        "known_hosts": (pinned, [], []),
        "config": None,
        "agent_path": None,
        "connect_timeout": _PATIENCE_SECONDS,
        "login_timeout": _PATIENCE_SECONDS,
        "keepalive_interval": _KEEP_ALIVE_SECONDS,
    }


def _key(account: SftpAccount) -> asyncssh.SSHKey:
    """The private key of an account; Refused when its file cannot be used, or others may read it."""
    path = account.key_file
    assert path is not None, "asked for before"  # noqa: S101
    try:
        if path.stat().st_mode & 0o077:
            raise Refused(f"key_file {path}: others may read it (chmod 600)")
        return asyncssh.read_private_key(path, account.passphrase or None)
    except OSError as error:
        raise Refused(f"key_file {path}: {error.strerror} (name a readable file)") from error
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise Refused(
            f"key_file {path}: is no private key that this passphrase opens (check both; one that is encrypted must "
            "be in PKCS #8 form)"
        ) from error


async def _ended(connection: asyncssh.SSHClientConnection) -> None:
    connection.abort()
    await connection.wait_closed()


async def _soon(work: Coroutine[Any, Any, Value]) -> Value:
    return await asyncio.wait_for(work, _PATIENCE_SECONDS)


def _made(name: str, attributes: asyncssh.SFTPAttrs) -> Entry:
    return Entry(name, attributes.size or 0, (attributes.mtime or 0) * _MICROS + (attributes.mtime_ns or 0) // 1000)


def _words(error: BaseException) -> str:
    if isinstance(error, _GONE):
        return "there is no such folder"
    return "it is not allowed" if isinstance(error, asyncssh.SFTPPermissionDenied) else "the server cannot do it"
