"""The story in its first minute: seven lines, each for one kind of user, each held against what the system says."""

from collections.abc import Callable, Sequence
from pathlib import Path

from wardlink.demo import acts_keeping, acts_linking, acts_running, acts_trust
from wardlink.demo.cases import agency_of
from wardlink.demo.lines import Line
from wardlink.demo.play import Delivery
from wardlink.demo.theatre import Theatre

Tell = Callable[[Line], None]


def tell_story(
    theatre: Theatre, story: Sequence[Delivery], week: Sequence[Delivery], folder: Path, tell: Tell
) -> list[Line]:
    """Plays the story's days and then the borough's first week, and tells each line as soon as it is known.

    `folder` takes the file that is spoilt. Returns the lines in their order.
    """
    last = _telling(theatre, story, "three_agencies")
    spoilt = _telling(theatre, story, "bad_row")
    theatre.player.read_all(story[:last])
    lines = [_told(acts_linking.asb_officer(theatre, story[last]), tell)]
    lines.append(_told(acts_linking.tenancy_manager(theatre), tell))
    theatre.player.read_all(story[last + 1 : spoilt])
    steward = acts_keeping.data_steward(theatre, story[spoilt], folder)
    theatre.read(story[spoilt + 1 :])
    lines.append(_told(acts_linking.sergeant(theatre), tell))
    lines.append(_told(acts_keeping.information_governance(theatre), tell))
    lines.append(_told(steward, tell))
    lines.append(_told(acts_running.it_team(theatre, week), tell))
    lines.append(_told(acts_trust.trust(theatre, week[-1].at), tell))
    return lines


def _told(line: Line, tell: Tell) -> Line:
    tell(line)
    return line


def _telling(theatre: Theatre, story: Sequence[Delivery], part: str) -> int:
    """The place of the first delivery that tells of the last report of a part of the story."""
    report_id = theatre.story(part)[-1]
    day, agency = theatre.truth.told_at[report_id].date(), agency_of(report_id)
    return next(place for place, each in enumerate(story) if each.feed.agency == agency and each.day >= day)
