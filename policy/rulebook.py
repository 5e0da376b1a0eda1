"""The rules of each area as data: which repeats raise an alert, what is one problem, and the review procedure.

`policy/rules/default.yaml` shows the form and holds for every area; an area's own file replaces whole sections of it.
Every rule is named, dated and says where it comes from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from policy.case_review import STATUTORY, Counts, Procedure
from policy.facts import VICTIM
from policy.inbox import InboxRules
from policy.lead import Lead
from policy.problems import ProblemRules
from policy.yaml_form import Form, Mistakes, parse
from schemas.errors import Refused
from schemas.vocabulary import CaseKind, Category, PlaceRole

EVERY_AREA = "*"

_WHAT = "rules file"


class Level(StrEnum):
    """Of places, from the finest to the widest."""

    UPRN = "uprn"
    ADDRESS = "address"
    BLOCK = "block"
    STREET = "street"
    LSOA = "lsoa"
    WARD = "ward"


@dataclass(frozen=True, kw_only=True, eq=False)
class RepeatRule:
    """So many incidents in so many months, with conditions; the numbers are the least that make it true.

    `places` asks for incidents at so many different finer places, `days` on so many different days. A place with
    dwellings needs at least one incident for each `homes_per_incident` homes, and `unknown_dwellings` incidents where
    nobody knows its homes. `one_problem` asks that the incidents be one problem of the victim, `open` that some agency
    has an open case on them. `one_in` asks that a place with a past of its own has so many incidents by chance at most
    once in so many such windows (policy.past); 0 asks nothing of the past. With `past_needed` a place without a past is
    not alerted on. A rule that does not `raises` is only named beside one that does.
    """

    name: str
    source: str
    kinds: frozenset[CaseKind]
    count: int
    months: int
    hate: int = 0
    agencies: int = 1
    open: bool = False
    one_problem: bool = False
    levels: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    places: int = 1
    homes_per_incident: int = 0
    unknown_dwellings: int = 0
    days: int = 1
    one_in: int = 0
    past_needed: bool = False
    raises: bool = True
    valid_from: date = date.min
    valid_to: date = date.max

    def concerns(self, kind: CaseKind, subject: str, day: date) -> bool:
        """Whether it is in force for a case of this kind and subject."""
        if kind not in self.kinds or not self.valid_from <= day <= self.valid_to:
            return False
        level, _, role = subject.partition("/")
        return kind is not CaseKind.REPEAT_PLACE or (level in self.levels and role in self.roles)

    def threshold(self, dwellings: int | None) -> int:
        """How many incidents it takes in a place with so many homes."""
        if not self.homes_per_incident:
            return self.count
        if dwellings is None:
            return max(self.count, self.unknown_dwellings)
        return max(self.count, -(-dwellings // self.homes_per_incident))

    def implies(self, other: "RepeatRule") -> bool:
        """Whether the other is true whenever this one is, and so is not worth a word beside it."""
        return _implies(self, other)

    def _is_as_strict_as(self, other: "RepeatRule") -> bool:
        more = (self.count, self.hate, self.agencies, self.places, self.days, self.open, self.one_problem)
        less = (other.count, other.hate, other.agencies, other.places, other.days, other.open, other.one_problem)
        alike = (self.homes_per_incident, self.unknown_dwellings) == (other.homes_per_incident, other.unknown_dwellings)
        stricter = all(mine >= theirs for mine, theirs in zip(more, less, strict=True))
        return alike and stricter and self.months <= other.months


@lru_cache(maxsize=4096)
def _implies(rule: RepeatRule, other: RepeatRule) -> bool:
    return rule._is_as_strict_as(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedRule:
    """When an agency is told that another holds something restricted: it has an incident of the case itself in so many
    months. `levels`: of which cases, `victim` or the levels of places; none named: of all.
    """

    name: str
    source: str
    months: int
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, eq=False)
class Rules:
    """The rules of one area. `repeats` are in order of strength. `grace_days` is for how long an alert is kept when
    only time has made it untrue; `told_again_growth` by how many per cent its incidents grow before it is told again.
    """

    repeats: tuple[RepeatRule, ...] = ()
    problems: ProblemRules = field(default_factory=ProblemRules)
    procedures: tuple[Procedure, ...] = ()
    restricted: RestrictedRule | None = None
    inbox: InboxRules = field(default_factory=InboxRules)
    grace_days: int = 0
    told_again_growth: int = 0

    @cached_property
    def least_reports(self) -> int:
        """With fewer reports no rule about a case can be true, whatever they say: most cases need no further look."""
        repeats = [rule.count for rule in self.repeats if rule.raises]
        reviews = [procedure.least_complaints for procedure in (STATUTORY, *self.procedures)]
        return min(repeats + reviews)

    def concerning(self, kind: CaseKind, subject: str, day: date) -> tuple[RepeatRule, ...]:
        """The rules in force for a case of a kind and subject on a day, strongest first."""
        return _concerning(self, kind, subject, day)


@lru_cache(maxsize=4096)
def _concerning(rules: Rules, kind: CaseKind, subject: str, day: date) -> tuple[RepeatRule, ...]:
    return tuple(rule for rule in rules.repeats if rule.concerns(kind, subject, day))


Sections = dict[str, Any]
"""Some of the fields of Rules: what one file states."""


class Rulebook:
    """The rules of every area: an area's own sections, and those of every area for the rest."""

    def __init__(self, by_area: Mapping[str, Sections]) -> None:
        common = by_area.get(EVERY_AREA, {})
        self._common = Rules(**common)
        self._by_area = {area: Rules(**{**common, **own}) for area, own in by_area.items()}

    def for_area(self, area: str) -> Rules:
        """The rules of an area."""
        return self._by_area.get(area, self._common)


def shipped_rules() -> Rulebook:
    """The rules that come with Wardlink: policy/rules/*.yaml."""
    folder = files("policy") / "rules"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return load_rules(*((folder / name).read_text("utf-8") for name in names))


def load_rules(*sources: Path | str) -> Rulebook:
    """The rules of YAML files (Path) or texts; Refused, with every mistake of the first file that has one.

    Two files must not state the same section for one area.
    """
    by_area: dict[str, Sections] = {}
    for source in sources:
        areas, sections = _file(source)
        for area in areas:
            held = by_area.setdefault(area, {})
            if twice := ", ".join(sorted(held.keys() & sections.keys())):
                raise Refused(f"{_WHAT}: two files state {twice} for area {area} (leave it in one of them)")
            held.update(sections)
    return Rulebook(by_area)


def _file(source: Path | str) -> tuple[tuple[str, ...], Sections]:
    mistakes = Mistakes(_WHAT)
    form = Form(parse(source, _WHAT), "", mistakes)
    areas = form.texts("areas")
    if not areas:
        form.wrong("areas", "must list area codes, or '*' for every area")
    sections = {field: read(form) for name, (field, read) in _SECTIONS.items() if name in form.names}
    form.refuse_others(also=_SECTIONS)
    mistakes.refuse_if_any()
    return areas, sections


def _repeats(form: Form) -> tuple[RepeatRule, ...]:
    forms = form.forms("repeats")
    rules = tuple(_repeat(each) for each in forms)
    names = [rule.name for rule in rules]
    for each, name in zip(forms, names, strict=True):
        if names.count(name) > 1:
            each.wrong("name", f"{name} stands twice")
    return rules


def _repeat(form: Form) -> RepeatRule:
    rule = RepeatRule(
        name=form.text("name"),
        source=form.text("source"),
        kinds=form.choices("kinds", CaseKind),
        count=form.whole("count", least=1),
        months=form.whole("months", least=1),
        hate=form.whole("hate", least=0, default=0),
        agencies=form.whole("agencies", least=1, default=1),
        open=form.truth("open", default=False),
        one_problem=form.truth("one_problem", default=False),
        levels=form.choices("levels", Level),
        roles=frozenset(role.value.lower() for role in form.choices("roles", PlaceRole)),
        places=form.whole("places", least=1, default=1),
        homes_per_incident=form.whole("homes_per_incident", least=0, default=0),
        unknown_dwellings=form.whole("unknown_dwellings", least=0, default=0),
        days=form.whole("days", least=1, default=1),
        one_in=form.whole("one_in", least=0, default=0),
        past_needed=form.truth("past_needed", default=False),
        raises=form.truth("raises", default=True),
        valid_from=form.day("valid_from") or date.min,
        valid_to=form.day("valid_to") or date.max,
    )
    _refuse_senseless(rule, form)
    form.refuse_others()
    return rule


def _refuse_senseless(rule: RepeatRule, form: Form) -> None:
    if not rule.kinds:
        form.wrong("kinds", "must name at least one kind of case")
    if CaseKind.REPEAT_PLACE in rule.kinds and not (rule.levels and rule.roles):
        form.wrong("levels, roles", "must both be given for a repeat place")
    if rule.one_in and rule.kinds != {CaseKind.REPEAT_PLACE}:
        form.wrong("one_in", "is for repeat places alone: a victim's own past is no reason to look away")
    if rule.past_needed and not rule.one_in:
        form.wrong("past_needed", "is of use beside one_in alone")
    if rule.homes_per_incident and not rule.unknown_dwellings:
        form.wrong("unknown_dwellings", "must say how many incidents it takes where the homes are not known")


def _problems(form: Form) -> ProblemRules:
    section = form.form("problems")
    families = section.form("families")
    rules = ProblemRules(
        window_days=section.whole("window_days", least=1),
        families={name: families.choices(name, Category) for name in families.names},
    )
    section.refuse_others()
    return rules


def _procedures(form: Form) -> tuple[Procedure, ...]:
    forms = form.forms("case_review")
    procedures = tuple(_procedure(each) for each in forms)
    first_days = [procedure.valid_from for procedure in procedures]
    for each, first in zip(forms, first_days, strict=True):
        if first_days.count(first) > 1:
            each.wrong("valid_from", f"{first} begins two procedures")
    return tuple(sorted(procedures, key=lambda procedure: procedure.valid_from))


def _procedure(form: Form) -> Procedure:
    hate = form.whole("hate_threshold", least=0, default=0)
    procedure = Procedure(
        valid_from=form.day("valid_from") or date.min,
        source=form.text("source"),
        threshold=form.whole("threshold", least=1),
        hate_threshold=hate or None,
        counts=form.choice("counts", Counts, default=Counts.COMPLAINTS),
        complaint_months=form.whole("complaint_months", least=1, default=1),
        application_months=form.whole("application_months", least=1, default=6),
        relevant_bodies=frozenset(form.texts("relevant_bodies")),
        count_crimed=form.truth("count_crimed", default=False),
    )
    if procedure.threshold > STATUTORY.threshold or hate > STATUTORY.threshold:
        form.wrong("threshold", "must be no higher than 3 (section 104(4))")
    form.refuse_others()
    return procedure


def _restricted(form: Form) -> RestrictedRule:
    section = form.form("restricted_link")
    rule = RestrictedRule(
        name=section.text("name"),
        source=section.text("source"),
        months=section.whole("months", least=1),
        levels=frozenset(section.texts("levels")),
    )
    if unknown := sorted(rule.levels - {VICTIM, *Level}):
        section.wrong("levels", f"must be of {VICTIM}, {', '.join(Level)}, not {', '.join(unknown)}")
    section.refuse_others()
    return rule


def _inbox(form: Form) -> InboxRules:
    section = form.form("inbox")
    rules = InboxRules(
        a_week=section.whole("a_week", least=0),
        folded_share=section.whole("folded_share", least=0),
        led_share=section.whole("led_share", least=0, default=section.whole("folded_share", least=0)),
        fresh_days=section.whole("fresh_days", least=0, default=0),
        duties=frozenset(section.texts("duties")),
        listed=frozenset(section.texts("listed")),
        lead=section.choices_in_order("lead", Lead),
        each=frozenset(section.texts("each")),
    )
    for name in ("folded_share", "led_share"):
        if getattr(rules, name) > 100:
            section.wrong(name, "is a share in per cent: at most 100")
    section.refuse_others()
    return rules


_SECTIONS: dict[str, tuple[str, Callable[[Form], Any]]] = {
    "repeats": ("repeats", _repeats),
    "problems": ("problems", _problems),
    "case_review": ("procedures", _procedures),
    "restricted_link": ("restricted", _restricted),
    "inbox": ("inbox", _inbox),
    "grace_days": ("grace_days", lambda form: form.whole("grace_days", least=0)),
    "told_again_growth": ("told_again_growth", lambda form: form.whole("told_again_growth", least=0)),
}
"""The sections of a file: the field of Rules that each gives, and how it is read."""
