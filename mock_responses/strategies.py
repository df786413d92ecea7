"""Hypothesis strategies: legal replies, as scripts of items and marks, and legal request bodies.

Needs the extra `hypothesis`; nothing else in the package imports this module. What a strategy
draws shrinks to the shortest reply or request.
"""

from typing import Any

from mock_responses import items, tool_items
from mock_responses.annotations import url_citation
from mock_responses.parts import Part
from mock_responses.response import usage

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise ImportError(
        "mock_responses.strategies needs hypothesis: pip install 'agent-rehearsal[hypothesis]'"
    ) from error

from agent_rehearsal.wire.script import Mark, delay
from mock_responses.events import completed, failed, incomplete

Strategy = st.SearchStrategy

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
"""Any text that UTF-8 can carry."""
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)
"""Names of tools, ids of calls."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
"""JSON values that every client reads alike."""
OBJECTS = st.dictionaries(NAMES, JSON, max_size=3)
NO_MARKS: Strategy[Mark] = st.builds(delay, st.just(0))
"""Marks that change nothing but the moments at which data leaves."""


def _pieces(marks: Strategy[Mark]) -> Strategy[list[str | Mark]]:
    return st.lists(TEXTS | marks, max_size=4)


def messages(marks: Strategy[Mark] = NO_MARKS) -> Strategy[items.Message]:
    """Messages in any number of deltas, some with an annotation."""
    cited = st.just([url_citation("https://example.org", "a page", start_index=0, end_index=0)])
    return st.builds(
        lambda parts, phase, cited: items.message(*parts, phase=phase, annotations=cited),
        _pieces(marks),
        st.sampled_from([None, *items.PHASES]),
        st.just([]) | cited,
    )


def calls(marks: Strategy[Mark] = NO_MARKS) -> Strategy[items.Item]:
    """Calls of function tools, custom tools and MCP tools."""
    arguments = OBJECTS | _pieces(marks)
    return st.one_of(
        st.builds(items.function_call, NAMES, NAMES, arguments),
        st.builds(items.custom_tool_call, NAMES, NAMES, _pieces(marks)),
        st.builds(tool_items.mcp_call, NAMES, NAMES, arguments, output=TEXTS),
    )


def output_items(marks: Strategy[Mark] = NO_MARKS) -> Strategy[items.Item]:
    """Any item that a builder makes, with these marks inside."""
    parts = st.lists(_pieces(marks) | marks, max_size=3)
    hosted = st.one_of(
        st.builds(tool_items.web_search_call, TEXTS),
        st.builds(lambda queries: tool_items.file_search_call(*queries), st.lists(TEXTS)),
        st.builds(tool_items.code_interpreter_call, _pieces(marks)),
        st.builds(
            tool_items.image_generation_call,
            st.just("aWk="),
            partial_images=st.lists(st.just("aQ==") | marks, max_size=3),
        ),
        st.builds(tool_items.mcp_list_tools, NAMES, error=st.none() | TEXTS),
        st.builds(tool_items.tool_search_call, NAMES, OBJECTS),
        st.builds(tool_items.compaction, TEXTS),
    )
    return st.one_of(
        messages(marks),
        st.builds(lambda parts: items.refusal(*parts), _pieces(marks)),
        st.builds(lambda parts, raw: items.reasoning(*parts, content=raw), parts, parts),
        calls(marks),
        hosted,
    )


def event_streams(
    marks: Strategy[Mark] = NO_MARKS, *, max_items: int = 4
) -> Strategy[tuple[Part, ...]]:
    """The parts of a legal reply: items and marks, and sometimes the event that ends it.

    For `reply(*parts)`. `marks` draws what may stand between and inside items.
    """
    counts = st.builds(usage, st.integers(0, 10**6), st.integers(0, 10**6))
    ends = st.one_of(
        st.builds(lambda counted: completed(usage=counted), counts),
        st.builds(incomplete, st.sampled_from(["max_output_tokens", "content_filter"])),
        st.builds(failed, st.just("server_error"), TEXTS),
    )
    body: Strategy[list[Any]] = st.lists(output_items(marks) | marks, max_size=max_items)
    return st.builds(lambda parts, end: (*parts, *end), body, st.lists(ends, max_size=1))


def input_items() -> Strategy[list[dict[str, Any]]]:
    """Input items of a conversation, each call with its output right after it."""
    said = st.builds(
        lambda role, content: [{"type": "message", "role": role, "content": content}],
        st.sampled_from(["user", "developer", "system"]),
        TEXTS | st.lists(st.builds(lambda text: {"type": "input_text", "text": text}, TEXTS)),
    )
    called = st.builds(
        lambda id, name, output: [
            {"type": "function_call", "call_id": id, "name": name, "arguments": "{}"},
            {"type": "function_call_output", "call_id": id, "output": output},
        ],
        NAMES,
        NAMES,
        TEXTS,
    )
    return st.lists(said | called, min_size=1, max_size=4).map(
        lambda groups: [item for group in groups for item in group]
    )


def tools() -> Strategy[list[dict[str, Any]]]:
    """Tools of the kinds that clients offer."""
    function = st.builds(
        lambda name, strict: {
            "type": "function",
            "name": name,
            "description": None,
            "strict": strict,
            "parameters": {"type": "object", "properties": {}, "additionalProperties": False},
        },
        NAMES,
        st.booleans(),
    )
    custom = st.builds(lambda name: {"type": "custom", "name": name}, NAMES)
    hosted = st.just({"type": "web_search"})
    return st.lists(st.one_of(function, custom, hosted), max_size=3)


def request_bodies() -> Strategy[dict[str, Any]]:
    """Legal bodies of `POST /v1/responses`, streamed or not."""
    return st.fixed_dictionaries(
        {"model": NAMES, "input": TEXTS | input_items()},
        optional={
            "stream": st.booleans(),
            "instructions": st.none() | TEXTS,
            "tools": tools(),
            "tool_choice": st.sampled_from(["auto", "none", "required"]),
            "parallel_tool_calls": st.booleans(),
            "store": st.booleans(),
            "temperature": st.floats(0, 2),
            "max_output_tokens": st.none() | st.integers(16, 10**6),
            "metadata": st.dictionaries(NAMES, TEXTS, max_size=3),
            "reasoning": st.fixed_dictionaries({"effort": st.sampled_from(["low", "high"])}),
            "text": st.fixed_dictionaries({"verbosity": st.sampled_from(["low", "high"])}),
            "include": st.just(["reasoning.encrypted_content"]),
            "service_tier": st.sampled_from(["auto", "default", "flex"]),
            "prompt_cache_key": TEXTS,
        },
    )
