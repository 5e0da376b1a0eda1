"""Other engines, each set in an environment of its own: what they need is neither installed nor locked with Wardlink.

The packages are named in NAME.in and locked in NAME.lock; `.venv-peers/NAME` is made when a bench first asks for it.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_ROOT = _HERE.parent.parent / ".venv-peers"
_UV = Path(sys.executable).with_name("uv")


def run_peer(environment: str, script: str, *words: object) -> Any:
    """What a script of this folder prints as its last line, which is JSON. Raises CalledProcessError when it fails."""
    python = _made(environment)
    told = subprocess.run([python, _HERE / script, *map(str, words)], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(told.stdout.strip().splitlines()[-1])


def _made(environment: str) -> Path:
    """The environment's Python; it is as the lock file says."""
    folder, lock = _ROOT / environment, _HERE / f"{environment}.lock"
    python, mark = folder / "bin" / "python", folder / "installed"
    if not mark.exists() or mark.read_bytes() != lock.read_bytes():
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
        _uv("pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(lock))
        mark.write_bytes(lock.read_bytes())
    return python


def _uv(*words: str) -> None:
    subprocess.run([_UV, *words], check=True)
