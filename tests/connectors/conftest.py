"""Lets the assertions of the shared suite explain themselves, and ends its run with a table of sources by laws."""

from collections.abc import Generator

import pytest

from tests.connectors.laws import Keeping

pytest.register_assert_rewrite("tests.connectors.conformance")

_LAW = "law"


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Table())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    law, suite = item.get_closest_marker("law"), getattr(item, "cls", None)
    if law and suite and (report.when == "call" or report.outcome != "passed"):
        report.user_properties.append((_LAW, f"{suite.source.name} {law.args[0]}"))
    return report


class Table:
    """Gathers what the reports of all processes of a run say of the laws, and prints it at the end."""

    def __init__(self) -> None:
        self._keeping = Keeping()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes which source kept which law."""
        for name, said in report.user_properties:
            if name == _LAW:
                source, _, law = str(said).partition(" ")
                self._keeping.note(source, law, report.outcome)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Ends the run with the table."""
        if self._keeping.found:
            terminalreporter.section("sources by laws")
            for line in self._keeping.lines():
                terminalreporter.write_line(line)
