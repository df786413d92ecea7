"""One builder for each event about tools that the API runs itself, and about refusals, annotations
and sound, as a test writes it inside `stream(...)`.

As in `events`: a builder takes what the event says, the rest is filled in by the composer.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from msgspec.structs import replace

from mock_responses import fields, structs, tool_structs
from mock_responses.making import (
    AnnotationPlace,
    CommandPlace,
    ContentPlace,
    ImagePlace,
    Numbering,
    OutputPlace,
    Place,
    made,
)


def web_search_call_in_progress(**given: Unpack[Place]) -> tool_structs.WebSearchBegun:
    """`response.web_search_call.in_progress`: the search was taken on."""
    return made(tool_structs.WebSearchBegun, "web_search_call_in_progress", given)


def web_search_call_searching(**given: Unpack[Place]) -> tool_structs.WebSearchSearching:
    """`response.web_search_call.searching`: the search runs."""
    return made(tool_structs.WebSearchSearching, "web_search_call_searching", given)


def web_search_call_completed(**given: Unpack[Place]) -> tool_structs.WebSearchCompleted:
    """`response.web_search_call.completed`: the search is done."""
    return made(tool_structs.WebSearchCompleted, "web_search_call_completed", given)


def file_search_call_in_progress(**given: Unpack[Place]) -> tool_structs.FileSearchBegun:
    """`response.file_search_call.in_progress`: the search was taken on."""
    return made(tool_structs.FileSearchBegun, "file_search_call_in_progress", given)


def file_search_call_searching(**given: Unpack[Place]) -> tool_structs.FileSearchSearching:
    """`response.file_search_call.searching`: the search runs."""
    return made(tool_structs.FileSearchSearching, "file_search_call_searching", given)


def file_search_call_completed(**given: Unpack[Place]) -> tool_structs.FileSearchCompleted:
    """`response.file_search_call.completed`: the search is done."""
    return made(tool_structs.FileSearchCompleted, "file_search_call_completed", given)


def code_interpreter_call_in_progress(**given: Unpack[Place]) -> tool_structs.InterpreterBegun:
    """`response.code_interpreter_call.in_progress`: the call was taken on."""
    return made(tool_structs.InterpreterBegun, "code_interpreter_call_in_progress", given)


def code_interpreter_call_code_delta(delta: str, **given: Unpack[Place]) -> structs.CodeDelta:
    """`response.code_interpreter_call_code.delta`: a piece of the code."""
    own = {"delta": delta}
    return made(structs.CodeDelta, "code_interpreter_call_code_delta", {**own, **given})


def code_interpreter_call_code_done(
    code: str | None = None, **given: Unpack[Place]
) -> structs.CodeDone:
    """`response.code_interpreter_call_code.done`: without `code`, the deltas joined."""
    own = {} if code is None else {"code": code}
    return made(structs.CodeDone, "code_interpreter_call_code_done", {**own, **given})


def code_interpreter_call_interpreting(**given: Unpack[Place]) -> tool_structs.InterpreterRunning:
    """`response.code_interpreter_call.interpreting`: the code runs."""
    return made(tool_structs.InterpreterRunning, "code_interpreter_call_interpreting", given)


def code_interpreter_call_completed(**given: Unpack[Place]) -> tool_structs.InterpreterCompleted:
    """`response.code_interpreter_call.completed`: the run is done."""
    return made(tool_structs.InterpreterCompleted, "code_interpreter_call_completed", given)


def image_generation_call_in_progress(**given: Unpack[Place]) -> tool_structs.ImageBegun:
    """`response.image_generation_call.in_progress`: the call was taken on."""
    return made(tool_structs.ImageBegun, "image_generation_call_in_progress", given)


def image_generation_call_generating(**given: Unpack[Place]) -> tool_structs.ImageGenerating:
    """`response.image_generation_call.generating`: the image is being made."""
    return made(tool_structs.ImageGenerating, "image_generation_call_generating", given)


def image_generation_call_partial_image(
    partial_image_b64: str, **given: Unpack[ImagePlace]
) -> tool_structs.PartialImage:
    """`response.image_generation_call.partial_image`: the image so far, in base64."""
    own = {"partial_image_b64": partial_image_b64}
    builder = "image_generation_call_partial_image"
    return made(tool_structs.PartialImage, builder, {**own, **given})


def image_generation_call_completed(**given: Unpack[Place]) -> tool_structs.ImageCompleted:
    """`response.image_generation_call.completed`: the image is made."""
    return made(tool_structs.ImageCompleted, "image_generation_call_completed", given)


def mcp_call_in_progress(**given: Unpack[Place]) -> tool_structs.McpCallBegun:
    """`response.mcp_call.in_progress`: the call was taken on."""
    return made(tool_structs.McpCallBegun, "mcp_call_in_progress", given)


def mcp_call_arguments_delta(delta: str, **given: Unpack[Place]) -> structs.McpArgumentsDelta:
    """`response.mcp_call_arguments.delta`: a piece of the arguments."""
    return made(structs.McpArgumentsDelta, "mcp_call_arguments_delta", {"delta": delta, **given})


def mcp_call_arguments_done(
    arguments: str | None = None, **given: Unpack[Place]
) -> structs.McpArgumentsDone:
    """`response.mcp_call_arguments.done`: without `arguments`, the deltas joined."""
    own = {} if arguments is None else {"arguments": arguments}
    return made(structs.McpArgumentsDone, "mcp_call_arguments_done", {**own, **given})


def mcp_call_completed(**given: Unpack[Place]) -> tool_structs.McpCallCompleted:
    """`response.mcp_call.completed`: the tool has answered."""
    return made(tool_structs.McpCallCompleted, "mcp_call_completed", given)


def mcp_call_failed(**given: Unpack[Place]) -> tool_structs.McpCallFailed:
    """`response.mcp_call.failed`: the tool or its server failed."""
    return made(tool_structs.McpCallFailed, "mcp_call_failed", given)


def mcp_list_tools_in_progress(**given: Unpack[Place]) -> tool_structs.McpListBegun:
    """`response.mcp_list_tools.in_progress`: the server was asked for its tools."""
    return made(tool_structs.McpListBegun, "mcp_list_tools_in_progress", given)


def mcp_list_tools_completed(**given: Unpack[Place]) -> tool_structs.McpListCompleted:
    """`response.mcp_list_tools.completed`: the list is here."""
    return made(tool_structs.McpListCompleted, "mcp_list_tools_completed", given)


def mcp_list_tools_failed(**given: Unpack[Place]) -> tool_structs.McpListFailed:
    """`response.mcp_list_tools.failed`: the server gave no list."""
    return made(tool_structs.McpListFailed, "mcp_list_tools_failed", given)


def compaction_compacting(**given: Unpack[Place]) -> tool_structs.Compacting:
    """`response.compaction.compacting`: a summary of the conversation is being made."""
    return made(tool_structs.Compacting, "compaction_compacting", given)


def refusal_delta(delta: str, **given: Unpack[ContentPlace]) -> structs.RefusalDelta:
    """`response.refusal.delta`: a piece of a refusal."""
    return made(structs.RefusalDelta, "refusal_delta", {"delta": delta, **given})


def refusal_done(refusal: str | None = None, **given: Unpack[ContentPlace]) -> structs.RefusalDone:
    """`response.refusal.done`: without `refusal`, the deltas joined."""
    own = {} if refusal is None else {"refusal": refusal}
    return made(structs.RefusalDone, "refusal_done", {**own, **given})


def annotation_added(
    annotation: Mapping[str, Any], **given: Unpack[AnnotationPlace]
) -> tool_structs.AnnotationAdded:
    """`response.output_text.annotation.added`: the text refers to a source.

    `annotation` is `url_citation(...)` or the like.
    """
    own = {"annotation": annotation}
    return made(tool_structs.AnnotationAdded, "annotation_added", {**own, **given})


def shell_call_command_added(
    command: str = "", **given: Unpack[CommandPlace]
) -> tool_structs.CommandAdded:
    """`response.shell_call_command.added`: the next command of a hosted shell call begins."""
    own = {"command": command}
    return made(tool_structs.CommandAdded, "shell_call_command_added", {**own, **given})


def shell_call_command_delta(
    delta: str, **given: Unpack[CommandPlace]
) -> tool_structs.CommandDelta:
    """`response.shell_call_command.delta`: a piece of the command."""
    own = {"delta": delta}
    return made(tool_structs.CommandDelta, "shell_call_command_delta", {**own, **given})


def shell_call_command_done(
    command: str | None = None, **given: Unpack[CommandPlace]
) -> tool_structs.CommandDone:
    """`response.shell_call_command.done`: without `command`, what was streamed of it."""
    own = {} if command is None else {"command": command}
    return made(tool_structs.CommandDone, "shell_call_command_done", {**own, **given})


def shell_call_output_content_delta(
    *, stdout: str | None = None, stderr: str | None = None, **given: Unpack[OutputPlace]
) -> tool_structs.OutputDelta:
    """`response.shell_call_output_content.delta`: a piece of what a command wrote."""
    builder = "shell_call_output_content_delta"
    streams = {"stdout": stdout, "stderr": stderr}
    delta = {
        name: fields.text(builder, name, text) for name, text in streams.items() if text is not None
    }
    taken = ("stdout", "stderr")
    return replace(made(tool_structs.OutputDelta, builder, given, taken), delta=delta)


def shell_call_output_content_done(
    output: Sequence[Mapping[str, Any]], **given: Unpack[OutputPlace]
) -> tool_structs.OutputDone:
    """`response.shell_call_output_content.done`.

    Each of `output` has `stdout`, `stderr` and `outcome`, which is `{"type": "exit", "exit_code":
    0}` or `{"type": "timeout"}`.
    """
    own = {"output": output}
    return made(tool_structs.OutputDone, "shell_call_output_content_done", {**own, **given})


def audio_delta(delta: str, **given: Unpack[Numbering]) -> tool_structs.AudioDelta:
    """`response.audio.delta`: a piece of sound, in base64."""
    return made(tool_structs.AudioDelta, "audio_delta", {"delta": delta, **given})


def audio_done(**given: Unpack[Numbering]) -> tool_structs.AudioDone:
    """`response.audio.done`: the sound is whole."""
    return made(tool_structs.AudioDone, "audio_done", given)


def audio_transcript_delta(delta: str, **given: Unpack[Numbering]) -> tool_structs.TranscriptDelta:
    """`response.audio.transcript.delta`: a piece of what the sound says."""
    return made(tool_structs.TranscriptDelta, "audio_transcript_delta", {"delta": delta, **given})


def audio_transcript_done(**given: Unpack[Numbering]) -> tool_structs.TranscriptDone:
    """`response.audio.transcript.done`: the transcript is whole."""
    return made(tool_structs.TranscriptDone, "audio_transcript_done", given)
