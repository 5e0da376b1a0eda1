"""SFTP in trouble: who is not who was pinned is told nothing; what can be mended is told apart from what passes."""

import asyncio
import io
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from connectors.collect.account import SftpAccount
from connectors.collect.drive import Away
from connectors.collect.feed import Sftp, fingerprint
from connectors.collect.inbox import Inbox, Naming
from connectors.collect.sftp import SftpDrive
from schemas.errors import Refused
from tests.connectors.collect.sites import PASSWORD, USER, SftpServer, SftpSite

SECRETS = (PASSWORD, "a-wrong-pass", "a passphrase of some length")


@pytest.fixture
def site(sftp: SftpServer) -> SftpSite:
    return sftp.site()


def where_of(site: SftpSite) -> Sftp:
    assert isinstance(site.where, Sftp)
    return site.where


def refused(where: Sftp, account: SftpAccount) -> str:
    """The message with which a place is refused; it holds no secret."""
    with pytest.raises(Refused) as refusal:
        SftpDrive(where, account).close()
    told = str(refusal.value)
    assert not any(secret in told for secret in SECRETS)
    return told


def test_another_host_key_is_refused_before_anybody_logs_in(sftp: SftpServer, site: SftpSite) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    before = len(sftp.logins)
    told = refused(replace(where_of(site), host_keys=(other,)), SftpAccount(password=PASSWORD))
    assert "another host key than the one that is pinned" in told
    assert fingerprint(other) in told
    assert len(sftp.logins) == before


def test_one_of_several_pinned_keys_is_enough_while_a_server_changes_its_own(site: SftpSite) -> None:
    next_key = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode().strip()
    where = replace(where_of(site), host_keys=(next_key, *where_of(site).host_keys))
    with closing(SftpDrive(where, SftpAccount(password=PASSWORD))) as drive:
        assert drive.entries() == []


def test_a_fingerprint_is_what_the_server_s_own_tools_print(site: SftpSite) -> None:
    (line,) = where_of(site).host_keys
    assert fingerprint(line) == asyncssh.import_public_key(line).get_fingerprint("sha256")
    for wrong in ("", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa " + line.split()[1], "host.example " + line):
        with pytest.raises(ValueError, match="must be a host key"):
            fingerprint(wrong)


def test_a_wrong_password_is_refused_with_a_remedy(site: SftpSite) -> None:
    told = refused(where_of(site), SftpAccount(password="a-wrong-pass"))
    assert "the login is refused (check the account's password or key_file)" in told


@pytest.mark.parametrize("passphrase", ["", "a passphrase of some length"])
def test_a_private_key_opens_too(sftp: SftpServer, site: SftpSite, tmp_path: Path, passphrase: str) -> None:
    account = key_account(sftp, tmp_path, passphrase)
    site.put("june.csv", b"x")
    with closing(SftpDrive(where_of(site), account)) as drive:
        assert [entry.name for entry in drive.entries()] == ["june.csv"]


def key_account(sftp: SftpServer, folder: Path, passphrase: str = "") -> SftpAccount:
    """An account with a new key, which the server knows."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    sftp.keys.add(key.public_data)
    path = folder / "id_ed25519"
    path.touch(0o600)
    path.write_bytes(key.export_private_key("pkcs8-pem", passphrase=passphrase or None))
    return SftpAccount(key_file=path, passphrase=passphrase)


def test_a_key_that_others_may_read_or_that_does_not_open_is_refused(
    sftp: SftpServer, site: SftpSite, tmp_path: Path
) -> None:
    account = key_account(sftp, tmp_path, "a passphrase of some length")
    assert account.key_file is not None
    assert "this passphrase opens" in refused(where_of(site), replace(account, passphrase="a-wrong-pass"))
    account.key_file.chmod(0o644)
    assert "chmod 600" in refused(where_of(site), account)
    account.key_file.chmod(0o600)
    account.key_file.write_text("no key")
    assert "is no private key" in refused(where_of(site), account)
    assert "No such file" in refused(where_of(site), replace(account, key_file=tmp_path / "nowhere"))


def test_a_key_that_the_server_does_not_know_is_refused(sftp: SftpServer, site: SftpSite, tmp_path: Path) -> None:
    account = key_account(sftp, tmp_path)
    sftp.keys.clear()
    assert "the login is refused" in refused(where_of(site), account)


def test_a_missing_folder_is_told_and_does_not_look_empty(site: SftpSite) -> None:
    where = replace(where_of(site), folder="/nowhere")
    with (
        closing(SftpDrive(where, SftpAccount(password=PASSWORD))) as drive,
        pytest.raises(Refused, match="there is no such folder"),
    ):
        drive.entries()


def test_a_server_that_is_away_is_waited_for(site: SftpSite) -> None:
    for gone in (replace(where_of(site), port=1), replace(where_of(site), host="nowhere.invalid")):
        with pytest.raises(Away, match="does not answer"):
            SftpDrive(gone, SftpAccount(password=PASSWORD)).close()


def test_a_folder_of_the_user_s_own_is_found_without_a_leading_slash(site: SftpSite) -> None:
    site.put("june.csv", b"x")
    where = replace(where_of(site), folder=where_of(site).folder.lstrip("/"))
    with closing(SftpDrive(where, SftpAccount(password=PASSWORD))) as drive:
        assert [entry.name for entry in drive.entries()] == ["june.csv"]
    assert str(where).startswith(f"sftp://{USER}@127.0.0.1:{where.port}/~/feed-")


def test_links_folders_and_names_that_lead_elsewhere_are_left_alone(site: SftpSite, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("x")
    (site.folder / "june.csv").symlink_to(tmp_path / "secret.csv")
    (site.folder / "july.csv").mkdir()
    with closing(SftpDrive(where_of(site), SftpAccount(password=PASSWORD))) as drive:
        assert drive.entries() == []
        assert drive.stat("june.csv") is None


class Grudging(asyncssh.SFTPServer):
    """Lets everybody read and nobody write."""

    def rename(self, *paths: bytes) -> None:
        raise asyncssh.SFTPPermissionDenied("the canary's own words")

    mkdir = rename  # type: ignore[assignment]


class BreaksOff(asyncssh.SFTPServer):
    """Goes away in the middle of a file."""

    def read(self, _file: object, offset: int, size: int) -> bytes:
        if offset >= 1 << 20:
            self.channel.get_connection().abort()
            raise asyncssh.SFTPConnectionLost("gone")
        return b"x" * size


@pytest.fixture
def other(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SftpSite]:
    """A place on a server of another kind."""
    with SftpServer(tmp_path / "other", handler=request.param).running() as server:
        yield server.site()


@pytest.mark.parametrize("other", [Grudging], indirect=True)
def test_a_place_where_nothing_may_be_moved_is_told_without_the_server_s_words(other: SftpSite) -> None:
    other.put("june.csv", b"x")
    with closing(SftpDrive(where_of(other), SftpAccount(password=PASSWORD))) as drive:
        inbox = Inbox(drive, Naming("*"))
        for step in (inbox.prepare, lambda: inbox.claim(inbox.look().files["june.csv"])):
            with pytest.raises(Refused, match="may read and write in it and make folders") as refusal:
                step()
            assert "canary" not in str(refusal.value)


@pytest.mark.parametrize("other", [BreaksOff], indirect=True)
def test_a_server_that_breaks_off_in_a_file_is_waited_for(other: SftpSite) -> None:
    other.put("june.csv", b"x" * (3 << 20))
    with (
        closing(SftpDrive(where_of(other), SftpAccount(password=PASSWORD))) as drive,
        pytest.raises(Away, match="does not answer"),
    ):
        drive.fetch("june.csv", io.BytesIO())


def test_no_thread_outlives_a_drive(site: SftpSite) -> None:
    SftpDrive(where_of(site), SftpAccount(password=PASSWORD)).close()
    with pytest.raises(Refused):
        SftpDrive(where_of(site), SftpAccount(password="a-wrong-pass"))
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("sftp")] == []


def test_what_the_user_has_at_home_does_not_count(
    sftp: SftpServer, site: SftpSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    key_account(sftp, home / ".ssh")
    (home / ".ssh" / "config").write_text("Host *\n  Port 1\n  User somebody\n")
    (home / ".ssh" / "known_hosts").write_text(f"* {where_of(site).host_keys[0]}\n")
    monkeypatch.setenv("HOME", str(home))
    refused(where_of(site), SftpAccount(password="a-wrong-pass"))
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    refused(replace(where_of(site), host_keys=(other,)), SftpAccount(password=PASSWORD))


def test_the_loop_of_the_caller_is_not_touched(site: SftpSite) -> None:
    async def within() -> list[object]:
        with closing(SftpDrive(where_of(site), SftpAccount(password=PASSWORD))) as drive:
            return list(drive.entries())

    assert asyncio.run(within()) == []
