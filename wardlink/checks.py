"""Further checks of `wardlink doctor`: the keyring's backup, and what the roles say of themselves."""

from datetime import UTC, datetime

from policy.directory import load_directory
from store.database import connect
from store.routes import unknown_owners, unroutable
from vault.backup import STALE_AFTER_DAYS, backup_state
from wardlink.keyring_files import keyring_path
from wardlink.outside import feeds_in_trouble, lost_letters
from wardlink.settings import Settings, store_settings
from wardlink.stack.doctor import Finding
from wardlink.status import role_states, stopped_roles

_BACK_UP = "run `wardlink keyring backup FILE`, keep the file elsewhere, then `wardlink keyring verify FILE`"


def keyring_is_backed_up(settings: Settings) -> Finding:
    """A backup with all areas was verified in the last 90 days; demo stacks and empty homes need none."""
    path = keyring_path(settings)
    if settings.demo or not path.exists():
        return Finding("ok", "a demo needs no backup" if settings.demo else "no keyring yet")
    state = backup_state(path, datetime.now(UTC))
    if state.verified_at is None:
        return Finding("warn", "no backup of it was ever verified; only openly published sources are read", _BACK_UP)
    if not state.covers_all_areas:
        return Finding("warn", "the verified backup lacks the keys of some areas", _BACK_UP)
    if state.is_stale:
        return Finding("warn", f"verified {state.age_days} days ago, more than {STALE_AFTER_DAYS}", _BACK_UP)
    return Finding("ok", f"a backup was verified {state.age_days} days ago")


def roles_can_work(settings: Settings) -> Finding:
    """No role has stopped for a reason that someone must mend, and none waits for something that is away."""
    if stopped := stopped_roles(settings):
        return Finding("fail", f"{stopped[0].name} does not work", stopped[0].trouble)
    waiting = [role for role in role_states(settings) if role.state == "waiting"]
    if waiting:
        return Finding("warn", f"{waiting[0].name} waits: {waiting[0].message}", "it goes on by itself")
    return Finding("ok", "none waits for anything")


def alerts_reach_somebody(settings: Settings) -> Finding:
    """The directory can be read, and every standing alert has a mailbox by it."""
    if settings.directory is None:
        remedy = "name a directory in WARDLINK_DIRECTORY (docs/directory.md), then start the roles again"
        return Finding("warn", "none is set: alerts go to agencies, not to a team's mailbox", remedy)
    offices = load_directory(settings.directory).offices
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-doctor") as connection:
        lost, unknown = unroutable(connection), unknown_owners(connection)
    if lost:
        alerts = sum(row["alerts"] for row in lost)
        return Finding("fail", f"{alerts} alert(s) reach nobody", "; ".join(row["reason"] for row in lost))
    if unknown:
        agencies = ", ".join(row["agency"] for row in unknown)
        return Finding("warn", f"open cases of {agencies} name teams that it lacks", "add their names under `called`")
    return Finding("ok", f"{len(offices)} agencies; every alert has a mailbox")


def feeds_bring_something(settings: Settings) -> Finding:
    """Every declared feed could be looked at, its newest file was read to its end, and none brings nothing."""
    if settings.collect.file is None:
        return Finding("ok", "none is collected (WARDLINK_COLLECT_FILE is not set)")
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-doctor") as connection:
        found = feeds_in_trouble(settings, connection)
    if found:
        told = "; ".join(f"{one['feed']}: {one['trouble']}" for one in found)
        return Finding("fail", told, "; ".join(dict.fromkeys(str(one["remedy"]) for one in found)))
    return Finding("ok", "every feed could be looked at")


def letters_are_taken(settings: Settings) -> Finding:
    """No alert was given up on its way to a partner's system."""
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-doctor") as connection:
        dead = lost_letters(connection)
    if dead:
        told = ", ".join(f"{one['letters']} to {one['partner']}" for one in dead)
        return Finding("fail", f"alerts that were not taken: {told}", "; ".join(str(one["remedy"]) for one in dead))
    return Finding("ok", "partners took every alert")
