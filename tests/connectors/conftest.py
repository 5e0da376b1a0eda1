"""Lets the assertions of the shared suite explain themselves, and ends its run with a table of sources by laws."""

from collections.abc import Generator

import pytest

from tests.connectors.laws import Keeping

pytest.register_assert_rewrite("tests.connectors.conformance", "tests.connectors.fakes")

_KEEPING = pytest.StashKey[Keeping]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_KEEPING] = Keeping()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    law, suite = item.get_closest_marker("law"), getattr(item, "cls", None)
    if law and suite and (report.when == "call" or report.outcome != "passed"):
        item.config.stash[_KEEPING].note(suite.source.name, law.args[0], report.outcome)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    keeping = config.stash[_KEEPING]
    if keeping.found:
        terminalreporter.section("sources by laws")
        for line in keeping.lines():
            terminalreporter.write_line(line)
