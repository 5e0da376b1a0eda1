"""The file that says what is collected: what may stand in it, and how its mistakes are told."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from connectors.collect.account import Account, S3Account, SftpAccount
from connectors.collect.declaration import load_feeds
from connectors.collect.feed import Address, Bucket, Feed, Folder, Sftp
from schemas.errors import Refused
from tests.architecture.composed import ROOT

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
ACCOUNTS: Mapping[str, Account] = {
    "landlord": SftpAccount(password="a-pass"),
    "lake": S3Account("AK", "a-secret", "https://s3.example", "eu-west-2"),
}
WARDENS = {
    "name": "wardens",
    "where": "incoming/wardens",
    "source": "table",
    "profile": "housing-contacts",
    "agency": "council",
    "schedule": "every 15 minutes",
}
LANDLORD = WARDENS | {
    "name": "landlord",
    "where": "sftp://wardlink@sftp.landlord.example:2222/outgoing/asb",
    "host_keys": [HOST_KEY],
    "account": "landlord",
    "files": "contacts-*.csv",
    "marker": "{name}.ok",
    "area": "E09000012",
    "schedule": "at 02:30, 14:00",
}
LAKE = {
    "name": "lake",
    "where": "s3://council-feeds/asb/noise",
    "account": "lake",
    "source": "police-uk",
    "schedule": "every 1 hour",
    "history": True,
    "unchanged_for": "2 minutes",
}
STREETS = {
    "name": "streets",
    "where": "https://council.example/open311/v2?jurisdiction_id=council.example",
    "source": "open311",
    "agency": "council",
    "schedule": "every 1 hour",
}


def loaded(folder: Path, *feeds: Mapping[str, object], **others: object) -> tuple[Feed, ...]:
    """The feeds of a file that says this."""
    path = folder / "collect.yaml"
    path.write_text(yaml.safe_dump({"feeds": list(feeds), **others}), "utf-8")
    return load_feeds(path, ACCOUNTS)


def mistakes(folder: Path, *feeds: Mapping[str, object], **others: object) -> str:
    with pytest.raises(Refused) as refusal:
        loaded(folder, *feeds, **others)
    return str(refusal.value)


def test_every_kind_of_place_can_be_declared(tmp_path: Path) -> None:
    wardens, landlord, lake = loaded(tmp_path, WARDENS, LANDLORD, LAKE)
    assert wardens.where == Folder(tmp_path / "incoming" / "wardens")
    assert (wardens.files, wardens.marker, wardens.unchanged_for) == ("*", None, timedelta(seconds=30))
    assert landlord.where == Sftp("sftp.landlord.example", 2222, "wardlink", "/outgoing/asb", (HOST_KEY,))
    assert (landlord.marker, landlord.area, str(landlord.schedule)) == (
        "{name}.ok",
        "E09000012",
        "at 02:30, 14:00 (Europe/London)",
    )
    assert lake.where == Bucket("council-feeds", "asb/noise")
    assert (lake.history, lake.unchanged_for, lake.agency) == (True, timedelta(minutes=2), None)


def test_a_service_can_be_declared_with_the_day_from_which_it_is_asked(tmp_path: Path) -> None:
    [streets] = loaded(tmp_path, STREETS)
    assert streets.where == Address(str(STREETS["where"]), since=None, days_back=30)
    [streets] = loaded(tmp_path, STREETS | {"since": "2026-01-01", "days_back": 60})
    assert streets.where == Address(str(STREETS["where"]), since=date(2026, 1, 1), days_back=60)


def test_a_profile_of_one_s_own_is_found_beside_the_file(tmp_path: Path) -> None:
    own = (ROOT / "docs" / "examples" / "street-wardens.yaml").read_text("utf-8")
    (tmp_path / "wardens.yaml").write_text(own, "utf-8")
    (feed,) = loaded(tmp_path, WARDENS | {"profile": "wardens.yaml"})
    source = feed.load_source()
    assert source.name == "street-wardens"
    before = feed.reads_as(source)
    (tmp_path / "wardens.yaml").write_text(own + "\n# mended\n", "utf-8")
    assert feed.reads_as(source) != before, "the same bytes are worth another reading"


def test_the_user_s_own_folder_and_the_usual_port_may_be_meant(tmp_path: Path) -> None:
    (feed,) = loaded(tmp_path, LANDLORD | {"where": "sftp://ward%40link@sftp.example/~/out"})
    assert feed.where == Sftp("sftp.example", 22, "ward@link", "out", (HOST_KEY,))
    (feed,) = loaded(tmp_path, LANDLORD | {"where": "sftp://w@sftp.example"})
    assert isinstance(feed.where, Sftp)
    assert feed.where.folder == "/"


def test_the_example_that_the_how_to_shows_is_sound(tmp_path: Path) -> None:
    path = ROOT / "docs" / "examples" / "collect.yaml"
    wardens, landlord, noise, streets = load_feeds(path, ACCOUNTS | {"storage": ACCOUNTS["lake"]})
    assert wardens.load_source().name == "street-wardens"
    assert noise.where == Bucket("council-feeds", "noise")
    assert isinstance(streets.where, Address)
    page = (ROOT / "docs" / "collecting.md").read_text("utf-8")
    (tmp_path / "shown.yaml").write_text(page.split("```yaml\n")[1].split("```")[0], "utf-8")
    assert load_feeds(tmp_path / "shown.yaml", ACCOUNTS) == (landlord,)


@pytest.mark.parametrize(
    ("base", "change", "told"),
    [
        (WARDENS, {"name": "Street Wardens"}, "feeds[0].name: must be of small letters, digits and hyphens"),
        (WARDENS, {"name": None}, "feeds[0].name: must be a text"),
        (WARDENS, {"where": "ftp://host/x"}, "feeds[0].where: must be a folder's path, sftp://USER@HOST/FOLDER, s3"),
        (WARDENS, {"account": "landlord"}, "feeds[0].account: a folder needs none (take it out)"),
        (WARDENS, {"host_keys": [HOST_KEY]}, "feeds[0].host_keys: belongs to an sftp:// place (take it out)"),
        (WARDENS, {"source": "twitter", "profile": None}, "feeds[0].profile: must be a text"),
        (LAKE, {"source": "twitter"}, "feeds[0].source: there is no source twitter: it is one of"),
        (WARDENS, {"profile": "nowhere"}, "feeds[0].profile: no profile nowhere; use one of"),
        (WARDENS, {"profile": "nowhere.yaml"}, "feeds[0].profile: profile nowhere.yaml: cannot be read"),
        (WARDENS, {"agency": "a b"}, "feeds[0].agency: must be a code without spaces"),
        (LAKE, {"source": "noiseworks"}, "feeds[0].agency: is missing (noiseworks does not say whose reports"),
        (WARDENS, {"marker": "{name}"}, "feeds[0].marker: must be a name with {name} or {stem} in it"),
        (WARDENS, {"marker": "all.done"}, "feeds[0].marker: must be a name with {name} or {stem} in it"),
        (WARDENS, {"schedule": "hourly"}, "feeds[0].schedule: must be of the form `every 15 minutes`, or"),
        (WARDENS, {"schedule": "at 25:00"}, "feeds[0].schedule: must be of the form"),
        (WARDENS, {"unchanged_for": "soon"}, "feeds[0].unchanged_for: must be of the form `30 seconds`"),
        (WARDENS, {"history": "maybe"}, "feeds[0].history: must be yes or no"),
        (WARDENS, {"shedule": "x"}, "feeds[0].shedule: is not known (known are"),
        (LANDLORD, {"where": "sftp://w:pass@h/x"}, "feeds[0].where: must not hold a password (put it into the"),
        (LANDLORD, {"where": "sftp://h/x"}, "feeds[0].where: must be of the form sftp://USER@HOST/FOLDER"),
        (LANDLORD, {"host_keys": []}, "feeds[0].where: needs host_keys"),
        (LANDLORD, {"host_keys": ["SHA256:abc"]}, "feeds[0].where: must be a host key such as"),
        (LANDLORD, {"account": "nobody"}, "feeds[0].account: is none of the settings' collect.accounts with password"),
        (LANDLORD, {"account": "lake"}, "feeds[0].account: is none of the settings' collect.accounts with password"),
        (LAKE, {"account": "landlord"}, "feeds[0].account: is none of the settings' collect.accounts with access_key"),
        (STREETS, {"where": "https://w:hunter2@h/open311"}, "feeds[0].where: the address must not hold a password"),
        (STREETS, {"files": "*.json"}, "feeds[0].files: belongs to a place of files (take it out)"),
        (STREETS, {"account": "lake"}, "feeds[0].account: an address needs none (take it out)"),
        (STREETS, {"since": "last week"}, "feeds[0].since: must be a date such as 2026-03-31"),
        (STREETS, {"days_back": 0}, "feeds[0].days_back: must be a whole number of 1 or more"),
        (WARDENS, {"days_back": 3}, "feeds[0].days_back: belongs to the address of a service (take it out)"),
        (
            LAKE | {"account": None},
            {"where": "https://police.example"},
            "an address is for open311 alone; police-uk is",
        ),
        (LAKE, {"where": "s3://AK:secret@b/x"}, "feeds[0].where: must be of the form s3://BUCKET/PREFIX"),
    ],
)
def test_a_mistake_is_told_by_field_rule_and_remedy(
    tmp_path: Path, base: Mapping[str, object], change: Mapping[str, object], told: str
) -> None:
    assert told in mistakes(tmp_path, base | change)


def test_an_account_must_be_named_where_one_is_needed(tmp_path: Path) -> None:
    without = {key: value for key, value in LANDLORD.items() if key != "account"}
    assert "feeds[0].account: is missing (name one that stands in the settings" in mistakes(tmp_path, without)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    told = mistakes(tmp_path, WARDENS | {"name": "A"}, LAKE | {"schedule": "x"}, zone="Mars/North", nonsense=1)
    assert "4 mistakes" in told
    for place in ("zone: is no time zone", "nonsense: is not known", "feeds[0].name", "feeds[1].schedule"):
        assert place in told


def test_two_feeds_may_share_neither_name_nor_files(tmp_path: Path) -> None:
    told = mistakes(tmp_path, WARDENS, WARDENS | {"where": "elsewhere"}, WARDENS | {"name": "twin"})
    assert "the name wardens stands twice (give each feed its own)" in told
    assert "twin and wardens take the same files" in told or "wardens and twin take the same files" in told
    parted = (WARDENS | {"files": "a*"}, WARDENS | {"name": "twin", "files": "b*"})
    assert len(loaded(tmp_path, *parted)) == 2


def test_a_file_without_feeds_or_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    assert "feeds: is empty (list at least one feed)" in mistakes(tmp_path)
    (tmp_path / "collect.yaml").write_text("feeds: [", "utf-8")
    with pytest.raises(Refused, match="is not YAML"):
        load_feeds(tmp_path / "collect.yaml", ACCOUNTS)
    with pytest.raises(Refused, match="cannot read"):
        load_feeds(tmp_path / "nowhere.yaml", ACCOUNTS)


def test_no_mistake_and_no_feed_shows_a_secret(tmp_path: Path) -> None:
    told = mistakes(tmp_path, LANDLORD | {"account": "lake"}, LANDLORD | {"where": "sftp://w:hunter2@h/x"})
    feeds = loaded(tmp_path, LANDLORD, LAKE)
    for text in (told, repr(feeds), repr(ACCOUNTS)):
        assert not any(secret in text for secret in ("hunter2", "a-pass", "a-secret"))
