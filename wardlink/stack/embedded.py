"""The embedded stack as a whole: which processes it has, and how it is run in the foreground."""

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from schemas.errors import WardlinkError
from wardlink.settings import Settings, child_environment
from wardlink.stack import logs, ports
from wardlink.stack.home import Home, locked, make_ready
from wardlink.stack.jars import class_path
from wardlink.stack.kafka import Kafka
from wardlink.stack.leftovers import clear_leftovers
from wardlink.stack.postgres import Postgres
from wardlink.stack.process import Command, identify
from wardlink.stack.roles import ROLES, STEPS, Role
from wardlink.stack.service import Plain, Service
from wardlink.stack.state import ProcessState, StackState, StackStatus, last_state, read_state, write_state
from wardlink.stack.supervisor import Supervisor, Wakeup

Say = Callable[[str], None]

_ROLE_SETTLES = 2.0
"""Seconds that a role must live to count as started: most that cannot work end within them and say why."""


def stack_state(settings: Settings) -> StackState:
    """What runs in WARDLINK_HOME now; its status is `down` when nothing does."""
    return read_state(settings.folders)


def run_in_foreground(settings: Settings, workers: int, timeout: float, say: Say) -> None:
    """Runs the stack until SIGTERM, SIGINT or SIGHUP; when it returns or raises, nothing of it runs.

    Raises Refused when the home, the disk or a port is not fit or another stack runs here, Unavailable when a process
    cannot be started or is not ready after `timeout` seconds.
    """
    home = settings.folders
    make_ready(home)
    with locked(home):
        clear_leftovers(last_state(home))
        Stack(settings, workers, say).run(timeout)


@dataclass(slots=True)
class Stack:
    """Kafka and PostgreSQL (where no external one is set), the steps, and the roles."""

    settings: Settings
    workers: int
    say: Say
    kafka: Kafka | None = field(default=None, init=False)
    postgres: Postgres | None = field(default=None, init=False)
    registry_port: int = field(default=0, init=False)
    push_port: int = field(default=0, init=False)
    _said: dict[str, str] = field(default_factory=dict, init=False)

    def run(self, timeout: float) -> None:
        """Prepares, starts and supervises everything; leaves a state file that says how it ended."""
        last = StackState(status="failed", reason="it ended by a defect: see `wardlink logs supervisor`")
        try:
            with Wakeup().listening() as wakeup:
                self._write_state("starting", ())
                self._prepare()
                self._supervisor(timeout).run(wakeup)
            last = StackState()
        except WardlinkError as error:
            last = StackState(status="failed", reason=str(error))
            raise
        finally:
            self._clear(last)

    def _prepare(self) -> None:
        """Makes both servers' data folders, side by side the first time."""
        home = self.settings.folders
        if not self.settings.kafka.bootstrap:
            self.kafka = make_kafka(self.settings, home, self.say)
        if not self.settings.postgres.is_set:
            self.postgres = Postgres(home.postgres, home.log_of("postgres"), self.settings.stack.postgres_port)
        if any(role.is_registry for role in self._roles()):
            self.registry_port = ports.choose(self.settings.stack.registry_port, "WARDLINK_STACK_REGISTRY_PORT")
        if any(role.is_pushed_to for role in self._roles()):
            self.push_port = ports.choose(self.settings.stack.push_port, "WARDLINK_STACK_PUSH_PORT")
        prepare_side_by_side([server for server in (self.kafka, self.postgres) if server is not None])

    def _supervisor(self, timeout: float) -> Supervisor:
        return Supervisor(self._stages(), self._on_change, self._upkeep, start_timeout=timeout)

    def _stages(self) -> list[list[Service]]:
        servers: list[Service] = [server for server in (self.kafka, self.postgres) if server is not None]
        steps: list[list[Service]] = [[self._step(words)] for words in known_steps() if self.settings.stack.roles]
        registry = [service for role in self._roles() if role.is_registry for service in self._services(role)]
        others = [service for role in self._roles() if not role.is_registry for service in self._services(role)]
        return [stage for stage in (servers, *steps, registry, others) if stage]

    def _roles(self) -> list[Role]:
        """All roles that are wanted, less our own registry where an external one is set."""
        wanted = [role for role in ROLES if role.is_wanted(self.settings)] if self.settings.stack.roles else []
        return [role for role in wanted if not (role.is_registry and self.settings.registry.url)]

    def _step(self, words: tuple[str, ...]) -> Service:
        name = "-".join(words)
        return Plain(name, lambda: self._wardlink(name, *words), once=True)

    def _services(self, role: Role) -> list[Service]:
        return [self._service(role, name, worker) for name, worker in role.processes(self.workers)]

    def _service(self, role: Role, name: str, worker: int) -> Service:
        def start() -> Command:
            return self._wardlink(name, "run", role.name, "--worker", str(worker))

        if role.is_registry:
            return Plain(name, start, ready=lambda: ports.answers(self.registry_port))
        if role.is_pushed_to:
            return Plain(name, start, ready=lambda: ports.answers(self.push_port))
        return Plain(name, start, settles=_ROLE_SETTLES)

    def _wardlink(self, name: str, *words: str) -> Command:
        return Command(
            argv=(sys.executable, "-m", "wardlink", *words),
            log=self.settings.folders.log_of(name),
            environment=child_environment(self.settings),
        )

    def _on_change(self, status: StackStatus, processes: tuple[ProcessState, ...]) -> None:
        with suppress(OSError):  # a disk that fills up must not end the stack; its processes say so themselves
            self._write_state(status, processes)
            for process in processes:
                self._report(process)

    def _report(self, process: ProcessState) -> None:
        """Says once that a process has become what it is now."""
        how = process.status if process.status != "waiting" else f"ended ({process.last_exit}), started again soon"
        if process.status != "stopped" and self._said.get(process.name) != how:
            self._said[process.name] = how
            self.say(f"{process.name:<16}{how}")

    def _upkeep(self) -> None:
        with suppress(OSError):  # as above
            logs.rotate(self.settings.folders)

    def _write_state(self, status: StackStatus, processes: tuple[ProcessState, ...]) -> None:
        state = StackState(
            status=status,
            supervisor=identify(os.getpid()),
            bootstrap="" if self.kafka is None else self.kafka.bootstrap,
            store=None if self.postgres is None else self.postgres.dsns,
            registry_url=_url(self.registry_port),
            push_url=_url(self.push_port),
            socket_folder="" if self.postgres is None else str(self.postgres.sockets),
            processes=processes,
        )
        write_state(self.settings.folders, state)

    def _clear(self, last: StackState) -> None:
        if self.postgres is not None:
            self.postgres.clear()
        write_state(self.settings.folders, last)


def _url(port: int) -> str:
    return f"http://{ports.LOOPBACK}:{port}" if port else ""


def make_kafka(settings: Settings, home: Home, say: Say) -> Kafka:
    """The embedded Kafka of a home, its files fetched."""
    return Kafka(
        home.kafka,
        home.log_of("kafka"),
        class_path(settings.cache_folder, say),
        settings.stack.kafka_port,
        settings.stack.kafka_heap_mb,
    )


def prepare_side_by_side(servers: Sequence[Kafka | Postgres]) -> None:
    """Each server makes its data folder the first time; raises what the first that fails raises."""
    with ThreadPoolExecutor() as executor:
        for outcome in [executor.submit(server.prepare) for server in servers]:
            outcome.result()


def known_steps() -> list[tuple[str, ...]]:
    """The steps that the command line has."""
    from wardlink.cli import has_command

    return [words for words in STEPS if has_command(*words)]
