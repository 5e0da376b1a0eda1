"""What the acts of the story share: who reads, who plays, the truth, and the operator's own eyes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulation.settings import Settings as Borough
from store.database import Row, Session, connect
from store.evaluation import Conclusions, conclusions
from wardlink.commands.status import wait_until_quiet
from wardlink.demo.cases import Readers, agency_of, person_of
from wardlink.demo.play import PATIENCE, Delivery, Player
from wardlink.demo.truth import PLACE_ROLES, VICTIM_GROUP, Truth
from wardlink.settings import Settings, store_settings


@dataclass(frozen=True, slots=True)
class Theatre:
    """Everything that an act may use; the stack is up."""

    settings: Settings
    borough: Borough
    player: Player
    readers: Readers
    truth: Truth

    def read(self, some: Sequence[Delivery]) -> None:
        """Reads deliveries and waits until what came of them is concluded and told."""
        self.player.read_all(some)
        self.wait()

    def wait(self) -> None:
        """Returns when nothing is on its way any more."""
        wait_until_quiet(self.settings, PATIENCE)

    @contextmanager
    def look(self) -> Iterator[Session]:
        """A session of the operator."""
        with connect(store_settings(self.settings, "writer_dsn").writer_dsn, "wardlink-demo") as session:
            yield session

    def found(self) -> Conclusions:
        """What is concluded now."""
        with self.look() as session:
            return conclusions(session, VICTIM_GROUP, PLACE_ROLES)

    def story(self, name: str) -> Sequence[str]:
        """The reports of a part of the story, in the order of their telling."""
        return self.truth.story[name]


def victims(found: Conclusions, report_ids: Sequence[str]) -> set[str | None]:
    """The persons that these reports' victims were found to be."""
    return {person_of(report_id, found) for report_id in report_ids}


def incidents(found: Conclusions, report_ids: Sequence[str]) -> set[str | None]:
    """The incidents that these reports were put in."""
    return {found.incident_of.get(report_id) for report_id in report_ids}


def are_one(found: set[str | None]) -> bool:
    """Whether all were put in one group."""
    return len(found) == 1 and None not in found


def are_all_known(found: set[str | None], count: int) -> bool:
    """Whether there are so many groups, and nothing without one."""
    return len(found) == count and None not in found


def by_agency(report_ids: Sequence[str]) -> dict[str, str]:
    """The first report of each agency."""
    return {agency_of(report_id): report_id for report_id in reversed(report_ids)}


def in_words(span: timedelta) -> str:
    """ "90 ms", "1.8 s", "4 h", "6 days"."""
    seconds = span.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    hours = seconds / 3600
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"


def day_in_words(at: datetime) -> str:
    """ "Sat 3 Apr 2027"."""
    return f"{at:%a} {at.day} {at:%b %Y}"


def audit_line(rows: Sequence[Row]) -> str:
    """The last of these rows of the audit trail, as it stands there."""
    if not rows:
        return "nothing"
    row = rows[-1]
    to = f" to {row['recipient']}" if row.get("recipient") else ""
    by = f" by {row['agreement']}" if row.get("agreement") else ""
    of = ", ".join(row["subjects"][:1]) or "no report named"
    return f"{row['at']:%Y-%m-%d %H:%M} {row['actor']}: {row['action']}{to}{by}; {', '.join(row['fields'])}; {of}"
