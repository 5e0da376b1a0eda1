"""Who is who: to which mailbox an alert of an agency goes, as data. Pure; the day is an argument.

An alert goes to the team of the agency's open case, else to the team for the place (a home before its building, a
building before its estate, an estate before the ward), else to the agency's duty mailbox. A team that is away is stood
in for by its cover. What cannot be routed is told as such, with a remedy: an alarm to the operator, never dropped.

`policy/directories/demo.yaml` shows the form of the file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from policy.facts import AGENCY_PATTERN
from policy.office import Cover, Office, Spot, Team, spelling
from policy.yaml_form import Form, Mistakes, parse

_FILE = "directory"
_MAILBOX = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_UPRN = re.compile(r"[1-9]\d{0,11}")
_WARD = re.compile(r"[ENSW]\d{8}")


class Via(StrEnum):
    """Why an alert goes where it goes."""

    OPEN_CASE = "OPEN_CASE"
    PLACE = "PLACE"
    DUTY = "DUTY"


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be routed: for which agency, whose open case it is there (a team as the agency names it; None: no case
    is open, or nobody's), and where it happens, the most telling place first.
    """

    agency: str
    owner: str | None = None
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """Where it goes. `team` is None for the duty mailbox; `covers_for` names the team that is stood in for.

    `owner_is_unknown`: the open case names a team that the directory lacks.
    """

    mailbox: str
    via: Via
    team: str | None = None
    covers_for: str | None = None
    escalation: str | None = None
    owner_is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Unroutable:
    """Nobody is named to read it: an alarm to the operator, with a remedy."""

    agency: str
    reason: str


@dataclass(frozen=True, slots=True)
class Directory:
    """All agencies, by code."""

    offices: Mapping[str, Office] = field(default_factory=dict)


def route(matter: Matter, directory: Directory, day: date) -> Route | Unroutable:
    """The mailbox that an alert goes to on a day, or why there is none."""
    office = directory.offices.get(matter.agency)
    if office is None:
        return Unroutable(
            matter.agency, f"{matter.agency} is not in the directory (add it, at least with a duty mailbox)"
        )
    owner = office.named(matter.owner, day) if matter.owner else None
    is_unknown = matter.owner is not None and owner is None
    for team, via in ((owner, Via.OPEN_CASE), (office.at(matter.spots, day), Via.PLACE)):
        reader = office.reader(team, day) if team else None
        if team is not None and reader is not None:
            covers_for = None if reader is team else team.name
            escalation = reader.escalation or office.escalation
            return Route(reader.mailbox, via, reader.name, covers_for, escalation, is_unknown)
    if office.duty:
        return Route(office.duty, Via.DUTY, escalation=office.escalation, owner_is_unknown=is_unknown)
    return Unroutable(
        matter.agency,
        f"{matter.agency} has no open case with a known team, no team for the place and no duty mailbox "
        "(give it a duty mailbox in the directory)",
    )


def load_directory(source: Path | str) -> Directory:
    """The directory of a YAML file (Path) or text; Refused once, with every mistake in it."""
    mistakes = Mistakes(_FILE)
    file = Form(parse(source, _FILE), "", mistakes)
    forms = file.forms("agencies")
    file.refuse_others()
    offices = [_office(form) for form in forms]
    for index, (office, form) in enumerate(zip(offices, forms, strict=True)):
        if office.agency and office.agency in {other.agency for other in offices[:index]}:
            form.wrong("agency", f"{office.agency} stands twice (put its teams together)")
    mistakes.refuse_if_any()
    return Directory({office.agency: office for office in offices})


def _office(form: Form) -> Office:
    estates = form.form("estates")
    teams = form.forms("teams")
    office = Office(
        agency=_matching(form, "agency", AGENCY_PATTERN, "must be of small letters, digits, '-', '_' and '.'"),
        teams=tuple(_team(each) for each in teams),
        duty=_mailbox(form, "duty"),
        escalation=_mailbox(form, "escalation"),
        estates={name: _codes(estates, name, _UPRN, "UPRNs of buildings") for name in estates.names},
    )
    form.refuse_others(also=("duty", "escalation"))
    _check_estates(office, form)
    _check_teams(office, teams)
    return office


def _team(form: Form) -> Team:
    name = form.text("team")
    first, last = form.day("valid_from"), form.day("valid_to")
    team = Team(
        name=name,
        called=frozenset(map(spelling, (name, *form.texts("called")))),
        mailbox=_mailbox(form, "mailbox", needed=True) or "",
        escalation=_mailbox(form, "escalation"),
        uprns=_codes(form, "uprns", _UPRN, "UPRNs"),
        estates=frozenset(form.texts("estates")),
        wards=_codes(form, "wards", _WARD, "codes of wards such as E05009367"),
        cover=tuple(_cover(each) for each in form.forms("cover")),
        valid_from=first or date.min,
        valid_to=last or date.max,
    )
    if team.valid_to < team.valid_from:
        form.wrong("valid_to", "must not be before valid_from")
    form.refuse_others(also=("escalation",))
    return team


def _cover(form: Form) -> Cover:
    first, last = form.day("from"), form.day("to")
    if first is None or last is None:
        form.wrong("from, to", "must both be given (nobody covers for ever)")
    elif last < first:
        form.wrong("to", "must not be before from")
    cover = Cover(form.text("team"), first or date.max, last or date.min)
    form.refuse_others()
    return cover


def _check_estates(office: Office, form: Form) -> None:
    """A building belongs to one estate."""
    seen: dict[str, str] = {}
    for name, buildings in office.estates.items():
        for uprn in sorted(buildings):
            if uprn in seen:
                form.wrong("estates", f"{uprn} stands in {seen[uprn]} and in {name} (leave it in one of them)")
            seen[uprn] = name


def _check_teams(office: Office, forms: Sequence[Form]) -> None:
    """What only the whole agency shows: names that stand twice, patches that two teams claim, covers that nobody is."""
    names = {team.name for team in office.teams}
    for index, (team, form) in enumerate(zip(office.teams, forms, strict=True)):
        for name in sorted(team.estates - set(office.estates)):
            form.wrong("estates", f"{name} is none of the agency's estates (list its buildings there)")
        for cover in team.cover:
            if cover.team not in names or cover.team == team.name:
                form.wrong("cover", f"{cover.team} is none of the agency's other teams")
        for other in office.teams[:index]:
            if team.valid_from <= other.valid_to and other.valid_from <= team.valid_to:
                _refuse_shared(team, other, form)


def _refuse_shared(team: Team, other: Team, form: Form) -> None:
    """Two teams at one time may share neither a name nor a part of their patches."""
    if team.called & other.called:
        form.wrong("team", f"{team.name} is called like {other.name} (give each team its own names)")
    for key, mine, its in (
        ("uprns", team.uprns, other.uprns),
        ("estates", team.estates, other.estates),
        ("wards", team.wards, other.wards),
    ):
        if both := sorted(mine & its):
            form.wrong(key, f"{', '.join(both)} also in the patch of {other.name} (give it to one of them)")


def _mailbox(form: Form, key: str, needed: bool = False) -> str | None:
    if not needed and key not in form.names:
        return None
    return _matching(form, key, _MAILBOX, "must be a mailbox such as asb.duty@agency.example")


def _codes(form: Form, key: str, pattern: re.Pattern[str], what: str) -> frozenset[str]:
    codes = form.texts(key)
    if not all(map(pattern.fullmatch, codes)):
        form.wrong(key, f"must be a list of {what}, as texts in quotes")
    return frozenset(codes)


def _matching(form: Form, key: str, pattern: re.Pattern[str], rule: str) -> str:
    text = form.text(key)
    if text and not pattern.fullmatch(text):
        form.wrong(key, rule)
    return text
