"""The command-line options of exploration, and the marker's name.

Imported in every pytest run: it must import nothing of weight.
"""

from argparse import ArgumentTypeError
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Literal

import pytest

MARKER = "explore"
SIGNATURE = "explore(n=None, *, late=0.1, stall=0.0, tier='env', sweep=True)"
"""The marker as it is written at a test."""
HELP = (
    f"{SIGNATURE}: run an async test under many orders of arrival, n of them drawn after each "
    "single message was tried late ('sweep': only that; 0: the natural order alone); messages are "
    "late by up to `late` seconds, the machine is busy elsewhere for up to `stall`; tier='task' "
    "reorders steps of tasks as well, which stock asyncio never does"
)
INI = "rehearsal_explore_share"
"""The ini option that says how large the share of a marked test is."""
SHARE = 120
"""Schedules that a marked test is given when neither option says how many."""
DRAWN = 6
"""Every so manieth schedule of a share is drawn; the others are single late messages."""
REAL = "real"
"""The marker of tests that run real processes, which cannot be explored."""

Amount = int | Literal["sweep"]
"""How many schedules are drawn; `sweep`: none, but each single message is tried late."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line says of exploration."""

    amount: Amount | None = None
    """None where `--explore` was not given: then marked tests alone are explored, by a share."""
    share: int = SHARE
    seconds: float | None = None
    replay: str | None = None
    story: Path | None = None
    twice: bool = False
    confirm: bool = False

    @property
    def everywhere(self) -> bool:
        """Are tests explored that have no mark?"""
        return self.amount is not None


def add_options(parser: pytest.Parser) -> None:
    """Register the options."""
    parser.addini(
        INI,
        f"schedules of a test marked {MARKER} in a run without --explore, from 0",
        default=str(SHARE),
    )
    group = parser.getgroup("rehearsal", "exploration of schedules")
    group.addoption(
        "--explore",
        metavar="N|sweep|0",
        type=_amount,
        help="explore every async test that is not marked real: each single message late, then N "
        "schedules drawn; 'sweep': no more than the former; 0: the simulated natural order alone. "
        f"Without it, tests marked {MARKER} are explored by a share of {SHARE} schedules, or "
        f"as many as the ini option {INI} says: single messages, and every {DRAWN}th is drawn. "
        "A number in a test's mark stands for that test. "
        "Under pytest-xdist a marked test is divided among the workers",
    )
    group.addoption(
        "--explore-seconds",
        metavar="SECONDS",
        type=_seconds,
        help="begin no new schedule of a test after so many seconds",
    )
    group.addoption(
        "--explore-replay",
        metavar="TOKEN",
        help="run one test under the one schedule that a report's replay line names",
    )
    group.addoption(
        "--explore-story",
        metavar="FOLDER",
        type=_folder,
        help="draw every explored test, passing ones too, as a sequence diagram: an SVG file "
        "below this folder for each",
    )
    group.addoption(
        "--explore-twice",
        action="store_true",
        help="run every schedule twice and name the first difference; by default only the "
        "natural one is",
    )
    group.addoption(
        "--explore-confirm",
        action="store_true",
        help="impose what was found on stock asyncio and real sockets, 20 times, and say in how "
        "many of them the test failed",
    )


def options_of(config: pytest.Config) -> Options:
    """The options of a run. Raises UsageError as `share_of` does."""
    return Options(
        amount=config.getoption("explore"),
        share=share_of(config),
        seconds=config.getoption("explore_seconds"),
        replay=config.getoption("explore_replay"),
        story=config.getoption("explore_story"),
        twice=config.getoption("explore_twice"),
        confirm=config.getoption("explore_confirm"),
    )


def share_of(config: pytest.Config) -> int:
    """What the ini option says. Raises UsageError for what is no number."""
    text = str(config.getini(INI))
    if text.isdecimal():
        return int(text)
    raise pytest.UsageError(f"ini option {INI} = {text}: expected a number of schedules from 0")


def asked(config: pytest.Config) -> bool:
    """Does the command line ask for exploration, whatever the tests' marks say?"""
    return any(config.getoption(name) is not None for name in ("explore", "explore_replay"))


def check_amount(value: object) -> Amount:
    """`value` as an amount. Raises ValueError."""
    if value == "sweep":
        return "sweep"
    if type(value) is int and value >= 0:
        return value
    raise ValueError("expected a number of schedules, 'sweep', or 0 for the natural order alone")


def _amount(text: str) -> Amount:
    try:
        return check_amount(int(text) if text.isdecimal() else text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r}: {error}") from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if 0 < seconds < inf:
        return seconds
    raise ArgumentTypeError(f"{text!r}: expected a number of seconds greater than 0")


def _folder(text: str) -> Path:
    folder = Path(text)
    for path in (folder, *folder.parents):
        if path.exists() and not path.is_dir():
            raise ArgumentTypeError(f"{text!r}: expected a folder, and {path} is a file")
    return folder
