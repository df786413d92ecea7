"""Output items that the API makes by itself, as a test writes them: searches, code, images, MCP
calls, compactions.

Builders only. What each looks like while it is not whole is in `shapes`, its events in `hosted`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from agent_rehearsal.wire.script import Mark
from mock_responses import fields
from mock_responses.fields import builder
from mock_responses.items import Deltas, HostedCall

STATES: Final = ("completed", "failed", "incomplete", "in_progress")
"""How a call may have ended; `in_progress` for one that is cut short."""
EXECUTIONS: Final = ("client", "server")
"""Who carries out a tool search."""


@builder
def web_search_call(
    query: str | None = None,
    *,
    action: Mapping[str, Any] | None = None,
    status: str = "completed",
    id: str | None = None,
) -> HostedCall:
    """A web search for `query`.

    `action` replaces the whole action: `{"type": "open_page", "url": ...}`, say.
    """
    name = "web_search_call"
    search = {"type": "search", "query": fields.text(name, "query", query or "")}
    own = search if action is None else fields.mapping(name, "action", action)
    return _hosted(name, {"action": own}, status, id, shown=(query or own,))


@builder
def file_search_call(
    *queries: str,
    results: Iterable[Mapping[str, Any]] | None = None,
    status: str = "completed",
    id: str | None = None,
) -> HostedCall:
    """A search in files. Each of `results` may have `file_id`, `filename`, `score` and `text`."""
    name = "file_search_call"
    own = {
        "queries": [fields.text(name, f"queries[{n}]", query) for n, query in enumerate(queries)],
        "results": fields.maybe(fields.listing)(name, "results", results),
    }
    return _hosted(name, own, status, id, shown=queries)


@builder
def code_interpreter_call(
    code: str | Sequence[str | Mark],
    *,
    outputs: Iterable[Mapping[str, Any]] | None = None,
    container_id: str = "cntr_1",
    status: str = "completed",
    id: str | None = None,
) -> HostedCall:
    """A run of code. `code` is its text, or a list of deltas and marks.

    Each of `outputs` is `{"type": "logs", "logs": ...}` or `{"type": "image", "url": ...}`.
    """
    name = "code_interpreter_call"
    own = {
        "container_id": fields.name(name, "container_id", container_id),
        "outputs": fields.maybe(fields.listing)(name, "outputs", outputs),
    }
    deltas = fields.deltas(name, "code", code)
    return _hosted(name, own, status, id, deltas=deltas, shown=deltas)


@builder
def image_generation_call(
    result: str | None,
    *,
    partial_images: Iterable[str | Mark] = (),
    revised_prompt: str | None = None,
    status: str = "completed",
    id: str | None = None,
) -> HostedCall:
    """A generated image in base64; `partial_images` come before it, with marks between them."""
    name = "image_generation_call"
    prompt = fields.maybe(fields.text)(name, "revised_prompt", revised_prompt)
    own = {
        "result": fields.maybe(fields.text)(name, "result", result),
        **({} if prompt is None else {"revised_prompt": prompt}),
    }
    images = fields.pieces(name, "partial_images", partial_images)
    return _hosted(name, own, status, id, images=images, shown=(result,))


@builder
def mcp_call(
    server_label: str,
    name: str,
    arguments: Mapping[str, Any] | str | Sequence[str | Mark],
    *,
    output: str | None = None,
    error: Mapping[str, Any] | None = None,
    approval_request_id: str | None = None,
    status: str | None = None,
    id: str | None = None,
) -> HostedCall:
    """A call of a tool on an MCP server, which the API made; `arguments` as in `function_call`.

    With an `error`, such as `{"type": "mcp_tool_execution_error", "content": ...}`, it failed.
    """
    own = {
        "server_label": fields.name("mcp_call", "server_label", server_label),
        "name": fields.name("mcp_call", "name", name),
        "output": fields.maybe(fields.text)("mcp_call", "output", output),
        "error": fields.maybe(fields.mapping)("mcp_call", "error", error),
        "approval_request_id": fields.maybe(fields.name)(
            "mcp_call", "approval_request_id", approval_request_id
        ),
    }
    deltas = fields.arguments("mcp_call", arguments)
    ended = status or ("completed" if error is None else "failed")
    shown = (server_label, name, *deltas)
    return _hosted("mcp_call", own, ended, id, deltas=deltas, shown=shown)


@builder
def mcp_list_tools(
    server_label: str,
    tools: Iterable[Mapping[str, Any]] = (),
    *,
    error: str | None = None,
    id: str | None = None,
) -> HostedCall:
    """The tools of an MCP server, each with `name` and `input_schema`; an `error` if it failed."""
    name = "mcp_list_tools"
    own = {
        "server_label": fields.name(name, "server_label", server_label),
        "tools": fields.listing(name, "tools", tools),
        "error": fields.maybe(fields.text)(name, "error", error),
    }
    failed = error is not None
    return HostedCall(type=name, fields=own, failed=failed, shown=(server_label,), id=_id(name, id))


@builder
def tool_search_call(
    call_id: str | None,
    arguments: Mapping[str, Any],
    *,
    execution: str = "client",
    status: str = "completed",
    id: str | None = None,
) -> HostedCall:
    """A search for tools, carried out by the `client` or by the `server`.

    The Codex CLI carries out those of the client; a call of the server may have no `call_id`.
    """
    name = "tool_search_call"
    own = {
        "call_id": fields.maybe(fields.name)(name, "call_id", call_id),
        "execution": fields.one_of(*EXECUTIONS)(name, "execution", execution),
        "arguments": fields.mapping(name, "arguments", arguments),
    }
    return _hosted(name, own, status, id, shown=(call_id, own["arguments"]))


@builder
def compaction(encrypted_content: str, *, id: str | None = None) -> HostedCall:
    """A summary of the conversation so far, which only the API can read."""
    text = fields.text("compaction", "encrypted_content", encrypted_content)
    return HostedCall(
        type="compaction",
        fields={"encrypted_content": text},
        shown=(text,),
        id=_id("compaction", id),
    )


def _hosted(
    name: str,
    own: dict[str, Any],
    status: str,
    id: str | None,
    *,
    shown: tuple[object, ...],
    deltas: Deltas = (),
    images: Deltas = (),
) -> HostedCall:
    state = fields.one_of(*STATES)(name, "status", status)
    return HostedCall(
        type=name,
        fields={"status": state, **own},
        deltas=deltas,
        images=images,
        failed=state == "failed",
        shown=shown,
        id=_id(name, id),
    )


def _id(builder: str, value: str | None) -> str | None:
    return fields.maybe(fields.name)(builder, "id", value)
