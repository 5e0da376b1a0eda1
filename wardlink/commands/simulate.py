"""`wardlink simulate` and `wardlink play`: a borough with known truth as files, and those through the running stack."""

import json
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.errors import Refused
from simulation.feeds import ALL, READERS
from simulation.settings import Settings as Borough

if TYPE_CHECKING:
    from simulation.write import Manifest

_USUAL = Borough()
_FIRST_DAY = datetime.combine(_USUAL.start, time())
_YEAR = 365
_FAULTS = 12
_HOMES, _ACTIVITY = 9000, 0.33
"""A borough with streets enough for its reports: about 70 a day, as a real one of 110,000 homes brings."""


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    for command in (simulate, play):
        app.command()(command)


def simulate(
    out: Annotated[Path, typer.Option(help="Folder for the files; empty, or made.", show_default=False)],
    area: Annotated[str, typer.Option(help="Local authority code that every place bears.")] = _USUAL.area,
    days: Annotated[int, typer.Option(min=7, help="Days that go by.")] = _YEAR,
    seed: Annotated[int, typer.Option(help="Another seed, another borough.")] = _USUAL.seed,
    homes: Annotated[int, typer.Option(help="Homes of the borough.")] = _HOMES,
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day.")] = _FIRST_DAY,
    activity: Annotated[
        float, typer.Option(help="How much happens; 1 is 70 reports a day from 3,000 homes.")
    ] = _ACTIVITY,
    feed: Annotated[
        list[str] | None, typer.Option(help="A feed beside the usual ones; again for more; all of them by default.")
    ] = None,
    faults: Annotated[int, typer.Option(help="Rows to plant that nobody can read.")] = _FAULTS,
    address_errors: Annotated[
        bool, typer.Option("--address-errors", help="Addresses by a model of councils' errors (a package of its own).")
    ] = False,
    fast: Annotated[
        bool, typer.Option("--fast", help="A plain police log for each of many areas, to load a system.")
    ] = False,
    areas: Annotated[int, typer.Option(help="With --fast: how many areas.")] = 300,
    reports: Annotated[int, typer.Option(help="With --fast: how many reports in all.")] = 2_000_000,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
) -> None:
    """Write the files of a borough's agencies in their own formats, and the truth beside them.

    Everything in them is invented but the place on the map. Equal options, equal bytes.
    """
    _check_empty(out)
    if fast:
        _pour(out, areas, reports, seed, start, days, as_json)
        return
    from simulation.borough import build
    from simulation.feeds import USUAL
    from simulation.write import write

    known = [each for each in ALL if not feed or each in (*USUAL, *feed)]
    if unknown := set(feed or ()) - set(ALL):
        raise Refused(f"--feed {', '.join(sorted(unknown))}: no such feed; give some of {', '.join(ALL)}")
    borough = Borough(
        area=area,
        days=days,
        seed=seed,
        homes=homes,
        start=start.date(),
        activity=activity,
        feeds=tuple(known),
        faults=faults,
        address_errors=address_errors,
    )
    manifest = write(build(borough), out)
    if as_json:
        typer.echo(json.dumps(_as_plain(manifest)))
        return
    for line in _as_text(manifest, borough):
        typer.echo(line)


def play(
    folder: Annotated[Path, typer.Argument(help="What `wardlink simulate` wrote.")],
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only as far as this day.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What became of the rows, as one JSON object.")] = False,
) -> None:
    """Play a simulated borough through a demonstration's stack: files and ticks at the times of its timetable.

    Again from the first day adds nothing. A stack of residents' own reports is refused (set WARDLINK_DEMO).
    """
    from connectors.progress import ProgressBar
    from wardlink.settings import load
    from wardlink.timetable import play as play_entries
    from wardlink.timetable import read_timetable

    entries = read_timetable(folder, until.date() if until else None)
    with ProgressBar() as bar:
        bar.begin(folder.name, 0)
        played = play_entries(load(), folder, entries, bar)
    if as_json:
        typer.echo(json.dumps({"files": played.files, "ticks": played.ticks, **played.tally.to_json()}))
        return
    tally = played.tally
    typer.echo(
        f"{played.files:,} files and {played.ticks:,} ticks: {tally.read:,} rows read, {tally.published:,} published,"
    )
    typer.echo(f"{tally.unchanged:,} unchanged, {tally.quarantined:,} in quarantine")


def _check_empty(out: Path) -> None:
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise Refused(f"--out {out}: is there already and not empty; give a new folder, or empty this one")


def _as_plain(manifest: "Manifest") -> dict[str, Any]:
    return {
        "out": str(manifest.folder),
        "reports": dict(manifest.reports),
        "incidents": manifest.incidents,
        "files": {folder: len(manifest.under(folder)) for folder in _folders(manifest)},
        "hard_cases": dict(sorted(manifest.tags.items())),
    }


def _as_text(manifest: "Manifest", borough: Borough) -> Iterator[str]:
    last = borough.day(borough.days - 1)
    yield f"{borough.area}, seed {borough.seed}: {borough.start} to {last}, {borough.homes:,} homes"
    yield f"{sum(manifest.reports.values()):>9,} reports of {manifest.incidents:,} incidents"
    for agency, count in manifest.reports.items():
        yield f"{count:>9,}   to {agency}"
    yield "Files"
    for folder in _folders(manifest):
        reader = READERS.get(folder)  # type: ignore[call-overload]
        how = f"   {reader.source} {reader.profile}".rstrip() if reader else ""
        yield f"{len(manifest.under(folder)):>9,}   {folder}{how}"
    yield "Hard cases (reports)"
    for tag, count in sorted(manifest.tags.items(), key=lambda pair: -pair[1]):
        yield f"{count:>9,}   {tag}"
    yield f"In {manifest.folder}: what is true in truth/, when each file is collected in timetable.csv"


def _folders(manifest: "Manifest") -> list[str]:
    return sorted({file.parts[0] for file in manifest.files if len(file.parts) > 1})


def _pour(out: Path, areas: int, reports: int, seed: int, start: datetime, days: int, as_json: bool) -> None:
    """Writes the plain logs, area after area, and says how far it is."""
    from simulation.mass import Mass, pour

    mass = Mass(areas=areas, reports=reports, seed=seed, start=start.date(), days=days)
    heaps = list(pour(mass, out))
    summary = {
        "out": str(out),
        "areas": len(heaps),
        "reports": sum(heap.reports for heap in heaps),
        "incidents": sum(heap.incidents for heap in heaps),
        "files": sum(len(heap.files) for heap in heaps),
    }
    if as_json:
        typer.echo(json.dumps(summary))
        return
    typer.echo(f"{summary['reports']:,} reports of {summary['incidents']:,} incidents in {summary['areas']:,} areas")
    typer.echo(f"{summary['files']:,} files in {out}: police-cad/ and truth/ of each area")
