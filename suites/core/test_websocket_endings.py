"""Which response an ending belongs to: on opening, after another one, on another connection."""

import pytest

from codex_core.model_client.errors import ModelError
from codex_core.model_client.websocket import Closed
from suites.core.fakes import done, message
from suites.core.sockets import (
    SAID,
    FakeSocket,
    Opener,
    ask,
    completed,
    created,
    model_client,
    prompt,
    turn,
)


async def test_what_ends_it_on_opening_is_the_answer() -> None:
    """A server that refuses as soon as it is connected is heard."""
    refusal = {"type": "error", "status": 400, "error": {"message": "not you"}}
    client = model_client(Opener(FakeSocket(at_once=[refusal])))
    with pytest.raises(ModelError, match="not you") as caught:
        await ask(turn(client), "a")
    assert not caught.value.retryable


async def test_an_id_that_a_new_connection_has_again_is_an_answer() -> None:
    """Only on one and the same is a completion of it the second."""
    first = FakeSocket([*SAID, Closed(1001, "")])
    second = FakeSocket([done(message("b")), completed("resp_1")])
    client = model_client(Opener(first, second))
    await ask(turn(client), "a")
    events = await ask(turn(client), "b")
    assert [type(event).__name__ for event in events] == ["ItemDone", "Completed"]


async def test_a_response_that_was_given_up_is_not_completed_twice() -> None:
    """Its second completion is no answer to the next request."""
    socket = FakeSocket([created("resp_1")], [completed("resp_1")])
    client = model_client(Opener(socket))
    stream = await turn(client).stream(prompt("a"))
    await stream.read()
    stream.close()
    socket.arrive(completed("resp_1"))
    with pytest.raises(ModelError, match="response resp_1 was completed twice"):
        await ask(turn(client), "b")
