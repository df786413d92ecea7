"""The rule that every request keeps: each call has one output after it, each output its call."""

from typing import Any

CALLS = {"function_call": "function_call_output", "custom_tool_call": "custom_tool_call_output"}


def assert_balanced(items: list[dict[str, Any]]) -> None:
    """Raise AssertionError for a call without an output, an output without a call, or two."""
    called = [(CALLS[item["type"]], item["call_id"]) for item in items if item["type"] in CALLS]
    answered = [(item["type"], item["call_id"]) for item in items if item["type"] in CALLS.values()]
    assert called == answered
    for kind, call_id in answered:
        places = {item["type"]: n for n, item in enumerate(items) if item.get("call_id") == call_id}
        assert min(places.values()) < places[kind]
