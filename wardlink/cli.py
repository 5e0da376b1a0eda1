"""The command line: `wardlink COMMAND`. Each group of commands lives in its own file of wardlink/commands."""

import importlib
import sys

import typer

from schemas.errors import WardlinkError

GROUPS = (
    "stack",
    "health",
    "status",
    "read",
    "audit",
    "judge",
    "review",
    "quality",
    "source",
    "store",
    "topics",
    "schema",
    "keyring",
    "backup",
    "geography",
    "stock",
    "directory",
    "duplicates",
    "gazetteer",
    "link",
    "evaluate",
    "model",
    "ingest",
    "connect",
    "connector",
    "partner",
    "demo",
    "simulate",
)


def build() -> typer.Typer:
    """The whole command line; importing a group must stay cheap, so heavy imports live inside its functions."""
    app = typer.Typer(
        name="wardlink",
        help="Links antisocial behaviour reports across agencies; tells only those who may know.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    for group in GROUPS:
        importlib.import_module(f"wardlink.commands.{group}").register(app)
    return app


def has_command(*words: str) -> bool:
    """Whether `wardlink WORDS…` is a command."""
    command: object = typer.main.get_command(build())
    for word in words:
        command = getattr(command, "commands", {}).get(word)
    return command is not None


def main() -> None:
    """Entry point of the console script: an error of ours is one line on stderr and exit code 1."""
    try:
        build()()
    except WardlinkError as error:
        print(f"wardlink: {error}", file=sys.stderr)
        raise SystemExit(1) from None
