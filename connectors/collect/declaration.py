"""The file that says what is collected (YAML): read, and checked as a whole before anything is looked at.

It holds no password: `account` names one that stands in the settings.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo

from connectors.collect.account import Account, S3Account, SftpAccount
from connectors.collect.feed import ASKED, DAYS_BACK, Address, Bucket, Feed, Folder, Sftp, Where, fingerprint
from connectors.collect.schedule import Every, Schedule, parse_duration, parse_schedule
from policy.yaml_form import Form, Mistakes, parse
from schemas.errors import Refused

_WHAT = "collect file"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_CODE = re.compile(r"[^\s:/#|\\\"']+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SSH_PORT = 22
_QUIET = timedelta(seconds=30)
_KEYS = (
    "name", "where", "host_keys", "account", "source", "profile", "agency", "area", "history", "files", "marker",
    "unchanged_for", "schedule", "since", "days_back",
    "expected_within",
)  # fmt: skip
_OF_FILES = ("files", "marker", "unchanged_for")
_OF_SERVICES = ("since", "days_back")
_NOWHERE = Folder(Path())
"""In the place of a `where` that is wrong; it is told once, and what hangs on it is not checked."""

_FORMS = "a folder's path, sftp://USER@HOST/FOLDER, s3://BUCKET/PREFIX or a service's https:// address"

Value = TypeVar("Value")


def load_feeds(path: Path, accounts: Mapping[str, Account]) -> tuple[Feed, ...]:
    """The feeds of a file; relative paths in it begin at its own folder. Refused with every mistake at once."""
    mistakes = Mistakes(f"{_WHAT} {path.name}")
    form = Form(parse(path, f"{_WHAT} {path.name}"), "", mistakes)
    zone = _zone(form)
    inner = form.forms("feeds")
    form.refuse_others()
    feeds = [_feed(one, path.parent, zone, accounts) for one in inner]
    if not inner:
        form.wrong("feeds", "is empty (list at least one feed)")
    _refuse_twins(form, feeds)
    mistakes.refuse_if_any()
    return tuple(feeds)


def _zone(form: Form) -> ZoneInfo:
    name = _optional(form, "zone") or "Europe/London"
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):
        form.wrong("zone", "is no time zone (use a name such as Europe/London)")
        return ZoneInfo("UTC")


def _feed(form: Form, folder: Path, zone: ZoneInfo, accounts: Mapping[str, Account]) -> Feed:
    feed = Feed(
        name=_matching(form, "name", _NAME, "must be of small letters, digits and hyphens, at most 40"),
        where=_where(form, folder),
        account=_optional(form, "account"),
        source=form.text("source"),
        profile=_profile(form, folder),
        agency=_code(form, "agency"),
        area=_code(form, "area"),
        history=form.truth("history", False),
        files=_optional(form, "files") or "*",
        marker=_marker(form),
        unchanged_for=_read(form, "unchanged_for", parse_duration) or _QUIET,
        schedule=_schedule(form, zone),
        expected_within=_read(form, "expected_within", parse_duration),
    )
    form.refuse_others(also=_KEYS)
    if feed.where is not _NOWHERE:
        _check_account(form, feed, accounts)
        _check_kind(form, feed)
    _check_source(form, feed)
    return feed


def _where(form: Form, folder: Path) -> Where:
    text = form.text("where")
    host_keys = form.texts("host_keys")
    try:
        url = urlsplit(text)
        if url.scheme == "sftp":
            return _sftp(url, host_keys)
        if host_keys:
            form.wrong("host_keys", "belongs to an sftp:// place (take it out)")
        if url.scheme in ("http", "https"):
            return _address(form, text)
        return _bucket(url) if url.scheme == "s3" else _folder(url, text, folder)
    except ValueError as error:
        if text:
            form.wrong("where", str(error))
        return _NOWHERE


def _address(form: Form, text: str) -> Address:
    from connectors.open311.client import Service

    try:
        Service.of(text)
    except Refused as error:
        raise ValueError(str(error)) from None
    return Address(text, form.day("since"), form.whole("days_back", 1, DAYS_BACK))


def _sftp(url: SplitResult, host_keys: tuple[str, ...]) -> Sftp:
    if url.password is not None:
        raise ValueError("must not hold a password (put it into the settings, and name it under account)")
    if not url.hostname or not url.username:
        raise ValueError("must be of the form sftp://USER@HOST/FOLDER or sftp://USER@HOST:PORT/FOLDER")
    if not host_keys:
        raise ValueError("needs host_keys, the server's own keys: without them nobody knows who answers there")
    for line in host_keys:
        fingerprint(line)
    folder = unquote(url.path) or "/"
    folder = (folder.removeprefix("/~").lstrip("/") or ".") if f"{folder}/".startswith("/~/") else folder
    return Sftp(url.hostname, url.port or _SSH_PORT, unquote(url.username), folder, host_keys)


def _bucket(url: SplitResult) -> Bucket:
    if not _BUCKET.fullmatch(url.netloc):
        raise ValueError("must be of the form s3://BUCKET/PREFIX, without keys (they stand in the settings)")
    return Bucket(url.netloc, unquote(url.path).strip("/"))


def _folder(url: SplitResult, text: str, folder: Path) -> Folder:
    if url.scheme:
        raise ValueError(f"must be {_FORMS}")
    return Folder((folder / Path(text).expanduser()).absolute())


def _profile(form: Form, folder: Path) -> str | None:
    name = _optional(form, "profile")
    return str(folder / name) if name and name.endswith((".yaml", ".yml")) else name


def _marker(form: Form) -> str | None:
    marker = _optional(form, "marker")
    if marker and (marker == "{name}" or "/" in marker or not ("{name}" in marker or "{stem}" in marker)):
        form.wrong("marker", "must be a name with {name} or {stem} in it, such as {name}.ok")
    return marker


def _schedule(form: Form, zone: ZoneInfo) -> Schedule:
    return _read(form, "schedule", lambda text: parse_schedule(text, zone), needed=True) or Every(_QUIET)


def _code(form: Form, key: str) -> str | None:
    return _matching(form, key, _CODE, "must be a code without spaces, colons, slashes or quotes", needed=False) or None


def _check_account(form: Form, feed: Feed, accounts: Mapping[str, Account]) -> None:
    wanted = {Sftp: SftpAccount, Bucket: S3Account}.get(type(feed.where))
    if wanted is None and feed.account:
        place = "an address" if isinstance(feed.where, Address) else "a folder"
        form.wrong("account", f"{place} needs none (take it out)")
    if wanted is None:
        return
    if feed.account is None:
        form.wrong("account", "is missing (name one that stands in the settings under collect.accounts)")
    elif not isinstance(accounts.get(feed.account), wanted):
        kind = "password or key_file" if wanted is SftpAccount else "access_key and secret_key"
        form.wrong("account", f"is none of the settings' collect.accounts with {kind} (add it there)")


def _check_kind(form: Form, feed: Feed) -> None:
    """What is said of files is not said of services, and the other way round."""
    is_asked = isinstance(feed.where, Address)
    for key in _OF_FILES if is_asked else _OF_SERVICES:
        if key in form.names:
            form.wrong(
                key, f"belongs to {'a place of files' if is_asked else 'the address of a service'} (take it out)"
            )
    if is_asked and feed.source not in ASKED:
        form.wrong("where", f"an address is for {', '.join(ASKED)} alone; {feed.source} is read from files")


def _check_source(form: Form, feed: Feed) -> None:
    if not feed.source:
        return
    try:
        source = feed.load_source()
    except Refused as error:
        form.wrong("profile" if feed.profile else "source", str(error))
        return
    if not (feed.agency or source.agency or source.names_agencies):
        form.wrong("agency", f"is missing ({feed.source} does not say whose reports it holds)")


def _refuse_twins(form: Form, feeds: Iterable[Feed]) -> None:
    """Two feeds of one name share their history; two of one place take each other's files."""
    feeds = [feed for feed in feeds if feed.where is not _NOWHERE]
    for first, second in pairwise(sorted(feeds, key=lambda feed: feed.name)):
        if first.name == second.name:
            form.wrong("feeds", f"the name {first.name} stands twice (give each feed its own)")
    for first, second in pairwise(sorted(feeds, key=lambda feed: (str(feed.where), feed.files))):
        if (str(first.where), first.files) == (str(second.where), second.files) and first.name != second.name:
            form.wrong(
                "feeds", f"{first.name} and {second.name} take the same files (give each its own folder or files)"
            )


def _optional(form: Form, key: str) -> str | None:
    return form.text(key) if key in form.names else None


def _matching(form: Form, key: str, pattern: re.Pattern[str], rule: str, needed: bool = True) -> str:
    text = form.text(key) if needed or key in form.names else ""
    if text and not pattern.fullmatch(text):
        form.wrong(key, rule)
    return text


def _read(form: Form, key: str, read: Callable[[str], Value], needed: bool = False) -> Value | None:
    text = form.text(key) if needed or key in form.names else ""
    try:
        return read(text) if text else None
    except ValueError as error:
        form.wrong(key, str(error))
        return None
