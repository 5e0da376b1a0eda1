"""`wardlink judge`: a caseworker's word about a pair, which comes round as an event and may undo a link."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from wardlink.commands.read import As

if TYPE_CHECKING:
    from linkage.previewing import Clusters, Preview


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(judge)


def judge(
    left: Annotated[str, typer.Argument(help="Id of a report, or of a person as `wardlink why` names it.")],
    right: Annotated[str, typer.Argument(help="Id of the other.")],
    verdict: Annotated[
        Literal["same", "different", "unsure", "withdrawn"],
        typer.Argument(help="What you know; `withdrawn` takes your earlier word back."),
    ],
    reader: As,
    because: Annotated[
        Literal["known-to-us", "spoke-to-them", "papers-seen", "record-wrong", "same-household", "other-reason"] | None,
        typer.Option(help="How you know; not asked for a preview.", show_default="required"),
    ] = None,
    victims: Annotated[
        bool,
        typer.Option("--victims", help="Of two reports: were their victims one person? Else: was it one incident?"),
    ] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Say nothing yet: show who would be put together, or parted.")
    ] = False,
) -> None:
    """Say that two reports tell the same incident or not, or that two persons in them are the same or not.

    Links, cases and alerts follow within a moment, and whoever was told of what is no longer true is told so. Your
    last word about a pair holds. You may judge only what you may see.
    """
    from policy.facts import Reader
    from schemas.errors import Refused
    from schemas.vocabulary import Verdict
    from wardlink import judging
    from wardlink.settings import load

    settings, who, word = load(), Reader.parse(reader), Verdict(verdict.upper())
    pairs = judging.find_pairs(settings, who, left, right, victims)
    if preview:
        for line in _foretold(judging.foresee(settings, who, pairs, word), verdict):
            typer.echo(line)
        return
    if because is None:
        raise Refused("say how you know: --because known-to-us, spoke-to-them, papers-seen, … (or look with --preview)")
    for pair in pairs:
        judging.judge(settings, who, pair, word, judging.Because(because))
        typer.echo(f"{pair.left} and {pair.right}: {verdict} ({pair.graph.lower()}), as {who}.")


def _foretold(preview: "Preview", verdict: str) -> Iterator[str]:
    """Nothing but ids that the reader may know of."""
    if not preview.changes:
        yield f"Nothing was said. Your word ({verdict}) would change nothing now; it would keep it so:"
    else:
        yield f"Nothing was said yet. Your word ({verdict}) would change this:"
        yield from _told("now ", preview.before, preview.before)
    yield from _told("then", preview.after, preview.before)


def _told(when: str, clusters: "Clusters", given: "Clusters") -> Iterator[str]:
    for cluster, members in clusters.items():
        name = cluster if cluster in given else "a new one"
        yield f"  {when}  {name}: {', '.join(members)}"
