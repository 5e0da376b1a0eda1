"""Hands alerts on to every sink: at least once to the outside, always with the same message id."""

from collections.abc import Callable, Mapping, Sequence

from connectors.sinks import Sink
from schemas.codec import codec, unframe
from schemas.records import Alert
from store import outbox
from store.database import Session
from store.positions import Claim, LogBounds, claim, holds
from streams.batches import Partition, RecordBatch
from streams.letters import letters_for
from streams.routing import Router

CONSUMER = "wardlink-deliver"


class Deliver:
    """The work of the role `deliver` (see streams.batches.Work)."""

    def __init__(
        self,
        connect: Callable[[], Session],
        owner: str,
        sinks: Sequence[Sink],
        bounds: Callable[[], Mapping[Partition, LogBounds]],
        router: Router | None = None,
    ) -> None:
        self._connect = connect
        self._owner = owner
        self._sinks = sinks
        self._bounds = bounds
        self._router = router

    def claim(self, partitions: Mapping[int, Sequence[str]]) -> Mapping[Partition, Claim]:
        """Claims each partition number with all its topics."""
        claims: dict[Partition, Claim] = {}
        bounds = self._bounds()
        with self._connect() as connection:
            for partition, topics in partitions.items():
                logs = {topic: bounds[topic, partition] for topic in topics}
                for topic, taken in claim(connection, CONSUMER, self._owner, partition, logs).items():
                    claims[topic, partition] = taken
        self.readdress()
        return claims

    def readdress(self) -> None:
        """Routes anew what stands and was routed by another directory; the next message of each bears its mailbox."""
        if self._router is not None:
            with self._connect() as connection, connection.transaction():
                self._router.readdress(connection)

    def holds(self, epochs: Mapping[Partition, int]) -> bool:
        """Whether nobody has claimed or moved these partitions since we did."""
        with self._connect() as connection:
            return holds(connection, CONSUMER, epochs)

    def prepare(self, batch: RecordBatch) -> RecordBatch:
        """The batch as it is."""
        return batch

    def store(self, batch: RecordBatch) -> None:
        """Gives each alert that is new, with the mailbox that it goes to, to each sink; then, in one transaction, notes
        the mailboxes, writes the letters to partners' webhooks and moves the position.
        """
        alerts = [codec(Alert).decode(unframe(record.value)[1]) for record in batch.records]
        ids = [alert.message_id for alert in alerts]
        with self._connect() as connection:
            before = outbox.delivered(connection, "all", ids)
            fresh = [alert for alert in alerts if alert.message_id not in before]
            addressed = self._router.address(connection, fresh) if self._router else {}
            for sink in self._sinks:
                for alert in fresh:
                    sink.hand_over(alert, addressed.get(alert.message_id))
            letters = letters_for(connection, fresh, addressed)
            outbox.record_delivery(connection, "all", ids, letters, addressed.values(), batch.step(CONSUMER))

    def abandon(self, batch: RecordBatch) -> None:
        """Nothing is held of it."""
