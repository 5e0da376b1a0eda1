"""The closing screen: three telling cases, one case as three agencies see it, how right it is, and where to go on."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from textwrap import wrap

from rich.console import Console

from simulation.evaluate import PairScore
from wardlink.demo.cases import AGENCIES, Bond, TellingCase, View, agency_of, reports_of, told
from wardlink.demo.outcome import Outcome

WIDTH = 100

_TITLES = {
    "three_agencies": "One woman under one noisy flat, who told a different agency each time",
    "party": "One party",
    "three_nights": "Three nights at one flat: the same trouble again is no duplicate",
}
_ANSWERS = "three_answers"
_MOST_LINES = 4
_CELL = 28


def show(outcome: Outcome, console: Console, next_steps: Sequence[tuple[str, str]]) -> None:
    """Prints the whole screen, at most 60 lines of 100 columns."""
    borough = outcome.borough
    last = borough.day(borough.days - 1)
    _say(console, f"{borough.area_name}, {borough.days} days to {last:%d %B %Y}: invented people, real stack", "bold")
    for case in outcome.cases:
        _show_case(outcome, case, console)
    _show_answers(outcome, console)
    _show_accuracy(outcome.accuracy, console)
    _show_figures(outcome, console)
    _show_promises(outcome, console)
    _say(console, "")
    _say(console, "Where to go next", "bold")
    for what, command in next_steps:
        _say(console, f"  {command}   # {what}")


def _show_case(outcome: Outcome, case: TellingCase, console: Console) -> None:
    _say(console, "")
    _say(console, f"{_mark(outcome, case.story)} {_TITLES[case.story]}", "bold")
    by_agency = Counter(report["agency"] for report in case.reports)
    by = ", ".join(f"{agency} {count}" for agency, count in by_agency.items())
    came_to = f"{_count(case.incidents, 'incident')}, {_count(case.victims, 'victim')}"
    _say(console, f"   {_count(len(case.reports), 'report')}{_spread(case)} ({by}) → {came_to}; case {case.case_id}")
    for report in _some(case.reports):
        _say(console, f"     {_line(report)}" if report else f"     … {len(case.reports) - _MOST_LINES + 1} more")
    for bond in case.bonds:
        _say_wrapped(console, _bond_words(bond), "cyan")
    for alert in case.alerts[:1]:
        _say_wrapped(console, f"alert: {alert['reason']}", "yellow")


def _spread(case: TellingCase) -> str:
    """In how many minutes, if it was all in an hour."""
    times = [at for report in case.reports if (at := told(report))]
    minutes = round((max(times) - min(times)).total_seconds() / 60) if times else 0
    return f" in {_count(minutes, 'minute')}" if len(times) > 1 and minutes < 60 else ""


def _line(report: View) -> str:
    category = str(report["category"]).replace("_", " ").lower()
    return f"{_moment(told(report))}   {report['agency']:<8}  {category:<20}  {report['report_id']}"


def _moment(at: datetime | None) -> str:
    return f"{at:%a %d %b %H:%M}" if at else "time not known"


def _some(reports: Sequence[View]) -> Iterator[View | None]:
    """All reports, or of many the first and the last; None stands for those between."""
    if len(reports) <= _MOST_LINES:
        yield from reports
        return
    yield from reports[: _MOST_LINES - 2]
    yield None
    yield reports[-1]


def _bond_words(bond: Bond) -> str:
    """ "police and housing: one victim, +35.0 bits: the same date of birth, …"."""
    noun = "incident" if bond.graph == "incident" else "victim"
    verdict = {"certain": f"one {noun}", "possible": f"perhaps one {noun}"}.get(bond.band, f"two {noun}s")
    one, other = agency_of(bond.left), agency_of(bond.right)
    between = f"{one} and {other}" if one != other else "one night and the next"
    reasons = bond.sentence.partition(": ")[2].partition("; but ")[0].rstrip(".") or bond.sentence
    return f"{between}: {verdict}, {bond.bits:+.1f} bits: {reasons}"


def _show_answers(outcome: Outcome, console: Console) -> None:
    case = outcome.cases[0]
    _say(console, "")
    title = f"The same case ({case.case_id}) as three agencies' caseworkers see it"
    _say(console, f"{_mark(outcome, _ANSWERS)} {title}", "bold")
    _say(console, f"     {'told to':<12}" + "".join(f"{f'{agency} sees':<{_CELL}}" for agency in AGENCIES), "dim")
    seen = {agency: {each["report_id"]: each for each in reports_of(view)} for agency, view in outcome.answers.items()}
    for report in case.reports:
        cells = (_cell(seen[agency].get(report["report_id"])) for agency in AGENCIES)
        _say(console, f"     {report['agency']:<12}" + "".join(f"{cell:<{_CELL}}" for cell in cells))


def _cell(report: View | None) -> str:
    """What a reader sees of one report, in a few words."""
    if report is None:
        return "nothing"
    names = [person["name"] for person in report.get("persons", ()) if person["name"]]
    if names:
        return f"{names[0][: _CELL - 10]}, in full"
    return f"{_moment(told(report))}, no name" if told(report) else f"week {report.get('week')}, no more"


def _show_accuracy(accuracy: Mapping[str, PairScore], console: Console) -> None:
    _say(console, "")
    _say(console, "How right it is, held against the truth in pairs of reports", "bold")
    _say(console, f"     {'':<16}{'precision':>10}{'recall':>10}{'F1':>10}", "dim")
    for name, score in accuracy.items():
        shares = f"{score.precision:>10.1%}{score.recall:>10.1%}{score.f1:>10.1%}"
        counts = f"{score.right:,} right of {score.found:,} said to be the same, {score.true:,} are"
        _say(console, f"     {'same ' + name.removesuffix('s'):<16}{shares}   {counts}")


def _show_figures(outcome: Outcome, console: Console) -> None:
    totals, figures = outcome.totals, outcome.figures
    told_to = ", ".join(f"{agency} {count}" for agency, count in outcome.alerts.items())
    _say(
        console,
        f"     {totals['reports']:,} reports → {totals['incidents']:,} incidents → {totals['cases']:,} cases → "
        f"{sum(outcome.alerts.values()):,} alerts ({told_to})",
    )
    _say(
        console,
        f"     {figures['records']:,} records, with corrections and updates, in {figures['seconds']:.1f} s from file "
        f"to alert: {figures['records_per_second']:,.0f}/s on {figures['processors']} processors",
    )
    _say(console, "")


def _show_promises(outcome: Outcome, console: Console) -> None:
    """Those that no title above bears a mark of, and whatever is untrue."""
    for fact in outcome.facts:
        if not fact.holds or fact.name not in {*_TITLES, _ANSWERS}:
            _say(console, f"{_mark(outcome, fact.name)} {fact.says}", "" if fact.holds else "bold red")


def _mark(outcome: Outcome, name: str) -> str:
    """Whether the promise of this name holds."""
    return "✓" if all(fact.holds for fact in outcome.facts if fact.name == name) else "✗ UNTRUE:"


def _say_wrapped(console: Console, text: str, style: str) -> None:
    for line in wrap(text, WIDTH, initial_indent="   → ", subsequent_indent="     "):
        _say(console, line, style)


def _say(console: Console, line: str, style: str = "") -> None:
    """One line as it is, however long: commands must be copied whole."""
    console.print(line.rstrip(), style=style or None, highlight=False, markup=False, soft_wrap=True)


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
