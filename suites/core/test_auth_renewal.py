"""A renewal of a login that nobody waits for any more: it comes to its end and is kept."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from codex_core import Codex, Runtime
from codex_core.model_client import chatgpt_auth
from codex_core.model_client.auth import Auth
from codex_core.model_client.credentials import credentials
from codex_core.model_client.errors import ModelError
from codex_core.model_client.http import HttpClient
from codex_core.model_client.transport import Reply
from codex_core.protocol.ops import Interrupt, user_text
from suites.core.exchanges import AUTHORITY, Sent, Wire, ask, client, ok, refused, write_login
from suites.core.fakes import PATIENCE, FakeReply, make_config, turn_end
from suites.journal.virtual_loop import here, passed, run

RENEWED = {"access_token": "access-2", "refresh_token": "refresh-2"}
OWN = {"requires_openai_auth": True}


class Authority(Wire):
    """Refuses what has no new token; a renewal is answered with `renewal` once that may go.

    `asked` is set by the first renewal. It has no models.
    """

    def __init__(self, renewal: FakeReply) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.go = asyncio.Event()
        self.closed = False
        self._renewal = renewal

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        self.sent.append(Sent(method, url, dict(headers), body))
        if url == AUTHORITY:
            self.asked.set()
            await self.go.wait()
            return self._renewal
        if method == "GET":
            return ok({"models": []})
        return ok() if headers["authorization"] == "Bearer access-2" else refused(401)

    async def close(self) -> None:
        self.closed = True

    @property
    def renewals(self) -> int:
        """How many were asked for."""
        return [sent.url for sent in self.sent].count(AUTHORITY)


def login(wire: Wire, home: Path) -> Auth:
    """The account in `home`."""
    config = make_config(codex_home=home, provider=OWN)
    return credentials(config, Runtime.deterministic(root=Path("/")), wire)


async def given_up(made: HttpClient, wire: Authority) -> None:
    """A request that is cancelled while the login is renewed for it."""
    asking = asyncio.ensure_future(ask(made))
    async with asyncio.timeout(PATIENCE):
        await wire.asked.wait()
    asking.cancel()
    await asyncio.wait([asking])
    assert asking.cancelled()


def kept(file: Path) -> Any:
    """The refresh token in the file."""
    return json.loads(file.read_text())["tokens"]["refresh_token"]


async def test_a_renewal_outlives_who_asked_for_it(tmp_path: Path) -> None:
    """What it brings is stored and used; the next request waits for it and renews nothing."""
    wire = Authority(ok(RENEWED))
    file, made = write_login(tmp_path), client(wire, auth=login(wire, tmp_path))
    await given_up(made, wire)
    following = asyncio.ensure_future(ask(made))
    wire.go.set()
    await following
    assert kept(file) == "refresh-2"
    assert wire.renewals == 1
    assert wire.values("authorization")[-1] == "Bearer access-2"


async def test_an_early_renewal_outlives_it_too(tmp_path: Path) -> None:
    """One that is begun because the login runs out; two that wait for it do not renew again."""
    wire = Authority(ok(RENEWED))
    file = write_login(tmp_path, last_refresh="2025-06-07T15:06:39Z")
    made = client(wire, auth=login(wire, tmp_path))
    await given_up(made, wire)
    following = asyncio.gather(ask(made), ask(made))
    wire.go.set()
    await following
    assert kept(file) == "refresh-2"
    assert wire.values("authorization") == [None, "Bearer access-2", "Bearer access-2"]


async def test_a_renewal_that_nobody_waits_for_may_fail(tmp_path: Path) -> None:
    """The next request learns of a login that is lost, and the authority is not asked again."""
    no = refused(401, {"error": {"code": "refresh_token_expired"}})
    wire = Authority(no)
    write_login(tmp_path)
    made = client(wire, auth=login(wire, tmp_path))
    await given_up(made, wire)
    wire.go.set()
    with pytest.raises(ModelError, match="its refresh token has expired"):
        await ask(made)
    assert wire.renewals == 1


async def test_an_early_renewal_that_nobody_waits_for_may_fail(tmp_path: Path) -> None:
    """The next request goes by the tokens there are, and the authority is not asked again."""
    no = refused(401, {"error": {"code": "refresh_token_expired"}})
    wire = Authority(no)
    write_login(tmp_path, last_refresh="2025-06-07T15:06:39Z")
    made = client(wire, auth=login(wire, tmp_path))
    await given_up(made, wire)
    wire.go.set()
    with pytest.raises(ModelError, match="its refresh token has expired"):
        await ask(made)
    assert "Bearer access-1" in wire.values("authorization")
    assert wire.renewals == 1


def test_an_interrupted_turn_loses_no_login(tmp_path: Path) -> None:
    """The agent may even be left meanwhile: it ends the renewal before the connections."""

    async def body() -> None:
        wire = Authority(ok(RENEWED))
        file = write_login(tmp_path)
        config = make_config(codex_home=tmp_path, provider=OWN)
        core = Codex(config, transport=wire, runtime=Runtime.deterministic(root=Path("/")))
        thread = await core.start_thread()
        await thread.submit(user_text("go"))
        await wire.asked.wait()
        await thread.submit(Interrupt())
        await turn_end(thread)
        leaving = asyncio.ensure_future(core.__aexit__(None, None, None))
        await passed(1.0)
        assert not wire.closed
        wire.go.set()
        await leaving
        assert kept(file) == "refresh-2"
        assert wire.closed

    run(body())


def test_a_renewal_has_only_so_long_when_the_session_ends(tmp_path: Path) -> None:
    """An authority that does not answer holds nobody up for good, and nothing goes on then."""

    async def body() -> None:
        wire = Authority(ok(RENEWED))
        write_login(tmp_path)
        auth = login(wire, tmp_path)
        await given_up(client(wire, auth=auth), wire)
        await auth.close()
        assert here().time() == chatgpt_auth._CLOSING_GRACE
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert kept(tmp_path / "auth.json") == "refresh-1"

    run(body())
