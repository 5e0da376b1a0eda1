"""Errors, named by what to do next. No message ever holds personal data.

    WardlinkError
    ├── Unfit         this record can never be used as it is: quarantine it and go on
    ├── Unavailable   something outside is away: wait, try again, then stop
    └── Refused       what the user asked for is refused: say what to do instead

Anything else that is raised is a defect of ours and ends the process; its supervisor starts it again.
"""


class WardlinkError(Exception):
    """Base of every error that Wardlink raises on purpose."""


class Unfit(WardlinkError):
    """One record breaks a rule; it goes to quarantine with this field, rule and remedy."""

    def __init__(self, field: str, rule: str, remedy: str) -> None:
        super().__init__(f"{field}: {rule} ({remedy})")
        self.field = field
        self.rule = rule
        self.remedy = remedy


class Unavailable(WardlinkError):
    """A service is away; the same call may succeed later."""


class Refused(WardlinkError):
    """A command or a file is refused as a whole; the message says what to do instead."""
