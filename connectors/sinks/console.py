"""Alerts as lines of the role's log."""

import structlog

from schemas.records import Alert
from store.routes import Addressed

log = structlog.get_logger()


class ConsoleSink:
    """Writes one log line for each alert."""

    name = "console"

    def hand_over(self, alert: Alert, to: Addressed | None = None) -> None:
        """Logs recipient, mailbox, rule, case and reason."""
        log.info(
            "alert",
            recipient=alert.recipient,
            mailbox=to.mailbox if to else None,
            state=alert.state.value,
            rule=alert.rule,
            case=alert.case_id,
            reason=alert.reason,
            message_id=alert.message_id,
        )
