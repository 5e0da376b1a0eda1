"""What moves between Kafka and the work of a role: batches of raw records, each with the step that it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from store.positions import Claim, Step

Partition = tuple[str, int]
"""Topic and partition number."""


class RawRecord(Protocol):
    """One record as Kafka holds it."""

    @property
    def offset(self) -> int:
        """Its place in the partition."""

    @property
    def key(self) -> bytes | None:
        """The area, in UTF-8."""

    @property
    def value(self) -> bytes | None:
        """The message in wire format."""

    @property
    def timestamp(self) -> int:
        """The broker's time of arrival, milliseconds since 1970 in UTC."""


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Records of one partition, in order: all offsets that exist from `base` up to before `next`. `more`: other
    live ones of its partition number are known to come after it.
    """

    topic: str
    partition: int
    epoch: int
    base: int
    next: int
    records: Sequence[RawRecord]
    more: bool = False

    def step(self, consumer: str) -> Step:
        """The move of the stored position that this batch makes."""
        return Step(consumer, self.topic, self.partition, self.epoch, self.base, self.next)


class Work(Protocol):
    """What a role does with its records.

    `claim` and `prepare` come from one thread, the others from another: a batch is prepared while the one
    before it is being stored, and each that was prepared is stored or abandoned, in order.
    """

    def claim(self, partitions: Mapping[int, Sequence[str]]) -> Mapping[Partition, Claim]:
        """Takes the partition numbers, each with all its topics, and says where to go on.

        Raises Unavailable (it is tried again) or Refused (the role stops with the remedy).
        """

    def holds(self, epochs: Mapping[Partition, int]) -> bool:
        """Whether claims are still good; asked now and then, so that an idle worker too learns of another's claim.

        Comes from the thread of `store`. Raises Unavailable.
        """

    def prepare(self, batch: RecordBatch) -> Any:
        """All that a batch means, ready to be stored; nothing outside the process has changed.

        Raises Unavailable (the same batch comes again) or Refused. Anything else is a defect: the process ends and its
        supervisor starts it again.
        """

    def store(self, prepared: Any) -> None:
        """Makes the batch's effects and its step of the position in one transaction, or neither.

        Raises Unavailable (the same comes again), store.positions.Fenced (the partition is not ours) or Refused.
        """

    def abandon(self, prepared: Any) -> None:
        """What was prepared may not be stored: its partition is another's, or will be claimed again."""
