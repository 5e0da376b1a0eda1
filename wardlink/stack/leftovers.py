"""What a supervisor that was killed may have left: processes that are still ending, and a temporary folder."""

import shutil
import tempfile
from pathlib import Path

from wardlink.stack.postgres import SHORT_FOLDER, SOCKET_FOLDER_PREFIX
from wardlink.stack.process import end
from wardlink.stack.state import StackState

_SECONDS_TO_END = 10.0


def clear_leftovers(last: StackState) -> None:
    """Ends the processes of the last run and removes its socket folder; call it while the home is locked.

    The kernel has told those processes to end; here we wait until they have, since they hold the data folders.
    A process is recognised by id and time of birth, so nobody else's is touched.
    """
    for process in reversed(last.processes):
        if process.identity is not None:
            end(process.identity, _SECONDS_TO_END)
    if last.socket_folder:
        remove_socket_folder(Path(last.socket_folder))


def remove_socket_folder(folder: Path) -> None:
    """Removes a folder that was made for a socket, and nothing else."""
    if folder.name.startswith(SOCKET_FOLDER_PREFIX) and folder.parent in {Path(tempfile.gettempdir()), SHORT_FOLDER}:
        shutil.rmtree(folder, ignore_errors=True)
