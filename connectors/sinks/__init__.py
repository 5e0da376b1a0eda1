"""Where alerts go. One contract, one short file for each way out."""

from typing import Protocol

from schemas.records import Alert


class Sink(Protocol):
    """A way out for alerts."""

    name: str
    """The channel's name, by which deliveries are remembered."""

    def hand_over(self, alert: Alert) -> None:
        """Gives one alert to its recipient.

        Returning means that it was accepted. Raises Unavailable when it may be accepted later; the same alert then
        comes again with the same message id. An alert holds no personal data.
        """
