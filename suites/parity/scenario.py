"""What a scenario is: a script for the mock and what a user does, under settings; and their names.

A scenario knows no client. Each is a coroutine function in `families`, registered by `scenario`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

from agent_rehearsal.journal import Journal
from mock_realtime import MockRealtime
from mock_responses import MockResponses
from suites.parity.clients.user import User
from suites.parity.settings import Settings

HTTP = "http"
WS = "ws"
BOTH = (HTTP, WS)
_ALIKE = 0.5
FAMILIES = (
    "plain",
    "tools",
    "steering",
    "errors",
    "streams",
    "sockets",
    "refused",
    "turn_state",
    "identity",
    "providers",
    "overrides",
    "compaction",
    "realtime",
    "realtime_frames",
    "realtime_turns",
    "realtime_ends",
    "realtime_tasks",
    "realtime_handoffs",
    "realtime_calls",
)
"""The modules of `families`."""


OpenClient = Callable[[], Awaitable[User]]


class UnknownScenario(LookupError):
    """No scenario has this name; the text has all that there are."""


class Scene:
    """What a scenario acts on: the mocks, the working folder, and a client once it is opened."""

    def __init__(
        self,
        mock: MockResponses,
        realtime: MockRealtime,
        work: Path,
        open_client: OpenClient,
        *,
        websockets: bool,
    ) -> None:
        self.mock = mock
        self.realtime = realtime
        self.work = work
        self.websockets = websockets
        self.said: list[str] = []
        """All that users handed in."""
        self._open_client = open_client

    @property
    def journal(self) -> Journal:
        """All that was on the wire."""
        return self.mock.journal

    async def open(self) -> User:
        """Start the client and a thread of it; what is to meet its first connection is scripted
        before.
        """
        user = await self._open_client()
        user.said = self.said
        return user


Act = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A named scenario."""

    name: str
    act: Act
    settings: Settings

    @property
    def family(self) -> str:
        """The module that it stands in."""
        return self.act.__module__.rpartition(".")[2]

    @property
    def about(self) -> str:
        """The first line of its docstring."""
        return (self.act.__doc__ or "").strip().partition("\n")[0]


_ALL: dict[str, Scenario] = {}


def scenario(*, over: str | tuple[str, ...] = HTTP, **settings: Any) -> Callable[[Act], Act]:
    """Register a function as a scenario of its name, or over both transports as `NAME_http` and
    `NAME_ws`. `settings` are fields of `Settings`.
    """

    def register(act: Act) -> Act:
        name: str = act.__name__
        given = Settings(**settings)
        for transport in [over] if isinstance(over, str) else over:
            own = name if isinstance(over, str) else f"{name}_{transport}"
            sockets = replace(given, websockets=transport == WS)
            _ALL[own] = Scenario(name=own, act=act, settings=sockets)
        return act

    return register


def scenarios() -> dict[str, Scenario]:
    """All scenarios by name."""
    for family in FAMILIES:
        import_module(f"suites.parity.families.{family}")
    return dict(_ALL)


def find(names: Iterable[str]) -> list[Scenario]:
    """The scenarios of these names, all without any. The name of a family stands for its own, and
    `realtime` for those of every family whose name begins so. Raises UnknownScenario.
    """
    known = scenarios()
    found = {name: each for asked in list(names) or known for name, each in _named(asked, known)}
    return list(found.values())


def _named(name: str, known: Mapping[str, Scenario]) -> list[tuple[str, Scenario]]:
    if name in known:
        return [(name, known[name])]
    own = [(each.name, each) for each in known.values() if _belongs(each.family, name)]
    if not own:
        near = " or ".join(get_close_matches(name, [*known, *FAMILIES], cutoff=_ALIKE))
        raise UnknownScenario(
            f"no scenario {name!r}, and no family{f'; is it {near}?' if near else ''}; families: "
            f"{', '.join(FAMILIES)}; `python -m suites.parity list` has the {len(known)} scenarios"
        )
    return own


def _belongs(family: str, name: str) -> bool:
    return family == name or family.startswith(f"{name}_")
