"""Tokens of a real command, over both transports."""

import stat
from pathlib import Path
from typing import Any

import pytest

from agent_rehearsal import Journal
from agent_rehearsal.face.agent import Codex
from codex_core import ProviderAuth
from mock_responses import MockResponses, message, status
from suites.turns.wires import upgrades, wired

pytestmark = pytest.mark.real


def printing(folder: Path, *printed: str) -> Path:
    """A program that prints one text after the other, one each time."""
    for number, text in enumerate(printed):
        (folder / f"token-{number}").write_text(text)
    program = folder / "token"
    program.write_text('#!/bin/sh\necho noise >&2\nset -- token-*\ncat "$1"\nrm "$1"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


@pytest.mark.parametrize("websockets", [False, True], ids=["http", "websocket"])
async def test_a_real_command_gives_tokens(
    responses: MockResponses, codex: Codex, journal: Journal, *, websockets: bool
) -> None:
    """It runs before the first request and again after a 401; its error stream is not the token."""
    program = printing(codex.cwd, "first\n", "second\n")
    auth = ProviderAuth(command=str(program))
    given: dict[str, Any] = {"auth": auth, "experimental_bearer_token": None}
    agent = wired(codex, **given) if websockets else codex(provider=given)
    if websockets:
        responses.greet(status(401))
    else:
        responses.reply(status(401))
    responses.reply(message("hi"))
    thread = await agent(commands="real").start()
    assert await thread.run("go") == "hi"
    opened = upgrades(journal) if websockets else [r.entry for r in responses.requests]
    assert [one.header("authorization") for one in opened] == ["Bearer first", "Bearer second"]
