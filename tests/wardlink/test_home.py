"""The home's folders, lock, ports, logs and leftovers: each trouble has a clear answer."""

import os
import socket
import stat
import tempfile
from pathlib import Path

import pytest

from schemas.errors import Refused
from wardlink.stack import home as homes
from wardlink.stack import jars, logs, ports
from wardlink.stack.home import Home, locked, make_ready
from wardlink.stack.leftovers import clear_leftovers
from wardlink.stack.postgres import SOCKET_FOLDER_PREFIX, SOCKET_PATH_LIMIT, Postgres
from wardlink.stack.process import Command, identify, is_alive, spawn
from wardlink.stack.state import ProcessState, StackState, last_state, read_state, write_state
from wardlink.stack.system_user import open_way_to


def test_a_second_supervisor_in_one_home_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_ready(home)
    with (
        locked(home),
        pytest.raises(Refused, match=r"already running in .*: stop it with `wardlink down`"),
        locked(home),
    ):
        pass
    with locked(home):
        assert home.lock.exists()


def test_a_home_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match=r"WARDLINK_HOME .* cannot be written \(Not a directory\)"):
        make_ready(Home(tmp_path / "file" / "home"))


def test_a_full_disk_is_refused_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "free_bytes", lambda _home: 999_000_000)
    with pytest.raises(Refused, match=r"only 999 MB are free at .*, 1000 MB are needed: free some space"):
        make_ready(Home(tmp_path))


def test_the_state_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_ready(home)
    write_state(home, StackState("ready", supervisor=identify(os.getpid())))
    assert stat.S_IMODE(home.state.stat().st_mode) == 0o600
    assert read_state(home).status == "ready"


def test_a_state_of_another_version_is_down_and_says_so(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_ready(home)
    home.state.write_text('{"status": "glorious"}')
    assert read_state(home).status == "down"
    assert "not of this version" in read_state(home).reason


def test_a_stale_state_is_recognised_and_its_leftovers_are_cleared(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_ready(home)
    gone = spawn(Command(argv=("/bin/true",), log=tmp_path / "log"))
    supervisor = identify(gone.pid)
    gone.wait()
    left = spawn(Command(argv=("/bin/sleep", "600"), log=tmp_path / "log"))
    sockets = Path(tempfile.mkdtemp(prefix=SOCKET_FOLDER_PREFIX))
    orphan = ProcessState("kafka", "running", identify(left.pid))
    write_state(home, StackState("ready", supervisor=supervisor, socket_folder=str(sockets), processes=(orphan,)))
    assert read_state(home).status == "down"
    clear_leftovers(last_state(home))
    left.wait()
    assert not is_alive(orphan.identity)
    assert not sockets.exists()


def test_a_folder_that_was_not_made_for_a_socket_is_never_removed(tmp_path: Path) -> None:
    clear_leftovers(StackState(socket_folder=str(tmp_path)))
    assert tmp_path.exists()


def test_a_socket_lies_in_a_short_folder_however_long_the_temporary_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("long" * 30)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    postgres = Postgres(tmp_path, tmp_path / "log")
    assert len(str(postgres.sockets / ".s.PGSQL.65535")) <= SOCKET_PATH_LIMIT
    assert stat.S_IMODE(postgres.sockets.stat().st_mode) == 0o700
    assert list(long.iterdir()) == []
    folder = postgres.sockets
    postgres.clear()
    assert not folder.exists()


def test_a_port_in_use_is_refused_by_name_and_a_free_one_is_given() -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as server:
        taken = server.getsockname()[1]
        with pytest.raises(Refused, match=f"port {taken} is in use: .* WARDLINK_STACK_KAFKA_PORT"):
            ports.choose(taken, "WARDLINK_STACK_KAFKA_PORT")
        assert ports.answers(taken)
    free = ports.choose(0, "")
    assert ports.is_free(free)
    assert not ports.answers(free)


def test_a_log_that_has_grown_is_set_aside_while_its_process_writes_on(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_ready(home)
    path = home.log_of("kafka")
    with path.open("ab") as writer:
        writer.write(b"x" * 100)
        writer.flush()
        logs.rotate(home, largest=50)
        writer.write(b"after\n")
        writer.flush()
    assert path.read_bytes() == b"after\n"
    assert path.with_suffix(".log.1").read_bytes() == b"x" * 100


def test_a_log_is_shown_from_its_end(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_ready(home)
    path = home.log_of("relay")
    path.write_text("one\ntwo\nthree\n")
    assert logs.last_lines(path, 2) == ["two", "three"]
    assert logs.last_lines(path, 0) == []
    with pytest.raises(Refused, match="no log of relais: choose one of relay"):
        logs.find(home, "relais")


def test_a_log_is_followed_over_its_being_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "relay.log"
    path.write_text("before\n")
    following = logs.follow(path, position=path.stat().st_size)
    with path.open("a") as file:
        file.write("after\n")
    assert next(following) == "after\n"
    path.write_text("new\n")
    assert next(following) == "new\n"


def test_the_way_to_a_file_is_opened_for_passing_never_for_listing(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    open_way_to(private / "data")
    assert stat.S_IMODE(private.stat().st_mode) == 0o701


def test_every_file_of_kafka_is_locked_by_its_digest() -> None:
    archives = jars.locked_archives()
    assert ("org.apache.kafka", "kafka_2.13", "4.2.0") in {(a.group, a.artifact, a.version) for a in archives}
    assert all(len(bytes.fromhex(archive.digest)) == 32 for archive in archives)


def test_a_fetched_file_that_is_not_the_locked_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forge(draft: Path) -> object:
        def fetch_one(archive: jars.Archive) -> Path:
            path = draft / archive.file_name
            path.write_bytes(b"forged")
            return path

        return fetch_one

    monkeypatch.setattr(jars, "_fetcher", forge)
    with pytest.raises(Refused, match=r"is not the file that kafka\.lock names"):
        jars.class_path(tmp_path, lambda _line: None)
    assert list(tmp_path.iterdir()) == []
