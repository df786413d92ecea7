"""Credentials: where they come from, what they look like, what is done when they are refused."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from codex_core import Config, ModelProvider, Runtime
from codex_core.model_client.auth import Auth
from codex_core.model_client.auth_file import AuthFile, StoredAuth, Tokens
from codex_core.model_client.credentials import credentials
from codex_core.model_client.errors import ModelError
from codex_core.model_client.http import HttpClient
from codex_core.model_client.transport import Reply, TransportError
from suites.core.exchanges import (
    AUTHORITY,
    BASE,
    Gate,
    Sent,
    Wire,
    ask,
    client,
    id_token,
    ok,
    refused,
    token,
    write_login,
)
from suites.core.fakes import FakeReply


def chosen(
    wire: Wire,
    *,
    home: Path | None = None,
    env: dict[str, str] | None = None,
    runner: Any = None,
    **provider: Any,
) -> Auth:
    """The credentials of a session with such a provider, home and environment."""
    made = ModelProvider(**{"name": "mock", "base_url": BASE, **provider})
    config = Config(
        model_provider="mock",
        providers={"mock": made},
        codex_home=home,
        sandbox_mode="danger-full-access",
    )
    return credentials(config, Runtime.deterministic(env=env, runner=runner, root=Path("/")), wire)


def logged_in(wire: Wire, home: Path, **env: str) -> HttpClient:
    """A client with the credentials of the ChatGPT account in `home`."""
    return client(wire, auth=chosen(wire, home=home, env=env, requires_openai_auth=True))


@pytest.mark.parametrize(
    ("fields", "authorization"),
    [
        ({}, None),
        ({"experimental_bearer_token": "lit"}, "Bearer lit"),
        ({"env_key": "KEY", "experimental_bearer_token": "lit"}, "Bearer env"),
        ({"requires_openai_auth": True}, "Bearer open"),
        ({"requires_openai_auth": True, "env_key": "KEY"}, "Bearer env"),
    ],
)
def test_credentials_by_priority(fields: dict[str, Any], authorization: str | None) -> None:
    """`env_key`, then the literal token, then OpenAI's variable."""
    auth = chosen(Wire(), env={"KEY": " env ", "OPENAI_API_KEY": "open"}, **fields)
    assert auth.headers().get("authorization") == authorization
    assert not auth.chatgpt


def test_a_missing_key_is_named() -> None:
    """The error names the variable and says what to do; it is not repeated."""
    auth = chosen(Wire(), env={"KEY": " "}, env_key="KEY", env_key_instructions="Ask.")
    with pytest.raises(ModelError, match=r"Missing environment variable: `KEY`. Ask.") as caught:
        auth.headers()
    assert not caught.value.retryable


@pytest.mark.parametrize(
    ("stored", "env", "authorization"),
    [
        ({"OPENAI_API_KEY": "file"}, {}, "Bearer file"),
        ({"OPENAI_API_KEY": "file"}, {"CODEX_API_KEY": "own"}, "Bearer own"),
        ({"OPENAI_API_KEY": "file"}, {"OPENAI_API_KEY": "env"}, "Bearer file"),
        ({"OPENAI_API_KEY": "file", "auth_mode": "chatgpt"}, {}, "Bearer access-1"),
        ({"OPENAI_API_KEY": None}, {}, "Bearer access-1"),
        ({"OPENAI_API_KEY": None, "tokens": None}, {"OPENAI_API_KEY": "env"}, "Bearer env"),
    ],
)
def test_what_the_user_has_by_priority(
    tmp_path: Path, stored: dict[str, Any], env: dict[str, str], authorization: str
) -> None:
    """The core's own variable, the login (its key if it holds one), then OpenAI's variable."""
    file = write_login(tmp_path)
    file.write_text(json.dumps({**json.loads(file.read_text()), **stored}))
    auth = chosen(Wire(), home=tmp_path, env=env, requires_openai_auth=True)
    assert auth.headers()["authorization"] == authorization


def test_a_login_that_cannot_be_read_is_told_when_it_is_needed(tmp_path: Path) -> None:
    """Nothing fails before a request; then the error names the file."""
    (tmp_path / "auth.json").write_text("{")
    auth = chosen(Wire(), home=tmp_path, requires_openai_auth=True)
    with pytest.raises(ModelError, match=r"auth\.json cannot be read: .* Log in again"):
        auth.headers()


def test_the_account_is_told(tmp_path: Path) -> None:
    """The id in the file wins over the token's claim; a government account says so."""
    claims = id_token(chatgpt_account_id="claimed", chatgpt_account_is_fedramp=True)
    write_login(tmp_path, tokens={"id_token": claims, "account_id": None})
    auth = chosen(Wire(), home=tmp_path, requires_openai_auth=True)
    assert auth.chatgpt
    assert auth.headers() == {
        "authorization": "Bearer access-1",
        "chatgpt-account-id": "claimed",
        "x-openai-fedramp": "true",
    }
    write_login(tmp_path, tokens={"id_token": claims})
    auth = chosen(Wire(), home=tmp_path, requires_openai_auth=True)
    assert auth.headers()["chatgpt-account-id"] == "acct-1"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.e30.c", "a.W10.c", "a.\u00e4.c"])
def test_an_id_token_that_is_none_claims_nothing(tmp_path: Path, token: str) -> None:
    """Whatever stands there, the access token is used."""
    write_login(tmp_path, tokens={"id_token": token, "account_id": None})
    auth = chosen(Wire(), home=tmp_path, requires_openai_auth=True)
    assert auth.headers() == {"authorization": "Bearer access-1"}


async def test_a_key_that_is_refused_is_not_asked_twice() -> None:
    """There is nothing to recover from: the 401 is the answer."""
    wire = Wire(refused(401, {"error": {"message": "no"}}))
    with pytest.raises(ModelError, match="unexpected status 401 Unauthorized: no"):
        await ask(client(wire))


async def test_a_refused_login_is_read_again_first(tmp_path: Path) -> None:
    """Somebody else may have renewed it; nothing is asked of the authority then."""
    wire = Wire(refused(401), ok())
    write_login(tmp_path)
    made = logged_in(wire, tmp_path)
    write_login(tmp_path, "access-2")
    await ask(made)
    assert wire.values("authorization") == ["Bearer access-1", "Bearer access-2"]


async def test_then_it_is_renewed(tmp_path: Path) -> None:
    """An unchanged login is tried once more, then the authority gives tokens, which are kept."""
    renewed = {"access_token": "access-2", "refresh_token": "refresh-2"}
    wire = Wire(refused(401), refused(401), ok(renewed), ok(), ok())
    file = write_login(tmp_path, more={"of": "others"})
    made = logged_in(wire, tmp_path)
    await ask(made)
    await ask(made)
    assert [sent.url == AUTHORITY for sent in wire.sent] == [False, False, True, False, False]
    assert wire.sent[2].json["refresh_token"] == "refresh-1"
    assert wire.sent[2].json["grant_type"] == "refresh_token"
    assert wire.values("authorization")[3:] == ["Bearer access-2", "Bearer access-2"]
    kept = json.loads(file.read_text())
    assert (kept["tokens"]["access_token"], kept["tokens"]["refresh_token"]) == (
        "access-2",
        "refresh-2",
    )
    assert kept["tokens"]["account_id"] == "acct-1"
    assert kept["more"] == {"of": "others"}
    assert kept["last_refresh"] == "2025-06-15T15:06:40Z"
    assert file.stat().st_mode & 0o077 == 0


NOW = 1_750_000_000
"""Where the clock of these tests stands still."""
EARLIER = {"7 days": "2025-06-08T15:06:40Z", "8 days": "2025-06-07T15:06:39.123456789Z"}


@pytest.mark.parametrize(
    ("access", "last_refresh", "due"),
    [
        (token({"exp": NOW - 1}), None, True),
        (token({"exp": NOW + 300}), EARLIER["7 days"], True),
        (token({"exp": NOW + 301}), EARLIER["8 days"], False),
        (token({"exp": NOW + 7200.5}), None, False),
        ("opaque", EARLIER["8 days"], True),
        (token({"exp": "soon"}), EARLIER["8 days"], True),
        (token(["exp"]), EARLIER["8 days"], True),
        ("opaque", EARLIER["7 days"], False),
        ("opaque", None, False),
        ("opaque", "yesterday", False),
        ("opaque", 3, False),
    ],
)
async def test_a_login_that_runs_out_is_renewed_first(
    tmp_path: Path, access: str, last_refresh: Any, *, due: bool
) -> None:
    """5 minutes before its time, or 8 days after the last one; no request has the old tokens."""
    fresh = {"access_token": "access-2", "refresh_token": "refresh-2"}
    wire = Wire(*([ok(fresh)] if due else []), ok(), ok())
    write_login(tmp_path, access, last_refresh=last_refresh)
    made = logged_in(wire, tmp_path)
    await ask(made)
    await ask(made)
    assert [sent.url == AUTHORITY for sent in wire.sent] == [*([True] if due else []), False, False]
    used = f"Bearer {'access-2' if due else access}"
    assert wire.values("authorization")[-2:] == [used, used]


STALE = token({"exp": NOW})


@pytest.mark.parametrize("answer", [refused(401, {"code": "refresh_token_expired"}), refused(503)])
async def test_a_login_that_cannot_be_renewed_early_is_used(
    tmp_path: Path, answer: FakeReply
) -> None:
    """It may be taken all the same; nobody asks for another one until it is refused."""
    wire = Wire(answer, ok(), ok())
    write_login(tmp_path, STALE)
    made = logged_in(wire, tmp_path)
    await ask(made)
    await ask(made)
    assert [sent.url == AUTHORITY for sent in wire.sent] == [True, False, False]
    assert wire.values("authorization")[1:] == [f"Bearer {STALE}"] * 2


async def test_a_login_that_another_session_renewed_is_taken_over(tmp_path: Path) -> None:
    """The refresh token is good once: the file is looked at before the authority is asked."""
    wire = Wire(ok())
    write_login(tmp_path, STALE)
    made = logged_in(wire, tmp_path)
    write_login(tmp_path, token({"exp": NOW + 7200}))
    await ask(made)
    assert wire.values("authorization") == [f"Bearer {token({'exp': NOW + 7200})}"]


def renewals(wire: Wire) -> list[str]:
    """The refresh tokens that the authority was asked with."""
    return [sent.json["refresh_token"] for sent in wire.sent if sent.url == AUTHORITY]


SECOND = {"refresh_token": "refresh-2"}
THIRD = {"access_token": "access-3"}


async def test_a_file_that_cannot_be_written_is_of_before(tmp_path: Path) -> None:
    """Nobody goes back to the tokens in it: what renewed them was good once."""
    access = {"access_token": "access-2"}
    again = refused(401), refused(401)
    wire = Wire(*again, ok(SECOND | access), ok(), *again, ok(THIRD), ok())
    write_login(tmp_path)
    (tmp_path / "auth.json.new").mkdir()
    made = logged_in(wire, tmp_path)
    await ask(made)
    await ask(made)
    assert renewals(wire) == ["refresh-1", "refresh-2"]
    used = [sent.headers["authorization"] for sent in wire.sent if sent.url != AUTHORITY]
    assert used == [f"Bearer access-{number}" for number in (1, 1, 2, 2, 2, 3)]


async def test_nor_does_an_early_renewal_go_back(tmp_path: Path) -> None:
    """Here the new tokens run out as soon as the old ones."""
    wire = Wire(ok(SECOND | {"access_token": token({"exp": NOW + 1})}), ok(THIRD), ok())
    write_login(tmp_path, STALE)
    (tmp_path / "auth.json.new").mkdir()
    await ask(logged_in(wire, tmp_path))
    assert renewals(wire) == ["refresh-1", "refresh-2"]
    assert wire.sent[-1].headers["authorization"] == "Bearer access-3"


class Pausing(Wire):
    """Another task has its turn before each answer."""

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        reply = await super().request(method, url, headers, body)
        await asyncio.sleep(0)
        return reply


async def test_two_requests_renew_a_login_early_once(tmp_path: Path) -> None:
    """Whoever comes second uses the tokens of the first."""
    wire = Pausing(ok({"access_token": "access-2"}), ok(), ok())
    write_login(tmp_path, STALE)
    made = logged_in(wire, tmp_path)
    await asyncio.gather(ask(made), ask(made))
    assert [sent.url == AUTHORITY for sent in wire.sent] == [True, False, False]


async def test_a_login_that_stays_refused_is_given_up(tmp_path: Path) -> None:
    """After both steps the 401 is the answer, which a turn may repeat."""
    wire = Wire(refused(401), refused(401), ok({"access_token": "access-2"}), refused(401))
    write_login(tmp_path)
    with pytest.raises(ModelError, match="unexpected status 401") as caught:
        await ask(logged_in(wire, tmp_path))
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"error": {"code": "refresh_token_expired"}}, "its refresh token has expired"),
        ({"error": "refresh_token_reused"}, "its refresh token was used before"),
        ({"code": "REFRESH_TOKEN_INVALIDATED"}, "it was revoked"),
        ({"error": 3}, "the authority refused it"),
        ([], "the authority refused it"),
    ],
)
async def test_a_login_that_cannot_be_renewed_is_lost(
    tmp_path: Path, answer: Any, told: str
) -> None:
    """The error says why, is not repeated, and the authority is not asked again."""
    wire = Wire(refused(401), refused(401), refused(401, answer), refused(401), refused(401))
    write_login(tmp_path)
    made = logged_in(wire, tmp_path)
    for _ in range(2):
        with pytest.raises(ModelError, match=f"cannot be renewed: {told}. Log in") as caught:
            await ask(made)
        assert (caught.value.info, caught.value.retryable) == ("unauthorized", False)
    assert [sent.url for sent in wire.sent].count(AUTHORITY) == 1


@pytest.mark.parametrize("trouble", ["refused", "nonsense", "gone"])
async def test_an_authority_in_trouble_may_be_asked_again(tmp_path: Path, trouble: str) -> None:
    """The error is one that a turn repeats."""
    answers: dict[str, FakeReply | TransportError] = {
        "refused": refused(503),
        "nonsense": ok([]),
        "gone": TransportError("gone"),
    }
    wire = Wire(refused(401), refused(401), answers[trouble])
    write_login(tmp_path)
    with pytest.raises(ModelError, match="the login could not be renewed") as caught:
        await ask(logged_in(wire, tmp_path))
    assert caught.value.retryable


@pytest.mark.parametrize("now", ["other account", "nothing", "no file", "nonsense"])
async def test_another_account_is_not_taken(tmp_path: Path, now: str) -> None:
    """A session stays with the account that it began with."""
    file = write_login(tmp_path)
    made = logged_in(wire := Wire(refused(401)), tmp_path)
    texts = {"nothing": "{}", "nonsense": "{"}
    if now == "other account":
        write_login(tmp_path, tokens={"account_id": "acct-2"})
    elif now in texts:
        file.write_text(texts[now])
    else:
        file.unlink()
    with pytest.raises(ModelError, match="no longer holds the ChatGPT account") as caught:
        await ask(made)
    assert caught.value.info == "unauthorized"
    assert len(wire.sent) == 1


async def test_two_requests_renew_a_login_once(tmp_path: Path) -> None:
    """Whoever comes second uses the tokens of the first, for a refresh token is good once."""
    wire = Gate("access-2")
    write_login(tmp_path)
    made = logged_in(wire, tmp_path)
    await asyncio.gather(ask(made), ask(made))
    assert [sent.url for sent in wire.sent].count(AUTHORITY) == 1


async def test_the_authority_may_be_another(tmp_path: Path) -> None:
    """A variable names it; its headers have nothing of the provider's."""
    wire = Wire(refused(401), refused(401), ok({"access_token": "access-2"}), ok())
    write_login(tmp_path)
    await ask(logged_in(wire, tmp_path, CODEX_REFRESH_TOKEN_URL_OVERRIDE="http://own.test/t"))
    assert wire.sent[2] == Sent(
        "POST", "http://own.test/t", {"content-type": "application/json"}, wire.sent[2].body
    )


def test_a_file_that_cannot_be_written_keeps_the_tokens(tmp_path: Path) -> None:
    """Tokens are put into a file that is there, in its place and nowhere else."""
    file = AuthFile(tmp_path)
    assert file.read() is None
    with pytest.raises(FileNotFoundError):
        file.write(Tokens(access_token="a", refresh_token="r"), now=0)
    write_login(tmp_path)
    file.write(Tokens(access_token="a", refresh_token="r"), now=0)
    stored = file.read()
    assert isinstance(stored, StoredAuth)
    assert stored.tokens is not None
    assert (stored.tokens.access_token, stored.tokens.account_id) == ("a", "acct-1")
    assert [found.name for found in tmp_path.iterdir()] == ["auth.json"]
