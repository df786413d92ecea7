"""Histories to compact: short names for items, and strategies for whole histories."""

import string

from hypothesis import strategies as st

from codex_core.protocol.items import (
    AgentMessage,
    Compaction,
    ContextCompaction,
    FunctionCall,
    FunctionCallOutput,
    InputText,
    KnownItem,
    Message,
    OutputText,
    Reasoning,
    ToolSearchCall,
    ToolSearchOutput,
)
from codex_core.session.compaction.speech import summary_message

ENVIRONMENT = "<environment_context>\n</environment_context>"


def user(text: str) -> Message:
    return Message(role="user", content=(InputText(text=text),))


def developer(text: str) -> Message:
    return Message(role="developer", content=(InputText(text=text),))


def assistant(text: str) -> Message:
    return Message(role="assistant", content=(OutputText(text=text),))


def called(call_id: str) -> FunctionCall:
    return FunctionCall(name="t", arguments="{}", call_id=call_id)


def output(call_id: str, text: str = "ok") -> FunctionCallOutput:
    return FunctionCallOutput(call_id=call_id, output=text)


def searched(call_id: str) -> ToolSearchCall:
    return ToolSearchCall(call_id=call_id, execution="client", arguments={})


def found(call_id: str, *tools: str) -> ToolSearchOutput:
    return ToolSearchOutput(call_id=call_id, status="completed", execution="client", tools=tools)


def thought(hidden: str | None) -> Reasoning:
    return Reasoning(summary=(), encrypted_content=hidden)


def compaction(hidden: str = "hidden") -> Compaction:
    return Compaction(encrypted_content=hidden)


def mail(text: str) -> AgentMessage:
    return AgentMessage(author="/lead", recipient="/lead/a", content=(InputText(text=text),))


def text_of(item: KnownItem) -> str:
    """All that a message says."""
    assert isinstance(item, Message)
    return "".join(part.text for part in item.content if isinstance(part, InputText | OutputText))


TEXTS = st.text(string.ascii_letters + "äß€ \n", max_size=40)
IDS = st.sampled_from("abc")
ITEMS: st.SearchStrategy[KnownItem] = st.one_of(
    TEXTS.map(user),
    TEXTS.map(developer),
    TEXTS.map(assistant),
    TEXTS.map(summary_message),
    st.just(user(ENVIRONMENT)),
    IDS.map(called),
    IDS.map(output),
    IDS.map(searched),
    IDS.map(found),
    st.text("A", max_size=2000).map(thought),
    st.just(thought(None)),
    st.just(compaction()),
    st.just(ContextCompaction(encrypted_content="hidden")),
    TEXTS.map(mail),
)
"""Any item that a history may hold."""

HISTORIES = st.lists(ITEMS, max_size=12)
