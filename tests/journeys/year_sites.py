"""A simulated borough's feeds at real places (folder, SFTP, S3, Open311), and the declaration of what is collected."""

import json
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml

from connectors import sources
from connectors.collect.feed import Sftp
from connectors.contract import Source
from simulation.borough import Settings as Borough
from simulation.borough import build
from simulation.feeds import READERS, Feed
from simulation.timetable import Delivery, deliveries
from simulation.write import write
from tests.connectors.collect.sites import PASSWORD, FolderSite, S3Site, SftpServer, Site, running_s3
from tests.connectors.georeport import GeoReport, Request, serving

ASKED: Feed = "open311"
"""The feed that is no file: its service is asked."""

PLACES: Mapping[Feed, str] = {
    "police-cad": "folder",
    "housing": "folder",
    "haven-cases": "sftp",
    "haven-diaries": "sftp",
    "weir-notes": "sftp",
    "noiseworks": "s3",
    "police-crime": "s3",
    "police-uk": "s3",
    "foundry-cases": "s3",
}
_LATEST = 7
"""Days of the street service whose requests are closed while Wardlink looks."""

_EARLIEST_IN_A_ZIP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Year:
    """A borough's days as files, in the order in which the agencies send them."""

    borough: Borough
    folder: Path
    deliveries: Sequence[Delivery]

    def of(self, feed: Feed) -> list[Delivery]:
        """The deliveries of one feed, the oldest first."""
        return [one for one in self.deliveries if one.feed == feed]

    def requests(self) -> list[list[Request]]:
        """What the street service shows on each of its days."""
        return [json.loads((self.folder / one.path).read_text("utf-8")) for one in self.of(ASKED)]

    @property
    def agencies(self) -> list[str]:
        """Every agency that sends something."""
        return sorted({str(READERS[one.feed].agency) for one in self.deliveries if READERS[one.feed].agency})


def write_year(borough: Borough, folder: Path) -> Year:
    """Writes the files; a snapshot of several tables becomes the one zip that is sent."""
    manifest = write(build(borough), folder)
    delivered = deliveries(borough, folder, [folder / file for file in manifest.files if file.parts[0] in READERS])
    for one in delivered:
        if (folder / one.path).is_dir():
            _zip(folder / one.path, one.at)
    whole = [Delivery(each.at, each.feed, _as_sent(folder, each.path)) for each in delivered]
    return Year(borough, folder, whole)


def source_of(feed: Feed) -> Source:
    """The source that reads a feed."""
    return sources.find(READERS[feed].source, READERS[feed].profile or None)


@dataclass
class Places:
    """Where the feeds' files are put, and the service that is asked."""

    year: Year
    service: GeoReport
    sites: dict[Feed, Site]
    accounts: dict[str, dict[str, str]]

    def deliver(self) -> None:
        """Puts every file, the oldest first; the service shows its latest requests as they were first."""
        days = self.year.requests()
        shown = {one["service_request_id"]: one for day in days[:-_LATEST] for one in day}
        for one in (each for day in days[-_LATEST:] for each in day):
            shown.setdefault(one["service_request_id"], one)
        self.service.requests = list(shown.values())
        for one in self.year.deliveries:
            if one.feed in self.sites:
                _put(self.sites[one.feed], self.year.folder / one.path, one.at)

    def close_requests(self) -> int:
        """The service shows its requests as they are at last; returns how many are closed."""
        last = {one["service_request_id"]: one for day in self.year.requests() for one in day}
        self.service.requests = list(last.values())
        return sum(one["status"] == "closed" for one in last.values())

    def laid_aside(self) -> int:
        """How many files lie in done or failed."""
        shelves = (site.names(shelf) for site in self.sites.values() for shelf in ("done", "failed"))
        return sum(not name.endswith(".receipt.json") for names in shelves for name in names)

    def declare(self, path: Path) -> Path:
        """Writes what is collected, every second; the service is asked again for all its days, so that late closings
        are heard.
        """
        area, first = self.year.borough.area, self.year.borough.start.isoformat()
        feeds = [_declared(feed, site, area) for feed, site in self.sites.items()]
        asked = {"name": ASKED, "where": self.service.address, "since": first, "schedule": "every 2 seconds"}
        whole = {"days_back": self.year.borough.days + 1}
        feeds.append(asked | whole | {"source": ASKED, "agency": READERS[ASKED].agency, "area": area})
        path.write_text(yaml.safe_dump({"feeds": feeds}), "utf-8")
        return path


@contextmanager
def open_places(year: Year, folder: Path) -> Iterator[Places]:
    """Runs the servers and makes a place for each feed that sends something."""
    with ExitStack() as closing:
        sftp = closing.enter_context(SftpServer(folder / "sftp").running())
        s3 = closing.enter_context(running_s3())
        service = closing.enter_context(serving(GeoReport()))
        made = {"folder": lambda feed: FolderSite(folder / "in" / feed), "sftp": lambda feed: sftp.site(),
                "s3": lambda feed: s3.site()}  # fmt: skip
        sites: dict[Feed, Site] = {feed: made[kind](feed) for feed, kind in PLACES.items() if year.of(feed)}
        keys = {"access_key": s3.account.access_key, "secret_key": s3.account.secret_key}
        storage = {**keys, "endpoint": str(s3.endpoint), "region": str(s3.account.region)}
        yield Places(year, service, sites, {"theirs": {"password": PASSWORD}, "storage": storage})


def _declared(feed: Feed, site: Site, area: str) -> dict[str, Any]:
    reader, where = READERS[feed], site.where
    read_as = {"source": reader.source, "profile": reader.profile, "agency": reader.agency}
    login: dict[str, Any] = {}
    if isinstance(where, Sftp):
        login = {"account": "theirs", "host_keys": list(where.host_keys)}
    elif isinstance(site, S3Site):
        login = {"account": "storage"}
    fixed = {"name": feed, "where": str(where), "area": area if reader.agency else None}
    timed = {"schedule": "every 1 second", "unchanged_for": "1 second"}
    return {name: value for name, value in {**fixed, **login, **read_as, **timed}.items() if value}


def _put(site: Site, path: Path, at: datetime) -> None:
    """One file; a folder shows it only when it is whole and of its own time."""
    if not isinstance(site, FolderSite):
        site.put(path.name, path.read_bytes())
        return
    draft = site.folder / f"{path.name}.part"
    draft.write_bytes(path.read_bytes())
    os.utime(draft, (at.timestamp(), at.timestamp()))
    draft.rename(site.folder / path.name)


def _zip(folder: Path, at: datetime) -> None:
    """The folder as one zip beside it; equal folders of one day make equal bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.writestr(zipfile.ZipInfo(path.name, max(at.timetuple()[:6], _EARLIEST_IN_A_ZIP)), path.read_bytes())
    folder.with_name(f"{folder.name}.zip").write_bytes(buffer.getvalue())


def _as_sent(folder: Path, path: Path) -> Path:
    return path.with_name(f"{path.name}.zip") if (folder / path).is_dir() else path
