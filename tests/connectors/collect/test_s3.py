"""S3-compatible storage in trouble: refused keys, a missing bucket, odd keys, a service that is away."""

import io
from dataclasses import replace

import pytest

from connectors.collect.account import S3Account
from connectors.collect.drive import Away
from connectors.collect.feed import Bucket
from connectors.collect.inbox import Inbox, Naming
from connectors.collect.s3 import S3Drive
from schemas.errors import Refused
from tests.connectors.collect.sites import S3Server, S3Site


@pytest.fixture
def site(s3: S3Server) -> S3Site:
    return s3.site()


def where_of(site: S3Site) -> Bucket:
    assert isinstance(site.where, Bucket)
    return site.where


@pytest.mark.parametrize(
    ("change", "code"),
    [({"secret_key": "a-wrong-secret"}, "SignatureDoesNotMatch"), ({"access_key": "AKNOBODY"}, "InvalidAccessKeyId")],
)
def test_wrong_keys_are_refused_by_the_service_s_code_without_showing_them(
    s3: S3Server, site: S3Site, change: dict[str, str], code: str
) -> None:
    account = replace(s3.account, **change)
    with pytest.raises(Refused, match=f"refuses with {code} ") as refusal:
        S3Drive(where_of(site), account).entries()
    assert account.access_key not in str(refusal.value)
    assert account.secret_key not in str(refusal.value)


def test_a_missing_bucket_is_told_and_does_not_look_empty(s3: S3Server) -> None:
    drive = S3Drive(Bucket("nowhere", "asb"), s3.account)
    with pytest.raises(Refused, match="NoSuchBucket"):
        drive.entries()
    with pytest.raises(Refused, match="NoSuchBucket"):
        drive.write("done/x.receipt.json", b"{}")


def test_a_service_that_is_away_is_waited_for(s3: S3Server, site: S3Site) -> None:
    drive = S3Drive(where_of(site), replace(s3.account, endpoint="http://127.0.0.1:1"))
    with pytest.raises(Away, match="does not answer"):
        drive.entries()


def test_a_key_that_is_no_path_is_told(s3: S3Server, site: S3Site) -> None:
    site.put("a//b.csv", b"x")
    site.put("/c.csv", b"x")
    with pytest.raises(Refused, match="empty or dotted part"):
        S3Drive(where_of(site), s3.account).entries()


def test_the_mark_of_a_folder_is_no_file(s3: S3Server, site: S3Site) -> None:
    for mark in ("", "done/", "reading/"):
        site.put(mark, b"")
    site.put("june.csv", b"x")
    drive = S3Drive(where_of(site), s3.account)
    assert [entry.name for entry in drive.entries()] == ["june.csv"]
    assert drive.entries("reading") == []


def test_a_whole_bucket_may_be_the_place(s3: S3Server, site: S3Site) -> None:
    s3.client.put_object(Bucket=s3.bucket, Key="at-the-top.csv", Body=b"x")
    drive = S3Drive(Bucket(s3.bucket, ""), s3.account)
    assert "at-the-top.csv" in [entry.name for entry in drive.entries()]
    assert drive.fetch("at-the-top.csv", io.BytesIO())
    drive.remove("at-the-top.csv")
    assert drive.stat("at-the-top.csv") is None


def test_an_object_that_is_written_anew_while_it_is_claimed_is_not_lost(
    s3: S3Server, site: S3Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.put("june.csv", b"first")
    drive = S3Drive(where_of(site), s3.account)
    inbox = Inbox(drive, Naming("*"))
    seen = inbox.look().files["june.csv"]
    import connectors.collect.s3 as module

    copy = module.obstore.copy

    def copied_then_written_anew(*arguments: object) -> None:
        copy(*arguments)  # type: ignore[arg-type]
        site.put("june.csv", b"later")

    monkeypatch.setattr(module.obstore, "copy", copied_then_written_anew)
    assert inbox.claim(seen) is None
    assert site.read("june.csv") == b"later"
    assert site.names("reading") == set()


def test_no_account_shows_its_secret(s3: S3Server) -> None:
    assert s3.account.secret_key not in repr(s3.account)
    assert isinstance(s3.account, S3Account)
