"""What is the same for all requests and changes behind our back: the keys of areas, and the lookup of places."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from connectors.areas import Areas, FindUprn
from connectors.assemble import Seal
from connectors.geography.placing import Geography
from vault.keyring import PublicRing
from vault.ring_file import public_path

_LOOK_AGAIN_SECONDS = 60.0


class World:
    """Reads the public ring anew when its file changes, and the lookup when something was imported. One thread's.

    `geography_version` tells one state of the imports from another; it is asked once a minute.
    """

    def __init__(
        self,
        keyring: Path,
        load: Callable[[], Geography],
        version: Callable[[], str],
        now: Callable[[], float] = time.monotonic,
        find_uprn: FindUprn | None = None,
    ) -> None:
        self._keyring = keyring
        self._load, self._version, self._now, self._find_uprn = load, version, now, find_uprn
        self._ring: tuple[float, PublicRing] | None = None
        self._geography: tuple[str, Geography] | None = None
        self._looked = 0.0
        self._areas: dict[str | None, Areas] = {}
        self._seals: dict[str, tuple[date, PublicRing, Seal]] = {}

    @property
    def ring(self) -> PublicRing:
        """The public ring as it lies on the disk now."""
        written = public_path(self._keyring).stat().st_mtime
        if self._ring is None or self._ring[0] != written:
            self._ring = (written, PublicRing.load(self._keyring))
        return self._ring[1]

    def areas(self, asked: str | None) -> Areas:
        """Settles areas for a partner whose own is `asked`. Raises Unavailable when the lookup is out of reach."""
        geography = self._current()
        if asked not in self._areas:
            known = frozenset(one.area for one in geography.areas)
            self._areas[asked] = Areas(geography, known, asked, self._find_uprn)
        return self._areas[asked]

    def seal(self, source: str, day: date) -> Seal:
        """Seals what a source publishes on a day."""
        ring, known = self.ring, self._seals.get(source)
        if known is None or known[:2] != (day, ring):
            known = self._seals[source] = (day, ring, Seal.of(ring, source, day))
        return known[2]

    def _current(self) -> Geography:
        if self._geography is None or self._now() - self._looked > _LOOK_AGAIN_SECONDS:
            version = self._version()
            if self._geography is None or self._geography[0] != version:
                self._geography = (version, self._load())
                self._areas.clear()
            self._looked = self._now()
        return self._geography[1]
