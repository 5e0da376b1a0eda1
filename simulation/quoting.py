"""Which reference numbers people know and pass on: those of the same occasion, and rarely an older one."""

from simulation.dice import Dice
from simulation.feeds import Feed
from simulation.happenings import Telling
from simulation.kinds import Agency

_QUOTES = 0.45
_QUOTES_EARLIER = 0.03

_SAYS: dict[Feed, str] = {
    "police-cad": "police ref CAD {}",
    "housing": "housing ref {}",
    "noiseworks": "noise team case {}",
    "sdm": "police online ref {}",
    "open311": "council street service ref {}",
    "haven-cases": "Haven Homes case {}",
    "haven-diaries": "Haven Homes case {}",
    "weir-notes": "co-op case {}",
    "foundry-cases": "trust case {}",
}

_CASES: tuple[Feed, ...] = ("noiseworks", "haven-cases", "haven-diaries", "weir-notes", "foundry-cases")
"""Where people are given the number of a case, which may hold other occasions too."""


class References:
    """The numbers that agencies have given out for each occasion, and for each lasting problem the last one."""

    def __init__(self) -> None:
        self._of_incident: dict[str, dict[Agency, tuple[Feed, str]]] = {}
        self._of_problem: dict[str, tuple[str, Telling, str]] = {}

    def give_out(self, telling: Telling, reference: str) -> None:
        """Remembers the number that a teller went away with."""
        incident = telling.incident
        self._of_incident.setdefault(incident.id, {})[telling.agency] = (telling.through, reference)
        if incident.problem:
            self._of_problem[incident.problem.id] = (incident.id, telling, reference)

    def told_before(self, telling: Telling) -> str:
        """The number that the same agency gave out for the same occasion; empty when there is none."""
        return self._of_incident.get(telling.incident.id, {}).get(telling.agency, ("", ""))[1]

    def quoted(self, telling: Telling, dice: Dice) -> tuple[str, str]:
        """(words, tag) of the number that the teller gives another agency; empty when none is given.

        The tag is `quoted_reference` for a report of the same occasion, and `quoted_case` where the noise team's case
        is named, which may hold other occasions too. `quoted_earlier` is a trap: the number belongs to an earlier
        occasion of the same problem, and the words say so.
        """
        incident = telling.incident
        known = [given for agency, given in self._of_incident.get(incident.id, {}).items() if agency != telling.agency]
        if known and dice.chance(_QUOTES):
            feed, reference = known[-1]
            tag = "quoted_case" if feed in _CASES else "quoted_reference"
            return _SAYS[feed].format(_as_said(feed, reference, dice)), tag
        if not incident.problem or incident.story or not dice.chance(_QUOTES_EARLIER):
            return "", ""
        earlier, by, reference = self._of_problem.get(incident.problem.id, (incident.id, telling, ""))
        if earlier == incident.id or by.agency == telling.agency:
            return "", ""
        return f"reported before under {_SAYS[by.through].format(reference)}", "quoted_earlier"


def _as_said(feed: Feed, reference: str, dice: Dice) -> str:
    """A CAD number is often said without its year: 1234/22NOV."""
    return reference[:-2] if feed == "police-cad" and dice.chance(0.3) else reference
