"""What an operator asks of resolve: commands, published like everything that changes an area's state."""

import time
from collections.abc import Sequence

from connectors.publish import Publisher
from connectors.registry import Registry
from schemas.records import Command, Moment
from schemas.topics import COMMANDS
from schemas.vocabulary import CommandKind
from store.areas import area_names
from store.database import connect
from streams.clock import publish_ticks
from wardlink.settings import Settings, kafka_settings, registry_url, store_settings


def switch_source(
    settings: Settings,
    agency: str,
    source: str,
    state: str,
    areas: Sequence[str] | None = None,
    at: int | None = None,
) -> Sequence[str]:
    """Makes a source "live" or "shadow" in the areas (all that are known, if none is named); returns the areas.

    It happens at `at` (microseconds since 1970 in UTC), the present if that is None.
    """
    at = time.time_ns() // 1000 if at is None else at
    wanted = list(areas or known_areas(settings))
    with Publisher(kafka_settings(settings), Registry(registry_url(settings))) as publisher:
        for area in wanted:
            command = Command(
                command_id=f"switch:{area}:{agency}/{source}:{at}",
                area=area,
                command_kind=CommandKind.SOURCE_SWITCHED,
                at=Moment(at=at),
                given_by="operator",
                subject=f"{agency}/{source}",
                arguments={"state": state},
            )
            publisher.send(COMMANDS, area, command, command.command_id, at)
        publisher.flush()
    return wanted


def tick_all(settings: Settings, at: int) -> None:
    """Moves the time of every known area to `at` (microseconds since 1970 in UTC), unless it is later already."""
    with Publisher(kafka_settings(settings), Registry(registry_url(settings))) as publisher:
        publish_ticks(known_areas(settings), at, publisher, given_by="operator")


def known_areas(settings: Settings) -> list[str]:
    """The areas of which something is stored."""
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-operate") as connection:
        return area_names(connection)
