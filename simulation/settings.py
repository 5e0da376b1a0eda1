"""What can be chosen about a borough."""

from dataclasses import dataclass
from datetime import date, timedelta

from schemas.errors import Refused
from simulation.feeds import ALL, USUAL, Feed

LEAST_DAYS = 7
"""The story needs one Saturday night, and three nights in a row."""

LEAST_HOMES, MOST_HOMES = 300, 90_000
MOST_TOWNS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One borough for some days; equal settings give equal bytes.

    `area` is the local authority code that every place bears and `area_name` its name. `town` numbers the boroughs of
    one run, 0 to 299: boroughs with different numbers share no code, property number, postcode or point. `activity`
    multiplies how much happens (1 is about 2,000 reports in 30 days from 3,000 homes). A snapshot of the council's
    noise system is taken every `snapshot_every` days and on the last. `force` and `force_name` are the police force's
    names at data.police.uk. `feeds` are what agencies send (simulation.feeds); a landlord whose feed is not among them
    has no homes here. `address_errors` writes addresses down as councils do, by a model of six councils' errors, which
    needs the package of that name. `faults` rows that nobody can read are planted. Raises Refused for what cannot be
    built.
    """

    area: str = "E09000012"
    area_name: str = "Hackney"
    seed: int = 7
    start: date = date(2026, 10, 1)
    days: int = 30
    homes: int = 3000
    town: int = 0
    activity: float = 1.0
    snapshot_every: int = 7
    force: str = "metropolitan"
    force_name: str = "Metropolitan Police Service"
    feeds: tuple[Feed, ...] = USUAL
    address_errors: bool = False
    faults: int = 0

    def __post_init__(self) -> None:
        _require(self.days >= LEAST_DAYS, f"the story needs days; give {LEAST_DAYS} or more")
        _require(LEAST_HOMES <= self.homes <= MOST_HOMES, f"give from {LEAST_HOMES} to {MOST_HOMES} homes")
        _require(0 <= self.town < MOST_TOWNS, f"give a town number from 0 to {MOST_TOWNS - 1}")
        _require(self.activity > 0, "give an activity above 0")
        _require(self.snapshot_every >= 1, "give at least 1 day from snapshot to snapshot")
        _require(self.faults >= 0, "give no faults, or more")
        unknown = ", ".join(feed for feed in self.feeds if feed not in ALL)
        _require(not unknown, f"give feeds of {', '.join(ALL)}; not {unknown}")
        _require(set(USUAL[:3]) <= set(self.feeds), f"give at least the feeds {', '.join(USUAL[:3])}")

    @property
    def luck(self) -> str:
        """What every dice of this borough has in its key: towns of one run have fortunes of their own."""
        return f"{self.seed}/{self.town}"

    def day(self, number: int) -> date:
        """The calendar day of a day's number; the first is 0."""
        return self.start + timedelta(days=number)


def _require(holds: bool, remedy: str) -> None:
    if not holds:
        raise Refused(f"no such borough can be simulated: {remedy}")
