"""The events of a response stream about tools that the API runs itself, and about what is no text:
annotations, images, sound.

Structs with the fields the API publishes, as in `structs`; nothing here checks a value.
"""

from typing import Any, ClassVar

import msgspec
from msgspec import UNSET, UnsetType

from mock_responses.structs import InContent, InItem, Numbered


class Progress(InItem, frozen=True, kw_only=True):
    """A call has come to a state; it carries nothing but its place."""

    item_type: ClassVar[str]
    """The item that the event is about, also where none was announced."""


class WebSearch(Progress, frozen=True, kw_only=True):
    """About a web search."""

    item_type: ClassVar[str] = "web_search_call"


class WebSearchBegun(
    WebSearch, frozen=True, kw_only=True, tag="response.web_search_call.in_progress"
):
    """The search was taken on."""


class WebSearchSearching(
    WebSearch, frozen=True, kw_only=True, tag="response.web_search_call.searching"
):
    """The search runs."""


class WebSearchCompleted(
    WebSearch, frozen=True, kw_only=True, tag="response.web_search_call.completed"
):
    """The search is done."""


class FileSearch(Progress, frozen=True, kw_only=True):
    """About a search in files."""

    item_type: ClassVar[str] = "file_search_call"


class FileSearchBegun(
    FileSearch, frozen=True, kw_only=True, tag="response.file_search_call.in_progress"
):
    """The search was taken on."""


class FileSearchSearching(
    FileSearch, frozen=True, kw_only=True, tag="response.file_search_call.searching"
):
    """The search runs."""


class FileSearchCompleted(
    FileSearch, frozen=True, kw_only=True, tag="response.file_search_call.completed"
):
    """The search is done."""


class Interpreter(Progress, frozen=True, kw_only=True):
    """About a run of a code interpreter."""

    item_type: ClassVar[str] = "code_interpreter_call"


class InterpreterBegun(
    Interpreter, frozen=True, kw_only=True, tag="response.code_interpreter_call.in_progress"
):
    """The call was taken on; its code follows."""


class InterpreterRunning(
    Interpreter, frozen=True, kw_only=True, tag="response.code_interpreter_call.interpreting"
):
    """The code runs."""


class InterpreterCompleted(
    Interpreter, frozen=True, kw_only=True, tag="response.code_interpreter_call.completed"
):
    """The run is done."""


class Image(Progress, frozen=True, kw_only=True):
    """About a generated image."""

    item_type: ClassVar[str] = "image_generation_call"


class ImageBegun(
    Image, frozen=True, kw_only=True, tag="response.image_generation_call.in_progress"
):
    """The call was taken on."""


class ImageGenerating(
    Image, frozen=True, kw_only=True, tag="response.image_generation_call.generating"
):
    """The image is being made."""


class ImageCompleted(
    Image, frozen=True, kw_only=True, tag="response.image_generation_call.completed"
):
    """The image is made."""


class PartialImage(
    InItem, frozen=True, kw_only=True, tag="response.image_generation_call.partial_image"
):
    """The image as far as it is made."""

    partial_image_b64: str
    partial_image_index: int | UnsetType = UNSET


class McpCall(Progress, frozen=True, kw_only=True):
    """About a call of a tool on an MCP server."""

    item_type: ClassVar[str] = "mcp_call"


class McpCallBegun(McpCall, frozen=True, kw_only=True, tag="response.mcp_call.in_progress"):
    """The call was taken on."""


class McpCallCompleted(McpCall, frozen=True, kw_only=True, tag="response.mcp_call.completed"):
    """The call is done."""


class McpCallFailed(McpCall, frozen=True, kw_only=True, tag="response.mcp_call.failed"):
    """The call failed."""


class McpList(Progress, frozen=True, kw_only=True):
    """About the list of an MCP server's tools."""

    item_type: ClassVar[str] = "mcp_list_tools"


class McpListBegun(McpList, frozen=True, kw_only=True, tag="response.mcp_list_tools.in_progress"):
    """The server was asked."""


class McpListCompleted(McpList, frozen=True, kw_only=True, tag="response.mcp_list_tools.completed"):
    """The list is here."""


class McpListFailed(McpList, frozen=True, kw_only=True, tag="response.mcp_list_tools.failed"):
    """The server gave no list."""


class Compacting(Progress, frozen=True, kw_only=True, tag="response.compaction.compacting"):
    """A summary of the conversation is being made."""

    item_type: ClassVar[str] = "compaction"


class AnnotationAdded(
    InContent, frozen=True, kw_only=True, tag="response.output_text.annotation.added"
):
    """A text refers to a source."""

    annotation_index: int | UnsetType = UNSET
    annotation: dict[str, Any]


class InCommand(Numbered, frozen=True, kw_only=True):
    """An event about one command of a hosted shell call, which names no item."""

    output_index: int | UnsetType = UNSET
    command_index: int | UnsetType = UNSET


class CommandAdded(InCommand, frozen=True, kw_only=True, tag="response.shell_call_command.added"):
    """A command begins."""

    command: str = ""


class CommandDelta(InCommand, frozen=True, kw_only=True, tag="response.shell_call_command.delta"):
    """A piece of a command."""

    delta: str


class CommandDone(InCommand, frozen=True, kw_only=True, tag="response.shell_call_command.done"):
    """A command is whole."""

    command: str | UnsetType = UNSET


class InOutput(InItem, frozen=True, kw_only=True):
    """An event about what one command of a hosted shell call wrote."""

    item_type: ClassVar[str] = "shell_call_output"
    command_index: int = 0


class OutputDelta(
    InOutput, frozen=True, kw_only=True, tag="response.shell_call_output_content.delta"
):
    """A piece of what a command wrote."""

    delta: dict[str, Any] = msgspec.field(default_factory=dict)


class OutputDone(
    InOutput, frozen=True, kw_only=True, tag="response.shell_call_output_content.done"
):
    """All that a command wrote, and how it ended."""

    output: list[Any]


class Sound(Numbered, frozen=True, kw_only=True):
    """An event about spoken output, which belongs to no item."""


class AudioDelta(Sound, frozen=True, kw_only=True, tag="response.audio.delta"):
    """A piece of sound, in base64."""

    delta: str


class AudioDone(Sound, frozen=True, kw_only=True, tag="response.audio.done"):
    """The sound is whole."""


class TranscriptDelta(Sound, frozen=True, kw_only=True, tag="response.audio.transcript.delta"):
    """A piece of what the sound says."""

    delta: str


class TranscriptDone(Sound, frozen=True, kw_only=True, tag="response.audio.transcript.done"):
    """The transcript is whole."""
