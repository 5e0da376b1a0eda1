"""`wardlink gazetteer` and `match-address`: which property an address means, by a gazetteer of the council's own."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from linkage.gazetteer.matching import Found, Matcher

Json = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]
_MOST_NAMED = 5


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Property gazetteers that addresses are matched with.", no_args_is_help=True)
    group.command("import")(import_)
    group.command("list")(list_)
    app.add_typer(group, name="gazetteer")
    app.command("match-address")(match_address)


def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file, its .gz, or a zip of it.")],
    name: Annotated[str, typer.Option(help="The name to keep it under.", show_default=False)],
    form: Annotated[
        str | None, typer.Option("--format", help="bs7666, os-uprn or plain; else told by its columns.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Keep a property gazetteer, in place of what was kept under the name."""
    from wardlink.gazetteer_files import import_gazetteer
    from wardlink.settings import load

    report = import_gazetteer(file, name, form, load().folders.root)
    if as_json:
        left_out = dict(sorted(report.left_out.items()))
        typer.echo(json.dumps({"name": name, "format": report.form, "entries": report.entries, "left_out": left_out}))
        return
    typer.echo(f"{name}: {report.entries:,} properties kept ({report.form}) in {report.file}")
    for rule, count in sorted(report.left_out.items()):
        typer.echo(f"{count:,} left out: {rule}")
    for place in report.places:
        typer.echo(f"  {place}")


def list_(as_json: Json = False) -> None:
    """The gazetteers that were imported."""
    from wardlink.gazetteer_files import names
    from wardlink.settings import load

    known = names(load().folders.root)
    typer.echo(json.dumps(known) if as_json else "\n".join(known) or "none yet: use 'wardlink gazetteer import'")


def match_address(
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns id, address and, if known, postcode.")],
    gazetteer: Annotated[str, typer.Option(help="Name of an imported gazetteer.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Where to write the matches.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
) -> None:
    """Match addresses with the properties of a gazetteer: UPRN, weight in bits, gap to the next building, reason."""
    from linkage.gazetteer.matching import Matcher
    from wardlink.gazetteer_files import load_gazetteer, read_addresses, write_matches
    from wardlink.settings import load

    matcher = Matcher(load_gazetteer(gazetteer, load().folders.root))
    tally = _Tally()
    write_matches(out, _matched(matcher, read_addresses(file, tally.unreadable), tally))
    if as_json:
        typer.echo(json.dumps({"gazetteer": gazetteer, **tally.summary()}))
        return
    typer.echo(f"{tally.matched:,} of {len(tally.taken):,} addresses matched; {tally.micros(50)} µs each (p50).")
    for place in tally.unreadable[:_MOST_NAMED]:
        typer.echo(f"left out: {place}")
    typer.echo(f"Wrote {out}")


@dataclass(slots=True)
class _Tally:
    """What became of the rows; `taken` are nanoseconds."""

    matched: int = 0
    taken: list[int] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def micros(self, percent: int) -> int:
        """A percentile of the time that one took, in microseconds."""
        return sorted(self.taken)[len(self.taken) * percent // 100] // 1000 if self.taken else 0

    def summary(self) -> dict[str, int]:
        """As JSON has it."""
        return {
            "addresses": len(self.taken),
            "matched": self.matched,
            "unmatched": len(self.taken) - self.matched,
            "unreadable": len(self.unreadable),
            "p50_us": self.micros(50),
            "p99_us": self.micros(99),
        }


def _matched(
    matcher: "Matcher", asked: Iterable[tuple[str, str, str | None]], tally: _Tally
) -> "Iterator[tuple[str, Found]]":
    """Each id with what was found for it."""
    for each, address, postcode in asked:
        began = perf_counter_ns()
        found = matcher.match(address, postcode)
        tally.taken.append(perf_counter_ns() - began)
        tally.matched += found.uprn is not None
        yield each, found
