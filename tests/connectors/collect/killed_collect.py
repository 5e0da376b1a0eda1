"""A process that collects a watched folder into a real Kafka and PostgreSQL; tests kill it, and run two of it.

python -m tests.connectors.collect.killed_collect BOOTSTRAP DSN FOLDER SCRATCH
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from connectors.collect.feed import Feed, Folder
from connectors.collect.inbox import Look
from connectors.collect.places import open_drive
from connectors.collect.schedule import Every
from connectors.collect.scratch import Scratch
from connectors.collect.taking import Reader, Taken
from connectors.collect.visit import Tools, Visit, visit
from connectors.kafka import KafkaSettings
from connectors.publish import Publisher
from connectors.reading import Desk
from connectors.sources.police_uk import PoliceUk
from store.collected import CollectedFiles
from store.connector_state import ConnectorState
from store.database import connect
from tests.connectors.killed_ingest import Ids
from vault.keyring import Keyring


def main(bootstrap: str, dsn: str, folder: Path, scratch: Path) -> None:
    """Looks twice and takes what is there; prints how many rows are settled, and each file that is laid aside."""
    feed = Feed(name="wardens", where=Folder(folder), source="police-uk", schedule=Every(timedelta(minutes=1)))
    seen = Look()
    for _ in range(2):
        seen = look(feed, seen, bootstrap, dsn, scratch).look
    print("ended", flush=True)


def look(feed: Feed, before: Look, bootstrap: str, dsn: str, scratch: Path) -> Visit:
    """One visit."""
    with connect(dsn, "collect") as connection, Scratch(scratch) as copies:
        tools = Tools(
            files=CollectedFiles(connection, feed.name),
            open_drive=partial(open_drive, feed, {}),
            open_reader=lambda: reader(feed, bootstrap, dsn),
            scratch=copies,
            clock=lambda: time.time_ns() // 1000,
            told=tell,
        )
        return visit(feed, before, tools)


@contextmanager
def reader(feed: Feed, bootstrap: str, dsn: str) -> Iterator[Reader]:
    """A desk on the real servers. The row key is the same in every process."""
    ring = Keyring.create(bytes).public()
    with connect(dsn, "collect") as connection, Publisher(KafkaSettings(bootstrap), Ids()) as publisher:
        yield Reader(
            feed,
            Desk(
                source=PoliceUk(),
                state=ConnectorState(connection, "police-uk"),
                outlet=publisher,
                ring=ring,
                clock=lambda: time.time_ns() // 1000,
                heard=lambda rows: print(f"settled {rows}", flush=True),
            ),
        )


def tell(taken: Taken) -> None:
    """One line for each file."""
    print(f"laid aside {taken.shelf}/{taken.name} {(taken.receipt['counts'] or {}).get('published')}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
