"""A process that reads a path into a real Kafka and PostgreSQL; a test kills it.

python -m tests.connectors.killed_ingest BOOTSTRAP DSN KEYRING PATH
"""

import sys
import time
from pathlib import Path

from connectors.kafka import KafkaSettings
from connectors.publish import Publisher
from connectors.reading import Desk, read_path
from connectors.sources.police_uk import PoliceUk
from schemas.topics import Topic
from store.connector_state import ConnectorState
from store.database import connect
from vault.keyring import PublicRing


class Ids:
    """A registry that knows every topic."""

    def id_of(self, topic: Topic) -> int:
        """One id for all."""
        return 7


def main(bootstrap: str, dsn: str, keyring: Path, path: Path) -> None:
    """Reads the path and prints how many rows it has settled, chunk by chunk, and at last what it has published."""
    with connect(dsn, "ingest") as connection, Publisher(KafkaSettings(bootstrap), Ids()) as publisher:
        desk = Desk(
            source=PoliceUk(),
            state=ConnectorState(connection, "police-uk"),
            outlet=publisher,
            ring=PublicRing.load(keyring),
            clock=lambda: time.time_ns() // 1000,
            heard=lambda rows: print(f"settled {rows}", flush=True),
        )
        print(f"published {read_path(desk, path).tally.published}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
