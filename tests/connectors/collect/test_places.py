"""What every place must do alike: a folder, SFTP, S3-compatible storage, each on a real server."""

import io
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from connectors.collect.drive import Drive
from connectors.collect.feed import Feed
from connectors.collect.inbox import Inbox, Look, Naming, Shelf
from connectors.collect.places import open_drive, try_out
from connectors.collect.schedule import Every
from tests.connectors.collect.sites import Site

ANY = Naming("*")
ODD_NAMES = [
    "Ærø – Häuser №5 (neu).csv",
    "50% + 1 #2 & co?.csv",
    "a b.csv",
    "  led.csv",
    "تقرير.csv",
    "e\u0301.csv",
    "x'\";$(y).csv",
]


def feed_at(site: Site, **changes: object) -> Feed:
    """A feed of that place."""
    account = None if site.account is None else "theirs"
    given = {"name": "wardens", "source": "police-uk", "schedule": Every(timedelta(minutes=15))}
    return Feed(**{"where": site.where, "account": account, **given, **changes})  # type: ignore[arg-type]


@pytest.fixture
def drive(site: Site) -> Iterator[Drive]:
    with closing(open_drive(feed_at(site), {} if site.account is None else {"theirs": site.account})) as opened:
        yield opened


def whole(inbox: Inbox, naming: Naming = ANY) -> list[str]:
    """The names that two looks in a row show to be complete."""
    return [entry.name for entry in inbox.look().complete(naming, inbox.look())]


def test_a_file_is_complete_when_two_looks_find_it_unchanged(site: Site, drive: Drive) -> None:
    inbox = Inbox(drive, ANY)
    assert inbox.look() == Look()
    site.put("june.csv", b"a,b\n1,")
    first = inbox.look()
    assert first.complete(ANY, Look()) == []
    site.put("june.csv", b"a,b\n1,2\n3,4\n")
    second = inbox.look()
    assert second.complete(ANY, first) == []
    assert [entry.name for entry in inbox.look().complete(ANY, second)] == ["june.csv"]


def test_a_file_of_the_same_size_that_was_written_anew_is_looked_at_again(site: Site, drive: Drive) -> None:
    inbox = Inbox(drive, ANY)
    site.put("june.csv", b"aaaa")
    first = inbox.look()
    site.put("next.csv", b"bbbb")
    rewrite_until_it_shows(site, inbox, first)
    assert "june.csv" not in [entry.name for entry in inbox.look().complete(ANY, first)]


def rewrite_until_it_shows(site: Site, inbox: Inbox, first: Look) -> None:
    """Servers tell whole seconds: writes the file anew until its time, or its tag, is another."""
    content = iter(range(1_000_000))
    while inbox.look().files["june.csv"] == first.files["june.csv"]:
        site.put("june.csv", f"{next(content) % 9000 + 1000}".encode())


def test_half_written_hidden_and_other_files_do_not_count(site: Site, drive: Drive) -> None:
    for name in ("june.csv.part", "june.csv.filepart", "JUNE.TMP", ".june.csv.swp", "june.csv~", "notes.txt"):
        site.put(name, b"x")
    site.put("deeper/june.csv", b"x")
    site.put("june.csv", b"x")
    assert whole(Inbox(drive, Naming("*.csv")), Naming("*.csv")) == ["june.csv"]


def test_a_marker_says_that_its_file_is_complete_and_goes_with_it(site: Site, drive: Drive) -> None:
    naming = Naming("*", "{stem}.ok")
    inbox = Inbox(drive, naming)
    site.put("june.csv", b"x")
    assert inbox.look().complete(naming, inbox.look()) == []
    site.put("june.ok", b"")
    (complete,) = inbox.look().complete(naming, Look())
    assert complete.name == "june.csv"
    inbox.prepare()
    assert inbox.claim(complete) is not None
    assert site.names() == set()


def test_odd_names_come_through(site: Site, drive: Drive) -> None:
    for name in ODD_NAMES:
        site.put(name, name.encode())
    inbox = Inbox(drive, ANY)
    assert sorted(whole(inbox)) == sorted(ODD_NAMES)
    inbox.prepare()
    for entry in inbox.look().files.values():
        claimed = inbox.claim(entry)
        assert claimed is not None
        into = io.BytesIO()
        assert inbox.fetch(claimed, into)
        assert into.getvalue() == entry.name.encode()
        assert inbox.lay_aside(claimed, Shelf.DONE, inbox.name_aside(claimed, Shelf.DONE, "0" * 64), b"{}")
    assert site.names("done") == {*ODD_NAMES, *(f"{name}.receipt.json" for name in ODD_NAMES)}
    assert site.names() == site.names("reading") == set()


def test_what_is_claimed_is_out_of_everybodys_way(site: Site, drive: Drive) -> None:
    inbox = Inbox(drive, ANY)
    site.put("june.csv", b"first")
    seen = inbox.look().files["june.csv"]
    inbox.prepare()
    claimed = inbox.claim(seen)
    assert claimed is not None
    assert claimed.size == 5
    assert inbox.claim(seen) is None, "somebody was faster"
    site.put("june.csv", b"a later one")
    assert inbox.claim(inbox.look().files["june.csv"]) is None, "one of its name is being read"
    assert site.read("reading/june.csv") == b"first"
    assert inbox.left_over() == [claimed]


def test_what_has_gone_or_grown_since_the_look_is_not_claimed(site: Site, drive: Drive) -> None:
    inbox = Inbox(drive, ANY)
    site.put("june.csv", b"first")
    site.put("july.csv", b"first")
    seen = inbox.look().files
    inbox.prepare()
    drive.move("june.csv", "elsewhere.csv")
    site.put("july.csv", b"first and more")
    assert inbox.claim(seen["june.csv"]) is None
    assert inbox.claim(seen["july.csv"]) is None
    assert site.names() == {"elsewhere.csv", "july.csv"}


def test_what_is_written_to_while_it_is_read_stays_to_be_read_again(site: Site, drive: Drive) -> None:
    inbox = Inbox(drive, ANY)
    site.put("june.csv", b"first")
    inbox.prepare()
    claimed = inbox.claim(inbox.look().files["june.csv"])
    assert claimed is not None
    site.put("reading/june.csv", b"first and more")
    assert not inbox.fetch(claimed, io.BytesIO())
    assert not inbox.lay_aside(claimed, Shelf.DONE, "june.csv", b"{}")
    assert site.names("done") == set()
    assert site.names("reading") == {"june.csv"}


def test_two_files_of_one_name_lie_side_by_side(site: Site, drive: Drive) -> None:
    inbox = Inbox(drive, ANY)
    inbox.prepare()
    for content in (b"monday", b"tuesday"):
        site.put("export.csv", content)
        claimed = inbox.claim(inbox.look().files["export.csv"])
        assert claimed is not None
        name = inbox.name_aside(claimed, Shelf.DONE, "12345678" * 8)
        assert inbox.lay_aside(claimed, Shelf.DONE, name, content)
    others = {name for name in site.names("done") if name.startswith("export.2")}
    assert site.read("done/export.csv") == site.read("done/export.csv.receipt.json") == b"monday"
    assert len(others) == 2
    assert all(site.read(f"done/{name}") == b"tuesday" for name in others)


def test_the_longest_names_find_room_for_a_receipt(site: Site, drive: Drive) -> None:
    name = "é" * 120 + ".csv"
    inbox = Inbox(drive, ANY)
    inbox.prepare()
    for _ in range(2):
        site.put(name, b"x")
        claimed = inbox.claim(inbox.look().files[name])
        assert claimed is not None
        assert inbox.lay_aside(claimed, Shelf.FAILED, inbox.name_aside(claimed, Shelf.FAILED, "0" * 64), b"{}")
    laid = site.names("failed")
    assert len(laid) == 4
    assert {name.removesuffix(".receipt.json")[-4:] for name in laid} == {".csv"}


def test_trying_a_place_out_leaves_nothing_behind(site: Site) -> None:
    site.put("june.csv", b"x")
    for _ in range(2):
        look = try_out(feed_at(site), {} if site.account is None else {"theirs": site.account})
        assert set(look.files) == {"june.csv"}
    assert site.names("reading") == site.names("done") == site.names("failed") == set()


class Largest:
    """Notes the largest block that it is given, and the sum of all."""

    def __init__(self) -> None:
        self.block, self.size = 0, 0

    def write(self, block: bytes) -> int:
        self.block, self.size = max(self.block, len(block)), self.size + len(block)
        return len(block)


def test_a_large_file_comes_in_small_blocks(site: Site, drive: Drive) -> None:
    site.put("large.csv", b"x" * (24 << 20))
    into = Largest()
    assert drive.fetch("large.csv", into)
    assert into.size == 24 << 20
    assert into.block <= 4 << 20


def test_a_long_listing_is_read_to_its_end_and_taken_in_portions(site: Site, drive: Drive) -> None:
    count = 2_100
    site.put_many(f"{number:05}.csv" for number in range(count))
    inbox = Inbox(drive, ANY)
    look = inbox.look()
    assert len(look.files) == count
    assert len(look.complete(ANY, inbox.look())) == 200
