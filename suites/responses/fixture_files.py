"""Fixture files of aimock as tests write them, and a stage on which they answer."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from agent_rehearsal import Stage
from mock_responses.aimock import FixtureError, Fixtures, Problem, read_fixtures
from suites.wire.raw_client import ask, events

SAYS = {"content": "hi"}


def fixture(match: dict[str, Any], response: dict[str, Any], **timing: Any) -> dict[str, Any]:
    """One entry of a file."""
    return {"match": match, "response": response, **timing}


def file(*entries: Any) -> bytes:
    """A file with these fixtures."""
    return json.dumps({"fixtures": entries}).encode()


def read(*entries: Any) -> Fixtures:
    """The fixtures of one file."""
    return read_fixtures({"f.json": file(*entries)})


def problems(*entries: Any) -> list[Problem]:
    """Why one file cannot be converted; nothing if it can."""
    try:
        read(*entries)
    except FixtureError as error:
        return list(error.problems)
    return []


@asynccontextmanager
async def answering(*entries: Any) -> AsyncIterator[Stage]:
    """A stage on which the fixtures of one file answer, and nothing fails."""
    async with Stage(strict="off") as stage:
        read(*entries).reply_on(stage.responses)
        yield stage


async def said(stage: Stage, given: Any, **fields: Any) -> str | None:
    """The text that is streamed to this input; None where no fixture fits."""
    body = {"model": "m", "input": given, "stream": True, **fields}
    code, _, answer = await ask(stage, body)
    if code != 200:
        assert b"rehearsal_unmatched" in answer
        return None
    deltas = [e["delta"] for e in events(answer) if e["type"] == "response.output_text.delta"]
    return "".join(deltas)


def user(text: str) -> dict[str, Any]:
    """A message of the user."""
    return {"role": "user", "content": [{"type": "input_text", "text": text}]}


def assistant(text: str) -> dict[str, Any]:
    """A message of the assistant."""
    return {"role": "assistant", "content": [{"type": "output_text", "text": text}]}


def call(call_id: str) -> dict[str, Any]:
    """A call that the assistant made."""
    return {"type": "function_call", "call_id": call_id, "name": "f", "arguments": "{}"}


def output(call_id: str, text: str = "done") -> dict[str, Any]:
    """What it gave."""
    return {"type": "function_call_output", "call_id": call_id, "output": text}
