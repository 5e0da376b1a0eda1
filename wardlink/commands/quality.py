"""`wardlink quality run|report|check`: what agencies send, measured in the six dimensions of data quality.

Great Expectations is imported when a command runs, never before.
"""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.errors import Refused, WardlinkError

if TYPE_CHECKING:
    from quality.preflight import Verdict

_UNUSABLE = 2

Source = Annotated[str | None, typer.Option(help="Only this source, as reports name it: police-uk, police-cad, …")]
Window = Annotated[str, typer.Option(help="How long a window is: so many days or hours, counted from a Monday.")]
SuitesFolder = Annotated[
    Path | None, typer.Option("--suites", help="Folder of your own suites; each takes the place of the shipped one.")
]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
As = Annotated[str, typer.Option("--as", help="Who reads: AGENCY/ROLE, for example police/steward.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    group = typer.Typer(help="Measure what agencies send, and show how good it is.", no_args_is_help=True)
    for command in (run, report, check):
        group.command()(command)
    app.add_typer(group, name="quality")


def run(
    source: Source = None,
    window: Window = "7d",
    reader: Annotated[
        str | None, typer.Option("--as", help="Only this steward's agency: AGENCY/steward. Else all, as the operator.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also windows that have not changed since.")] = False,
    suites: SuitesFolder = None,
    as_json: Json = False,
) -> None:
    """Measure the stored reports of each window that has changed since it was measured, from value-free facts.

    It says what was measured, not how it came out: `wardlink quality report` says that, to whom it belongs.
    """
    from contextlib import closing
    from dataclasses import asdict

    from connectors.progress import ProgressBar
    from quality.measure import Wish, measure_windows
    from quality.spans import window_width
    from quality.suites import load_suites
    from store.database import connect
    from store.quality import QualityStore
    from wardlink.settings import load, store_settings

    wish = Wish(width=window_width(window), source=source, agency=_agency(reader), again=again)
    rules = load_suites(suites)
    dsn = store_settings(load(), "writer_dsn").writer_dsn
    with closing(connect(dsn, "wardlink-quality")) as connection, ProgressBar() as bar:
        bar.begin("quality", 0)
        done = list(measure_windows(QualityStore(connection), rules, wish, datetime.now(UTC), bar.advance))
    if as_json:
        _print_json([asdict(each) for each in done])
        return
    for name in sorted({each.source for each in done}):
        mine = [each for each in done if each.source == name]
        typer.echo(f"{name}: {sum(each.reports for each in mine):,} reports, windows: {len(mine)}, by {mine[0].suite}")
    typer.echo(f"Windows measured: {len(done)}. Read them with: wardlink quality report --as AGENCY/steward")


def report(
    reader: As,
    source: Source = None,
    window: Window = "7d",
    last: Annotated[int, typer.Option(min=1, help="How many windows of each source together.")] = 1,
    ids: Annotated[int, typer.Option(min=0, max=100, help="How many failing reports of each rule to name.")] = 5,
    html: Annotated[Path | None, typer.Option(help="Write the report as a page that opens offline.")] = None,
    as_json: Json = False,
) -> None:
    """Show how each source does in each dimension, the worst first: of the reader's own agency's reports, and of
    published statistics.

    With it: failing reports by id, freshness, unknown codes, deliveries whose columns changed, quarantine by reason.
    """
    from rich.console import Console

    from policy.facts import Reader
    from quality.page import page
    from quality.plain import plain_report
    from quality.report import Question, read_report
    from quality.spans import window_width
    from quality.terminal import show_report
    from wardlink.settings import load, store_settings

    question = Question(width=window_width(window), source=source, last=last, ids=ids)
    dsn = store_settings(load(), "reader_dsn").reader_dsn
    found = read_report(dsn, Reader.parse(reader), question, datetime.now(UTC))
    if html is not None:
        _write(html, page(found))
    if as_json:
        _print_json(plain_report(found))
    elif html is None:
        show_report(found, Console())
    else:
        typer.echo(f"Wrote {html}")


def check(
    file: Annotated[Path, typer.Argument(help="A file, archive or folder of this source.")],
    source: Annotated[str, typer.Option(help="police-uk, noiseworks, or table (with --profile).")],
    profile: Annotated[str | None, typer.Option(help="For table: name of a profile, or path of your own.")] = None,
    agency: Annotated[str | None, typer.Option(help="Code of the agency that recorded it.")] = None,
    suites: SuitesFolder = None,
    as_json: Json = False,
) -> None:
    """Measure a file before it is sent, by the rules that it will be measured by; nothing is published or stored.

    Exit code 0: as agreed; 1: some rule falls short of what was agreed; 2: the file cannot be used. Failing rows are
    named by where they stand; nothing that they say is shown.
    """
    try:
        verdict = _verdict(file, source, profile, agency, suites)
    except WardlinkError as error:
        if as_json:
            _print_json({"source": source, "verdict": "unusable", "error": str(error)})
        typer.echo(f"wardlink: {error}", err=True)
        raise typer.Exit(_UNUSABLE) from None
    _show(verdict, as_json)
    raise typer.Exit(verdict.exit_code)


def _verdict(file: Path, source: str, profile: str | None, agency: str | None, suites: Path | None) -> "Verdict":
    from connectors import sources
    from quality.preflight import check_file
    from quality.suites import load_suites
    from streams.quality_facts import quality_facts

    feed = sources.find(source, profile)
    return check_file(file, feed, load_suites(suites).of(feed.name), quality_facts, agency, time.time_ns() // 1000)


def _show(verdict: "Verdict", as_json: bool) -> None:
    if as_json:
        from quality.plain import plain_verdict

        _print_json(plain_verdict(verdict))
        return
    from rich.console import Console

    from quality.terminal import show_verdict

    show_verdict(verdict, Console())


def _agency(reader: str | None) -> str | None:
    """The agency of a steward; None for the operator, who is shown no figures."""
    from policy.facts import Reader, Role

    if reader is None:
        return None
    steward: Reader = Reader.parse(reader)
    if steward.role is not Role.STEWARD:
        raise Refused(f"--as {reader}: quality is measured by a steward; give {steward.agency}/{Role.STEWARD}")
    return steward.agency


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise Refused(
            f"--html {path}: cannot be written ({error.strerror}); give a path in a folder of yours"
        ) from None


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=1, default=str))
