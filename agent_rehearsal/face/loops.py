"""Stages on the event loops of pytest-asyncio.

A server has to run on the very loop of its test, and a test's loop is of one of five scopes: there
is a fixture for each. Registered by the plugin where pytest has loaded pytest-asyncio, never else.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Literal

import pytest
import pytest_asyncio

from agent_rehearsal.face.staging import HOME, Home, new_stage, vacate

if TYPE_CHECKING:
    from agent_rehearsal.face.stage import Stage

Scope = Literal["function", "class", "module", "package", "session"]


def stage_fixture(item: pytest.Item) -> str | None:
    """The fixture that makes the stage of `item`; None where pytest-asyncio does not run it."""
    marker = item.get_closest_marker("asyncio")
    if marker is None or not pytest_asyncio.is_async_test(item):
        return None
    asked = marker.kwargs.get("loop_scope") or marker.kwargs.get("scope")
    return _name(asked or item.config.getini("asyncio_default_test_loop_scope"))


def _name(scope: str) -> str:
    return f"_rehearsal_stage_on_{scope}_loop"


def _on_loop_of(scope: Scope) -> Any:
    # Each fixture needs a function of its own: pytest-asyncio notes the scope on the function.
    async def stage_on_loop(request: pytest.FixtureRequest) -> "AsyncIterator[Stage]":
        stage = new_stage(request.node)
        await stage.start()
        request.node.stash[HOME] = Home(stage, _caller(asyncio.get_running_loop()))
        yield stage
        try:
            await stage.stop()
        finally:
            vacate(request.node)

    return pytest_asyncio.fixture(stage_on_loop, loop_scope=scope, name=_name(scope))


def _caller(loop: asyncio.AbstractEventLoop) -> Callable[[Callable[[], Any]], Any]:
    """Calls functions on `loop` between the runs of it, so that the journal has its time."""

    def call(function: Callable[[], Any]) -> Any:
        async def run() -> Any:
            return function()

        return loop.run_until_complete(run())

    return call


on_function_loop = _on_loop_of("function")
on_class_loop = _on_loop_of("class")
on_module_loop = _on_loop_of("module")
on_package_loop = _on_loop_of("package")
on_session_loop = _on_loop_of("session")
