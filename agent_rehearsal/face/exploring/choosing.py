"""Who is explored: of each test, whether it can be and, if not, why.

It must not run anything. A test that asks for exploration by its mark and cannot have it is an
error at collection; one that would only be explored because of `--explore` is run as ever.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any
from unittest import TestCase

import pytest

from agent_rehearsal.face.exploring.asking import marked
from agent_rehearsal.face.exploring.clashes import MARKS, is_loaded
from agent_rehearsal.face.exploring.options import REAL

ASYNCIO = "asyncio"
"""The name of pytest-asyncio's marker."""
FACTORIES = "pytest_asyncio_loop_factories"
FACTORY = "stage_factory"
"""The fixture of properties: they are explored for the asking alone, as each example is."""
INSTALL = "pip install 'agent-rehearsal[pytest]'"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a test cannot be explored."""

    short: str
    """For counting."""
    long: str
    """For the person who marked it: what is the matter and what to do."""


def obstacle(node: pytest.Item) -> Obstacle | None:
    """What keeps a test from being explored; None where nothing does."""
    return next(_obstacles(node), None)


def _obstacles(node: pytest.Item) -> Iterator[Obstacle]:
    if not is_async(node):
        yield Obstacle(
            "synchronous",
            "it is synchronous, and there is one order in it alone; write it as async def",
        )
    if issubclass(getattr(node, "cls", None) or object, TestCase):
        yield Obstacle(
            "of a TestCase",
            "it is a method of a TestCase, which pytest-asyncio does not run; write it as a "
            "function, or in a class of its own",
        )
    yield from _without_pytest_asyncio(node)
    if node.get_closest_marker(REAL):
        yield Obstacle(
            f"marked {REAL}",
            f"it is marked {REAL}, and a real process has no simulated time; take one of both "
            "marks away",
        )
    for mark, why in MARKS.items():
        if node.get_closest_marker(mark):
            yield Obstacle(f"marked {mark}", f"{why}; take one of both marks away")
    yield from _bound_to_a_loop(node)
    yield from _fixtures_of_a_property(node)


def is_async(node: pytest.Item) -> bool:
    """Is it a coroutine function, under hypothesis or not?"""
    inner = getattr(property_of(node), "inner_test", getattr(node, "obj", None))
    return iscoroutinefunction(inner)


def property_of(node: pytest.Item) -> Any:
    """What hypothesis knows of a test; None where it is no property."""
    return getattr(getattr(node, "obj", None), "hypothesis", None)


def _without_pytest_asyncio(node: pytest.Item) -> Iterator[Obstacle]:
    plugins = node.config.pluginmanager
    if not is_loaded(node.config, "pytest_asyncio.plugin"):
        yield Obstacle(
            "without pytest-asyncio",
            f"pytest-asyncio is not loaded; install it with {INSTALL} and do not pass "
            "-p no:asyncio",
        )
    elif not hasattr(plugins.hook, FACTORIES):
        yield Obstacle(
            "with an old pytest-asyncio",
            "this pytest-asyncio gives no choice of an event loop; install version 1.4 or later",
        )
    elif not _run_by_pytest_asyncio(node):
        yield Obstacle(
            "not run by pytest-asyncio",
            "pytest-asyncio does not run it; mark it with pytest.mark.asyncio, or set "
            "asyncio_mode = auto",
        )


def _run_by_pytest_asyncio(node: pytest.Item) -> bool:
    mode = node.config.getoption("asyncio_mode") or node.config.getini("asyncio_mode")
    return mode == "auto" or node.get_closest_marker(ASYNCIO) is not None


def _bound_to_a_loop(node: pytest.Item) -> Iterator[Obstacle]:
    scope = _loop_scope(node)
    if scope != "function":
        yield Obstacle(
            f"on the event loop of its {scope}",
            f"it runs on the event loop of its {scope} (loop_scope), and a schedule needs a fresh "
            "one; give it loop_scope='function'",
        )
    for name, of in _fixtures_on_loops(node):
        yield Obstacle(
            f"with an async fixture of its {of}",
            f"its fixture {name!r} lives on the event loop of its {of}, and a schedule needs "
            "fresh ones; give the fixture scope and loop_scope 'function'",
        )


def _loop_scope(node: pytest.Item) -> str:
    mark = node.get_closest_marker(ASYNCIO)
    named = mark and (mark.kwargs.get("loop_scope") or mark.kwargs.get("scope"))
    return str(named or node.config.getini("asyncio_default_test_loop_scope"))


def _fixtures_of_a_property(node: pytest.Item) -> Iterator[Obstacle]:
    if property_of(node) is None:
        return
    if not marked(node) and FACTORY not in getattr(node, "fixturenames", ()):
        yield Obstacle(
            f"hypothesis without {FACTORY}",
            f"it is a property; use the fixture {FACTORY} in it, or mark it",
        )
    for definition in _fixtures(node):
        if definition.scope == "function" and definition.argname not in _parameters(node):
            yield Obstacle(
                "hypothesis with function fixtures",
                f"it is a property, and pytest makes its fixture {definition.argname!r} once for "
                f"all examples and orders; use {FACTORY}, and make the rest in the test",
            )


def _parameters(node: pytest.Item) -> Collection[str]:
    callspec = getattr(node, "callspec", None)
    return callspec.params if callspec else ()


def _fixtures(node: pytest.Item) -> Iterator[Any]:
    """The definitions of the fixtures that a test uses."""
    info: Any = getattr(node, "_fixtureinfo", None)
    for name in info.names_closure if info else ():
        yield from info.name2fixturedefs.get(name, ())[-1:]


def _fixtures_on_loops(node: pytest.Item) -> Iterator[tuple[str, str]]:
    """The async fixtures that a test uses and that outlive it, with their scopes."""
    for definition in _fixtures(node):
        scope = _fixture_scope(node, definition)
        if scope != "function":
            yield definition.argname, scope


def _fixture_scope(node: pytest.Item, definition: Any) -> str:
    """The longer-lived of the scopes of a fixture and of its loop; `function` for a plain one."""
    function = definition.func
    if not (iscoroutinefunction(function) or isasyncgenfunction(function)):
        return "function"
    if definition.scope != "function":
        return str(definition.scope)
    default = node.config.getini("asyncio_default_fixture_loop_scope")
    own = getattr(function, "_loop_scope", None) or default
    return str(own) if own and own != "fixture-scope" else "function"
