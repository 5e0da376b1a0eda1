"""A watched folder in trouble: missing, not ours, full of links; names that are no UTF-8."""

import io
import os
from pathlib import Path

import pytest

from connectors.collect.drive import Away, label
from connectors.collect.inbox import Inbox, Naming, Shelf
from connectors.collect.local import LocalDrive
from schemas.errors import Refused

BAD_NAME = os.fsdecode(b"b\xfcro.csv")


def test_a_missing_folder_is_told_and_does_not_look_empty(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no such folder"):
        LocalDrive(tmp_path / "nowhere")
    drive = LocalDrive(tmp_path)
    gone = tmp_path / "gone"
    gone.mkdir()
    drive = LocalDrive(gone)
    gone.rmdir()
    with pytest.raises(Refused, match="No such file or directory"):
        drive.entries()
    with pytest.raises(Refused, match="No such file or directory"):
        drive.write("done/x", b"")


def test_links_pipes_and_folders_are_left_alone(tmp_path: Path) -> None:
    incoming, secret = tmp_path / "incoming", tmp_path / "secret.csv"
    incoming.mkdir()
    secret.write_text("x")
    (incoming / "june.csv").symlink_to(secret)
    os.mkfifo(incoming / "july.csv")
    (incoming / "may.csv").mkdir()
    drive = LocalDrive(incoming)
    assert drive.entries() == []
    assert drive.stat("june.csv") is None
    assert not drive.fetch("july.csv", io.BytesIO())
    with pytest.raises(Away):
        drive.fetch("june.csv", io.BytesIO())


def test_a_name_that_is_no_utf8_comes_through_and_is_shown_as_text(tmp_path: Path) -> None:
    (tmp_path / BAD_NAME).write_bytes(b"x")
    inbox = Inbox(LocalDrive(tmp_path), Naming("*.csv"))
    (entry,) = inbox.look().complete(Naming("*.csv"), inbox.look())
    assert entry.label == label(BAD_NAME) == "b\\xfcro.csv"
    inbox.prepare()
    claimed = inbox.claim(entry)
    assert claimed is not None
    assert inbox.lay_aside(claimed, Shelf.DONE, inbox.name_aside(claimed, Shelf.DONE, "0" * 64), b"{}")
    assert set(os.listdir(os.fsencode(tmp_path / "done"))) == {b"b\xfcro.csv", b"b\xfcro.csv.receipt.json"}


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_is_not_ours_to_write_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Refused, match="give the user"):
        Inbox(LocalDrive(tmp_path), Naming("*")).prepare()
