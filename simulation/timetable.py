"""When what happens outside: each file is collected in the morning after its day, and the clock ticks every six hours.

`timetable.csv` beside the files has the columns at (UTC), what (`file` or `tick`), agency, source, profile and path, in
order of time. Whoever plays a borough reads each file with its time as the time of collecting, and publishes each tick
for the borough's area; ticks go on for a fortnight after the last day, so that dates fall due and windows lapse.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from pathlib import Path

from simulation.clock import at
from simulation.feeds import ALL, READERS, Feed
from simulation.settings import Settings
from simulation.tables import write_table

NAME = "timetable.csv"

_COLUMNS = ("at", "what", "agency", "source", "profile", "path")
_COLLECTED = 6
_AFTERWARDS = 14
_TICK = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file, or the folder of one delivery, below the borough's folder; and when it is collected."""

    at: datetime
    feed: Feed
    path: Path


def ticks(settings: Settings, every: timedelta = _TICK) -> Iterator[datetime]:
    """The moments at which the area's clock ticks, from the first midnight to a fortnight after the last day."""
    moment, last = at(settings.start, 0, 0), at(settings.day(settings.days + _AFTERWARDS), 0, 0)
    while moment <= last:
        yield moment
        moment += every


def deliveries(settings: Settings, folder: Path, files: Iterable[Path]) -> list[Delivery]:
    """The deliveries that these files make, in order of time; the published statistics come at the end."""
    paths = dict.fromkeys(_delivered(file.relative_to(folder)) for file in files)
    found = [Delivery(_collected(settings, feed, path), feed, path) for feed, path in paths]
    return sorted(found, key=lambda delivery: (delivery.at, ALL.index(delivery.feed), delivery.path.as_posix()))


def write_timetable(settings: Settings, folder: Path, files: Iterable[Path]) -> Path:
    """Writes the timetable of a borough."""
    collected = [_row(delivery) for delivery in deliveries(settings, folder, files)]
    ticked = [(_written(moment), "tick", "", "", "", "") for moment in ticks(settings)]
    return write_table(folder / NAME, _COLUMNS, sorted((*collected, *ticked), key=itemgetter(0)))


def _delivered(path: Path) -> tuple[Feed, Path]:
    """Whose a file is, and what of it is delivered as a whole: a folder of tables is one delivery."""
    feed: Feed = next(each for each in ALL if each == path.parts[0])
    return feed, Path(*path.parts[:2])


def _collected(settings: Settings, feed: Feed, path: Path) -> datetime:
    if feed == "police-uk":
        return at(settings.day(settings.days), _COLLECTED + 1, 0)
    day = date.fromisoformat((path.stem if path.suffix else path.name)[-10:])
    return at(day + timedelta(days=1), _COLLECTED, ALL.index(feed))


def _row(delivery: Delivery) -> tuple[str, ...]:
    reader = READERS[delivery.feed]
    path = delivery.path.as_posix()
    return (_written(delivery.at), "file", reader.agency or "", reader.source, reader.profile, path)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
