"""Turns in which the model edits files, keeps a plan and looks at images."""

from base64 import b64encode

from agent_rehearsal import Journal, assert_partial_order, like, of_type
from agent_rehearsal.face.agent import Codex
from mock_responses import (
    MockResponses,
    carries_output_of,
    custom_tool_call,
    function_call,
    message,
    shell_call,
)

WRITER = "gpt-5.4"
"""A model that is known to write patches."""
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR....\0\0\0\0IEND\xaeB`\x82"


def patch(*lines: str) -> str:
    return "\n".join(["*** Begin Patch", *lines, "*** End Patch", ""])


async def test_a_patch_changes_files_and_is_answered(
    responses: MockResponses, codex: Codex
) -> None:
    """The files change in the working folder; the model is told which."""
    (codex.cwd / "old.txt").write_text("one\ntwo\n", encoding="utf-8")
    text = patch("*** Add File: sub/new.txt", "+hi", "*** Update File: old.txt", "-two", "+three")
    responses.reply(custom_tool_call("c1", "apply_patch", text))
    responses.reply(message("done"))
    thread = await codex(model=WRITER).start()
    assert await thread.run("edit") == "done"
    second = await responses.wait_for(carries_output_of("c1"))
    assert second.items("custom_tool_call_output")[0]["output"] == (
        "Exit code: 0\nWall time: 0 seconds\nOutput:\n"
        "Success. Updated the following files:\nA sub/new.txt\nM old.txt\n"
    )
    assert (codex.cwd / "sub/new.txt").read_text(encoding="utf-8") == "hi\n"
    assert (codex.cwd / "old.txt").read_text(encoding="utf-8") == "one\nthree\n"


async def test_a_model_that_writes_no_patches_has_no_such_tool(
    responses: MockResponses, codex: Codex
) -> None:
    """Its call is answered as one of a tool that nobody knows, and nothing is written."""
    responses.reply(custom_tool_call("c1", "apply_patch", patch("*** Add File: a", "+hi")))
    responses.reply(message("a pity"))
    thread = await codex(model="mock-model").start()
    assert await thread.run("edit") == "a pity"
    second = await responses.wait_for(carries_output_of("c1"))
    unsupported = "unsupported custom tool call: apply_patch"
    assert second.items("custom_tool_call_output")[0]["output"] == unsupported
    assert not (codex.cwd / "a").exists()


async def test_the_events_of_a_patch(responses: MockResponses, codex: Codex) -> None:
    """The item, the patch, the diff of the turn; the diff again after each response."""
    responses.reply(custom_tool_call("c1", "apply_patch", patch("*** Add File: a", "+hi")))
    responses.reply(message("done"))
    thread = await codex(model=WRITER).start()
    turn = await thread.submit("edit")
    await turn.completed()
    kinds = ("item_started", "patch_apply_begin", "patch_apply_end", "item_completed", "turn_diff")
    of_patch = [
        event.type
        for event in turn.events
        if event.type in kinds and event.get("item.type") in (None, "file_change")
    ]
    assert of_patch == [*kinds, "turn_diff", "turn_diff"]
    begin = await turn.wait_for(of_type("patch_apply_begin"))
    change = {"type": "add", "content": "hi\n"}
    assert begin.get("changes") == {str(codex.cwd / "a"): change}
    diffs = [event.get("unified_diff") for event in turn.events if event.type == "turn_diff"]
    assert diffs[0].startswith("diff --git a/a b/a\nnew file mode 100644\n")
    assert diffs == diffs[:1] * 3


async def test_a_bad_patch_is_answered_and_changes_nothing(
    responses: MockResponses, codex: Codex
) -> None:
    """The model reads what is wrong and tries again; no item tells of the failure."""
    (codex.cwd / "f").write_text("x\n", encoding="utf-8")
    wrong = patch("*** Add File: a", "+hi", "*** Update File: f", "-y", "+z")
    responses.reply(custom_tool_call("c1", "apply_patch", wrong))
    responses.reply(custom_tool_call("c2", "apply_patch", patch("*** Update File: f", "-x", "+z")))
    responses.reply(message("done"))
    thread = await codex(model=WRITER).start()
    turn = await thread.submit("edit")
    assert await turn.completed() == "done"
    assert responses.requests[1].output_of("c1") == (
        f"apply_patch verification failed: Failed to find expected lines in {codex.cwd / 'f'}:\ny"
    )
    assert not (codex.cwd / "a").exists()
    assert (codex.cwd / "f").read_text(encoding="utf-8") == "z\n"
    begun = [event for event in turn.events if event.type == "patch_apply_begin"]
    assert [event.get("call_id") for event in begun] == ["c2"]


async def test_a_patch_waits_for_the_command_before_it(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """A command of the same response has ended when the patch is applied; outputs keep order."""
    running = responses.gate("running")
    responses.reply(
        shell_call("c1", "make"),
        custom_tool_call("c2", "apply_patch", patch("*** Add File: a", "+hi")),
    )
    responses.reply(message("done"))
    thread = await codex(model=WRITER, commands={"make": ["working\n", running]}).start()
    turn = await thread.submit("go")
    await running.reached()
    assert not (codex.cwd / "a").exists()
    running.open()
    await turn.completed()
    ended, begun = of_type("exec_command_end"), of_type("patch_apply_begin")
    assert_partial_order(journal, [(ended, begun)])
    items = responses.requests[1].input
    outputs = [item["call_id"] for item in items if item["type"].endswith("_output")]
    assert outputs == ["c1", "c2"]


async def test_patches_of_one_response_apply_in_order(
    responses: MockResponses, codex: Codex
) -> None:
    """The second sees what the first one left."""
    responses.reply(
        custom_tool_call("c1", "apply_patch", patch("*** Add File: a", "+one")),
        custom_tool_call("c2", "apply_patch", patch("*** Update File: a", "-one", "+two")),
    )
    responses.reply(message("done"))
    thread = await codex(model=WRITER).start()
    await thread.run("edit")
    assert (codex.cwd / "a").read_text(encoding="utf-8") == "two\n"


async def test_no_patch_starts_after_an_interrupt(responses: MockResponses, codex: Codex) -> None:
    """A patch that waits for its turn when the user interrupts is never applied."""
    running = responses.gate("running")
    responses.reply(
        shell_call("c1", "make"),
        custom_tool_call("c2", "apply_patch", patch("*** Add File: a", "+hi")),
    )
    responses.reply(message("going on"))
    thread = await codex(model=WRITER, commands={"make": ["working\n", running]}).start()
    await thread.submit("go")
    await running.reached()
    await thread.interrupt()
    running.open()
    await thread.run("and now?")
    assert not (codex.cwd / "a").exists()
    assert responses.requests[1].output_of("c2") == "aborted by user after 0.0s"


async def test_a_plan_is_told(responses: MockResponses, codex: Codex) -> None:
    """The user sees the plan; the model is told that it is kept."""
    plan = [{"step": "look", "status": "completed"}, {"step": "do", "status": "in_progress"}]
    responses.reply(function_call("c1", "update_plan", {"explanation": "why", "plan": plan}))
    responses.reply(function_call("c2", "update_plan", {"plan": "all of it"}))
    responses.reply(message("done"))
    thread = await codex.start()
    turn = await thread.submit("go")
    await turn.completed()
    assert responses.requests[1].output_of("c1") == "Plan updated"
    told = responses.requests[2].output_of("c2")
    assert told.startswith("failed to parse function arguments: ")
    (update,) = [event for event in turn.events if event.type == "plan_update"]
    assert like({"explanation": "why", "plan": plan})(update)


async def test_an_image_goes_back_as_a_part(responses: MockResponses, codex: Codex) -> None:
    """The output is a list with one image; one that is missing is told as text."""
    (codex.cwd / "picture.png").write_bytes(PNG)
    responses.reply(
        function_call("c1", "view_image", {"path": "picture.png"}),
        function_call("c2", "view_image", {"path": "gone.png"}),
    )
    responses.reply(message("nice"))
    thread = await codex.start()
    assert await thread.run("look") == "nice"
    shown, missing = responses.requests[1].items("function_call_output")
    url = f"data:image/png;base64,{b64encode(PNG).decode()}"
    assert shown["output"] == [{"type": "input_image", "image_url": url, "detail": "high"}]
    assert missing["output"].startswith("unable to locate image at `")
