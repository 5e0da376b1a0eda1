"""`wardlink connector list|new|laws`: the sources, a new one from a template, and the laws that they all keep."""

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from connectors.contract import Source

Sector = Annotated[str, typer.Option(help="Whose reports it holds: police, housing or council.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    group = typer.Typer(help="The sources: list them, make a new one, hold them to their laws.", no_args_is_help=True)
    group.command("list")(show_sources)
    group.command("new")(make_source)
    group.command("laws")(check_laws)
    app.add_typer(group, name="connector")


def show_sources(as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False) -> None:
    """What `wardlink ingest` reads, and what of it becomes one report."""
    rows = [_plain(source, words) for words, source in _sources()]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo(f"{row['ingest']:<44}{row['sector']:<9}one report is {row['one_report_is']}")


def make_source(name: Annotated[str, typer.Argument(help="Such as parks-patrol.")], sector: Sector = "council") -> None:
    """Write a new source and its tests from a template; then change both to what the agency sends (docs)."""
    from connectors import scaffold
    from connectors.contract import Sector as Sectors
    from schemas.errors import Refused

    if sector not in tuple(Sectors):
        raise Refused(f"--sector: it is one of {', '.join(Sectors)}")
    root = scaffold.checkout()
    made = scaffold.make(root, name, Sectors(sector))
    typer.echo(f"{made.source.relative_to(root)}   what the agency's columns mean: change it")
    typer.echo(f"{made.test.relative_to(root)}   what a file of theirs looks like: change it")
    typer.echo(f"Then: .venv/bin/python -m pytest {made.test.relative_to(root)}")
    typer.echo(f"      wardlink ingest {name} FILE --agency CODE --dry-run")


def check_laws(
    full: Annotated[bool, typer.Option("--full", help="Every source, and a million rows of each.")] = False,
) -> None:
    """Run the suite that every source inherits, and show which source keeps which law (in a checkout)."""
    from connectors.scaffold import checkout

    which = "conformance" if full else "conformance and not long"
    words = (sys.executable, "-m", "pytest", "tests/connectors", "-q", "--no-header", "--tb=short", "-m", which)
    raise typer.Exit(subprocess.run(words, cwd=checkout(), check=False).returncode)


def _sources() -> list[tuple[str, "Source"]]:
    from connectors import sources
    from connectors.mapping import profile as profiles

    plain = [(name, sources.find(name)) for name in sources.names() if name != "table"]
    tables = [(f"table --profile {name}", sources.find("table", name)) for name in profiles.shipped()]
    return plain + tables


def _plain(source: "Source", words: str) -> dict[str, str]:
    return {
        "ingest": words,
        "sector": source.sector.value,
        "one_report_is": source.one_report_is,
        "expects": source.expects,
    }
