"""A helper's output: a program of this core's own runs to its end and is read whole."""

from codex_core.runtime import Command, Process, Runner

__all__ = ["captured"]

_MOST = 1 << 20


async def captured(runner: Runner, command: Command) -> tuple[bytes, int]:
    """What it wrote, at most 1 MiB, and its exit code; raises `OSError` if it cannot start.

    Whoever gives up waiting ends it.
    """
    process = await runner.start(command)
    try:
        return await _output(process), await process.wait()
    finally:
        process.kill()
        await process.wait()


async def _output(process: Process) -> bytes:
    output = b""
    while len(output) < _MOST and (chunk := await process.read()):
        output += chunk
    return output
