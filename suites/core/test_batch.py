"""Tool calls of one response: order of the answers, and what an abort leaves."""

from functools import partial

import msgspec

from codex_core import Runtime
from codex_core.protocol.items import (
    CustomToolCall,
    CustomToolCallOutput,
    FunctionCall,
    ToolSearchOutput,
)
from codex_core.tools.batch import Output, ToolBatch
from codex_core.tools.registry import ToolRegistry
from codex_core.tools.tool import Call, Tool, ToolContext
from suites.core.fakes import WaitingTool, make_config, tool_context


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Bench:
    """A batch over one parallel and one exclusive tool."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.cancelled = False
        self.parallel = WaitingTool("parallel", parallel=True)
        self.alone = WaitingTool("alone", parallel=False)
        runtime = msgspec.structs.replace(Runtime.deterministic(), monotonic=self.clock)
        self.context = tool_context(runtime=runtime)
        self.batch = self.batch_of(self.parallel, self.alone)

    def batch_of(self, *tools: Tool) -> ToolBatch:
        find = partial(ToolRegistry(tools).find, config=make_config())
        return ToolBatch(find, self.context, lambda: self.cancelled)

    def call(self, name: str, call_id: str) -> None:
        self.batch.start(FunctionCall(name=name, arguments="{}", call_id=call_id))


def texts(outputs: list[Output]) -> list[tuple[str, object]]:
    return [
        (output.call_id, output.output)
        for output in outputs
        if not isinstance(output, ToolSearchOutput)
    ]


async def test_answers_come_in_the_order_of_the_calls() -> None:
    """Whichever tool ends first."""
    bench = Bench()
    for call_id in ("a", "b", "c"):
        bench.call("parallel", call_id)
    await bench.parallel.until_started("a", "b", "c")
    for call_id in ("c", "a", "b"):
        bench.parallel.gate(call_id).set()
    assert texts(await bench.batch.settle()) == [
        ("a", "answer to a"),
        ("b", "answer to b"),
        ("c", "answer to c"),
    ]


async def test_an_exclusive_tool_runs_alone() -> None:
    """It waits for those before it, those after it wait for it."""
    bench = Bench()
    bench.call("parallel", "a")
    bench.call("alone", "b")
    bench.call("parallel", "c")
    await bench.parallel.until_started("a")
    assert bench.alone.started == []
    bench.parallel.gate("a").set()
    await bench.alone.until_started("b")
    assert bench.parallel.started == ["a"]
    bench.alone.gate("b").set()
    await bench.parallel.until_started("c")
    bench.parallel.gate("c").set()
    assert len(await bench.batch.settle()) == 3


async def test_nothing_starts_after_the_cancellation() -> None:
    """A tool that gets the gate after the mark does not start, though its task is not cancelled."""
    bench = Bench()
    bench.call("alone", "a")
    bench.call("alone", "b")
    await bench.alone.until_started("a")
    bench.cancelled = True
    bench.alone.gate("a").set()
    outputs = await bench.batch.settle()
    assert bench.alone.started == ["a"]
    assert texts(outputs) == [("a", "answer to a"), ("b", "aborted by user after 0.0s")]


async def test_an_abort_ends_what_runs_and_what_waits() -> None:
    """Each call has an output: its answer if it was done, else how long it had run."""
    bench = Bench()
    for name, call_id in (("parallel", "done"), ("parallel", "runs"), ("alone", "waits")):
        bench.call(name, call_id)
    await bench.parallel.until_started("done", "runs")
    bench.parallel.gate("done").set()
    await bench.parallel.until_ended("done")
    bench.clock.seconds = 0.84
    bench.cancelled = True
    assert texts(await bench.batch.abort()) == [
        ("done", "answer to done"),
        ("runs", "aborted by user after 0.8s"),
        ("waits", "aborted by user after 0.8s"),
    ]
    assert bench.parallel.ended == ["done", "runs"]
    assert bench.alone.started == []


async def test_unknown_tools_are_told_as_such() -> None:
    """The model learns the name that is not there; the turn goes on."""
    bench = Bench()
    calls: list[Call] = [
        FunctionCall(name="nope", arguments="", call_id="a"),
        FunctionCall(name="echo", namespace="mcp__s", arguments="", call_id="b"),
        CustomToolCall(name="patch", input="", call_id="c"),
    ]
    for call in calls:
        bench.batch.start(call)
    outputs = await bench.batch.settle()
    assert texts(outputs) == [
        ("a", "unsupported call: nope"),
        ("b", "unsupported call: mcp__secho"),
        ("c", "unsupported custom tool call: patch"),
    ]
    assert isinstance(outputs[2], CustomToolCallOutput)


class BrokenTool(WaitingTool):
    async def run(self, call: Call, context: ToolContext) -> str:
        raise KeyError(call.name)


async def test_a_tool_that_raises_is_an_answer() -> None:
    """A bug of one tool is told to the model and hurts no other call."""
    bench = Bench()
    bench.batch = bench.batch_of(BrokenTool("broken", parallel=True))
    bench.call("broken", "a")
    assert texts(await bench.batch.settle()) == [("a", "broken failed: KeyError: 'broken'")]
