"""The stage's objects as a test meets them that does not run on the stage's event loop.

Each stands in for one object behind a `Portal` and passes for it: `isinstance` says so, and replies
and scripts that hold it use it as the object itself. Starts no thread and knows no pytest.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

from agent_rehearsal.face.agent import AgentThread, Codex, Turn
from agent_rehearsal.face.stage import Stage
from agent_rehearsal.face.thread import Portal
from agent_rehearsal.journal import Journal
from agent_rehearsal.wire import Gate, Mock, Queue

REMOTE = (Stage, Mock, Journal, Gate, Queue, Codex, AgentThread, Turn)
"""What is handed out as a stand-in; values such as views and entries go out as they are."""
CLIENTS = ("openai_client", "openai")
"""What makes an SDK's client, of a mock and of the stage."""
Method = Callable[..., Any]


def blocking_client(portal: Portal, target: Mock | Stage, **options: Any) -> Any:
    """An `openai.OpenAI` for the mock or the stage, which closes it when it stops."""
    from openai import DefaultHttpxClient, OpenAI

    client = OpenAI(**_settings(target, options, DefaultHttpxClient))

    async def close() -> None:
        client.close()

    portal.call(target.server.at_stop, close)
    return client


def awaited_client(_: Portal, target: Mock | Stage, **options: Any) -> Any:
    """An `openai.AsyncOpenAI`, for the test to close: it belongs to the test's event loop."""
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    return AsyncOpenAI(**_settings(target, options, DefaultAsyncHttpxClient))


def _settings(
    target: Mock | Stage, options: Mapping[str, Any], http_client: Callable[..., Any]
) -> dict[str, Any]:
    own: dict[str, Any] = {"base_url": target.base_url, "api_key": "test"}
    if target.server.tls and "http_client" not in options:
        own["http_client"] = http_client(verify=target.server.tls.client_context())
    return own | dict(options)


class Blocking:
    """A stand-in for a synchronous test: what is a coroutine of the object blocks."""

    _own: ClassVar[Mapping[str, Method]] = dict.fromkeys(CLIENTS, blocking_client)
    """Methods that have a counterpart here: name -> function of portal, object and arguments."""

    def __init__(self, target: Any, portal: Portal) -> None:
        object.__setattr__(self, "_target", target)
        object.__setattr__(self, "_portal", portal)

    @property  # type: ignore[misc] # to pass for the object is the point
    def __class__(self) -> type[Any]:
        return type(self._target)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = self._portal.call(getattr, self._target, name)
        if not inspect.isroutine(value):
            return self._out(value)
        if name in self._own:
            return partial(self._own[name], self._portal, self._target)
        return partial(self._wait if inspect.iscoroutinefunction(value) else self._call, value)

    def __setattr__(self, name: str, value: Any) -> None:
        self._portal.call(setattr, self._target, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(self._target, *args, **kwargs)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._portal.call(list, self._target))

    def __len__(self) -> int:
        return int(self._portal.call(len, self._target))

    def __bool__(self) -> bool:
        return bool(self._portal.call(bool, self._target))

    def __getitem__(self, index: Any) -> Any:
        return self._portal.call(lambda: self._target[index])

    def __eq__(self, other: object) -> bool:
        same = other._target if isinstance(other, Blocking) else other
        return bool(self._target == same)

    def __hash__(self) -> int:
        return hash(self._target)

    def __repr__(self) -> str:
        return str(self._portal.call(repr, self._target))

    def _call(self, method: Method, *args: Any, **kwargs: Any) -> Any:
        return self._out(self._portal.call(method, *args, **kwargs))

    def _wait(self, method: Method, *args: Any, **kwargs: Any) -> Any:
        return self._call(method, *args, **kwargs)

    def _out(self, value: Any) -> Any:
        made: type[Blocking] = type(self)
        return made(value, self._portal) if isinstance(value, REMOTE) else value


class Awaited(Blocking):
    """A stand-in for an asynchronous test on another event loop: coroutines are awaited there."""

    _own: ClassVar[Mapping[str, Method]] = dict.fromkeys(CLIENTS, awaited_client)

    def _wait(self, method: Method, *args: Any, **kwargs: Any) -> Any:
        waiting = self._portal.later(method, *args, **kwargs)

        async def wait() -> Any:
            return self._out(await waiting)

        return wait()


@contextmanager
def staged(make: Callable[[], Stage], portal: Portal) -> Iterator[Stage]:
    """A stage that lives behind `portal`, both from start to stop."""
    portal.start()
    try:
        stage: Stage = portal.call(make)
        portal.call(stage.start)
        try:
            yield stage
        finally:
            portal.call_soon(stage.stop)
    finally:
        portal.stop()
