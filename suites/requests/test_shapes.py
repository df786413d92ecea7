"""What the agent asks, request by request, as approved shapes.

One file a situation; a later request of a test is shown by what it adds.
"""

from syrupy.assertion import SnapshotAssertion

from agent_rehearsal.face.agent import Codex
from mock_responses import (
    MockResponses,
    created,
    function_call,
    message,
    output_item_added,
    output_item_done,
    reasoning,
    shell_call,
    stream,
    text_delta,
)
from suites.turns.points import COMMANDS


async def test_first_request(
    responses: MockResponses, codex: Codex, request_snapshot: SnapshotAssertion
) -> None:
    """A thread opens with permissions, environment and the user's text, tools and settings."""
    responses.reply(message("done"))
    thread = await codex.start()
    await thread.run("list the files")
    assert responses.requests == request_snapshot


async def test_standing_orders(
    responses: MockResponses, codex: Codex, request_snapshot: SnapshotAssertion
) -> None:
    """AGENTS.md of the working folder is part of the message that has the environment."""
    (codex.cwd / "AGENTS.md").write_text("Answer in rhyme.\n", encoding="utf-8")
    responses.reply(message("done"))
    thread = await codex(config={"developer_instructions": "Be kind."}).start()
    await thread.run("list the files")
    assert responses.requests == request_snapshot


async def test_tool_round(
    responses: MockResponses, codex: Codex, request_snapshot: SnapshotAssertion
) -> None:
    """The second request adds the reasoning, the calls, and their outputs in call order."""
    responses.reply(
        reasoning("I look first.", encrypted_content="sealed"),
        shell_call("c1", "ls"),
        function_call("c2", "fly", {}),
    )
    responses.reply(message("one file"))
    thread = await codex(commands=COMMANDS).start()
    await thread.run("list the files")
    assert responses.requests == request_snapshot


async def test_second_turn(
    responses: MockResponses, codex: Codex, request_snapshot: SnapshotAssertion
) -> None:
    """A second turn adds the answer and the new text, and no context that has not changed."""
    responses.reply(message("one"))
    responses.reply(message("two"))
    thread = await codex.start()
    await thread.run("first")
    await thread.run("second")
    assert responses.requests == request_snapshot


async def test_steer(
    responses: MockResponses, codex: Codex, request_snapshot: SnapshotAssertion
) -> None:
    """Input that joins a turn stands behind what the model said meanwhile."""
    rest = responses.gate("rest")
    responses.reply(message("working", rest, " on it"))
    responses.reply(message("done"))
    thread = await codex.start()
    turn = await thread.submit("do the one")
    await rest.reached()
    await thread.submit("and the other")
    rest.open()
    await turn.completed()
    assert responses.requests == request_snapshot


async def test_after_an_interrupt(
    responses: MockResponses, codex: Codex, request_snapshot: SnapshotAssertion
) -> None:
    """The call has an output that says aborted, then the marker, then the new text."""
    running = responses.gate("running")
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("going on"))
    thread = await codex(commands={"make": running}).start()
    await thread.submit("build")
    await running.reached()
    await thread.interrupt()
    await thread.run("go on")
    assert responses.requests == request_snapshot


async def test_retry(
    responses: MockResponses, codex: Codex, request_snapshot: SnapshotAssertion
) -> None:
    """A repeated request adds the items that were done before the stream broke off."""
    responses.reply(
        stream(
            created(),
            output_item_added(message("half")),
            text_delta("half"),
            output_item_done(),
            output_item_added(message("lost")),
            text_delta("lo"),
        )
    )
    responses.reply(message("done"))
    thread = await codex.start()
    await thread.run("go")
    assert responses.requests == request_snapshot
