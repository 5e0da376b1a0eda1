"""Few and true on a simulated borough, by the shipped rules; and what is loaded as history sends nothing."""

from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from policy.rulebook import shipped_rules
from simulation.borough import Settings
from tests.streams.alert_year import Came, Year, live, load_as_history, read_year
from tests.streams.worker import demo_agreements

MOST_A_WEEK_OF_HOMES = 10 / 3000
"""New alerts a week for each home and recipient: the year's figures of docs/alerts.md, with room for chance."""


def _day(timed: Came) -> int:
    return timed[0] // (24 * 3_600_000_000)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    folder: Path = tmp_path_factory.mktemp("borough")
    return read_year(folder, Settings(days=49, seed=11, homes=3000, activity=1 / 3))


def test_nine_in_ten_alerts_are_true_and_nine_in_ten_planted_problems_are_alerted(year: Year) -> None:
    outcome = live(year, shipped_rules(), demo_agreements())
    assert outcome.verdict is not None
    assert outcome.verdict.problems > 20
    assert outcome.verdict.share_true >= 0.9
    assert outcome.verdict.share_alerted >= 0.85
    recipients = {one.recipient for one in outcome.raised}
    assert outcome.weekly() <= MOST_A_WEEK_OF_HOMES * year.settings.homes * len(recipients)


def test_history_floods_nobody_and_ends_with_one_list_for_each_agency(year: Year) -> None:
    outcome, listed = load_as_history(year, shipped_rules(), demo_agreements())
    assert outcome.raised == []
    assert {recipient for recipient, _ in listed} == {"police", "housing", "council"}
    assert {quiet for _, quiet in listed} == {"PAST"}


def test_the_order_of_a_days_reports_changes_nothing_of_what_stands_at_the_end(year: Year) -> None:
    """The list of history is the same whichever way round its reports came within a day."""
    backwards = replace(year, came=[one for _, day in groupby(year.came, key=_day) for one in [*day][::-1]])
    assert sorted(load_as_history(year, shipped_rules(), demo_agreements())[1]) == sorted(
        load_as_history(backwards, shipped_rules(), demo_agreements())[1]
    )
