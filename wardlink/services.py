"""`wardlink ingest SOURCE ADDRESS`: from a service that is asked over the network to Kafka."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from connectors.collect.feed import ASKED
from connectors.open311.client import Client, Service
from connectors.open311.harvest import OVERLAP, Position, harvest
from connectors.open311.windows import DAY
from connectors.times import LONDON, moment
from schemas.errors import Refused, WardlinkError
from wardlink.ingesting import Outcome, Wish, open_desk, tune_for_throughput

if TYPE_CHECKING:
    from connectors.contract import Source
    from connectors.progress import ProgressBar
    from connectors.reading import Desk
    from wardlink.settings import Settings


class _NoPosition:
    """Of a dry run without a stack: nothing was read yet."""

    def find(self) -> int | None:
        """Nowhere."""
        return None

    def save(self, read_until: int) -> None:
        """Keeps nothing."""


def ingest_addresses(
    settings: "Settings",
    source: "Source",
    addresses: Sequence[str],
    wish: Wish,
    since: str | None = None,
    days_back: int | None = None,
    needs_backup: bool = True,
) -> Outcome:
    """Publishes what the services at these addresses hold and was not published before, one after the other; an error
    ends it and stands in the outcome. `since` is a day, YYYY-MM-DD; None goes on `days_back` days before where the last
    call stopped (None: 7).

    Raises Refused before anything is asked: for a source without a service, an address or a day that is none, and as
    `ingest_paths` does.
    """
    from connectors.progress import ProgressBar
    from connectors.tally import Tally

    if source.name not in ASKED:
        raise Refused(f"{source.name} is read from files: an address is for {', '.join(ASKED)} alone")
    services = [Service.of(address) for address in addresses]
    start, overlap = _start(since), OVERLAP if days_back is None else days_back * DAY
    outcome = Outcome(Tally())
    tune_for_throughput()
    with ProgressBar() as bar, open_desk(settings, source, wish, bar, needs_backup) as desk, ExitStack() as closing:
        if desk.by is None:
            raise Refused(f"{source.name} does not say whose reports it holds: name the agency with --agency")
        for service in services:
            position = _position(settings, source.name, desk.by, service, wish, closing)
            if not _read(desk, service, position, start, overlap, bar, outcome):
                break
    return outcome


def _read(
    desk: "Desk",
    service: Service,
    position: Position,
    since: int | None,
    overlap: int,
    bar: "ProgressBar",
    outcome: Outcome,
) -> bool:
    """Whether the service was read to the present."""
    try:
        with Client(service) as client:
            for reading in harvest(desk, client, position, since, bar.begin, outcome.warnings.append, overlap):
                outcome.add(reading)
    except WardlinkError as error:
        outcome.error = error
    return outcome.error is None


def _position(
    settings: "Settings", source: str, agency: str, service: Service, wish: Wish, closing: ExitStack
) -> Position:
    from store.database import connect
    from store.feed_position import FeedPosition
    from wardlink.settings import store_settings

    try:
        store = store_settings(settings, "writer_dsn")
        connection = closing.enter_context(connect(store.writer_dsn, "wardlink-ingest"))
    except WardlinkError:
        if wish.dry_run:
            return _NoPosition()
        raise
    return FeedPosition(connection, source, agency, service.name)


def _start(since: str | None) -> int | None:
    if since is None:
        return None
    try:
        day = date.fromisoformat(since)
    except ValueError:
        raise Refused("--since: give a day as YYYY-MM-DD") from None
    return moment(datetime.combine(day, time(), LONDON)).at
