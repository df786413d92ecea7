"""The tool `request_user_input`: the model asks the user, and waits for the answer."""

from collections.abc import Mapping
from typing import Any

import msgspec

from codex_core.protocol.questions import Question, RequestUserInput
from codex_core.tools.arguments import BadArguments, parse_arguments
from codex_core.tools.report import property_spec
from codex_core.tools.tool import Call, ToolContext

__all__ = ["AskUser"]


class _Arguments(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    questions: tuple[Question, ...]
    auto_resolution_ms: int | None = None


_ARGUMENTS = msgspec.json.Decoder(_Arguments)
_ENCODER = msgspec.json.Encoder()

_OPTION = {
    "type": "object",
    "properties": {
        "label": property_spec("string", "The answer, in a few words."),
        "description": property_spec("string", "What follows if it is chosen."),
    },
    "required": ["label", "description"],
    "additionalProperties": False,
}
_QUESTION = {
    "type": "object",
    "properties": {
        "id": property_spec("string", "A name for the answer, such as `target_branch`."),
        "header": property_spec("string", "A heading of one or two words."),
        "question": property_spec("string", "The question, one sentence."),
        "options": {
            "type": "array",
            "description": "Two or three answers to choose from, the best one first; the user may "
            "give another one all the same.",
            "items": _OPTION,
        },
    },
    "required": ["id", "header", "question", "options"],
    "additionalProperties": False,
}


class AskUser:
    """Tells the questions, and gives the model the answers as JSON."""

    name = "request_user_input"
    parallel = False
    spec: Mapping[str, Any] = {
        "type": "function",
        "name": "request_user_input",
        "description": "Ask the user one to three short questions and wait for the answers; "
        "in Plan mode only.",
        "strict": False,
        "parameters": {
            "type": "object",
            "properties": {
                "questions": {
                    "type": "array",
                    "description": "What to ask; three questions at most.",
                    "items": _QUESTION,
                },
                "autoResolutionMs": property_spec(
                    "number",
                    "After how long to go on without an answer, 60000 to 240000 milliseconds; "
                    "leave it out if the task cannot go on without one.",
                ),
            },
            "required": ["questions"],
            "additionalProperties": False,
        },
    }

    async def run(self, call: Call, context: ToolContext) -> str:
        """As the protocol says."""
        if not context.may_question:
            return "request_user_input is unavailable in Default mode"
        try:
            arguments = parse_arguments(_ARGUMENTS, call)
        except BadArguments as error:
            return str(error)
        if not arguments.questions or not all(each.options for each in arguments.questions):
            return "request_user_input needs at least one question, and options for each"
        asked = RequestUserInput(
            call_id=call.call_id,
            turn_id=context.turn_id,
            questions=arguments.questions,
            auto_resolution_ms=arguments.auto_resolution_ms,
        )
        waiters = context.desk.questions
        with waiters.waiting("input", call.call_id, turn_id=context.turn_id) as waiter:
            context.emit(asked)
            answers = await waiter.answer
        return _ENCODER.encode(answers).decode()
