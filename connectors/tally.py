"""What became of the rows of a reading, counted."""

from collections import Counter
from dataclasses import dataclass, field

from connectors.areas import Settled
from connectors.compare import Change
from connectors.contract import Draft, UpdateDraft
from schemas.vocabulary import Unit


@dataclass(slots=True)
class Tally:
    """Counts of one or several readings: published + unchanged + out_of_scope + quarantined = read.

    `published` counts rows whose report, or update, was new, revised or moved, or withdrawn by the source's own word;
    `revised` is a part of it. `withdrawn` counts reports and updates withdrawn, also those that a snapshot no longer
    holds, which no row stands for; `withheld` those that are kept because broken rows may stand for them. `updates`
    counts agency updates published. `summaries` counts reports published that stand for several contacts, and
    `summarised_contacts` the contacts that their suppliers state. `places_disagree` counts rows whose postcode,
    property number, LSOA or point contradict each other, `points_unused` those whose point cannot be one.
    """

    read: int = 0
    published: int = 0
    unchanged: int = 0
    revised: int = 0
    moved: int = 0
    withdrawn: int = 0
    withheld: int = 0
    updates: int = 0
    summaries: int = 0
    summarised_contacts: int = 0
    out_of_scope: int = 0
    quarantined: int = 0
    unknown_codes: int = 0
    places_disagree: int = 0
    points_unused: int = 0
    by_area: Counter[str] = field(default_factory=Counter)
    out_of_scope_by: Counter[str] = field(default_factory=Counter)
    quarantined_by: Counter[str] = field(default_factory=Counter)
    quarantined_of: Counter[str] = field(default_factory=Counter)
    points_unused_by: Counter[str] = field(default_factory=Counter)

    def count_row(self, change: Change) -> None:
        """A row that was compared with what is held."""
        self.read += 1
        if change is Change.UNCHANGED:
            self.unchanged += 1
        else:
            self.published += 1
        self.revised += change is Change.REVISED
        self.moved += change is Change.MOVED
        self.withdrawn += change is Change.WITHDRAWN

    def count_summary(self, draft: Draft | UpdateDraft) -> None:
        """A record that is published, if it stands for several contacts."""
        if isinstance(draft, Draft) and draft.unit is Unit.SUMMARY:
            self.summaries += 1
            self.summarised_contacts += draft.contacts or 0

    def count_geography(self, settled: Settled) -> None:
        """A row whose places were looked up."""
        self.places_disagree += settled.disagrees
        if settled.point_trouble:
            self.points_unused += 1
            self.points_unused_by[settled.point_trouble] += 1

    def count_out_of_scope(self, why: str) -> None:
        """A sound row that is not of this source's matter."""
        self.read += 1
        self.out_of_scope += 1
        self.out_of_scope_by[why] += 1

    def count_quarantined(self, agency: str, field_: str, rule: str) -> None:
        """A row of this agency that breaks a rule."""
        self.read += 1
        self.quarantined += 1
        self.quarantined_by[f"{field_}: {rule}"] += 1
        self.quarantined_of[agency] += 1

    def add(self, other: "Tally") -> None:
        """Adds another reading's counts to these."""
        for name in self.__slots__:
            mine, its = getattr(self, name), getattr(other, name)
            if isinstance(mine, Counter):
                mine.update(its)
            else:
                setattr(self, name, mine + its)

    @property
    def unplaced(self) -> int:
        """Rows published that belong to no area of the lookup."""
        return sum(count for area, count in self.by_area.items() if area.startswith("unplaced:"))

    def numbers(self) -> dict[str, int]:
        """The plain counts, as in a batch record."""
        names = [name for name in self.__slots__ if isinstance(getattr(self, name), int)]
        return {name: getattr(self, name) for name in names} | {"unplaced": self.unplaced}

    def to_json(self) -> dict[str, object]:
        """All counts."""
        return {
            **self.numbers(),
            "by_area": dict(self.by_area.most_common()),
            "out_of_scope_by": dict(self.out_of_scope_by.most_common()),
            "quarantined_by": dict(self.quarantined_by.most_common()),
            "quarantined_of": dict(self.quarantined_of.most_common()),
            "points_unused_by": dict(self.points_unused_by.most_common()),
        }
