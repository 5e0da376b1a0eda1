"""The embedded stack's commands: up, down, logs, doctor; and `run`, one role in the foreground, also in production."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

Workers = Annotated[int | None, typer.Option(min=1, max=64, help="Processes of `resolve` (WARDLINK_STACK_WORKERS).")]
Timeout = Annotated[float, typer.Option(help="Seconds in which everything must be ready.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    for command in (up, down, logs, doctor, run):
        app.command()(command)


def up(
    workers: Workers = None,
    detach: Annotated[bool, typer.Option("--detach", help="Come back when ready and leave it running.")] = False,
    timeout: Timeout = 120.0,
) -> None:
    """Start Kafka, PostgreSQL, the registry and every role on this machine; Ctrl-C stops them all."""
    from wardlink.settings import load
    from wardlink.stack.control import start_in_background
    from wardlink.stack.embedded import run_in_foreground

    settings = load()
    count = workers or settings.stack.workers
    if not detach:
        run_in_foreground(settings, count, timeout, typer.echo)
        return
    state = start_in_background(settings, count, timeout, typer.echo)
    for process in state.processes:
        typer.echo(f"{process.name:<16}{process.status}")
    typer.echo("The stack is up. Stop it with `wardlink down`.")


def down() -> None:
    """Stop the stack; its data stay in WARDLINK_HOME."""
    from wardlink.settings import load
    from wardlink.stack.control import stop

    typer.echo("The stack is down." if stop(load()) else "No stack was running.")


def logs(
    role: Annotated[str, typer.Argument(help="kafka, postgres, supervisor, or a role's process such as resolve-1.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines are written.")] = False,
    lines: Annotated[int, typer.Option("-n", min=0, help="Lines to show first.")] = 50,
) -> None:
    """Show what a process of the stack has printed."""
    from wardlink.settings import load
    from wardlink.stack import logs as kept

    path = kept.find(load().folders, role)
    end = path.stat().st_size
    for line in kept.last_lines(path, lines):
        typer.echo(line)
    if follow:
        for text in kept.follow(path, end):
            typer.echo(text, nl=False)


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Findings as JSON.")] = False) -> None:
    """Look at this machine and at everything that Wardlink needs; exit code 1 when something must be mended."""
    from wardlink.settings import load
    from wardlink.stack.doctor import examine

    findings = []
    for finding in examine(load()):
        findings.append(finding)
        if not as_json:
            remedy = f"  → {finding.remedy}" if finding.remedy else ""
            typer.echo(f"{finding.level:<5} {finding.check:<12} {finding.message}{remedy}")
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=1))
    if any(finding.level == "fail" for finding in findings):
        raise typer.Exit(1)


def run(
    role: Annotated[str, typer.Argument(help="The role to run.")],
    worker: Annotated[int, typer.Option(min=1, help="Number of this worker.")] = 1,
) -> None:
    """Run one role in the foreground (what each container of a production set-up does)."""
    from wardlink.settings import load
    from wardlink.stack.roles import find_role

    find_role(role).load()(load(), worker)
