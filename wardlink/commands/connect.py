"""`wardlink connect`: what is collected on schedules, from folders, SFTP, S3-compatible storage and services."""

import json
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.errors import Refused, WardlinkError

if TYPE_CHECKING:
    from connectors.collect.feed import Feed
    from connectors.collect.rounds import Result
    from connectors.collect.taking import Taken
    from store.collected import FeedHistory
    from wardlink.settings import Settings

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]…", help="Feeds; all by default.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    group = typer.Typer(
        help="Collect from folders, SFTP, S3-compatible storage and Open311 services.", no_args_is_help=True
    )
    group.command("list")(list_)
    group.command()(check)
    group.command()(run)
    app.add_typer(group, name="connect")


def list_(as_json: Json = False) -> None:
    """List what is collected, when each place was looked at last, and what came of it."""
    from wardlink.collect import declared
    from wardlink.settings import load

    settings = load()
    feeds = declared(settings)
    known = _histories(settings)
    if as_json:
        typer.echo(json.dumps([_feed_as_data(feed, known) for feed in feeds]))
        return
    for feed in feeds:
        for line in _feed_as_text(_feed_as_data(feed, known)):
            typer.echo(line)


def check(names: Names = None, as_json: Json = False) -> None:
    """Check the file, log in to each place, try out there what collecting does; exit code 1 if anything is wrong."""
    from wardlink.settings import load

    settings = load()
    findings = [_examine(settings, feed) for feed in _chosen(settings, names)]
    if as_json:
        typer.echo(json.dumps(findings))
    else:
        for finding in findings:
            for line in _finding_as_text(finding):
                typer.echo(line)
    if any(finding["trouble"] for finding in findings):
        raise typer.Exit(1)


def run(
    names: Names = None,
    once: Annotated[bool, typer.Option("--once", help="Each feed once and now, then end.")] = False,
    as_json: Json = False,
) -> None:
    """Collect in the foreground: by the schedules until Ctrl-C, or once.

    With --once the exit code is 1 when a place could not be looked at or a file failed; --json prints one object at the
    end. Without it, each file is told as it is laid aside, with --json as one object a line.
    """
    from wardlink.collect import collect_once, keep_collecting
    from wardlink.ingesting import tune_for_throughput
    from wardlink.settings import load

    settings = load()
    feeds = _chosen(settings, names)
    stop = _stop_on_signal()
    tune_for_throughput()
    if not once:
        keep_collecting(settings, feeds, stop, _Aloud(), _tell_as_json if as_json else _tell, _tell_trouble)
        return
    results = collect_once(settings, feeds, stop, _Aloud(), _tell_nobody if as_json else _tell)
    if as_json:
        typer.echo(json.dumps({"feeds": [_result_as_data(one) for one in results]}))
    else:
        for one in results:
            typer.echo(_result_as_text(one))
    if not all(one.is_well for one in results):
        raise typer.Exit(1)


class _Aloud:
    """Tells on stderr why nothing moves; what else is to be said, the command says at its end."""

    def working(self) -> None:
        """Nothing to say."""

    def waiting(self, message: str) -> None:
        """Kafka, PostgreSQL or the registry is away."""
        typer.echo(message, err=True)


def _chosen(settings: "Settings", names: Sequence[str] | None) -> "list[Feed]":
    from wardlink.collect import declared

    feeds = {feed.name: feed for feed in declared(settings)}
    for name in names or ():
        if name not in feeds:
            raise Refused(f"there is no feed {name}: choose one of {', '.join(feeds)}")
    return [feeds[name] for name in names or feeds]


def _histories(settings: "Settings") -> "Mapping[str, FeedHistory]":
    """What came of the feeds; nothing where there is no stack to ask."""
    from store.collected import histories
    from store.database import connect
    from wardlink.settings import store_settings

    try:
        with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-connect") as connection:
            return histories(connection)
    except WardlinkError as error:
        typer.echo(f"nothing is known of earlier looks ({error})", err=True)
        return {}


def _feed_as_data(feed: "Feed", known: "Mapping[str, FeedHistory]") -> dict[str, Any]:
    history = known.get(feed.name)
    return {
        "name": feed.name,
        "where": str(feed.where),
        "source": feed.source,
        "profile": feed.profile,
        "agency": feed.agency,
        "area": feed.area,
        "schedule": str(feed.schedule),
        "looked_at": _instant(history.looked_at if history else None),
        "done": history.files.get("done", 0) if history else 0,
        "failed": history.files.get("failed", 0) if history else 0,
        "last_file_at": _instant(history.last_file_at if history else None),
        "trouble": history.trouble or None if history else None,
        "trouble_since": _instant(history.trouble_since if history else None),
    }


def _feed_as_text(data: Mapping[str, Any]) -> list[str]:
    read_as = data["profile"] or data["source"]
    lines = [
        f"{data['name']:<20}{data['schedule']}, {data['where']} as {read_as}",
        f"{'':<20}looked at {data['looked_at'] or 'never'}; {data['done']} done, {data['failed']} failed",
    ]
    if data["trouble"]:
        lines.append(f"{'':<20}in trouble since {data['trouble_since']}: {data['trouble']}")
    return lines


def _examine(settings: "Settings", feed: "Feed") -> dict[str, Any]:
    from connectors.collect.asking import try_asking
    from connectors.collect.feed import Address
    from wardlink.collect import try_reading

    finding: dict[str, Any] = {"name": feed.name, "where": str(feed.where), "trouble": []}
    finding |= {"files": None, "requests": None}
    try:
        if isinstance(feed.where, Address):
            finding["requests"] = try_asking(feed.where, time.time_ns() // 1000)
        else:
            finding["files"] = _files_at(settings, feed)
    except WardlinkError as error:
        finding["trouble"].append(str(error))
    try:
        try_reading(settings, feed, _Aloud())
    except WardlinkError as error:
        finding["trouble"].append(str(error))
    return finding


def _files_at(settings: "Settings", feed: "Feed") -> dict[str, int | None]:
    from connectors.collect.inbox import Naming
    from connectors.collect.places import try_out
    from wardlink.settings import collect_accounts

    look = try_out(feed, collect_accounts(settings))
    marked = len(look.complete(Naming(feed.files, feed.marker), look))
    return {"found": len(look.files), "marked": marked if feed.marker else None}


def _finding_as_text(finding: Mapping[str, Any]) -> list[str]:
    files = finding["files"]
    lines = [f"fail  {finding['name']:<20}{trouble}" for trouble in finding["trouble"]]
    if files is not None:
        marked = "" if files["marked"] is None else f", {files['marked']} with their marker"
        lines.append(f"ok    {finding['name']:<20}{finding['where']}: {files['found']} files there{marked}")
    if finding["requests"] is not None:
        asked = f"{finding['where']}: {finding['requests']} requests of the last day"
        lines.append(f"ok    {finding['name']:<20}{asked}")
    return lines


def _tell(feed: "Feed", taken: "Taken") -> None:
    receipt = taken.receipt
    counts = receipt["counts"] or {}
    told = ", ".join(f"{counts[name]:,} {name}" for name in ("read", "published", "quarantined") if name in counts)
    why = f": {receipt['reason']}" if receipt["reason"] else ""
    typer.echo(f"{feed.name}  {receipt['file']}  {taken.shelf}  {told}{why}")


def _tell_as_json(feed: "Feed", taken: "Taken") -> None:
    typer.echo(json.dumps(_taken_as_data(feed, taken)))


def _taken_as_data(feed: "Feed", taken: "Taken") -> dict[str, Any]:
    """The receipt, and where the file lies; nothing can be laid aside at a service."""
    from connectors.collect.feed import Address

    lies = None if isinstance(feed.where, Address) else f"{taken.shelf}/{taken.name}"
    return {**taken.receipt, "laid_aside_as": lies}


def _tell_nobody(feed: "Feed", taken: "Taken") -> None:
    """The object at the end tells all."""


def _tell_trouble(feed: "Feed", message: str) -> None:
    typer.echo(f"{feed.name}: not collected: {message}", err=True)


def _result_as_data(result: "Result") -> dict[str, Any]:
    return {
        "name": result.feed.name,
        "files": [_taken_as_data(result.feed, one) for one in result.taken],
        "waiting": result.waiting,
        "is_elsewhere": result.is_elsewhere,
        "trouble": result.trouble or None,
    }


def _result_as_text(result: "Result") -> str:
    if result.trouble:
        return f"{result.feed.name}: not collected: {result.trouble}"
    if result.is_elsewhere:
        return f"{result.feed.name}: another process is collecting it just now"
    waiting = f"; {result.waiting} not complete yet" if result.waiting else ""
    return f"{result.feed.name}: {len(result.taken)} files{waiting}"


def _stop_on_signal() -> threading.Event:
    """Set when the process is told to stop; what is being read is taken up again by the next one."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _instant(micros: int | None) -> str | None:
    return None if not micros else datetime.fromtimestamp(micros // 1_000_000, UTC).isoformat().replace("+00:00", "Z")
