"""The store's commands: migrate the databases; look at and move stream positions."""

import json
from typing import Annotated

import typer

from schemas.errors import Refused


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command()(migrate)
    group = typer.Typer(help="How far each partition has been read.", no_args_is_help=True)
    group.command("list")(list_positions)
    group.command("move")(move_position)
    app.add_typer(group, name="positions")


def migrate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be applied; change nothing.")] = False,
) -> None:
    """Bring the databases up to date."""
    from store.migrate import migrate as apply
    from wardlink.settings import load, store_settings

    names = apply(store_settings(load(), "owner_dsn", "keys_dsn"), dry_run)
    for name in names:
        typer.echo(f"{'would apply' if dry_run else 'applied'} {name}")
    if not names:
        typer.echo("The databases are up to date.")


def list_positions(as_json: Annotated[bool, typer.Option("--json", help="Positions as JSON.")] = False) -> None:
    """Show every stored position, its epoch and owner."""
    from store.database import connect
    from store.positions import positions
    from wardlink.settings import load, store_settings

    with connect(store_settings(load(), "writer_dsn").writer_dsn, "wardlink-positions") as connection:
        rows = positions(connection)
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        typer.echo(
            f"{row['consumer']:<18}{row['topic']:<22}[{row['partition']:>3}] at {row['next_offset']:>9}  "
            f"epoch {row['epoch']:>4}  {row['owner']}"
        )


def move_position(
    topic: Annotated[str, typer.Argument(help="Name of the topic.")],
    partition: Annotated[int, typer.Argument(help="Number of the partition.")],
    to: Annotated[str, typer.Option("--to", help="beginning, end, or an offset.")],
    consumer: Annotated[str, typer.Option(help="Whose position.")] = "wardlink-resolve",
) -> None:
    """Move one position by hand and adopt the topic's present identity; its worker starts again from there.

    Reports that are read again change nothing: their ids and revisions are known.
    """
    from connectors.topics_admin import beginning_offsets, cluster_id, end_offsets, topic_ids
    from store.database import connect
    from store.positions import LogBounds, move
    from wardlink.settings import kafka_settings, load, store_settings

    settings = load()
    kafka, where = kafka_settings(settings), (topic, partition)
    first, end = beginning_offsets(kafka, [topic]), end_offsets(kafka, [topic])
    if where not in end:
        raise Refused(f"{topic}[{partition}] does not exist: see 'wardlink topics list'")
    log = LogBounds(cluster_id(kafka), topic_ids(kafka)[topic], first[where], end[where])
    target = _target(to, log.first, log.end)
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-positions") as connection:
        move(connection, consumer, topic, partition, log, target)
    typer.echo(f"{topic}[{partition}] of {consumer} is now at {target}.")


def _target(to: str, first: int, end: int) -> int:
    if to in ("beginning", "end"):
        return first if to == "beginning" else end
    if not to.isdigit() or not first <= int(to) <= end:
        raise Refused(f"--to: must be beginning, end, or an offset from {first} to {end}")
    return int(to)
