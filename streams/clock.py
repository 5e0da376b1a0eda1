"""Publishes ticks: an area's time moves on although nobody reports, so that windows lapse and dates fall due."""

import threading
from collections.abc import Callable, Sequence

import structlog

from connectors.publish import Publisher
from schemas.errors import Unavailable
from schemas.records import Command, Moment
from schemas.topics import COMMANDS
from schemas.vocabulary import CommandKind
from streams.health import Health

log = structlog.get_logger()


def tick(area: str, at: int, given_by: str = "clock") -> Command:
    """The command that moves an area's time to `at` (microseconds since 1970 in UTC)."""
    return Command(
        command_id=f"tick:{area}:{at}",
        area=area,
        command_kind=CommandKind.TICK,
        at=Moment(at=at),
        given_by=given_by,
        subject=None,
    )


def run(
    areas: Callable[[], Sequence[str]],
    now: Callable[[], int],
    publisher: Publisher,
    health: Health,
    stop: threading.Event,
    every_seconds: float,
) -> None:
    """Ticks every known area, now and then every so many seconds, until told to stop."""
    while not stop.is_set():
        try:
            publish_ticks(areas(), now(), publisher)
            health.working()
        except Unavailable as error:
            health.waiting(str(error))
            log.warning("unavailable", message=str(error))
        stop.wait(every_seconds)


def publish_ticks(areas: Sequence[str], at: int, publisher: Publisher, given_by: str = "clock") -> None:
    """Publishes one tick for each area and waits for the broker."""
    for area in areas:
        command = tick(area, at, given_by)
        publisher.send(COMMANDS, area, command, command.command_id, at)
    publisher.flush()
