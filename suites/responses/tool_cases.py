"""One or more cases for each builder of what the API makes by itself, by the builder's name.

`test_tool_builders` proves each of them against the official types.
"""

from typing import Any

from agent_rehearsal.wire.script import delay
from mock_responses import (
    annotation_added,
    audio_delta,
    audio_done,
    audio_transcript_delta,
    audio_transcript_done,
    code_interpreter_call,
    code_interpreter_call_code_delta,
    code_interpreter_call_code_done,
    code_interpreter_call_completed,
    code_interpreter_call_in_progress,
    code_interpreter_call_interpreting,
    compaction,
    compaction_compacting,
    container_file_citation,
    file_citation,
    file_path,
    file_search_call,
    file_search_call_completed,
    file_search_call_in_progress,
    file_search_call_searching,
    image_generation_call,
    image_generation_call_completed,
    image_generation_call_generating,
    image_generation_call_in_progress,
    image_generation_call_partial_image,
    mcp_call,
    mcp_call_arguments_delta,
    mcp_call_arguments_done,
    mcp_call_completed,
    mcp_call_failed,
    mcp_call_in_progress,
    mcp_list_tools,
    mcp_list_tools_completed,
    mcp_list_tools_failed,
    mcp_list_tools_in_progress,
    refusal_delta,
    refusal_done,
    shell_call_command_added,
    shell_call_command_delta,
    shell_call_command_done,
    shell_call_output_content_delta,
    shell_call_output_content_done,
    tool_search_call,
    url_citation,
    web_search_call,
    web_search_call_completed,
    web_search_call_in_progress,
    web_search_call_searching,
)

EXECUTION_ERROR = {"type": "mcp_tool_execution_error", "content": [{"type": "text", "text": "x"}]}
WRITTEN = {"stdout": "a", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}

ANNOTATIONS: dict[str, dict[str, Any]] = {
    "url_citation": url_citation("https://example.org", "a page", start_index=0, end_index=2),
    "file_citation": file_citation("file_1", "a.txt", index=0),
    "container_file_citation": container_file_citation(
        "cntr_1", "file_1", "a.txt", start_index=0, end_index=2
    ),
    "file_path": file_path("file_1", index=0),
}

EVENTS: dict[str, list[Any]] = {
    "web_search_call_in_progress": [web_search_call_in_progress(), web_search_call_in_progress()],
    "web_search_call_searching": [web_search_call_searching(item_id="ws_9")],
    "web_search_call_completed": [web_search_call_completed(output_index=3)],
    "file_search_call_in_progress": [file_search_call_in_progress()],
    "file_search_call_searching": [file_search_call_searching()],
    "file_search_call_completed": [file_search_call_completed()],
    "code_interpreter_call_in_progress": [code_interpreter_call_in_progress()],
    "code_interpreter_call_code_delta": [code_interpreter_call_code_delta("1 +")],
    "code_interpreter_call_code_done": [
        code_interpreter_call_code_done(""),
        code_interpreter_call_code_done(),
    ],
    "code_interpreter_call_interpreting": [code_interpreter_call_interpreting()],
    "code_interpreter_call_completed": [code_interpreter_call_completed()],
    "image_generation_call_in_progress": [image_generation_call_in_progress()],
    "image_generation_call_generating": [image_generation_call_generating()],
    "image_generation_call_partial_image": [
        image_generation_call_partial_image("aWk="),
        image_generation_call_partial_image("aWk=", partial_image_index=4),
    ],
    "image_generation_call_completed": [image_generation_call_completed()],
    "mcp_call_in_progress": [mcp_call_in_progress()],
    "mcp_call_arguments_delta": [mcp_call_arguments_delta("{")],
    "mcp_call_arguments_done": [mcp_call_arguments_done("{}"), mcp_call_arguments_done()],
    "mcp_call_completed": [mcp_call_completed()],
    "mcp_call_failed": [mcp_call_failed()],
    "mcp_list_tools_in_progress": [mcp_list_tools_in_progress()],
    "mcp_list_tools_completed": [mcp_list_tools_completed()],
    "mcp_list_tools_failed": [mcp_list_tools_failed()],
    "compaction_compacting": [compaction_compacting()],
    "refusal_delta": [refusal_delta("no")],
    "refusal_done": [refusal_done("no"), refusal_done()],
    "annotation_added": [annotation_added(annotation) for annotation in ANNOTATIONS.values()],
    "shell_call_command_added": [shell_call_command_added(), shell_call_command_added("ls")],
    "shell_call_command_delta": [shell_call_command_delta("ls", command_index=1)],
    "shell_call_command_done": [shell_call_command_done("ls"), shell_call_command_done()],
    "shell_call_output_content_delta": [
        shell_call_output_content_delta(stdout="a"),
        shell_call_output_content_delta(stderr="b", command_index=1, item_id="sho_1"),
    ],
    "shell_call_output_content_done": [shell_call_output_content_done([WRITTEN])],
    "audio_delta": [audio_delta("aWk=")],
    "audio_done": [audio_done()],
    "audio_transcript_delta": [audio_transcript_delta("hi")],
    "audio_transcript_done": [audio_transcript_done()],
}

ITEMS: dict[str, list[Any]] = {
    "web_search_call": [
        web_search_call("weather"),
        web_search_call(action={"type": "open_page", "url": "https://example.org"}, id="ws_mine"),
        web_search_call("weather", status="failed"),
    ],
    "file_search_call": [
        file_search_call("one", "two"),
        file_search_call("one", results=[{"file_id": "file_1", "score": 0.5, "text": "x"}]),
    ],
    "code_interpreter_call": [
        code_interpreter_call("1 + 1", outputs=[{"type": "logs", "logs": "2"}]),
        code_interpreter_call(["1 ", delay(1), "+ 1"], status="incomplete"),
    ],
    "image_generation_call": [
        image_generation_call("aWk=", partial_images=["aQ==", delay(1), "aWk="]),
        image_generation_call(None, revised_prompt="a cat", status="failed"),
    ],
    "mcp_call": [
        mcp_call("srv", "f", {"a": 1}, output="2"),
        mcp_call("srv", "f", ['{"a"', delay(1), ":1}"], error=EXECUTION_ERROR),
    ],
    "mcp_list_tools": [
        mcp_list_tools("srv", [{"name": "f", "input_schema": {"type": "object"}}]),
        mcp_list_tools("srv", error="gone"),
    ],
    "tool_search_call": [
        tool_search_call("c1", {"query": "x", "limit": 5}),
        tool_search_call(None, {}, execution="server"),
    ],
    "compaction": [compaction("e30=")],
}
