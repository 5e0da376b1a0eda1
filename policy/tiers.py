"""How much of a report a reader may see: field tiers, in order, with the names of their fields."""

from enum import IntEnum


class Tier(IntEnum):
    """How much of a report; each tier holds those below it.

    EXISTENCE is "Restricted: ask Police" and holds no report id. SUMMARY shows a week, never a day.
    """

    NONE = 0
    EXISTENCE = 1
    SUMMARY = 2
    CASE = 3
    PERSON = 4


_ADDED: dict[Tier, tuple[str, ...]] = {
    Tier.NONE: (),
    Tier.EXISTENCE: ("agency",),
    Tier.SUMMARY: ("report_id", "category", "week", "lsoa"),
    Tier.CASE: (
        "occurred",
        "reported",
        "complaint_made",
        "received",
        "case_reference",
        "case_open",
        "qualifier",
        "hate",
        "crimed",
        "source_place",
        "occurred_place",
        "updates",
    ),
    Tier.PERSON: ("affected_place", "persons", "contact", "vulnerability", "restrictions", "narrative"),
}


def fields_of(tier: Tier) -> tuple[str, ...]:
    """The names of the fields of a tier and of those below it, as an audit row cites them.

    A place where behaviour is suffered is mostly a home and follows the complainant's identity (product rule 13): it
    is in tier PERSON.
    """
    return tuple(name for step in Tier if step <= tier for name in _ADDED[step])
