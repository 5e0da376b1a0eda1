"""`wardlink judge`: a caseworker's word about a pair, which comes round as an event and may undo a link."""

from typing import Annotated, Literal

import typer

from wardlink.commands.read import As


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
        Literal["known-to-us", "spoke-to-them", "papers-seen", "record-wrong", "same-household", "other-reason"],
        typer.Option(help="How you know."),
    ],
    victims: Annotated[
        bool,
        typer.Option("--victims", help="Of two reports: were their victims one person? Else: was it one incident?"),
    ] = False,
) -> None:
    """Say that two reports tell the same incident or not, or that two persons in them are the same or not.

    Links, cases and alerts follow within a moment, and whoever was told of what is no longer true is told so. Your
    last word about a pair holds. You may judge only what you may see.
    """
    from policy.facts import Reader
    from schemas.vocabulary import Verdict
    from wardlink import judging
    from wardlink.settings import load

    settings, who = load(), Reader.parse(reader)
    ones, others = [left], [right]
    if victims:
        ones, others = ([*judging.victims_of(settings, who, each)] for each in (left, right))
    for one in ones:
        for other in others:
            pair = judging.judge(settings, who, one, other, Verdict(verdict.upper()), judging.Because(because))
            typer.echo(f"{pair.left} and {pair.right}: {verdict} ({pair.graph.lower()}), as {who}.")
