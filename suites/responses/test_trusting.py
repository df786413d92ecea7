"""The class of clients that trust a server with TLS, made of an SDK's own."""

import ssl
from functools import cached_property
from typing import Any

from mock_responses.trusting import trusting


class Connects:
    """A resource that keeps what it connects with."""

    def connect(self, **options: Any) -> dict[str, Any]:
        return options


class Recent:
    """An SDK whose resources open WebSockets, but for one."""

    @cached_property
    def realtime(self) -> Connects:
        return Connects()

    @cached_property
    def responses(self) -> object:
        return object()


class Older:
    """An SDK that makes its resources itself, or has none."""

    def __init__(self) -> None:
        self.responses = Connects()


CONTEXT = ssl.create_default_context()


def test_what_connects_is_given_the_context() -> None:
    """In addition to what the test gives, and never in its place."""
    client = trusting(Recent, CONTEXT)()
    connect = client.realtime.connect
    assert connect(model="m") == {
        "model": "m",
        "websocket_connection_options": {"ssl": CONTEXT},
    }
    own = connect(websocket_connection_options={"ssl": None, "open_timeout": 1})
    assert own["websocket_connection_options"] == {"ssl": None, "open_timeout": 1}
    assert not hasattr(client.responses, "connect")


def test_an_sdk_of_another_make_is_left_as_it_is() -> None:
    """It still serves for requests."""
    client = trusting(Older, CONTEXT)()
    assert client.responses.connect(model="m") == {"model": "m"}
    assert type(client).__name__ == "Older"
