"""A queue for one reader."""

import asyncio

import pytest

from agent_rehearsal.wire.mailbox import Mailbox


async def test_what_was_put_in_comes_out_in_order() -> None:
    """Whether it was there before the reader or came while it waited."""
    box: Mailbox[int] = Mailbox()
    box.put(1)
    box.put(2)
    assert [await box.get(), await box.get()] == [1, 2]
    reading = asyncio.ensure_future(box.get())
    await asyncio.sleep(0)
    assert not reading.done()
    box.put(3)
    box.put(4)
    assert [await reading, await box.get()] == [3, 4]


async def test_a_reader_that_is_cancelled_takes_nothing() -> None:
    """Not even what came in the moment before; the next reader gets it."""
    box: Mailbox[int] = Mailbox()
    reading = asyncio.ensure_future(box.get())
    await asyncio.sleep(0)
    box.put(1)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await box.get() == 1


async def test_a_second_reader_is_refused() -> None:
    """It would get what is the first one's."""
    box: Mailbox[int] = Mailbox()
    reading = asyncio.ensure_future(box.get())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="has one reader"):
        await box.get()
    box.put(1)
    assert await reading == 1
