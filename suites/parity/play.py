"""One scenario played to one client, over real sockets, and what the client sent."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from agent_rehearsal import Stage
from suites.interop.signed_in import sign_in
from suites.parity.clients import cli, core
from suites.parity.clients.user import Place, User
from suites.parity.normalise import Lanes, normalise
from suites.parity.scenario import Scenario, Scene
from suites.parity.sent import sent, spoken

Opener = Callable[[Place], AbstractAsyncContextManager[User]]
CLIENTS: Mapping[str, Opener] = {core.NAME: core.open_core, cli.NAME: cli.open_cli}
"""The clients by name."""


class UnknownClient(LookupError):
    """No client has this name; the text has all that there are."""


class Stuck(AssertionError):
    """A client did not do what the scenario waits for; the text has the journal's end."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """What a scenario came to."""

    scenario: str
    client: str
    lanes: Lanes


async def play(scenario: Scenario, client: str) -> Played:
    """Play a scenario. Raises UnknownClient, and Stuck where the client does not play along."""
    if client not in CLIENTS:
        raise UnknownClient(f"no client {client!r}; there are {', '.join(CLIENTS)}")
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(Stage(strict="off", conduct="off"))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="parity-"))).resolve()
        place = _furnish(scenario, folder, stage.base_url)
        inner = await stack.enter_async_context(AsyncExitStack())
        opener = _opener(CLIENTS[client], place, inner)
        sockets = scenario.settings.websockets
        mocks = stage.responses, stage.realtime
        scene = Scene(*mocks, place.work, opener, websockets=sockets)
        try:
            await scenario.act(scene)
            await inner.aclose()
        except (TimeoutError, AssertionError) as error:
            raise Stuck(f"{scenario.name}, {client}: {error!r}\n{stage.journal.tail()}") from error
    words = [*scenario.settings.words(), *scene.said, *spoken(stage.journal)]
    names = {str(place.work): "CWD", str(place.home): "HOME", stage.server.authority: "HOST"}
    lanes = normalise(sent(stage.journal), names=names, words=words)
    return Played(scenario=scenario.name, client=client, lanes=lanes)


def _opener(opener: Opener, place: Place, stack: AsyncExitStack) -> Callable[[], Awaitable[User]]:
    return lambda: stack.enter_async_context(opener(place))


def _furnish(scenario: Scenario, folder: Path, base_url: str) -> Place:
    settings = scenario.settings
    place = Place(work=folder / "work", home=folder / "home", base_url=base_url, settings=settings)
    place.codex_home.mkdir(parents=True)
    place.work.mkdir()
    for where, files in ((place.work, settings.work), (place.codex_home, settings.home)):
        for name, text in files.items():
            (where / name).write_text(text, "utf-8")
    if settings.signed_in:
        sign_in(place.codex_home)
    return place
