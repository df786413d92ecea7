"""A command that the user runs: outside of any sandbox, and told to the model afterwards.

It is no session of the model's. If whoever runs it is cancelled, it is killed, and what it did
until then is told all the same.
"""

from codex_core.protocol.items import Message
from codex_core.session.fragments import user_message
from codex_core.session.state import ThreadState
from codex_core.tools.session import Origin, Session
from codex_core.tools.shell import shell_command

__all__ = ["UserShell"]

_TEXT = """\
<user_shell_command>
<command>
{line}
</command>
<result>
Exit code: {code}
Duration: {seconds:.4f} seconds
Output:
{output}
</result>
</user_shell_command>"""
_CANNOT_START = 126
"""Exit code of what cannot be started, as shells have it."""


class UserShell:
    """One command line of the user's, for a turn."""

    def __init__(self, state: ThreadState, turn_id: str, line: str) -> None:
        self.message: Message | None = None
        """What the model is told, once there is something to tell."""
        self._state = state
        self._turn_id = turn_id
        self._line = line

    async def run(self) -> None:
        """Runs it to its end."""
        state = self._state
        command = shell_command(
            self._line, runtime=state.runtime, cwd=state.cwd, thread_id=state.thread_id
        )
        call_id = state.runtime.uuid()
        origin = Origin(call_id=call_id, turn_id=self._turn_id, source="user_shell")
        try:
            session = await state.sessions.start(command, origin)
        except OSError as error:
            reason = f"{command.argv[0]} cannot be started: {error}"
            self._tell(code=_CANNOT_START, seconds=0.0, output=reason)
            return
        state.sessions.drop(session)
        await self._await_end(session)

    async def _await_end(self, session: Session) -> None:
        try:
            await session.wait()
        finally:
            if session.exit_code is None:
                session.process.kill()
                await session.wait()
            text = session.output.cut(self._state.config.model_info.tool_output_tokens)
            self._tell(code=session.exit_code, seconds=session.wall_time, output=text)

    def _tell(self, *, code: int | None, seconds: float, output: str) -> None:
        text = _TEXT.format(line=self._line, code=code, seconds=seconds, output=output)
        self.message = user_message(text)
