"""Which events come between the beginning and the end of an item that the API makes by itself.

A table by item type. What the events carry is the composer's to fill in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mock_responses.structs import (
    CodeDelta,
    CodeDone,
    Delta,
    InItem,
    McpArgumentsDelta,
    McpArgumentsDone,
)
from mock_responses.tool_structs import (
    Compacting,
    FileSearchBegun,
    FileSearchCompleted,
    FileSearchSearching,
    ImageBegun,
    ImageCompleted,
    ImageGenerating,
    InterpreterBegun,
    InterpreterCompleted,
    InterpreterRunning,
    McpCallBegun,
    McpCallCompleted,
    McpCallFailed,
    McpListBegun,
    McpListCompleted,
    McpListFailed,
    Progress,
    WebSearchBegun,
    WebSearchCompleted,
    WebSearchSearching,
)


@dataclass(frozen=True, slots=True)
class Course:
    """The events of one kind of item, in order; images come after those that run."""

    begins: tuple[type[Progress], ...] = ()
    text: tuple[Delta, type[InItem]] | None = None
    """A delta without text, and the event that says that the text is whole."""
    runs: tuple[type[Progress], ...] = ()
    ends: type[Progress] | None = None
    fails: type[Progress] | None = None
    """In place of `ends`, where the API has such an event."""

    def end(self, *, failed: bool) -> type[Progress] | None:
        """The last event; a call that failed without an event for it has none."""
        return self.fails if failed else self.ends


COURSES: Mapping[str, Course] = {
    "web_search_call": Course(
        begins=(WebSearchBegun,), runs=(WebSearchSearching,), ends=WebSearchCompleted
    ),
    "file_search_call": Course(
        begins=(FileSearchBegun,), runs=(FileSearchSearching,), ends=FileSearchCompleted
    ),
    "code_interpreter_call": Course(
        begins=(InterpreterBegun,),
        text=(CodeDelta(delta=""), CodeDone),
        runs=(InterpreterRunning,),
        ends=InterpreterCompleted,
    ),
    "image_generation_call": Course(
        begins=(ImageBegun,), runs=(ImageGenerating,), ends=ImageCompleted
    ),
    "mcp_call": Course(
        begins=(McpCallBegun,),
        text=(McpArgumentsDelta(delta=""), McpArgumentsDone),
        ends=McpCallCompleted,
        fails=McpCallFailed,
    ),
    "mcp_list_tools": Course(begins=(McpListBegun,), ends=McpListCompleted, fails=McpListFailed),
    "compaction": Course(begins=(Compacting,)),
}
"""Items that are not listed begin and end at once."""
