"""Further checks of `wardlink doctor`: the keyring's backup, and what the roles say of themselves."""

from datetime import UTC, datetime

from vault.backup import STALE_AFTER_DAYS, backup_state
from wardlink.keyring_files import keyring_path
from wardlink.settings import Settings
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
