"""Roles and steps: one table, whose every line can be run."""

import inspect

import pytest

from schemas.errors import Refused
from wardlink.cli import has_command
from wardlink.stack.roles import ROLES, STEPS, Role, find_role


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_role_takes_the_settings_and_the_number_of_its_worker(role: Role) -> None:
    assert len(inspect.signature(role.load()).parameters) == 2
    assert find_role(role.name) is role


def test_a_role_runs_once_or_once_for_each_worker() -> None:
    assert Role("relay", "m:f").processes(workers=3) == (("relay", 1),)
    assert Role("resolve", "m:f", per_worker=True).processes(workers=2) == (("resolve-1", 1), ("resolve-2", 2))


def test_an_unknown_role_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused, match="there is no role portal-of-dreams: choose one of registry"):
        find_role("portal-of-dreams")


@pytest.mark.parametrize("words", STEPS, ids=" ".join)
def test_every_step_is_a_command(words: tuple[str, ...]) -> None:
    assert has_command(*words)


def test_what_is_no_command_is_not_taken_for_one() -> None:
    assert not has_command("migrate", "further")
    assert not has_command("topics", "repaint")
