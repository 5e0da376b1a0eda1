"""Dumps of PostgreSQL by its own pg_dump and pg_restore, as streams: nothing is ever written unsealed to a disk."""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from psycopg.conninfo import conninfo_to_dict

from schemas.errors import Refused
from store.settings import StoreSettings

_PIECE = 1 << 20
_LONGEST_REASON = 400
_PIPE = subprocess.PIPE
_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "channel_binding": "PGCHANNELBINDING",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}
"""libpq's variables: a password among a program's arguments would be shown to every user of the machine."""


@dataclass(frozen=True, slots=True)
class Part:
    """One schema of one database, dumped and restored by the role that owns it."""

    name: str
    dsn: str
    schema: str


def parts(settings: StoreSettings) -> tuple[Part, ...]:
    """What makes a whole backup, in the order in which it is dumped.

    The keys come after the reports that they open, and the registry last, so that a dump of the reports never names a
    key or a schema that its companions lack. Without a registry of our own there is no such part.
    """
    main = Part("main", settings.owner_dsn, "public")
    keys = Part("keys", settings.keys_dsn, "public")
    registry = Part("registry", settings.registry_dsn, "registry")
    return (main, keys, registry) if registry.dsn else (main, keys)


def dump(part: Part, programs: Path) -> Iterator[bytes]:
    """The dump of a part in pg_dump's custom format, piece by piece; `programs` is the folder that holds pg_dump.

    Raises Refused when pg_dump does not succeed; what was given before is then not a dump.
    """
    command = ["pg_dump", "--format=custom", "--no-password", f"--schema={part.schema}"]
    with tempfile.TemporaryFile() as troubles:
        with _started(command, part, programs, troubles, stdout=_PIPE) as process:
            output = cast(IO[bytes], process.stdout)
            yield from iter(lambda: output.read(_PIECE), b"")
        _check(process, part, troubles)


def restore(part: Part, programs: Path, content: Iterable[bytes]) -> None:
    """Puts a dump in the place of what a part holds, in one transaction: all of it, or nothing is changed.

    Raises Refused when pg_restore does not succeed, and whatever reading the content raises.
    """
    command = [
        "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
        "--no-password", f"--schema={part.schema}", f"--dbname={_variables(part.dsn)['PGDATABASE']}",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as troubles:
        with _started(command, part, programs, troubles, stdin=_PIPE) as process:
            _feed(process, content)
        _check(process, part, troubles)


def _feed(process: "subprocess.Popen[bytes]", content: Iterable[bytes]) -> None:
    """Hands the content over; when reading it fails, the program is ended before it can commit a part."""
    target = cast(IO[bytes], process.stdin)
    try:
        with suppress(BrokenPipeError):  # the program has ended: its exit code and its words say why
            for piece in content:
                target.write(piece)
            target.close()
    except BaseException:  # also Ctrl-C: what the program has got of the content must not be committed
        process.kill()
        raise


def _started(
    command: list[str],
    part: Part,
    programs: Path,
    troubles: IO[bytes],
    stdin: int | None = None,
    stdout: int | None = None,
) -> "subprocess.Popen[bytes]":
    program = programs / command[0]
    variables = {**_variables(part.dsn), "PGAPPNAME": f"wardlink-{command[0]}", "PGOPTIONS": "-c lock_timeout=20s"}
    try:
        return subprocess.Popen(
            [str(program), *command[1:]], env=variables, stdin=stdin, stdout=stdout, stderr=troubles
        )
    except FileNotFoundError:
        raise Refused(f"there is no {program}: install PostgreSQL's client programs") from None


def _variables(dsn: str) -> dict[str, str]:
    given = conninfo_to_dict(dsn)
    return {variable: str(given[name]) for name, variable in _VARIABLES.items() if given.get(name) is not None}


def _check(process: "subprocess.Popen[bytes]", part: Part, troubles: IO[bytes]) -> None:
    """Refused with the program's last words; they name tables and roles, never rows."""
    if process.returncode == 0:
        return
    troubles.seek(0, os.SEEK_SET)
    reason = " ".join(troubles.read().decode(errors="replace").split())[-_LONGEST_REASON:]
    raise Refused(f"the database {part.name} could not be dumped or restored: {reason}")
