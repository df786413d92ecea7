"""The agent builder and its waits: settings by name, and no surprise passed over in silence."""

from pathlib import Path
from typing import Any

import pytest

from agent_rehearsal import WaitTimeout, like, of_type
from agent_rehearsal.face.agent import AgentFailed, Codex
from codex_core.config.errors import ConfigError
from mock_responses import MockResponses, message, status


async def test_settings_reach_the_agent(responses: MockResponses, codex: Codex) -> None:
    """Model, fields of the config and of the provider are what the request is made with."""
    responses.reply(message("done"))
    builder = codex(
        model="other-model",
        config={"base_instructions": "Be brief."},
        provider={"http_headers": {"x-test": "yes"}},
    )
    thread = await builder.start()
    await thread.run("go")
    (request,) = responses.requests
    assert (request.model, request.instructions) == ("other-model", "Be brief.")
    assert request.headers["x-test"] == "yes"


async def test_settings_are_added_to_those_before(codex: Codex) -> None:
    """Each call gives a new builder and leaves the old one as it was."""
    other = codex(model="other-model")
    both = other(backoff=1)
    assert (both.settings.model, both.settings.backoff) == ("other-model", 1)
    assert (other.settings.backoff, codex.settings.model) == (0, "mock-model")


async def test_the_working_folder_can_be_set(
    responses: MockResponses, codex: Codex, tmp_path: Path
) -> None:
    """A relative folder is inside the stage's, and the model is told of it."""
    (tmp_path / "inside").mkdir()
    responses.reply(message("done"))
    builder = codex(cwd="inside")
    assert builder.cwd == tmp_path / "inside"
    thread = await builder.start()
    await thread.run("go")
    context = next(t for t in responses.requests[0].texts("user") if "<environment_context>" in t)
    assert f"<cwd>{tmp_path / 'inside'}</cwd>" in context


UNKNOWN: dict[str, tuple[dict[str, Any], str]] = {
    "a setting": ({"modle": "m"}, r"codex\(\.\.\.\): there is no 'modle', did you mean 'model'\?"),
    "a field of the config": (
        {"config": {"base_instruction": ""}},
        r"codex\(config=\.\.\.\): there is no 'base_instruction', did you mean 'base_instr",
    ),
    "a field of the provider": (
        {"provider": {"stream_retries": 1}},
        r"codex\(provider=\.\.\.\): there is no 'stream_retries'.* Known are auth, base_url, ",
    ),
}


@pytest.mark.parametrize("name", UNKNOWN)
async def test_an_unknown_name_is_refused(codex: Codex, name: str) -> None:
    """The error says where, names the nearest and lists all."""
    settings, text = UNKNOWN[name]
    with pytest.raises(TypeError, match=text):
        codex(**settings)


@pytest.mark.parametrize("backoff", [-1.0, float("inf"), float("nan")])
async def test_a_backoff_that_is_none_is_refused(codex: Codex, backoff: float) -> None:
    """A pause can be cut or stretched, not turned back or made endless."""
    with pytest.raises(ValueError, match=r"codex\(backoff="):
        codex(backoff=backoff)


async def test_settings_that_cannot_run_are_refused(codex: Codex) -> None:
    """A mode that does not exist, and a folder that is not there, say what to set."""
    with pytest.raises(ConfigError, match="accepted values are read-only, "):
        await codex(config={"sandbox_mode": "open"}).start()
    with pytest.raises(ConfigError, match="is no folder"):
        await codex(cwd="nowhere").start()


async def test_a_wait_fails_at_once_on_an_error(responses: MockResponses, codex: Codex) -> None:
    """An error that nobody waited for ends a wait for something else, long before its deadline."""
    responses.reply(status(400, message="no such model"))
    thread = await codex.start()
    with pytest.raises(AgentFailed, match=r"reported error \(.*no such model"):
        await thread.run("go", timeout=3600)


async def test_a_wait_fails_at_once_on_an_abort(responses: MockResponses, codex: Codex) -> None:
    """An abort that the test did not ask for is a failure, too."""
    gate = responses.gate("held")
    responses.reply(message(gate, "never"))
    thread = await codex.start()
    turn = await thread.submit("go")
    await gate.reached()
    await codex.stop()
    with pytest.raises(AgentFailed, match=r"reported turn_aborted \(interrupted\)"):
        await turn.completed(timeout=3600)


async def test_an_error_that_was_waited_for_is_no_surprise(
    responses: MockResponses, codex: Codex
) -> None:
    """Neither to the wait for it, nor to later waits of the thread."""
    responses.reply(status(400))
    responses.reply(message("fine now"))
    thread = await codex.start()
    await thread.submit("go")
    error = await thread.wait_for(of_type("error"))
    assert error.get("codex_error_info") == "other"
    assert await thread.run("again") == "fine now"
    said = await thread.wait_for(of_type("agent_message"))
    assert said.get("message") == "fine now"


async def test_the_end_of_a_turn_can_be_awaited_whatever_it_is(
    responses: MockResponses, codex: Codex
) -> None:
    """`ended` gives the last event of a turn that failed as well."""
    responses.reply(status(400))
    thread = await codex.start()
    turn = await thread.submit("go")
    ended = await turn.ended()
    assert ended.type == "task_complete"
    assert [event.type for event in turn.events][-2:] == ["error", "task_complete"]


async def test_a_wait_keeps_every_event(responses: MockResponses, codex: Codex) -> None:
    """The same event can be waited for twice, and an earlier one after a later one."""
    responses.reply(message("done"))
    thread = await codex.start()
    turn = await thread.submit("go")
    await turn.completed()
    said = await turn.wait_for(of_type("agent_message"))
    assert await thread.wait_for(of_type("agent_message")) is said
    assert (await thread.wait_for(of_type("task_started"))).seq < said.seq


async def test_a_wait_in_vain_explains_what_it_waited_for(
    responses: MockResponses, codex: Codex
) -> None:
    """The text has the predicate as the test wrote it and the nearest miss, not our own parts."""
    responses.reply(message("done"))
    thread = await codex.start()
    await thread.run("go")
    with pytest.raises(WaitTimeout) as caught:
        await thread.wait_for(of_type("agent_message") & like({"message": "no"}), timeout=0)
    text = str(caught.value)
    assert "of_type('agent_message') & like({'message': 'no'})" in text
    assert "turn_aborted" not in text
