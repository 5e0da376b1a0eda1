"""The online service's documents of a borough, pushed one by one over HTTP as its partner system does."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread

import httpx

from connectors.push.source import source_name
from simulation.feeds import READERS, Feed
from tests.command_line import CommandLine
from tests.conftest import wait_until
from tests.journeys.year_sites import Year

PUSHED: Feed = "sdm"
"""The feed that is no file either: its system pushes each document."""

SOURCE = source_name("online")


def documents(year: Year) -> list[bytes]:
    """Every document of the feed, the oldest first."""
    return [line for one in year.of(PUSHED) for line in (year.folder / one.path).read_bytes().splitlines() if line]


@dataclass(frozen=True, slots=True)
class Partner:
    """The force's online service: where it pushes, and with which key."""

    url: str
    key: str

    @classmethod
    def enrol(cls, wardlink: CommandLine, area: str) -> "Partner":
        """What the operator does."""
        words = ("online", "--agency", str(READERS[PUSHED].agency), "--sector", "police", "--area", area, "--api-key")
        keys = json.loads(wardlink.succeed("partner", "add", *words, "--json"))
        return cls(keys["url"], keys["api_key"])

    def pushing(self, year: Year, seconds: float) -> "Pushing":
        """Begins to push every document, each until it is answered with 202; `seconds` for each at most."""
        pushing = Pushing([self._sender(document) for document in documents(year)], seconds)
        pushing.start()
        return pushing

    def _sender(self, document: bytes) -> Callable[[], bool]:
        return lambda: self._is_taken(document)

    def _is_taken(self, document: bytes) -> bool:
        """Whether the service has taken it; False while it is away, killed in the middle, or asks to wait."""
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/vnd.api+json"}
        try:
            answer = httpx.post(f"{self.url}/v1/incidents/sdm", content=document, headers=headers, timeout=60)
        except httpx.TransportError:
            return False
        assert answer.status_code in (202, 429, 503), answer.text
        return answer.status_code == 202


class Pushing(Thread):
    """Pushes in the background, in order, the later half once the service is about to be killed."""

    def __init__(self, sends: Sequence[Callable[[], bool]], seconds: float) -> None:
        super().__init__(name="online service", daemon=True)
        self._sends, self._seconds = sends, seconds
        self._go_on = Event()
        self.taken = 0

    def run(self) -> None:
        """One after the other; the later half once it is told to go on."""
        for send in self._sends:
            if self.taken == len(self._sends) // 2:
                self._go_on.wait(self._seconds)
            wait_until(send, f"document {self.taken + 1} is taken", self._seconds)
            self.taken += 1

    def go_on(self) -> None:
        """Begins with the later half."""
        self._go_on.set()

    def finish(self, seconds: float) -> None:
        """Waits for the end; fails unless all were taken."""
        self.join(seconds)
        assert self.taken == len(self._sends) > 0
