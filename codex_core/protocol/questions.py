"""Questions of the model to the user, the event that tells them, and what the user answers."""

import msgspec

from codex_core.protocol.message import EventMessage

__all__ = ["Answer", "Answers", "Choice", "Question", "RequestUserInput"]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One answer that the model proposes."""

    label: str
    description: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question; `id` names its answer. The user may always answer in words of their own."""

    id: str
    header: str
    question: str
    options: tuple[Choice, ...]
    is_other: bool = True


class RequestUserInput(
    EventMessage, tag="request_user_input", frozen=True, kw_only=True, omit_defaults=True
):
    """The model waits for an answer by `user_input_answer` under the `call_id`.

    With `auto_resolution_ms` a client may answer for a user who does not, after so long.
    """

    call_id: str
    turn_id: str
    questions: tuple[Question, ...]
    auto_resolution_ms: int | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the user answers to one question."""

    answers: tuple[str, ...]


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """All answers, by the question's id; the model is told this object."""

    answers: dict[str, Answer]
