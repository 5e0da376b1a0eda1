"""A bar on the terminal while rows go out: how many, how fast, how long still. On stderr: stdout stays clean."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TextColumn, TimeRemainingColumn
from rich.text import Text


class _Rate(TextColumn):
    """Rows a second."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        """The rate of the last while."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f} rows/s")


class ProgressBar:
    """Shows the progress of readings, one after the other. Off a terminal it only tells why it waits."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(compact=True),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task("", visible=False)
        self._name = ""

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def begin(self, name: str, rows: int) -> None:
        """A new path of about so many rows."""
        self._name = name
        self._progress.reset(self._task, total=rows or None, description=name, visible=True)

    def advance(self, rows: int) -> None:
        """So many rows more are settled."""
        self._progress.update(self._task, advance=rows, description=self._name)

    def waiting(self, why: str) -> None:
        """Tells why nothing moves."""
        self._progress.update(self._task, description=f"{self._name}: {why}")
        if self._progress.disable:
            self._console.print(why, style="yellow")
