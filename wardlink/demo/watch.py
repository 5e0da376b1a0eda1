"""What the terminal shows while a demonstration runs: stages with their seconds, and counters while reports flow.

Everything goes to stderr; on something that is no terminal there are plain lines and no cursor play.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import date
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from schemas.errors import Unavailable

Ask = Callable[[], Mapping[str, int]]
"""Counts what has come of the reports so far; raises Unavailable."""

_ASK_EVERY_SECONDS = 0.5


class Stages:
    """Tells one stage after the other, each with the seconds since the beginning."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    @contextmanager
    def stage(self, what: str) -> Iterator[None]:
        """Something that takes a while; it is told when it is done."""
        with self.console.status(f"{what} …") if self.console.is_terminal else nullcontext():
            yield
        self.say(f"{what}.")

    def say(self, what: str) -> None:
        """One line."""
        self.console.print(f"[dim]{self.seconds:6.1f} s[/]  {what}", highlight=False, soft_wrap=True)


class Silence:
    """Watches a reading and says nothing: the story's lines tell what comes of it."""

    def advance(self, rows: int) -> None:
        """So many rows more are settled."""

    def waiting(self, why: str) -> None:
        """Nothing moves, and why."""


class Counters:
    """Watches reports go in and what comes of them. It is the `Bar` of the readings that go on meanwhile."""

    def __init__(self, stages: Stages, ask: Ask) -> None:
        self._stages = stages
        self._ask = ask
        self._counts: Mapping[str, int] = {}
        self._rows = 0
        self._doing = ""
        self._why = ""
        self._stop = threading.Event()
        self._asking = threading.Thread(target=self._keep_asking, name="wardlink-demo-counters", daemon=True)
        self._live = Live(
            console=stages.console, get_renderable=self._render, refresh_per_second=4, transient=True, screen=False
        )

    def __enter__(self) -> Self:
        if self._stages.console.is_terminal:
            self._asking.start()
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._live.stop()
        if self._asking.is_alive():
            self._asking.join()

    def begin(self, what: str) -> None:
        """What is read now."""
        self._doing, self._why = what, ""

    def advance(self, rows: int) -> None:
        """So many rows more are settled."""
        self._rows += rows

    def waiting(self, why: str) -> None:
        """Nothing moves, and why."""
        if not self._why:
            self._stages.say(f"[yellow]{why}[/]")
        self._why = why

    def mark(self, day: date) -> None:
        """Says how far things are on the evening of a day."""
        self._look()
        self._stages.say(f"by {day:%a %d %b}: {in_words(self._counts)}")

    def _look(self) -> None:
        try:
            self._counts = self._ask()
        except Unavailable as error:
            self.waiting(str(error))

    def _keep_asking(self) -> None:
        while not self._stop.wait(_ASK_EVERY_SECONDS):
            self._look()

    def _render(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for _ in ("rows read", *self._counts):
            table.add_column(justify="right")
        table.add_row("[dim]rows read[/]", *(f"[dim]{name}[/]" for name in self._counts))
        table.add_row(f"{self._rows:,}", *(f"[bold]{count:,}[/]" for count in self._counts.values()))
        table.caption = self._why or self._doing
        table.caption_justify = "left"
        return table


def in_words(counts: Mapping[str, int]) -> str:
    """Counts as a line: "512 reports → 390 incidents → 41 cases"."""
    return " → ".join(f"{count:,} {name}" for name, count in counts.items())
