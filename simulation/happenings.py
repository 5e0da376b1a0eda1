"""What really happens (incidents, some of one lasting problem) and who tells whom (tellings)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from simulation.feeds import FEED_OF, Feed
from simulation.kinds import Agency, Kind
from simulation.people import Person
from simulation.places import Place

Part = Literal["victim", "witness", "third party", "official", "anonymous", "hoax"]
"""In what part somebody tells; a third party tells on behalf of a victim."""

Phrasings = tuple[str, ...]
"""Ways of saying one thing; all hold the same telling words."""


@dataclass(frozen=True, slots=True)
class Official:
    """Somebody who reports as part of their work: a warden, a camera room. Never a victim."""

    id: str
    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One lasting problem: a source, those who suffer from it, and what is always said of it. Days count from 0."""

    id: str
    kind: Kind
    place: Place
    victims: tuple[Person, ...]
    suspect: Person | None
    first_day: int
    last_day: int
    weekly: float
    """Occasions in a week."""
    traits: tuple[Phrasings, ...]
    grows: bool = False
    """A hotspot: its occasions become more from week to week, and each disturbs only some of its victims."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One occasion. `place` is where it happened; it is the source of the behaviour too, unless that is the street.

    `began` is in UTC. `marks` are what tells this occasion from another.
    """

    id: str
    kind: Kind
    began: datetime
    minutes: int
    place: Place
    affected: tuple[Person, ...]
    suspect: Person | None
    problem: Problem | None
    marks: tuple[Phrasings, ...]
    traits: tuple[Phrasings, ...]
    story: str = ""
    """Name of the fixed story that it belongs to, if any."""
    hoax: bool = False
    tags: tuple[str, ...] = ()
    """Why it is a hard case, whoever tells of it."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Somebody tells one agency of one incident. `teller` is nobody for an anonymous caller."""

    at: datetime
    agency: Agency
    incident: Incident
    part: Part
    teller: Person | Official | None
    tags: tuple[str, ...] = ()
    crimed: bool = False
    feed: Feed | None = None

    @property
    def through(self) -> Feed:
        """The feed in which the agency sends it."""
        return self.feed or FEED_OF[self.agency]
