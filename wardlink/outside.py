"""What is wrong at the edges, with its remedy: feeds that bring nothing, and alerts that partners did not take."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.collect.declaration import load_feeds
from connectors.collect.feed import Feed
from connectors.collect.schedule import words_of
from schemas.errors import Refused
from store.collected import FeedHistory, histories
from store.database import Session
from store.letters import dead_letters
from wardlink.settings import Settings, collect_accounts

Trouble = Mapping[str, Any]


def feeds_in_trouble(settings: Settings, connection: Session) -> list[Trouble]:
    """The declared feeds that could not be looked at, whose newest file failed, or that bring nothing new: feed,
    trouble, remedy, since.
    """
    if settings.collect.file is None:
        return []
    try:
        feeds = load_feeds(settings.collect.file, collect_accounts(settings))
    except Refused as error:
        return [_trouble("all", str(error), "mend the file, then `wardlink connect check`", None)]
    known, now = histories(connection), time.time_ns() // 1000
    found = (trouble_of(feed, known.get(feed.name, FeedHistory()), now) for feed in feeds)
    return [one for one in found if one is not None]


def trouble_of(feed: Feed, history: FeedHistory, now: int) -> Trouble | None:
    """What is wrong with one feed at a time (microseconds); None where nothing is."""
    if history.trouble:
        return _trouble(feed.name, history.trouble, f"try `wardlink connect check {feed.name}`", history.trouble_since)
    if history.last_state == "failed":
        remedy = "read the receipt beside it in failed/, have it mended and put there again"
        return _trouble(feed.name, "its newest file could not be read to its end", remedy, history.last_file_at)
    if history.looked_at and feed.expected_within and _is_silent(feed, history, now):
        trouble = f"has brought nothing new for more than {words_of(feed.expected_within)}"
        return _trouble(feed.name, trouble, "ask the agency whether it still exports", history.last_file_at)
    return None


def lost_letters(connection: Session) -> list[Trouble]:
    """Alerts that were given up on their way to partners' systems: partner, letters, since, remedy."""
    return [
        {
            **row,
            "since": row["since"].isoformat(),
            "remedy": f"mend it there, then `wardlink partner resend {row['partner']}`",
        }
        for row in dead_letters(connection)
    ]


def _is_silent(feed: Feed, history: FeedHistory, now: int) -> bool:
    longest = feed.expected_within.total_seconds() * 1e6 if feed.expected_within else 0
    return now - (history.last_file_at or 0) > longest


def _trouble(feed: str, trouble: str, remedy: str, since: int | None) -> Trouble:
    at = datetime.fromtimestamp(since / 1e6, UTC).isoformat() if since else None
    return {"feed": feed, "trouble": trouble, "remedy": remedy, "since": at}
