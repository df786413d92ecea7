"""A request of the Responses API as aimock's conditions see it: a list of messages by role.

A pure function of the request; whatever a client sends makes a history, if an empty one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from agent_rehearsal.journal import Entry
from mock_responses.views import OUTPUT_TYPES, body_of, content_texts

CALL_TYPES = ("function_call", "custom_tool_call", "tool_search_call")
CONTEXT = "x-aimock-context"
"""The header that `match.context` is compared with."""
_ROLES: Mapping[Any, "Role"] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message: of the system, the user, the assistant, or a tool's output."""

    role: Role
    text: str = ""
    call_id: str | None = None
    """The call that was made, or answered."""
    placeholder: bool = False
    """Whether it stands for an item that the request names by its id alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a request says so far."""

    messages: tuple[Said, ...]
    model: str
    tools: tuple[str, ...]
    """The names of the function tools on offer."""
    format: str | None
    """The type of the text format that is asked for."""
    context: str | None

    @property
    def turn(self) -> int:
        """How many messages are the assistant's."""
        return sum(said.role == "assistant" for said in self.messages)

    @property
    def result(self) -> Said | None:
        """The last message if it is a tool's output."""
        last = self.messages[-1:]
        return last[0] if last and last[0].role == "tool" else None

    @property
    def has_result(self) -> bool:
        """Whether a tool's output has come since the user last spoke."""
        return any(said.role == "tool" for said in self._since_user())

    @property
    def user(self) -> str | None:
        """The text of the user's last message, all its parts joined."""
        return next((said.text for said in reversed(self.messages) if said.role == "user"), None)

    @property
    def system(self) -> str:
        """The instructions and every system or developer message, a line break between two."""
        return "\n".join(said.text for said in self.messages if said.role == "system")

    def _since_user(self) -> Iterator[Said]:
        return _since_user(self.messages)


def history_of(entry: Entry) -> History:
    """The history in a request or a `response.create` frame."""
    body = body_of(entry)
    return History(
        messages=tuple(_messages(body)),
        model=_text(body.get("model")),
        tools=tuple(_tools(body.get("tools"))),
        format=_format(body.get("text")),
        context=entry.header(CONTEXT),
    )


def _messages(body: Mapping[str, Any]) -> list[Said]:
    told: list[Said] = []
    instructions, given = _text(body.get("instructions")), body.get("input")
    if instructions:
        told.append(Said(role="system", text=instructions))
    if isinstance(given, str):
        told.append(Said(role="user", text=given))
    for item in _objects(given):
        _add(told, item)
    return told


def _add(told: list[Said], item: Mapping[str, Any]) -> None:
    role, type_ = item.get("role"), item.get("type")
    if isinstance(role, str) and role in _ROLES:
        told.append(Said(role=_ROLES[role], text="".join(content_texts(item.get("content")))))
    elif type_ in CALL_TYPES:
        told.append(Said(role="assistant", call_id=_text(item.get("call_id"))))
    elif type_ == "item_reference":
        told.append(Said(role="assistant", placeholder=True))
    elif type_ in OUTPUT_TYPES:
        call_id = _text(item.get("call_id"))
        _suppose_call(told, call_id)
        text = "".join(content_texts(item.get("output")))
        told.append(Said(role="tool", text=text, call_id=call_id))


def _suppose_call(told: list[Said], call_id: str) -> None:
    """Let an output without its call, as one that follows a stored response, have one."""
    if any(said.role == "assistant" and said.call_id == call_id for said in told):
        return
    if told and told[-1].placeholder:
        told[-1] = replace(told[-1], call_id=call_id, placeholder=False)
    elif not any(said.role == "assistant" and said.call_id for said in _since_user(told)):
        told.append(Said(role="assistant", call_id=call_id))


def _since_user(messages: Iterable[Said]) -> Iterator[Said]:
    for said in reversed(tuple(messages)):
        if said.role == "user":
            return
        yield said


def _tools(given: Any) -> Iterator[str]:
    for tool in _objects(given):
        if tool.get("type") == "function":
            yield _text(tool.get("name"))


def _format(text: Any) -> str | None:
    format_ = text.get("format") if isinstance(text, Mapping) else None
    return _text(format_.get("type")) if isinstance(format_, Mapping) else None


def _objects(given: Any) -> list[Mapping[str, Any]]:
    return [item for item in given if isinstance(item, Mapping)] if isinstance(given, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
