"""An operation on its way to its thread, and the answer that whoever handed it in waits for."""

import asyncio

import msgspec

from codex_core.protocol.ops import Op

__all__ = ["Submission", "check_texts"]


def check_texts(op: Op) -> None:
    """Raises `ValueError` for half a character in a text: no wire can carry it."""
    try:
        msgspec.json.encode(op)
    except UnicodeEncodeError as error:
        found = error.object[error.start : error.end]
        raise ValueError(
            f"{op.__struct_config__.tag}: a text has {found!r}, half of a character, which is no "
            "UTF-8; give it whole characters"
        ) from None


class Submission(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One operation. Its answer comes once; whoever does not wait any more does not hear it."""

    id: str
    op: Op
    answer: asyncio.Future[str] = msgspec.field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    handoff_id: str | None = None
    """The handoff of the realtime conversation that it is from."""

    def succeed(self, answer: str) -> None:
        """It is done."""
        if not self.answer.done():
            self.answer.set_result(answer)

    def fail(self, error: Exception) -> None:
        """It cannot be done."""
        if not self.answer.done():
            self.answer.set_exception(error)

    def ignore_answer(self) -> None:
        """Nobody waits for it, so an error that nobody hears of is none."""
        self.answer.add_done_callback(_look_away)


def _look_away(answer: asyncio.Future[str]) -> None:
    if not answer.cancelled():
        answer.exception()
