"""Which reference numbers people know and pass on: those of the same occasion, and rarely an older one."""

from simulation.dice import Dice
from simulation.happenings import Telling
from simulation.kinds import Agency

_QUOTES = 0.45
_QUOTES_EARLIER = 0.03

_SAYS: dict[Agency, str] = {
    "police": "police ref CAD {}",
    "housing": "housing ref {}",
    "council": "noise team case {}",
}


_TAGS: dict[Agency, str] = {"police": "quoted_reference", "housing": "quoted_reference", "council": "quoted_case"}


class References:
    """The numbers that agencies have given out for each occasion, and for each lasting problem the last one."""

    def __init__(self) -> None:
        self._of_incident: dict[str, dict[Agency, str]] = {}
        self._of_problem: dict[str, tuple[str, Agency, str]] = {}

    def give_out(self, telling: Telling, reference: str) -> None:
        """Remembers the number that a teller went away with."""
        incident = telling.incident
        self._of_incident.setdefault(incident.id, {})[telling.agency] = reference
        if incident.problem:
            self._of_problem[incident.problem.id] = (incident.id, telling.agency, reference)

    def quoted(self, telling: Telling, dice: Dice) -> tuple[str, str]:
        """(words, tag) of the number that the teller gives another agency; empty when none is given.

        The tag is `quoted_reference` for a report of the same occasion, and `quoted_case` where the noise team's case
        is named, which may hold other occasions too. `quoted_earlier` is a trap: the number belongs to an earlier
        occasion of the same problem, and the words say so.
        """
        incident = telling.incident
        known = [
            (agency, ref) for agency, ref in self._of_incident.get(incident.id, {}).items() if agency != telling.agency
        ]
        if known and dice.chance(_QUOTES):
            agency, reference = known[-1]
            return _SAYS[agency].format(_as_said(agency, reference, dice)), _TAGS[agency]
        if not incident.problem or incident.story or not dice.chance(_QUOTES_EARLIER):
            return "", ""
        earlier, agency, reference = self._of_problem.get(incident.problem.id, (incident.id, telling.agency, ""))
        if earlier == incident.id or agency == telling.agency:
            return "", ""
        return f"reported before under {_SAYS[agency].format(reference)}", "quoted_earlier"


def _as_said(agency: Agency, reference: str, dice: Dice) -> str:
    """A CAD number is often said without its year: 1234/22NOV."""
    return reference[:-2] if agency == "police" and dice.chance(0.3) else reference
