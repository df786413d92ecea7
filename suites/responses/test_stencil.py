"""Replies that are given again and again: a copy is what a composer would compose."""

from collections.abc import Mapping
from itertools import accumulate, count
from typing import Any

import pytest
from hypothesis import given

from agent_rehearsal import ALWAYS, Stage
from agent_rehearsal.wire import delay, only_data, raw
from mock_responses import completed, created, event, item, message, minimal, raw_event, stream
from mock_responses.compose import Composer
from mock_responses.ledger import Ids
from mock_responses.sse import as_bytes
from mock_responses.stencil import copies_of
from mock_responses.strategies import event_streams, request_bodies
from suites.wire.raw_client import connected

NOW = 1_750_000_000


def counted() -> Ids:
    """Ids as a server gives them."""
    numbers = count(7)
    return lambda prefix: f"{prefix}_{next(numbers):08}"


def composed(parts: tuple[Any, ...], body: Mapping[str, Any]) -> list[bytes] | None:
    """The pieces of a reply; None where it has marks."""
    ids = counted()
    composer = Composer(body, response_id=ids("resp"), ids=ids, created_at=NOW)
    data = only_data(list(composer.compose(parts)))
    return None if data is None else [as_bytes(piece) for piece in data]


@given(event_streams(), request_bodies(), request_bodies())
def test_a_copy_is_what_a_composer_composes(
    parts: tuple[Any, ...], tried: dict[str, Any], asked: dict[str, Any]
) -> None:
    """For any reply and any request, byte for byte and piece for piece; none for marks."""
    wanted, copies = composed(parts, asked), copies_of(parts, tried)
    if wanted is None:
        assert copies is None
        return
    assert copies is not None
    made = copies.make(asked, ids=counted(), created_at=NOW)
    assert made.within(b"", b"") == b"".join(wanted)
    assert list(made.ends()) == list(accumulate(map(len, wanted)))
    assert len(made) == len(wanted)


@pytest.mark.parametrize(
    "parts",
    [
        (message("a"), message("b", id="msg_own")),
        (minimal(message("a")),),
        (stream(created(), raw(b": comment\n\n"), completed()),),
        (item({"type": "web_search_call", "status": "completed"}),),
        (stream(event("response.metadata", x="%d"), completed()),),
    ],
)
def test_every_kind_of_script_has_copies(parts: tuple[Any, ...]) -> None:
    """What a test writes out stays as it is; what is filled in differs from copy to copy."""
    copies = copies_of(parts, {})
    assert copies is not None
    assert copies.make({}, ids=counted(), created_at=NOW).within(b"", b"") == b"".join(
        composed(parts, {}) or []
    )


@pytest.mark.parametrize(
    "parts",
    [
        (message("a", delay(0), "b"),),
        (message("resp_stencil_00000001"),),
        (message("4102444807"),),
        (stream(raw_event(b"data")),),
        (stream(created(response={"model": "other"}), completed()),),
    ],
)
def test_what_cannot_be_told_apart_has_none(parts: tuple[Any, ...]) -> None:
    """Marks, texts that look like markers, nothing to fill in, a changed echo: composed as ever."""
    assert copies_of(parts, {"model": "m"}) is None


async def test_a_reply_given_often_has_new_ids_each_time() -> None:
    """Copies take their ids and their echo where a composed reply does."""
    async with Stage() as stage, connected(stage) as client:
        stage.responses.reply(message("a"), times=ALWAYS)
        for number in range(1, 5):
            _, _, body = await client.ask({"model": f"m{number}", "stream": True, "input": "hi"})
            assert body.count(b"resp_%08d" % number) == 3
            assert body.count(b"msg_%08d" % number) == 7
            assert body.count(b'"model":"m%d"' % number) == 3
