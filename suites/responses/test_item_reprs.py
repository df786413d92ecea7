"""Items print as the calls that make them: that is what a failed test shows of a reply."""

import pytest

from agent_rehearsal import cut
from mock_responses import custom_tool_call, function_call, item, message, reasoning

SHOWN = {
    "message('a', 'b')": message("a", "b"),
    "reasoning('think')": reasoning("think"),
    """function_call('c1', 'f', '{"x":1}')""": function_call("c1", "f", {"x": 1}),
    "custom_tool_call('c1', 'apply_patch', 'x')": custom_tool_call("c1", "apply_patch", "x"),
    "item({'type': 'web_search_call'})": item({"type": "web_search_call"}),
}


@pytest.mark.parametrize("shown", SHOWN)
def test_an_item_prints_as_the_call_that_makes_it(shown: str) -> None:
    """The name of the builder, then what was given to it."""
    assert repr(SHOWN[shown]) == shown


def test_marks_inside_an_item_are_shown() -> None:
    """A fault in the middle of a message is seen in the reply's name."""
    assert "cut" in repr(message("a", cut()))
