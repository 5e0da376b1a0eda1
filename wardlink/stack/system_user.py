"""PostgreSQL refuses to run as root: then it runs as a system user, to whom the way to its files is opened.

"Opened" is the right to pass through a folder (x), never to list it (r), and only on the folders above the binaries
and the data.
"""

import os
import pwd
import stat
import subprocess
from pathlib import Path

from schemas.errors import Refused

_NAME = "wardlink-postgres"
_FALLBACK = "nobody"


def user_for_postgres() -> int | None:
    """The id of the system user to run PostgreSQL as, made if need be; None when we are an ordinary user ourselves."""
    if os.geteuid() != 0:
        return None
    return _user(_NAME) or _made_user() or _user(_FALLBACK)


def group_of(user: int | None) -> int | None:
    """The group of that user."""
    return None if user is None else pwd.getpwuid(user).pw_gid


def _user(name: str) -> int | None:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def _made_user() -> int | None:
    command = ("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", _NAME)
    try:
        subprocess.run(command, check=False, capture_output=True)
    except FileNotFoundError:
        return None
    return _user(_NAME)  # also when another process has made it meanwhile


def open_way_to(path: Path) -> None:
    """Lets every user pass through the folders above `path`; Refused when we may not change one that must be."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            _let_pass(folder, mode)


def _let_pass(folder: Path, mode: int) -> None:
    try:
        folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
    except OSError as error:
        raise Refused(
            f"PostgreSQL does not run as root, and the user that it runs as may not pass through {folder}: "
            f"run `chmod o+x {folder}`, or use Wardlink as an ordinary user"
        ) from error


def give(path: Path, user: int | None) -> None:
    """Makes `user` the owner of a file or folder; does nothing when there is no such need."""
    if user is not None:
        os.chown(path, user, pwd.getpwuid(user).pw_gid)
