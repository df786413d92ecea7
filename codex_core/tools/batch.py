"""The tool calls of one response: started as they come, answered in the order of the calls.

A call that waits at the gate looks at `cancelled` once it is through: when the turn was cancelled
meanwhile, it does not start. So no tool starts after an interrupt, whichever task the event loop
wakes first.
"""

import asyncio
from collections.abc import Callable, Iterator

import msgspec

from codex_core.protocol.items import (
    CustomToolCall,
    CustomToolCallOutput,
    FunctionCallOutput,
    ToolOutput,
    ToolSearchOutput,
)
from codex_core.tools.gate import Gate
from codex_core.tools.registry import unsupported
from codex_core.tools.tool import Call, Tool, ToolContext

__all__ = ["Output", "ToolBatch"]

Output = FunctionCallOutput | CustomToolCallOutput | ToolSearchOutput
"""The answer to a call."""

FindTool = Callable[[Call], Tool | None]


class _Running(msgspec.Struct, frozen=True, kw_only=True):
    call: Call
    task: asyncio.Task[ToolOutput]
    started: float


class ToolBatch:
    """Tool calls that run at once, behind one gate.

    `find` gives the tool of a call, `cancelled` tells if the turn is over.
    """

    def __init__(self, find: FindTool, context: ToolContext, cancelled: Callable[[], bool]) -> None:
        self._find = find
        self._context = context
        self._cancelled = cancelled
        self._gate = Gate()
        self._calls: list[_Running | Output] = []
        """Calls that are being answered, and answers that were there at once."""

    def start(self, call: Call) -> None:
        """Starts to answer a call."""
        started = self._context.runtime.monotonic()
        task = asyncio.ensure_future(self._answer(call))
        self._calls.append(_Running(call=call, task=task, started=started))

    def add(self, output: Output) -> None:
        """Puts in an answer that is there already, in its place among the others."""
        self._calls.append(output)

    async def settle(self) -> list[Output]:
        """Awaits all answers. If the caller is cancelled the tools go on: `abort` ends them."""
        tasks = [running.task for running in self._running()]
        if tasks:
            await asyncio.wait(tasks)
        return self._outputs()

    async def abort(self) -> list[Output]:
        """Ends the tools that still run; their answers say so."""
        for running in self._running():
            running.task.cancel()
        return await self.settle()

    def _outputs(self) -> list[Output]:
        calls, self._calls = self._calls, []
        return [self._output(call) if isinstance(call, _Running) else call for call in calls]

    def _running(self) -> Iterator[_Running]:
        return (call for call in self._calls if isinstance(call, _Running))

    async def _answer(self, call: Call) -> ToolOutput:
        tool = self._find(call)
        if tool is None:
            return unsupported(call)
        async with self._gate.hold(exclusive=not tool.parallel):
            if self._cancelled():
                raise asyncio.CancelledError
            return await tool.run(call, self._context)

    def _answered(self, running: _Running) -> ToolOutput:
        if running.task.cancelled():
            elapsed = self._context.runtime.monotonic() - running.started
            return f"aborted by user after {elapsed:.1f}s"
        error = running.task.exception()
        if error is not None:
            return f"{running.call.name} failed: {type(error).__name__}: {error}"
        return running.task.result()

    def _output(self, running: _Running) -> Output:
        call, answer = running.call, self._answered(running)
        if isinstance(call, CustomToolCall):
            return CustomToolCallOutput(call_id=call.call_id, output=answer)
        return FunctionCallOutput(call_id=call.call_id, output=answer)
