"""`wardlink topics`: make the topics, and see what Kafka holds of them."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(no_args_is_help=True, help="The topics: make them, list them.")
    group.command("apply")(apply)
    group.command("list")(list_)
    app.add_typer(group, name="topics")


def apply(as_json: Json = False) -> None:
    """Create what is missing and set every topic's configuration; the same again changes nothing.

    The number of partitions is WARDLINK_TOPICS_PARTITIONS, for ever: any difference is refused.
    """
    from connectors.topics_admin import apply_topics
    from wardlink.settings import kafka_settings, load

    settings = load()
    created = apply_topics(kafka_settings(settings), settings.topics.partitions, settings.topics.replication)
    if as_json:
        typer.echo(json.dumps({"created": list(created), "partitions": settings.topics.partitions}))
        return
    for name in created:
        typer.echo(f"created {name} with {settings.topics.partitions} partitions")
    if not created:
        typer.echo("Every topic was there already.")


def list_(as_json: Json = False) -> None:
    """Every topic: partitions, records held, days kept, and why it exists."""
    from rich.console import Console
    from rich.table import Table

    from connectors.topics_admin import held_records, topic_states
    from schemas.topics import TOPICS
    from wardlink.settings import kafka_settings, load

    kafka = kafka_settings(load())
    states = {state.name: state for state in topic_states(kafka)}
    held = held_records(kafka, list(states))
    if as_json:
        typer.echo(json.dumps([{**asdict(state), "records": held[name]} for name, state in sorted(states.items())]))
        return
    table = Table("topic", "partitions", "records", "days", "purpose", box=None)
    for topic in TOPICS:
        state = states.get(topic.name)
        partitions = str(state.partitions) if state else "missing: run `wardlink topics apply`"
        table.add_row(topic.name, partitions, str(held.get(topic.name, 0)), str(topic.retention_days), topic.purpose)
    Console().print(table)
