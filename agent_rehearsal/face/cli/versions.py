"""What is installed, as its own metadata tells it; nothing is imported to find out."""

from importlib.metadata import Distribution, PackageNotFoundError, distribution
from itertools import takewhile

OURS = "agent-rehearsal"
TOLD = (
    OURS,
    "aiohttp",
    "msgspec",
    "zstandard",
    "brotli",
    "click",
    "pytest",
    "pytest-asyncio",
    "pytest-trio",
    "syrupy",
    "hypothesis",
    "anyio",
    "openai",
    "websockets",
    "uvloop",
)
"""The distributions that matter to a report of a problem, in the order in which they are told."""


def found(name: str) -> Distribution | None:
    """The installed distribution of this name, None where there is none."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def version_of(name: str) -> str | None:
    """The installed version of a distribution, None where there is none."""
    installed = found(name)
    return installed.version if installed else None


def at_least(version: str, wanted: tuple[int, ...]) -> bool:
    """Whether the numbers that a version begins with are `wanted` or later."""
    return tuple(map(int, takewhile(str.isdecimal, version.split(".")))) >= wanted
