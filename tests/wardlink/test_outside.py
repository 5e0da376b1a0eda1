"""What is wrong at the edges: feeds that bring nothing, alerts that partners did not take; each with its remedy."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import yaml

from connectors.collect.feed import Feed, Folder
from connectors.collect.schedule import Every
from store.collected import CollectedFiles, FeedHistory
from store.database import connect
from store.settings import StoreSettings
from wardlink.checks import feeds_bring_something, letters_are_taken
from wardlink.outside import feeds_in_trouble, lost_letters, trouble_of
from wardlink.settings import Settings, load

NOW = 1_795_000_000_000_000
HOUR = 3_600_000_000
FEED = Feed(
    name="wardens",
    where=Folder(Path("in")),
    source="police-uk",
    schedule=Every(timedelta(hours=1)),
    expected_within=timedelta(hours=72),
)


@pytest.fixture
def settings(tmp_path: Path, database: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    declared = {"name": "wardens", "where": "in", "source": "police-uk", "schedule": "every 1 hour"}
    path = tmp_path / "collect.yaml"
    path.write_text(yaml.safe_dump({"feeds": [declared | {"expected_within": "72 hours"}]}), "utf-8")
    monkeypatch.setenv("WARDLINK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WARDLINK_COLLECT_FILE", str(path))
    monkeypatch.setenv("WARDLINK_POSTGRES_WRITER_DSN", database.writer_dsn)
    return load()


@pytest.mark.parametrize(
    ("history", "told"),
    [
        (FeedHistory(), None),
        (FeedHistory(looked_at=NOW, last_file_at=NOW - 71 * HOUR, last_state="done"), None),
        (FeedHistory(looked_at=NOW, last_file_at=NOW - 73 * HOUR, last_state="done"), "for more than 72 hours"),
        (FeedHistory(looked_at=NOW), "for more than 72 hours"),
        (FeedHistory(looked_at=NOW, trouble="sftp: does not answer", trouble_since=NOW), "sftp: does not answer"),
        (FeedHistory(looked_at=NOW, last_file_at=NOW, last_state="failed"), "newest file could not be read"),
    ],
)
def test_a_feed_is_in_trouble_when_it_fails_or_brings_nothing(history: FeedHistory, told: str | None) -> None:
    found = trouble_of(FEED, history, NOW)
    assert (found is None) == (told is None)
    if found is not None and told is not None:
        assert told in found["trouble"]
        assert found["remedy"]


def test_the_doctor_names_the_feed_the_trouble_and_the_remedy(settings: Settings, database: StoreSettings) -> None:
    with connect(database.writer_dsn, "test") as connection:
        assert feeds_in_trouble(settings, connection) == []
        CollectedFiles(connection, "wardens").note_look(NOW, "sftp.example: the login is refused")
        [trouble] = feeds_in_trouble(settings, connection)
    assert (trouble["feed"], trouble["trouble"]) == ("wardens", "sftp.example: the login is refused")
    finding = feeds_bring_something(settings)
    assert (finding.level, finding.remedy) == ("fail", "try `wardlink connect check wardens`")


def test_a_declaration_with_mistakes_is_the_trouble_of_all_feeds(settings: Settings, database: StoreSettings) -> None:
    assert settings.collect.file is not None
    settings.collect.file.write_text("feeds: []", "utf-8")
    with connect(database.writer_dsn, "test") as connection:
        [trouble] = feeds_in_trouble(settings, connection)
    assert "is empty" in trouble["trouble"]


def test_dead_letters_are_told_with_the_command_that_posts_them_again(
    settings: Settings, database: StoreSettings
) -> None:
    assert letters_are_taken(settings).level == "ok"
    with psycopg.connect(database.writer_dsn) as connection:
        connection.execute("INSERT INTO partner (partner, agency, sector) VALUES ('homes', 'housing', 'housing')")
        connection.execute(
            "INSERT INTO letter (message_id, partner, alert_id, body, state, settled_at)"
            " VALUES ('m', 'homes', 'a', '', 'dead', now()), ('n', 'homes', 'b', '', 'waiting', NULL)"
        )
    with connect(database.writer_dsn, "test") as connection:
        [lost] = lost_letters(connection)
    assert (lost["partner"], lost["letters"]) == ("homes", 1)
    finding = letters_are_taken(settings)
    assert finding.level == "fail"
    assert "wardlink partner resend homes" in finding.remedy
