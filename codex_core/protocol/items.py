"""Response items: what the model says and is told. Wire shapes only; no policy about keeping them.

Shapes follow the Responses API. An item of an unknown type is kept as raw bytes (`OtherItem`).
"""

from typing import Any, get_args

import msgspec
from msgspec import UNSET, UnsetType

from codex_core.protocol.content import (
    Content,
    EncryptedContent,
    InputImage,
    InputText,
    OutputText,
    PlainText,
    ReasoningText,
    Refusal,
    SummaryText,
    Tagged,
    ToolOutput,
)

__all__ = [
    "ITEMS",
    "AgentMessage",
    "Compaction",
    "CompactionTrigger",
    "Content",
    "ContextCompaction",
    "CustomToolCall",
    "CustomToolCallOutput",
    "EncryptedContent",
    "FunctionCall",
    "FunctionCallOutput",
    "ImageGenerationCall",
    "InputImage",
    "InputText",
    "KnownItem",
    "LocalShellAction",
    "LocalShellCall",
    "Message",
    "OtherItem",
    "OutputText",
    "Passthrough",
    "Reasoning",
    "ReasoningText",
    "Refusal",
    "ResponseItem",
    "SummaryText",
    "ToolOutput",
    "ToolSearchCall",
    "ToolSearchOutput",
    "WebSearchAction",
    "WebSearchCall",
    "decode_item",
]


class Passthrough(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A note of the server's on an item, to be handed back to it as it came."""

    turn_id: str | None = None


class _Item(
    Tagged,
    frozen=True,
    kw_only=True,
    rename={"passthrough": "internal_chat_message_metadata_passthrough"},
):
    """Base of every item; `id` is the server's."""

    id: str | UnsetType | None = UNSET
    passthrough: Passthrough | UnsetType | None = UNSET


class Message(_Item, tag="message", frozen=True, kw_only=True):
    """A message of the user, the developer or the assistant.

    `phase` is `commentary` or `final_answer` where the model says it.
    """

    role: str
    content: tuple[Content, ...]
    phase: str | None = None

    @property
    def text(self) -> str:
        """The model's text parts, joined."""
        return "".join(part.text for part in self.content if isinstance(part, OutputText))

    @property
    def declines(self) -> bool:
        """Does the model decline in it?"""
        return any(isinstance(part, Refusal) for part in self.content)

    @property
    def spoken(self) -> str:
        """What the user reads of it: the texts, and the words in which the model declines."""
        return "".join(map(_spoken, self.content))


def _spoken(part: Content) -> str:
    match part:
        case OutputText(text=text) | Refusal(refusal=text):
            return text
    return ""


class AgentMessage(_Item, tag="agent_message", frozen=True, kw_only=True):
    """A message from one agent to another; both are named by their path."""

    author: str
    recipient: str
    content: tuple[InputText | EncryptedContent, ...]


class Reasoning(_Item, tag="reasoning", frozen=True, kw_only=True, omit_defaults=False):
    """Reasoning, replayed with explicit nulls for what is absent."""

    summary: tuple[SummaryText, ...]
    content: tuple[ReasoningText | PlainText, ...] | UnsetType | None = None
    encrypted_content: str | None = None


class FunctionCall(_Item, tag="function_call", frozen=True, kw_only=True):
    """The model calls a function; `arguments` is JSON text that may be invalid."""

    name: str
    arguments: str
    call_id: str
    namespace: str | None = None


class FunctionCallOutput(_Item, tag="function_call_output", frozen=True, kw_only=True):
    """The answer to a `FunctionCall` or a `LocalShellCall`."""

    call_id: str
    output: ToolOutput


class CustomToolCall(_Item, tag="custom_tool_call", frozen=True, kw_only=True):
    """The model calls a freeform tool."""

    call_id: str
    name: str
    input: str
    status: str | None = None


class CustomToolCallOutput(_Item, tag="custom_tool_call_output", frozen=True, kw_only=True):
    """The answer to a `CustomToolCall`."""

    call_id: str
    output: ToolOutput


class LocalShellAction(msgspec.Struct, frozen=True, kw_only=True):
    """What a `LocalShellCall` is to run, with explicit nulls for what is absent."""

    type: str = "exec"
    command: tuple[str, ...]
    timeout_ms: int | None = None
    working_directory: str | None = None
    env: dict[str, str] | None = None
    user: str | None = None


class LocalShellCall(_Item, tag="local_shell_call", frozen=True, kw_only=True, omit_defaults=False):
    """The model calls the shell that some models have built in."""

    call_id: str | None = None
    status: str
    action: LocalShellAction


class ToolSearchCall(_Item, tag="tool_search_call", frozen=True, kw_only=True, omit_defaults=False):
    """The model looks for tools; `execution` says who searches, `client` or `server`."""

    call_id: str | None = None
    status: str | UnsetType | None = UNSET
    execution: str
    arguments: Any


class ToolSearchOutput(
    _Item, tag="tool_search_output", frozen=True, kw_only=True, omit_defaults=False
):
    """The tools that a `ToolSearchCall` found, as specifications."""

    call_id: str | None = None
    status: str
    execution: str
    tools: tuple[Any, ...]


class WebSearchAction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the provider did on the web; `type` is `search`, `open_page`, `find_in_page`, `other`.

    Which of the other fields belong to which type, the API's reference says.
    """

    type: str
    query: str | None = None
    queries: tuple[str, ...] | None = None
    url: str | None = None
    pattern: str | None = None


class WebSearchCall(_Item, tag="web_search_call", frozen=True, kw_only=True):
    """The provider searched the web by itself; nothing is to be answered."""

    status: str | None = None
    action: WebSearchAction | None = None


class ImageGenerationCall(_Item, tag="image_generation_call", frozen=True, kw_only=True):
    """The provider made an image; `result` is its data in base64, empty if it is not to be sent."""

    status: str
    revised_prompt: str | None = None
    result: str


class Compaction(_Item, tag="compaction", frozen=True, kw_only=True):
    """What came before, in a form that only the server can read."""

    encrypted_content: str


class _CompactionSummary(Compaction, tag="compaction_summary", frozen=True, kw_only=True):
    """The older name of `Compaction`."""


class CompactionTrigger(Tagged, tag="compaction_trigger", frozen=True, kw_only=True):
    """Asks the server for a `Compaction`: the last item of a request, and never history."""


class ContextCompaction(_Item, tag="context_compaction", frozen=True, kw_only=True):
    """A compaction that the server made by itself."""

    encrypted_content: str | None = None


KnownItem = (
    Message
    | AgentMessage
    | Reasoning
    | FunctionCall
    | FunctionCallOutput
    | CustomToolCall
    | CustomToolCallOutput
    | LocalShellCall
    | ToolSearchCall
    | ToolSearchOutput
    | WebSearchCall
    | ImageGenerationCall
    | Compaction
    | ContextCompaction
)

ITEMS: dict[str, type[KnownItem]] = {
    str(cls.__struct_config__.tag): cls for cls in get_args(KnownItem)
}
"""Wire name to class, for every item with a shape of its own."""


class OtherItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of a type that this core does not know or does not keep, as it came."""

    type: str
    raw: bytes


ResponseItem = KnownItem | OtherItem


class _Head(msgspec.Struct):
    type: str


_HEAD = msgspec.json.Decoder(_Head)
_KNOWN: msgspec.json.Decoder[KnownItem] = msgspec.json.Decoder(KnownItem)
_SUMMARY = msgspec.json.Decoder(_CompactionSummary)
_ACTIONS = {
    "search": ("query", "queries"),
    "open_page": ("url",),
    "find_in_page": ("url", "pattern"),
}
"""The fields that go with each type of a web search's action."""


def decode_item(raw: bytes | msgspec.Raw) -> ResponseItem:
    """Reads one item; raises `msgspec.ValidationError` when a field is missing or wrong."""
    kind = _HEAD.decode(raw).type
    if kind == "compaction_summary":
        old = _SUMMARY.decode(raw)
        return Compaction(
            id=old.id, passthrough=old.passthrough, encrypted_content=old.encrypted_content
        )
    if kind not in ITEMS:
        return OtherItem(type=kind, raw=bytes(raw))
    return _replayable(_KNOWN.decode(raw))


def _replayable(item: KnownItem) -> KnownItem:
    """The item as it may be sent back."""
    match item:
        case Reasoning(content=tuple() as content) if not _has_reasoning(content):
            return msgspec.structs.replace(item, content=UNSET)
        case WebSearchCall(action=WebSearchAction() as action):
            return msgspec.structs.replace(item, action=_known_action(action))
    return item


def _has_reasoning(content: tuple[ReasoningText | PlainText, ...]) -> bool:
    """Content goes back only when it holds raw reasoning text; else the key is left out."""
    return any(isinstance(part, ReasoningText) for part in content)


def _known_action(action: WebSearchAction) -> WebSearchAction:
    fields = {name: getattr(action, name) for name in _ACTIONS.get(action.type, ())}
    return WebSearchAction(type=action.type if action.type in _ACTIONS else "other", **fields)
