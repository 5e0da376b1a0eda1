"""Where alerts go. One contract, one short file for each way out."""

from typing import Protocol

from schemas.records import Alert
from store.routes import Addressed


class Sink(Protocol):
    """A way out for alerts."""

    name: str
    """The channel's name, by which deliveries are remembered."""

    def hand_over(self, alert: Alert, to: Addressed | None = None) -> None:
        """Gives one alert to its recipient; `to` says to which mailbox, None where no directory is set.

        Returning means that it was accepted. Raises Unavailable when it may be accepted later; the same alert then
        comes again with the same message id. An alert holds no personal data.
        """
