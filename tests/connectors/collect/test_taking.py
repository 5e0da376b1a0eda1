"""From a file at a place to its receipt: once, completely, and whatever is killed, away or wrong on the way."""

import gzip
import io
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from connectors.collect.inbox import Inbox
from connectors.collect.taking import MOST_ATTEMPTS, Taker
from connectors.ingest import Ingest
from schemas.errors import Refused, Unavailable
from store.collected import CollectedFiles
from store.database import connect
from store.settings import StoreSettings
from tests.architecture.composed import ROOT
from tests.connectors.collect.counter import Counter
from tests.connectors.collect.sites import FolderSite, Site
from tests.connectors.test_police_uk import ROW

WARDENS = ROOT / "docs" / "examples" / "street-wardens.csv"
AS_WARDENS = {
    "source": "table",
    "profile": str(WARDENS.with_suffix(".yaml")),
    "agency": "council",
    "area": "E09000012",
}
PERSONAL = ("Ada Sample", "Ben Sample", "Cy Sample", "020 7946", "12 Example Court", "Bass through", "32/06/2024")


class Killed(BaseException):
    """The process ends here, without a word."""


@pytest.fixture
def counter(site: Site, database: StoreSettings, tmp_path: Path) -> Counter:
    return Counter(site, database, tmp_path / "scratch")


@pytest.fixture
def local(database: StoreSettings, tmp_path: Path) -> Counter:
    """At a watched folder, where the place does not matter."""
    return Counter(FolderSite(tmp_path / "incoming"), database, tmp_path / "scratch")


def month(*changes: dict[str, str], count: int = 1) -> bytes:
    """A file of data.police.uk with these rows, each so many times."""
    rows = [ROW | change for change in changes or ({},) for _ in range(count)]
    with io.StringIO(newline="") as text:
        import csv

        writer = csv.DictWriter(text, list(ROW), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()


def receipts(counter: Counter, shelf: str) -> list[dict[str, Any]]:
    """The receipts that lie on a shelf, in the order of their names."""
    names = sorted(name for name in counter.site.names(shelf) if name.endswith(".receipt.json"))
    return [json.loads(counter.site.read(f"{shelf}/{name}")) for name in names]


def test_a_file_is_read_laid_aside_and_its_receipt_lies_beside_it(counter: Counter) -> None:
    content = month(count=4)
    counter.site.put("2018-10-cleveland-street.csv", content)
    assert counter.look().waiting == 1
    (taken,) = counter.take()
    assert (taken.shelf, taken.name) == ("done", "2018-10-cleveland-street.csv")
    assert len(counter.outlet.reports) == 4
    assert counter.site.names("done") == {taken.name, f"{taken.name}.receipt.json"}
    assert counter.site.read(f"done/{taken.name}") == content
    assert counter.site.names() == counter.site.names("reading") == set()
    (receipt,) = receipts(counter, "done")
    assert receipt == json.loads(json.dumps(taken.receipt))
    assert (receipt["feed"], receipt["file"], receipt["size"]) == ("wardens", taken.name, len(content))
    assert (receipt["counts"]["read"], receipt["counts"]["published"], receipt["outcome"]) == (4, 4, "done")
    assert counter.outlet.batches[0].batch_id == receipt["batch"]
    assert list(counter.scratch.iterdir()) == [counter.scratch / ".lock"]


def test_a_receipt_names_the_rows_in_quarantine_and_never_what_they_hold(counter: Counter) -> None:
    counter.given = AS_WARDENS
    counter.site.put("wardens.csv", WARDENS.read_bytes())
    counter.take()
    (receipt,) = receipts(counter, "done")
    assert receipt["counts"] | {"read": 5, "published": 3, "out_of_scope": 1, "quarantined": 1} == receipt["counts"]
    (failing,) = receipt["failing"]
    (quarantined,) = counter.outlet.quarantined
    assert failing["id"] == quarantined.quarantine_id
    assert (failing["row"], failing["field"]) == ("wardens.csv:5", "Reported")
    assert failing["rule"] == quarantined.rule
    assert failing["remedy"] == quarantined.remedy
    assert receipt["failing_left_out"] == 0
    told = json.dumps(receipt)
    assert all(value in WARDENS.read_text("utf-8") for value in PERSONAL)
    assert not any(value in told for value in PERSONAL)


def test_a_wrong_file_fails_with_the_reason_and_the_others_go_on(counter: Counter) -> None:
    counter.site.put("a-shopping-list.csv", b"milk,bread\n1,2\n")
    counter.site.put("b-month.csv", month())
    assert sorted(one.shelf for one in counter.take()) == ["done", "failed"]
    (receipt,) = receipts(counter, "failed")
    assert (receipt["outcome"], receipt["counts"], receipt["failing"]) == ("failed", None, [])
    assert "expected street-level crime of data.police.uk" in receipt["reason"]
    assert counter.site.names("failed") == {"a-shopping-list.csv", "a-shopping-list.csv.receipt.json"}
    assert len(counter.outlet.reports) == 1


def test_a_file_that_breaks_off_is_published_up_to_there_and_fails(counter: Counter) -> None:
    rows = [{"LSOA name": f"Hambleton {number:03}B"} for number in range(5_000)]
    whole = gzip.compress(month(*rows))
    counter.site.put("month.csv.gz", whole[: len(whole) // 2])
    (taken,) = counter.take()
    (receipt,) = receipts(counter, "failed")
    assert taken.shelf == "failed"
    assert receipt["counts"]["published"] == len(counter.outlet.reports) > 100
    assert "it breaks off or is damaged" in receipt["reason"]
    counter.site.put("month.csv.gz", whole)
    (mended,) = counter.take()
    assert mended.shelf == "done"
    assert mended.receipt["counts"]["read"] == 5_000
    assert len({report.report_id for report in counter.outlet.reports}) == len(counter.outlet.reports) == 5_000


def test_the_same_bytes_under_another_name_are_not_read_again(counter: Counter) -> None:
    for name in ("first.csv", "second.csv", "first.csv"):
        counter.site.put(name, month(count=2))
        counter.take()
    assert len(counter.outlet.reports) == 2
    assert [taken.receipt["file"] for taken in counter.told] == ["first.csv", "second.csv", "first.csv"]
    first, second, third = (taken.receipt for taken in counter.told)
    assert first["counts"]["published"] == 2
    for repeat in (second, third):
        assert repeat["same_as"]["file"] == "first.csv"
        assert repeat["same_as"]["counts"] == first["counts"]
        assert "same bytes" in repeat["reason"]
    assert len(counter.site.names("done")) == 6


def test_a_file_of_a_known_name_with_other_content_is_read(counter: Counter) -> None:
    for count in (1, 2):
        counter.site.put("export.csv", month(count=count))
        counter.take()
    assert len(counter.outlet.reports) == 2, "the first row of both is one report"
    assert [taken.receipt["counts"]["published"] for taken in counter.told] == [1, 1]


def test_what_has_failed_is_tried_again_when_it_comes_again(local: Counter) -> None:
    local.site.put("list.csv", b"milk,bread\n1,2\n")
    local.take()
    local.site.put("list.csv", b"milk,bread\n1,2\n")
    local.take()
    assert [taken.shelf for taken in local.told] == ["failed", "failed"]
    assert all("expected street-level crime" in taken.receipt["reason"] for taken in local.told)


def test_a_mended_profile_makes_the_same_bytes_worth_another_reading(local: Counter, tmp_path: Path) -> None:
    profile = tmp_path / "wardens.yaml"
    text = WARDENS.with_suffix(".yaml").read_text("utf-8")
    profile.write_text(text, "utf-8")
    local.given = AS_WARDENS | {"profile": str(profile)}
    local.site.put("wardens.csv", WARDENS.read_bytes())
    local.take()
    profile.write_text(text.replace("    pothole: out", "    pothole: OTHER"), "utf-8")
    local.site.put("wardens.csv", WARDENS.read_bytes())
    (taken,) = local.take()
    assert taken.receipt["counts"]["published"] == 1
    assert taken.receipt["counts"]["out_of_scope"] == 0


def test_a_snapshot_that_says_again_what_one_before_the_last_said_is_read(local: Counter, tmp_path: Path) -> None:
    profile = tmp_path / "wardens.yaml"
    profile.write_text(WARDENS.with_suffix(".yaml").read_text("utf-8") + "\nsnapshot: true\n", "utf-8")
    local.given = AS_WARDENS | {"profile": str(profile)}
    header, *lines = WARDENS.read_text("utf-8").splitlines(keepends=True)
    monday, tuesday = (header + lines[0] + lines[1]).encode(), (header + lines[0]).encode()
    import time

    local.clock = lambda: time.time_ns() // 1000
    for content in (monday, tuesday, monday):
        local.site.put("export.csv", content)
        local.take()
    counts = [taken.receipt["counts"] for taken in local.told]
    assert [each["withdrawn"] for each in counts] == [0, 1, 0]
    assert [each["published"] for each in counts] == [2, 0, 1], "what had gone is back"


STEPS: Sequence[tuple[type, str]] = (
    (Inbox, "claim"),
    (Inbox, "fetch"),
    (CollectedFiles, "begin"),
    (Ingest, "_settle"),
    (Ingest, "_close"),
    (CollectedFiles, "conclude"),
    (Inbox, "name_aside"),
    (Inbox, "lay_aside"),
    (CollectedFiles, "settle"),
)


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=lambda value: value if isinstance(value, str) else value.__name__)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_kill_at_any_step_loses_nothing_and_repeats_nothing(
    local: Counter, monkeypatch: pytest.MonkeyPatch, kind: type, step: str, before: bool
) -> None:
    rows = [{"LSOA name": f"Hambleton {number:03}B"} for number in range(8)]
    local.site.put("month.csv", month(*rows))
    kill_at(monkeypatch, kind, step, before)
    with suppress(Killed):
        local.take()
        pytest.fail(f"{step} was never reached")
    local.outlet.lose_half()
    monkeypatch.undo()
    local.take()
    local.take()
    assert sorted(local.site.names("done")) == ["month.csv", "month.csv.receipt.json"]
    assert local.site.names() == local.site.names("reading") == local.site.names("failed") == set()
    published = {(report.report_id, report.revision) for report in local.outlet.reports}
    assert len(published) == len({report_id for report_id, _ in published}) == 8
    (receipt,) = receipts(local, "done")
    assert receipt["outcome"] == "done"
    assert receipt["counts"]["published"] + receipt["counts"]["unchanged"] == 8


def kill_at(monkeypatch: pytest.MonkeyPatch, kind: type, step: str, before: bool) -> None:
    """The process is killed right before or right after the first call of a step."""
    goes_on: Callable[..., Any] = getattr(kind, step)

    def killed(*arguments: Any) -> Any:
        if not before:
            goes_on(*arguments)
        raise Killed

    monkeypatch.setattr(kind, step, killed)


def test_a_kill_in_the_middle_of_laying_aside_loses_neither_file_nor_receipt(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connectors.collect.local import LocalDrive
    from connectors.collect.s3 import S3Drive
    from connectors.collect.sftp import SftpDrive

    counter.site.put("month.csv", month(count=2))
    first = counter.look()
    for kind in (LocalDrive, SftpDrive, S3Drive):
        goes_on = kind.write

        def killed(self: Any, path: str, content: bytes, goes_on: Any = goes_on) -> None:
            goes_on(self, path, content)
            raise Killed

        monkeypatch.setattr(kind, "write", killed)
    with pytest.raises(Killed):
        counter.look(first.look)
    assert counter.site.names("reading") == {"month.csv"}
    assert counter.site.names("done") == {"month.csv.receipt.json"}
    monkeypatch.undo()
    counter.look()
    assert counter.site.names("done") == {"month.csv", "month.csv.receipt.json"}
    assert len(counter.outlet.reports) == 2
    (receipt,) = receipts(counter, "done")
    assert receipt["counts"]["published"] == 2, "it tells of the reading, not of taking it up again"


def test_what_ends_every_reading_is_laid_aside_in_the_end(local: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    local.site.put("month.csv", month())
    kill_at(monkeypatch, Ingest, "run", before=True)
    looked = local.look().look
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Killed):
            local.look(looked)
    (taken,) = local.look().taken
    assert taken.shelf == "failed"
    assert f"{MOST_ATTEMPTS} readings of it ended in the middle" in taken.receipt["reason"]


def test_while_kafka_is_away_the_file_waits_and_is_not_to_blame(local: Counter) -> None:
    local.site.put("month.csv", month(count=8))
    first = local.look()
    local.outlet.fails_after = 4
    for _ in range(MOST_ATTEMPTS + 2):
        with pytest.raises(Unavailable):
            local.look(first.look)
        local.outlet.waiting.clear()
    assert local.site.names("reading") == {"month.csv"}
    local.outlet.fails_after = None
    (taken,) = local.look().taken
    assert taken.shelf == "done"
    assert len({report.report_id for report in local.outlet.reports}) == len(local.outlet.reports) == 8


def test_what_keeps_all_files_from_being_read_is_no_file_s_fault(
    local: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_keys(self: Counter) -> None:
        raise Refused("no keys yet for E09000012")

    local.site.put("month.csv", month())
    first = local.look()
    monkeypatch.setattr(Counter, "open_reader", no_keys)
    with pytest.raises(Refused, match="no keys yet"):
        local.look(first.look)
    monkeypatch.undo()
    assert local.site.names() == {"month.csv"}
    assert [taken.shelf for taken in local.take()] == ["done"]


def test_a_file_that_grows_while_it_is_read_is_read_again(local: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    local.site.put("month.csv", month(count=2))
    first = local.look()
    goes_on = Taker._read

    def read_while_it_grows(self: Taker, *arguments: Any) -> Any:
        told = goes_on(self, *arguments)
        local.site.put("reading/month.csv", month(count=3))
        return told

    monkeypatch.setattr(Taker, "_read", read_while_it_grows)
    assert local.look(first.look).taken == ()
    monkeypatch.undo()
    (taken,) = local.look().taken
    assert taken.receipt["counts"] | {"read": 3, "published": 1, "unchanged": 2} == taken.receipt["counts"]
    assert len(local.outlet.reports) == 3


def test_the_oldest_come_first_and_a_look_takes_so_many_at_once(
    local: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    monkeypatch.setattr("connectors.collect.inbox.AT_ONCE", 2)
    monkeypatch.setattr("connectors.collect.visit.AT_ONCE", 2)
    assert isinstance(local.site, FolderSite)
    for number, name in enumerate(["c.csv", "a.csv", "b.csv"]):
        local.site.put(name, month(count=number + 1))
        os.utime(local.site.folder / name, (1_700_000_000 + number, 1_700_000_000 + number))
    look = local.look()
    second = local.look(look.look)
    assert second.has_more
    assert [taken.name for taken in second.taken] == ["c.csv", "a.csv"]
    assert [taken.name for taken in local.look(second.look).taken] == ["b.csv"]


def test_a_feed_that_another_process_looks_at_is_left_to_it(counter: Counter) -> None:
    counter.site.put("month.csv", month())
    first = counter.look()
    with connect(counter.database.writer_dsn, "other") as connection:
        assert CollectedFiles(connection, "wardens").try_lock()
        busy = counter.look(first.look)
        assert busy.is_elsewhere
        assert busy.taken == ()
        assert busy.look == first.look
    assert [taken.shelf for taken in counter.look(first.look).taken] == ["done"]
