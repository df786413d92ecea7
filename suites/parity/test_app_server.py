"""The app server's client: answers by number, notifications kept, an end that nobody waits past."""

import sys
from pathlib import Path

import pytest

from suites.parity.clients.app_server import AppServer, Refused

pytestmark = pytest.mark.real

STUB = """\
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    if asked["method"] == "leave":
        break
    if asked["method"] == "tell":
        print(json.dumps({"method": "told", "params": asked["params"]}), flush=True)
    answer = {"error": {"code": -1, "message": "no"}}
    if asked["method"] != "fail":
        answer = {"result": asked["params"]}
    print(json.dumps({**answer, "id": asked["id"]}), flush=True)
"""
"""A program that answers as an app server does."""


@pytest.fixture
def server(tmp_path: Path) -> AppServer:
    """That program, not started yet."""
    program = tmp_path / "stub"
    program.write_text(f"#!{sys.executable}\n{STUB}", "utf-8")
    program.chmod(0o700)
    return AppServer(program, cwd=tmp_path, env={})


async def test_an_answer_is_that_of_its_request(server: AppServer) -> None:
    """The result comes back; an error is raised with what was asked."""
    async with server:
        assert await server.call("echo", text="hi") == {"text": "hi"}
        with pytest.raises(Refused, match="fail: no"):
            await server.call("fail")


async def test_notifications_are_kept(server: AppServer) -> None:
    """A wait finds what was told before it, and counts."""
    async with server:
        await server.call("tell", number=1)
        await server.call("tell", number=2)
        first = await server.wait_for(lambda message: message["method"] == "told")
        second = await server.wait_for(lambda message: message["method"] == "told", count=2)
    assert [told["params"]["number"] for told in (first, second)] == [1, 2]


async def test_an_end_is_told_to_who_waits(server: AppServer) -> None:
    """Neither an answer nor a notification is waited for in vain."""
    async with server:
        with pytest.raises(Refused, match="ended without an answer"):
            await server.call("leave")
        with pytest.raises(Refused, match="ended while it was waited for"):
            await server.wait_for(lambda _: False)
        with pytest.raises(Refused, match="echo: the app server has ended"):
            await server.call("echo")
