"""The command line as its users call it, on a home of its own; for journeys and chaos."""

import os
import subprocess
import sys
from pathlib import Path

import psutil

from wardlink.settings import Settings, load


class CommandLine:
    """Runs `wardlink` on one home; `environment` is added to every call."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.environment = {**os.environ, "WARDLINK_HOME": str(home), **environment}

    @property
    def settings(self) -> Settings:
        """The settings of that home."""
        return load(home=self.home)

    def __call__(self, *words: str, seconds: float = 180.0) -> subprocess.CompletedProcess[str]:
        """Runs `wardlink WORDS…` to its end."""
        return subprocess.run(
            (sys.executable, "-m", "wardlink", *words),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def succeed(self, *words: str, seconds: float = 180.0) -> str:
        """Runs a command that must succeed; returns what it printed."""
        done = self(*words, seconds=seconds)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Starts `wardlink WORDS…` and comes back at once; its output is the caller's to read."""
        return subprocess.Popen(
            (sys.executable, "-m", "wardlink", *words),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def processes(self) -> list[psutil.Process]:
        """Every living process that names this home in its command line (the servers do)."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.pid != os.getpid() and str(self.home) in " ".join(process.cmdline())
        except psutil.Error:  # it has gone meanwhile
            return False
