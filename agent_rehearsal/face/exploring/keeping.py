"""Puts what was found into files: in the process that reports, so that two workers of pytest-xdist
never write at once. Imported in every pytest run: it must import nothing of weight.
"""

import pytest

from agent_rehearsal.face.exploring import told


class Keeper:
    """A plugin of every run but a worker's."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._lost: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the schedule that a report carries."""
        said = told.noted(report)
        if said.get("kept"):
            self._keep(said["test"], said["kept"])

    def _keep(self, test: str, plain: object) -> None:
        from agent_rehearsal.face.exploring.storing import keep, read

        try:
            keep(self._config.rootpath, test, read(plain))
        except OSError as error:
            self._lost.append(f"the schedule found in {test} could not be kept: {error}")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what could not be written."""
        for line in self._lost:
            terminalreporter.write_line(line)
