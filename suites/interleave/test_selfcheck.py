"""An asyncio that is not the one that the simulation was made for is told, by name."""

import asyncio
from asyncio import base_events, selector_events

import pytest

from agent_rehearsal.interleave.errors import Unsupported
from agent_rehearsal.interleave.simulation import selfcheck


def test_this_interpreter_is_supported() -> None:
    """Nothing is missing here."""
    assert selfcheck.missing() == []
    selfcheck.require_supported()


def test_a_method_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing or changed method is named, with what to do."""
    monkeypatch.delattr(selector_events.BaseSelectorEventLoop, "_ensure_fd_no_transport")
    monkeypatch.setattr(base_events.BaseEventLoop, "_check_closed", lambda self, more: None)
    with pytest.raises(Unsupported) as raised:
        selfcheck.require_supported.__wrapped__()
    assert "BaseEventLoop._check_closed, BaseSelectorEventLoop._ensure_fd_no_transport" in str(
        raised.value
    )
    assert "run the tests without exploring, or on Python 3.11 to 3.13" in str(raised.value)


def test_another_turn_of_the_loop_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that does not wait in `select` exactly once a turn is not explored."""

    def _run_once(self: object) -> None:
        """Does something else."""

    monkeypatch.setattr(base_events.BaseEventLoop, "_run_once", _run_once)
    assert any("_run_once" in each for each in selfcheck.missing())


def test_a_system_without_the_selector_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no such loop the system that is needed is named."""
    monkeypatch.delattr(asyncio, "SelectorEventLoop")
    with pytest.raises(Unsupported, match="the selector event loop of Linux or macOS"):
        selfcheck.require_supported.__wrapped__()
