"""Alerts as lines of the role's log."""

import structlog

from schemas.records import Alert

log = structlog.get_logger()


class ConsoleSink:
    """Writes one log line for each alert."""

    name = "console"

    def hand_over(self, alert: Alert) -> None:
        """Logs recipient, rule, case and reason."""
        log.info(
            "alert",
            recipient=alert.recipient,
            state=alert.state.value,
            rule=alert.rule,
            case=alert.case_id,
            reason=alert.reason,
            message_id=alert.message_id,
        )
