"""Where time goes: functions are wrapped from outside, and each stage is charged what its callees leave."""

import gc
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any


@dataclass(slots=True)
class Meter:
    """Nanoseconds by stage. Stages add up to all time spent below the outermost wrapped function, in one thread."""

    spent: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _open: list[int] = field(default_factory=list)

    def wrap(self, owner: Any, name: str, stage: str, waits: bool = False) -> None:
        """Charges calls of `owner.name` to a stage; where it `waits`, its time off the processor to "…, waiting"."""
        inner = getattr(owner, name)
        charge = self._charge_with_waiting if waits else self._charge

        @wraps(inner)
        def timed(*arguments: Any, **named: Any) -> Any:
            with charge(stage):
                return inner(*arguments, **named)

        setattr(owner, name, timed)

    def note_collections(self, stage: str) -> None:
        """Charges Python's garbage collections to a stage of their own, not to whom they happen to befall."""
        began = 0

        def note(phase: str, _info: dict[str, int]) -> None:
            nonlocal began
            if phase == "start":
                began = time.perf_counter_ns()
            elif self._open:
                self._add(stage, time.perf_counter_ns() - began)

        gc.callbacks.append(note)

    @contextmanager
    def _charge(self, stage: str) -> Iterator[None]:
        began = time.perf_counter_ns()
        self._open.append(0)
        try:
            yield
        finally:
            took = time.perf_counter_ns() - began
            self.spent[stage] -= self._open.pop()
            self._add(stage, took)

    @contextmanager
    def _charge_with_waiting(self, stage: str) -> Iterator[None]:
        began, cpu = time.perf_counter_ns(), time.thread_time_ns()
        with self._charge(stage):
            yield
        waited = max(0, time.perf_counter_ns() - began - (time.thread_time_ns() - cpu))
        self.spent[stage] -= waited
        self.spent[f"{stage}, waiting"] += waited

    def _add(self, stage: str, took: int) -> None:
        """Charges a stage, and tells the stage around it that this time is not its own."""
        self.spent[stage] += took
        if self._open:
            self._open[-1] += took
