"""What the simulated selector reports, and in which order."""

import selectors
import socket
from collections.abc import Callable
from typing import Any

import pytest

from agent_rehearsal.interleave.kernel.selector import SimSelector
from agent_rehearsal.interleave.simulation.simulation import Simulation
from agent_rehearsal.interleave.strategies.strategies import Natural

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Idle:
    """A loop with nothing to run but what its selector reports."""

    def __init__(self, selector: SimSelector) -> None:
        self.runnable = selector.any_ready

    def before_turn(self) -> None:
        """Nothing to do."""

    def waiting(self) -> list[Any]:
        """Nobody."""
        return []


@pytest.fixture
def pairs() -> Any:
    """A selector and two socket pairs, in a simulation."""
    with Simulation(Natural()) as simulation:
        selector = SimSelector(simulation.kernel)
        selector.loop = Idle(selector)
        made = [socket.socketpair() for _ in range(2)]
        for each in made:
            for end in each:
                end.settimeout(0)
        yield selector, made
        for each in made:
            for end in each:
                end.close()


def reported(selector: SimSelector) -> list[tuple[Any, int]]:
    """What is reported without waiting."""
    return [(key.data, mask) for key, mask in selector.select(0)]


def test_readiness_is_level_triggered(pairs: Any) -> None:
    """It is reported until it is gone."""
    selector, [(one, two), _] = pairs
    selector.register(one, READ, "one")
    assert reported(selector) == []
    two.send(b"ab")
    assert reported(selector) == [("one", READ)]
    one.recv(1)
    assert reported(selector) == [("one", READ)]
    one.recv(1)
    assert reported(selector) == []


def test_readiness_is_reported_in_the_order_of_its_coming(pairs: Any) -> None:
    """What became ready first comes first, whatever was registered first."""
    selector, [(one, two), (three, four)] = pairs
    selector.register(one, READ, "one")
    selector.register(three, READ, "three")
    four.send(b"x")
    two.send(b"x")
    assert [data for data, _ in reported(selector)] == ["three", "one"]


def test_only_what_was_asked_for(pairs: Any) -> None:
    """A writable socket is reported to those who wait for that, and not after they stop."""
    selector, [(one, _), _] = pairs
    selector.register(one, READ, "one")
    assert reported(selector) == []
    selector.modify(one, READ | WRITE, "both")
    assert reported(selector) == [("both", WRITE)]
    assert selector.unregister(one).data == "both"
    assert reported(selector) == []


def test_the_end_is_readable_and_a_reset_both(pairs: Any) -> None:
    """A half closed connection may be read to its end; a reset one says so to all."""
    selector, [(one, two), (three, four)] = pairs
    selector.register(one, READ | WRITE, "one")
    selector.register(three, READ | WRITE, "three")
    two.shutdown(socket.SHUT_WR)
    three.send(b"never read")
    reported(selector)
    four.close()
    assert dict(reported(selector)) == {"one": READ | WRITE, "three": READ | WRITE}


def test_what_is_registered_is_known(pairs: Any) -> None:
    """By socket and by number; a closed socket is still found by the object."""
    selector, [(one, two), _] = pairs
    fd = one.fileno()
    key = selector.register(one, READ, "one")
    assert selector.get_key(one) == selector.get_key(fd) == selector.get_map()[fd] == key
    one.close()
    assert reported(selector) == []
    assert selector.unregister(one) == key
    assert not selector.get_map()
    selector.register(two.fileno(), READ)
    selector.close()
    assert not selector.get_map()


@pytest.mark.parametrize(
    "call",
    [
        lambda selector, sock: selector.get_key(sock),
        lambda selector, sock: selector.get_key(sock.fileno()),
        lambda selector, sock: selector.unregister(sock),
        lambda selector, sock: [selector.register(sock, READ) for _ in range(2)],
    ],
)
def test_what_is_not_registered_is_a_key_error(call: Callable[[Any, Any], Any], pairs: Any) -> None:
    """As with any selector; nor may anything be registered twice."""
    selector, [(one, _), _] = pairs
    with pytest.raises(KeyError):
        call(selector, one)
