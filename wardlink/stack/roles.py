"""The roles of Wardlink on one page: what `wardlink up` starts and `wardlink run ROLE` runs.

To add a role, add a line to ROLES. Its function takes the settings and the number of its worker (1, 2, …) and runs
until it is told to stop by SIGTERM; whatever it raises ends the process, and the supervisor starts it again.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from schemas.errors import Refused
from wardlink.settings import Settings

RunRole = Callable[[Settings, int], None]


@dataclass(frozen=True, slots=True)
class Role:
    """One role: `target` is "module:function"."""

    name: str
    target: str
    per_worker: bool = False
    """Whether it runs once for each worker (`wardlink up --workers N`)."""
    is_registry: bool = False
    """Whether it is the schema registry: it is given a port, and started before the others, which rely on it."""
    is_pushed_to: bool = False
    """Whether it is the service that partner systems push to: it is given a port."""
    is_wanted: Callable[[Settings], bool] = lambda settings: True
    """Whether the embedded stack starts it."""

    def processes(self, workers: int) -> tuple[tuple[str, int], ...]:
        """Name and number of each of its processes."""
        if not self.per_worker:
            return ((self.name, 1),)
        return tuple((f"{self.name}-{worker}", worker) for worker in range(1, workers + 1))

    def load(self) -> RunRole:
        """Its function."""
        module, _, function = self.target.partition(":")
        run: RunRole = getattr(importlib.import_module(module), function)
        return run


ROLES: tuple[Role, ...] = (
    Role("registry", "wardlink.registry:serve", is_registry=True),
    Role("resolve", "wardlink.roles:resolve", per_worker=True),
    Role("relay", "wardlink.roles:relay"),
    Role("deliver", "wardlink.roles:deliver"),
    Role("clock", "wardlink.roles:clock"),
    Role("push", "wardlink.roles:push", is_pushed_to=True),
    Role("collect", "wardlink.roles:collect", is_wanted=lambda settings: settings.collect.file is not None),
)
"""Every role, in the order of their start."""

STEPS: tuple[tuple[str, ...], ...] = (("keyring", "ensure"), ("migrate",), ("topics", "apply"))
"""Commands that must have succeeded before any role starts (those that the command line has)."""


def find_role(name: str) -> Role:
    """The role of that name; Refused when there is none."""
    for role in ROLES:
        if role.name == name:
            return role
    known = ", ".join(role.name for role in ROLES) or "none yet"
    raise Refused(f"there is no role {name}: choose one of {known}")
