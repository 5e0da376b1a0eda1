"""`wardlink schema`: the language's versions, and the registry."""

from importlib.resources import files
from pathlib import Path

import typer

from schemas.errors import Refused


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(no_args_is_help=True, help="The language: its released versions and the schema registry.")
    group.command("check")(check)
    group.command("release")(release)
    group.command("register")(register_topics)
    app.add_typer(group, name="schema")


def check() -> None:
    """Prove that every schema reads, and is read by, every version ever released (FULL_TRANSITIVE)."""
    from schemas import released
    from schemas.compatibility import check_released

    problems = check_released()
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise Refused(f"{len(problems)} problems: only add fields with defaults and symbols, and never take any away")
    pending = [f"{name} v{number}" for name, number, _ in released.unreleased()]
    typer.echo(f"{len(released.NAMES)} schemas fit every released version.")
    if pending:
        typer.echo(f"Not released yet: {', '.join(pending)} (run `wardlink schema release`).")


def release() -> None:
    """Write the next version of every schema that has changed, to be committed with the change."""
    from schemas import released
    from schemas.compatibility import check_released

    if check_released():
        raise Refused("the schemas do not fit the released ones: see `wardlink schema check`")
    for name, number, schema in released.unreleased():
        path = Path(str(files("schemas"))) / "released" / name / f"v{number}.avsc"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(released.as_text(schema), "utf-8")
        typer.echo(f"released {name} v{number}")


def register_topics() -> None:
    """Register the schema of every topic; needed once for a new release where the registry is not Wardlink's own."""
    from connectors.registry import Registry
    from schemas.topics import TOPICS
    from wardlink.settings import load, registry_url

    with Registry(registry_url(load())) as registry:
        for topic, schema_id in registry.register_all(TOPICS).items():
            typer.echo(f"{topic:<24}{schema_id:>6}")
