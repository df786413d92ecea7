"""The stage: where it is found, what it writes, and an end that leaves nothing behind."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from agent_rehearsal import PortInUse, Stage, kind, read
from mock_responses import message
from suites.wire.raw_client import ask, connected

BODY = {"model": "m", "input": "hi", "stream": True}


async def test_a_stage_says_where_it_is() -> None:
    """Base URL and environment point at its port; one port has both APIs."""
    async with Stage() as stage:
        url = f"http://127.0.0.1:{stage.server.port}/v1"
        assert stage.base_url == stage.responses.base_url == stage.realtime.base_url == url
        assert stage.env() == {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "test"}
        assert stage.realtime.websocket_url == f"{url.replace('http', 'ws')}/realtime"


def test_a_stage_that_was_not_started_has_no_address() -> None:
    """Asking for it says what to do."""
    with pytest.raises(RuntimeError, match="async with Stage"):
        _ = Stage().base_url


async def test_two_stages_know_nothing_of_each_other() -> None:
    """Each has its own port, replies, journal and counters."""
    async with Stage() as one, Stage() as two:
        one.responses.reply(message("one"))
        two.responses.reply(message("two"))
        answers = await asyncio.gather(ask(one, BODY), ask(two, BODY))
    assert b'"one"' in answers[0][2]
    assert b'"two"' in answers[1][2]
    assert len(one.journal.select(kind("request"))) == len(two.journal.select(kind("request"))) == 1


async def test_the_journal_is_written_as_it_grows(tmp_path: Path) -> None:
    """Each entry is in the file before anybody can react to it, and the file reads back whole."""
    path = tmp_path / "journal.jsonl"
    async with Stage(journal_file=path) as stage:
        gate = stage.responses.gate("held")
        stage.responses.reply(gate, message("x"))
        async with connected(stage) as client:
            answer = asyncio.create_task(client.ask(BODY, headers={"Authorization": "Bearer k"}))
            await gate.reached()
            assert [entry.kind for entry in read(path)] == ["request", "gate"]
            gate.open()
            await answer
    assert [(e.seq, e.kind, e.raw) for e in read(path)] == [
        (e.seq, e.kind, e.raw) for e in stage.journal
    ]
    assert b"Bearer k" not in path.read_bytes()


async def test_secrets_are_kept_on_request(tmp_path: Path) -> None:
    """`keep_secrets` writes what came."""
    path = tmp_path / "journal.jsonl"
    async with Stage(journal_file=path, keep_secrets=True) as stage:
        stage.responses.reply(message("x"))
        await ask(stage, BODY, headers={"Authorization": "Bearer key"})
    assert b"Bearer key" in path.read_bytes()


async def test_a_journal_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    """The error names the file, and nothing was started."""
    stage = Stage(journal_file=tmp_path / "no folder" / "journal.jsonl")
    with pytest.raises(FileNotFoundError, match="no folder"):
        await stage.start()
    assert not stage.server.running


async def test_the_journal_can_have_a_cap() -> None:
    """`cap` bounds what is kept, and says so."""
    async with Stage(cap=3) as stage:
        stage.responses.reply(message("x"))
        await ask(stage, BODY)
    assert len(stage.journal) == 3
    assert stage.journal.dropped > 0


async def test_a_stage_stops_once_and_starts_again() -> None:
    """A second stop does nothing; a second start while it runs is refused, later it is not."""
    stage = Stage()
    await stage.stop()
    await stage.start()
    with pytest.raises(RuntimeError, match="runs already"):
        await stage.start()
    stage.responses.reply(message("x"), times=2)
    assert (await ask(stage, BODY))[0] == 200
    await stage.stop()
    await stage.stop()
    await stage.start()
    assert (await ask(stage, BODY))[0] == 200
    await stage.stop()
    stage.check()


async def test_a_refused_second_start_leaves_the_journal_file_alone(tmp_path: Path) -> None:
    """What was written so far is still there."""
    path = tmp_path / "journal.jsonl"
    async with Stage(journal_file=path) as stage:
        stage.responses.reply(message("x"))
        await ask(stage, BODY)
        with pytest.raises(RuntimeError, match="runs already"):
            await stage.start()
        assert len(read(path)) == len(stage.journal) > 0


async def test_a_failed_start_leaves_nothing(tmp_path: Path) -> None:
    """Without its port a stage holds no file and no task, and may try again."""
    path = tmp_path / "journal.jsonl"
    async with Stage() as first:
        second = Stage(port=first.server.port, journal_file=path)
        with pytest.raises(PortInUse):
            await second.start()
    await second.start()
    assert second.server.port == first.server.port
    await second.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_nothing_is_left_behind() -> None:
    """After a stage there are no tasks and its port is free, whatever its clients were doing."""
    async with aiohttp.ClientSession() as session:
        async with Stage() as stage:
            gate = stage.responses.gate("held")
            stage.responses.reply(gate, message("x"))
            held = asyncio.create_task(session.post(f"{stage.base_url}/responses", json=BODY))
            await gate.reached()
        with pytest.raises(aiohttp.ClientError):
            await held
    assert asyncio.all_tasks() == {asyncio.current_task()}
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", stage.server.port)


async def test_what_a_server_is_to_end_it_ends() -> None:
    """A callback for the stop runs while the server still listens; without a server it is
    refused.
    """
    seen: list[bool] = []

    async def note() -> None:
        seen.append(stage.server.running)
        _, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
        writer.close()
        await writer.wait_closed()

    async with Stage() as stage:
        stage.server.at_stop(note)
    assert len(seen) == 1
    with pytest.raises(RuntimeError, match="does not run"):
        stage.server.at_stop(note)
