"""Commands that outlast their call: waiting, typing, fetching, and what bounds them.

All of it on virtual time, over scripted processes.
"""

import asyncio
import itertools
import json
import signal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from codex_core import Runtime
from codex_core.protocol.events import (
    EventMsg,
    ExecCommandBegin,
    ExecCommandEnd,
    ExecCommandOutputDelta,
    TerminalInteraction,
)
from codex_core.protocol.items import FunctionCall
from codex_core.tools.exec_command import ExecCommand
from codex_core.tools.session_store import MOST_SESSIONS
from codex_core.tools.tool import Tool
from codex_core.tools.write_stdin import StdinArguments, WriteStdin
from suites.core.fakes import DEEP, FakeProcess, FakeRunner, tool_context
from suites.journal.virtual_loop import here, passed, run

CLOSED = (
    "write_stdin failed: stdin is closed for this session; "
    "rerun exec_command with tty=true to keep stdin open"
)


class Bench:
    """Both tools over one store, and what was told."""

    def __init__(self, runner: FakeRunner | None = None, **world: Any) -> None:
        self.told: list[EventMsg] = []
        self.runner = runner or FakeRunner(endless=True)
        plain = Runtime.deterministic(runner=self.runner)
        self.runtime = msgspec.structs.replace(plain, **world)
        self.context = tool_context(
            runtime=self.runtime, tell=lambda _, msg: self.told.append(msg), output_tokens=1000
        )
        self.sessions = self.context.sessions
        self._call_ids = map(str, itertools.count(1))

    async def exec(self, cmd: str = "serve", **arguments: Any) -> str:
        return await self._run(ExecCommand(), {"cmd": cmd, **arguments})

    async def write(self, session_id: int = 1000, chars: str = "", **arguments: Any) -> str:
        given = {"session_id": session_id, "chars": chars, **arguments}
        return await self._run(WriteStdin(), given)

    async def _run(self, tool: Tool, arguments: dict[str, Any]) -> str:
        text = json.dumps(arguments)
        call = FunctionCall(name=tool.name, arguments=text, call_id=next(self._call_ids))
        answer = await tool.run(call, self.context)
        assert isinstance(answer, str)
        return answer

    @property
    def process(self) -> FakeProcess:
        return self.runner.processes[-1]

    def of(self, kind: type[Any]) -> list[Any]:
        return [msg for msg in self.told if isinstance(msg, kind)]

    def assert_each_has_one_end(self) -> None:
        begun = [msg.process_id for msg in self.of(ExecCommandBegin)]
        assert sorted(begun) == sorted(msg.process_id for msg in self.of(ExecCommandEnd))


def told(text: str) -> tuple[str, str]:
    """The state and the output in an answer."""
    _, _, state, _, _, output = text.split("\n", 5)
    return state, output


RUNNING = "Process running with session ID 1000"


def test_a_command_that_takes_longer_is_a_session() -> None:
    """The answer has its number and what it wrote so far; the next one only the news."""

    async def body() -> None:
        bench = Bench(FakeRunner(b"one\n", endless=True))
        assert told(await bench.exec()) == (RUNNING, "one\n")
        bench.process.show(b"two\n")
        assert told(await bench.write()) == (RUNNING, "two\n")
        bench.process.show(b"three\n")
        bench.process.exit(0)
        assert told(await bench.write()) == ("Process exited with code 0", "three\n")
        (end,) = bench.of(ExecCommandEnd)
        assert (end.call_id, end.aggregated_output) == ("1", "one\ntwo\nthree\n")
        assert await bench.write() == "write_stdin failed: Unknown process id 1000"

    run(body())


WAITS = [
    ("exec", {}, 10.0),
    ("exec", {"yield_time_ms": 1}, 0.25),
    ("exec", {"yield_time_ms": 600_000}, 30.0),
    ("write", {}, 5.0),
    ("write", {"yield_time_ms": 7_000}, 7.0),
    ("write", {"yield_time_ms": 600_000}, 300.0),
    ("write", {"chars": "x"}, 0.25),
    ("write", {"chars": "x", "yield_time_ms": 1}, 0.25),
    ("write", {"chars": "x", "yield_time_ms": 600_000}, 30.0),
]


@pytest.mark.parametrize(("tool", "arguments", "seconds"), WAITS)
def test_how_long_a_call_waits(tool: str, arguments: dict[str, Any], seconds: float) -> None:
    """As asked, within the bounds: after typing shorter, while only looking longer."""

    async def body() -> None:
        bench = Bench()
        if tool == "write":
            await bench.exec(tty=True)
        started = here().time()
        await getattr(bench, tool)(**arguments)
        assert here().time() - started == pytest.approx(seconds)
        await bench.sessions.close()

    run(body())


@pytest.mark.parametrize("tool", ["exec", "write"])
def test_a_call_ends_with_its_command(tool: str) -> None:
    """Nobody waits for a command that is over."""

    async def body() -> None:
        bench = Bench()
        if tool == "write":
            await bench.exec()
        started = here().time()
        call = asyncio.ensure_future(getattr(bench, tool)())
        await passed(0.1)
        bench.process.exit(3)
        assert told(await call)[0] == "Process exited with code 3"
        assert here().time() - started == pytest.approx(0.1)

    run(body())


def test_typing() -> None:
    """Characters reach a command with a terminal as they are, and the client is told."""

    async def body() -> None:
        bench = Bench()
        await bench.exec(tty=True)
        await bench.write(chars="y\n")
        await bench.write(chars="\x03")
        await bench.write()
        assert bench.process.typed == [b"y\n", b"\x03", b""]
        assert bench.process.signals == []
        assert bench.of(TerminalInteraction) == [
            TerminalInteraction(call_id=call_id, process_id="1000", stdin=stdin)
            for call_id, stdin in (("2", "y\n"), ("3", "\x03"), ("4", ""))
        ]
        await bench.sessions.close()

    run(body())


def test_without_a_terminal_only_an_interrupt_arrives() -> None:
    """The refusal says how to type; the interrupt character is a signal, and ends with 130."""

    async def body() -> None:
        bench = Bench()
        await bench.exec()
        assert await bench.write(chars="y\n") == CLOSED
        assert bench.process.typed == []
        assert told(await bench.write(chars="\x03"))[0] == "Process exited with code 130"
        assert bench.process.signals == [signal.SIGINT]

    run(body())


@pytest.mark.parametrize(
    "arguments", ["{", "{}", '{"session_id": "x"}', '{"session_id": null}', DEEP]
)
async def test_arguments_that_cannot_be_read(arguments: str) -> None:
    """The model is told what is wrong with them."""
    call = FunctionCall(name="write_stdin", arguments=arguments, call_id="c")
    text = await WriteStdin().run(call, Bench().context)
    assert text.startswith("failed to parse function arguments: ")


def test_the_specification_promises_only_what_is_there() -> None:
    """Each property is an argument that the tool reads."""
    properties = WriteStdin.spec["parameters"]["properties"]
    assert set(properties) == set(StdinArguments.__struct_fields__)


def test_an_end_is_kept_until_it_is_fetched() -> None:
    """A command that ended between two calls tells its last words to the second."""

    async def body() -> None:
        bench = Bench()
        await bench.exec()
        bench.process.show(b"last words")
        bench.process.exit(1)
        await passed(1000)
        bench.assert_each_has_one_end()
        assert told(await bench.write()) == ("Process exited with code 1", "last words")

    run(body())


def test_a_flood_is_bounded() -> None:
    """Of an output without end the ends are kept, and not all of it is told in deltas."""

    async def body() -> None:
        bench = Bench(FakeRunner(*[b"y\n" * 4096] * 600, code=0))
        _, output = told(await bench.exec(max_output_tokens=2))
        assert output == (
            "Warning: truncated output (original token count: 1228800)\n"
            "Total output lines: 2457600\n\ny\ny\n\u20261228798 tokens truncated\u2026y\ny\n"
        )
        deltas = bench.of(ExecCommandOutputDelta)
        assert 1_000_000 < sum(len(delta.chunk) for delta in deltas) <= 1 << 20
        (end,) = bench.of(ExecCommandEnd)
        assert len(end.aggregated_output) < (1 << 20) + 100

    run(body())


def test_tiny_deltas_are_bounded_too() -> None:
    """A command that writes byte by byte does not fill the memory with events."""

    async def body() -> None:
        bench = Bench(FakeRunner(*[b"y"] * 20_000))
        await bench.exec()
        assert len(bench.of(ExecCommandOutputDelta)) < 11_000
        assert bench.of(ExecCommandEnd)[0].aggregated_output == "y" * 20_000

    run(body())


def test_one_goes_when_there_are_too_many() -> None:
    """The one used least is killed for the next; those used last are safe."""

    async def body() -> None:
        bench = Bench()
        for _ in range(MOST_SESSIONS):
            await bench.exec(yield_time_ms=0)
        await bench.write(1000)
        await bench.exec(yield_time_ms=0)
        killed = [i for i, p in enumerate(bench.runner.processes) if p.signals]
        assert killed == [1]
        assert await bench.write(1001) == "write_stdin failed: Unknown process id 1001"
        assert len(bench.sessions) == MOST_SESSIONS
        await bench.sessions.close()
        bench.assert_each_has_one_end()

    run(body())


def test_an_ended_one_goes_first() -> None:
    """Before a running command is killed, one whose end nobody fetched is forgotten."""

    async def body() -> None:
        bench = Bench()
        for _ in range(MOST_SESSIONS):
            await bench.exec(yield_time_ms=0)
        bench.runner.processes[40].exit(0)
        bench.runner.processes[60].exit(0)
        await passed(1)
        await bench.exec(yield_time_ms=0)
        await bench.exec(yield_time_ms=0)
        assert [i for i, p in enumerate(bench.runner.processes) if p.signals] == [0]
        await bench.sessions.close()
        bench.assert_each_has_one_end()

    run(body())


def test_a_crowd_is_told() -> None:
    """From sixty sessions on each answer says so."""

    async def body() -> None:
        bench = Bench()
        texts = [await bench.exec(yield_time_ms=0) for _ in range(60)]
        assert not any("Warning" in text for text in texts[:59])
        assert texts[59].startswith("Warning: 60 sessions are kept, and at most 64; ")
        await bench.sessions.close()

    run(body())


def test_numbers_are_not_given_twice() -> None:
    """A number that a session has is not another's."""

    async def body() -> None:
        bench = Bench(process_id=iter([7, 7, 7, 8]).__next__)
        for _ in range(2):
            await bench.exec()
        assert [msg.process_id for msg in bench.of(ExecCommandBegin)] == ["7", "8"]
        await bench.sessions.close()

    run(body())


@pytest.mark.parametrize("deaf", [False, True])
def test_the_end_of_the_thread_is_the_end_of_its_commands(*, deaf: bool) -> None:
    """They are asked, and those that do not listen are killed, all within one short while."""

    async def body() -> None:
        bench = Bench(FakeRunner(endless=True, deaf=deaf))
        for _ in range(3):
            await bench.exec()
        started = here().time()
        await bench.sessions.close()
        assert here().time() - started == pytest.approx(1.0 if deaf else 0.0)
        for process in bench.runner.processes:
            assert process.signals == [signal.SIGTERM, signal.SIGKILL]
        bench.assert_each_has_one_end()
        ends = {msg.exit_code for msg in bench.of(ExecCommandEnd)}
        assert ends == {128 + (signal.SIGKILL if deaf else signal.SIGTERM)}

    run(body())


def test_what_a_command_left_behind_ends_with_the_thread() -> None:
    """Others of its process group are ended, though the command itself has long been over."""

    async def body() -> None:
        bench = Bench()
        await bench.exec()
        bench.process.strays = True
        bench.process.exit(0)
        assert told(await bench.write())[0] == "Process exited with code 0"
        await bench.sessions.close()
        assert bench.process.signals == [signal.SIGTERM, signal.SIGKILL]

    run(body())


def test_a_command_that_comes_up_late_is_killed() -> None:
    """After the end of the thread nothing starts, and nothing is told."""

    async def body() -> None:
        bench = Bench()
        await bench.sessions.close()
        call = asyncio.ensure_future(bench.exec())
        await asyncio.wait([call])
        assert call.cancelled()
        assert bench.process.signals == [signal.SIGKILL]
        assert bench.told == []

    run(body())


def test_a_process_that_cannot_be_read_has_an_end_too() -> None:
    """It is killed, and its end is told."""

    async def body() -> None:
        bench = Bench()
        await bench.exec()
        session = bench.sessions.use(1000)
        assert session is not None
        session.following.cancel()
        assert told(await bench.write())[0] == "Process exited with code 137"
        bench.assert_each_has_one_end()

    run(body())


async def test_a_cwd_is_only_looked_at(tmp_path: Path) -> None:
    """A relative working folder starts at the thread's."""
    bench = Bench(FakeRunner())
    await bench.exec(workdir=str(tmp_path))
    assert bench.runner.commands[0].cwd == tmp_path
