"""The Codex SDKs and the mock: each starts the Codex CLI for a turn and reads what it prints.

The CLI is the one that the tests of the CLI use; what it sends is approved with them.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agent_rehearsal.journal import Journal
from mock_responses import MockResponses, message, shell_call
from suites.interop.codex_cli import VERSIONS, program
from suites.interop.drivers.turns import Told
from suites.interop.record import CALL_EVENTS, MESSAGE_EVENTS, declared_length, kinds, streamed
from suites.interop.sdks import CODEX_SDKS, Sdk

CLI = VERSIONS[0]
ORIGINATORS = {
    "openai-codex-sdk Python": "codex_sdk_py",
    "@openai/codex-sdk Node": "codex_sdk_ts",
}

pytestmark = [
    pytest.mark.interop,
    pytest.mark.parametrize("sdk", CODEX_SDKS, ids=[sdk.label for sdk in CODEX_SDKS]),
]


@pytest.fixture
def env(responses: MockResponses, home: Path, work: Path) -> Mapping[str, str]:
    """What an SDK, and the CLI that it starts, find each other and the mock by."""
    return {**responses.codex_home(home), "CODEX_PATH": str(program(CLI)), "WORK": str(work)}


def check_record(sdk: Sdk, responses: MockResponses) -> None:
    """What holds of every request: the CLI says on whose behalf it asks; all bytes are there."""
    for request in responses.requests:
        assert request.entry.header("originator") == ORIGINATORS[sdk.name]
        assert request.entry.header("authorization") == "Bearer test"
        assert len(request.entry.raw) == declared_length(request.entry)


async def test_a_plain_turn(
    sdk: Sdk,
    responses: MockResponses,
    journal: Journal,
    env: Mapping[str, str],
    works: Callable[[str, str], None],
) -> None:
    """A turn is one request and one text."""
    responses.reply(message("hello", " there"))
    version, told = await sdk.take("plain", env)

    assert told == Told(text="hello there")
    assert kinds(journal) == streamed(MESSAGE_EVENTS)
    check_record(sdk, responses)
    assert responses.requests[0].texts("user")[-1] == "say hello"
    works(sdk.name, version)


async def test_a_turn_with_a_tool(
    sdk: Sdk,
    responses: MockResponses,
    journal: Journal,
    env: Mapping[str, str],
    works: Callable[[str, str], None],
) -> None:
    """The command that the model asks for is run, and the caller sees what it put out."""
    responses.reply(shell_call("c1", "echo from the tool"))
    responses.reply(message("it", " said it"))
    version, told = await sdk.take("tool", env)

    assert told == Told(text="it said it", tool_runs=["from the tool\n"])
    assert kinds(journal) == streamed(CALL_EVENTS, MESSAGE_EVENTS)
    check_record(sdk, responses)
    assert responses.requests[-1].output_of("c1").endswith("Output:\nfrom the tool\n")
    works(sdk.name, version)


async def test_a_second_turn(
    sdk: Sdk,
    responses: MockResponses,
    journal: Journal,
    env: Mapping[str, str],
    works: Callable[[str, str], None],
) -> None:
    """The second turn of a thread is asked for by a new process, with the first in its input."""
    responses.reply(message("hello", " there"))
    responses.reply(message("hello again"))
    version, told = await sdk.take("resumed", env)

    assert told == Told(text="hello again", deltas=["hello there"])
    check_record(sdk, responses)
    first, second = responses.requests
    assert first.entry.header("thread-id") == second.entry.header("thread-id")
    assert second.texts("assistant") == ["hello there"]
    assert second.texts("user")[-1] == "and again"
    works(sdk.name, version)
