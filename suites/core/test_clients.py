"""The HTTP layer and the clients of single endpoints over it: models, memories, compaction."""

import asyncio
from typing import Any

import msgspec
import pytest

from codex_core.config.models import ModelInfo
from codex_core.model_client.auth import StaticAuth
from codex_core.model_client.compact_client import CompactClient
from codex_core.model_client.endpoint import base_url, join
from codex_core.model_client.errors import ModelError
from codex_core.model_client.input_items import InputItems
from codex_core.model_client.memories_client import MemoriesClient, MemorySummary, Trace
from codex_core.model_client.metadata import RequestIdentity
from codex_core.model_client.models_client import ModelsClient
from codex_core.model_client.request import Prompt, Request, make_request
from codex_core.model_client.transport import TransportError
from codex_core.protocol.items import Compaction, Message
from codex_core.session.model_catalogue import ModelCatalogue
from suites.core.exchanges import BASE, Wire, client, ok, refused, slept
from suites.core.fakes import PATIENCE, FakeReply, make_config

IDENTITY = RequestIdentity(installation_id="i", session_id="s", thread_id="t", turn_id="u")
TRACE = Trace(id="one", metadata={"source_path": "f"}, items=[msgspec.Raw(b'{"type":"x"}')])


@pytest.mark.parametrize(
    ("base", "path", "query", "url"),
    [
        ("http://m/v1/", "/responses", {}, "http://m/v1/responses"),
        ("http://m", "responses", {"a": "b c", "d": "%7E+"}, "http://m/responses?a=b%20c&d=%7E+"),
        ("http://m", "x", {"a": "'\\^`{|}"}, "http://m/x?a=%27\\^`{|}"),
        ("http://m", "x", {"a": '"<>#é'}, "http://m/x?a=%22%3C%3E%23%C3%A9"),
        ("http://m", "models?client_version=1", {}, "http://m/models?client_version=1"),
        ("http://m", "models?x=1", {"y": "b", "a": "c"}, "http://m/models?y=b&a=c&x=1"),
    ],
)
def test_addresses(base: str, path: str, query: dict[str, str], url: str) -> None:
    """Slashes between base and path are one; a query keeps its order, and of it only what is
    illegal is escaped.
    """
    assert join(base, path, query) == url


@pytest.mark.parametrize(
    ("given", "chatgpt", "url"),
    [
        ({"base": "http://own", "setting": "http://set", "env": "http://env"}, False, "http://own"),
        ({"setting": "http://set", "env": "http://env"}, False, "http://set"),
        ({"env": "http://env"}, True, "http://env"),
        ({}, False, "https://api.openai.com/v1"),
        ({}, True, "https://chatgpt.com/backend-api/codex"),
    ],
)
def test_where_a_provider_is(given: dict[str, str], url: str, *, chatgpt: bool) -> None:
    """Its own address, the setting, the variable, then what is public for such credentials."""
    provider = make_config(provider={"base_url": given.get("base")}).provider
    env = {"OPENAI_BASE_URL": given["env"]} if "env" in given else {}
    found = base_url(provider, env, chatgpt=chatgpt, openai_base_url=given.get("setting"))
    assert found == url


async def test_headers_by_precedence() -> None:
    """The provider's over the fixed ones, the request's over those, credentials over all."""
    wire = Wire(ok())
    made = client(wire, http_headers={"Originator": "own", "X-One": "1", "Authorization": "stolen"})
    await made.fetch("GET", "models", headers={"x-one": "2"})
    (sent,) = wire.sent
    assert {name: sent.headers[name] for name in ("originator", "x-one", "authorization")} == {
        "originator": "own",
        "x-one": "2",
        "authorization": "Bearer literal",
    }


async def test_headers_of_the_environment() -> None:
    """A variable that is not set, or blank, gives no header."""
    wire = Wire(ok())
    made = client(wire, env_http_headers={"X-A": "A", "X-B": "B", "X-C": "C"})
    made.runtime = msgspec.structs.replace(made.runtime, env={"A": "a", "B": " "})
    await made.fetch("GET", "models", headers={})
    assert wire.values("x-a") == ["a"]
    assert not {"x-b", "x-c"} & set(wire.sent[0].headers)


async def test_a_body_that_breaks_off_is_fetched_again() -> None:
    """Of a whole reply the end counts: what came before it is dropped."""
    wire = Wire(FakeReply(b"ha", TransportError("reset")), refused(502), ok({"a": 1}))
    made = client(wire)
    _, body = await made.fetch("GET", "models", headers={})
    assert body == b'{"a": 1}'
    assert slept(made) == [0.2, 0.4]


async def test_a_whole_reply_may_take_its_time() -> None:
    """The caller's own patience is for the whole of one attempt."""
    made = client(Wire(ok({"a": 1})), stream_idle_timeout_ms=1)
    headers, _ = await made.fetch("GET", "models", headers={}, timeout=5)
    assert headers == {}


async def test_the_list_of_models() -> None:
    """It is asked for by version; models by their fields, with the version of the list."""
    wire = Wire(ok({"models": [{"slug": "m", "context_window": 7}], "more": 1}, etag='"e"'))
    found = await ModelsClient(client(wire)).list()
    (sent,) = wire.sent
    assert (sent.method, sent.url) == ("GET", f"{BASE}/models?client_version=0.1.0")
    assert found.etag == '"e"'
    assert [(model.slug, model.context_window) for model in found.models] == [("m", 7)]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"models":3}', b"\xff"])
async def test_a_list_that_is_none_is_told(body: bytes) -> None:
    """Whatever comes, the error says what could not be read."""
    with pytest.raises(ModelError, match="the list of models cannot be read"):
        await ModelsClient(client(Wire(FakeReply(body)))).list()


async def test_memories_of_traces() -> None:
    """One request for all traces; the older name of a summary is taken too."""
    answer = {
        "output": [
            {"trace_summary": "raw", "memory_summary": "kept"},
            {"raw_memory": "old", "memory_summary": "kept too"},
        ]
    }
    wire = Wire(refused(500), ok(answer))
    memory = msgspec.structs.replace(IDENTITY, kind="memory", subagent="memory_consolidation")
    found = await MemoriesClient(client(wire)).summarize(
        "m", [TRACE], identity=memory, effort="low"
    )
    assert found == (
        MemorySummary(trace_summary="raw", memory_summary="kept"),
        MemorySummary(trace_summary="old", memory_summary="kept too"),
    )
    sent = wire.sent[1]
    assert sent.url == f"{BASE}/memories/trace_summarize"
    assert sent.json == {
        "model": "m",
        "traces": [{"id": "one", "metadata": {"source_path": "f"}, "items": [{"type": "x"}]}],
        "reasoning": {"effort": "low"},
    }
    assert sent.headers["x-openai-subagent"] == "memory_consolidation"
    assert sent.headers["x-openai-memgen-request"] == "true"
    assert not {"thread-id", "x-codex-turn-metadata"} & set(sent.headers)


async def test_no_traces_are_no_request() -> None:
    """Nothing is asked; without an effort nothing is said of reasoning."""
    wire = Wire(ok({"output": []}))
    memories = MemoriesClient(client(wire))
    assert await memories.summarize("m", [], identity=IDENTITY) == ()
    assert wire.sent == []
    assert await memories.summarize("m", [TRACE], identity=IDENTITY) == ()
    assert "reasoning" not in wire.sent[0].json


@pytest.mark.parametrize("answer", [{}, {"output": [{"memory_summary": "x"}]}, {"output": 3}])
async def test_memories_that_cannot_be_read_are_told(answer: Any) -> None:
    """An answer without a summary is none."""
    memories = MemoriesClient(client(Wire(ok(answer))))
    with pytest.raises(ModelError, match="the memories cannot be read"):
        await memories.summarize("m", [TRACE], identity=IDENTITY)


async def test_a_refusal_need_not_end() -> None:
    """As much of its body as anybody reads is waited for."""
    reply = FakeReply(*[b"x" * 65_536] * 16, asyncio.Event(), status=400)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(ModelError, match="xxx"):
            await client(Wire(reply)).fetch("GET", "models", headers={})
    assert reply.closed


def to_compact(**info: Any) -> Request:
    """A request for a response, to be made shorter instead."""
    prompt = Prompt(
        instructions="be good",
        input=InputItems([msgspec.Raw(b'{"a":1}')]),
        tools=msgspec.Raw(b"[]"),
        service_tier="priority",
    )
    return make_request(prompt, model="m", info=ModelInfo(**info), store=False, cache_key="t")


COMPACTED = {
    "output": [
        {"type": "compaction", "encrypted_content": "e"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]},
    ]
}


async def test_a_conversation_is_compacted() -> None:
    """The fields of a request that concern it, in their order."""
    wire = Wire(ok(COMPACTED, x_codex_turn_state="ts-2"))
    request = to_compact(
        supports_reasoning_summaries=True,
        reasoning_effort="low",
        supports_verbosity=True,
        verbosity="low",
    )
    found = await CompactClient(client(wire)).compact(request, identity=IDENTITY, turn_state="ts-1")
    assert [type(item) for item in found.output] == [Compaction, Message]
    assert found.turn_state == "ts-2"
    (sent,) = wire.sent
    assert sent.url == f"{BASE}/responses/compact"
    assert list(sent.json.items()) == [
        ("model", "m"),
        ("input", [{"a": 1}]),
        ("instructions", "be good"),
        ("tools", []),
        ("parallel_tool_calls", False),
        ("reasoning", {"effort": "low", "summary": "auto"}),
        ("prompt_cache_key", "t"),
        ("text", {"verbosity": "low"}),
    ]
    assert sent.headers["x-codex-turn-state"] == "ts-1"
    assert sent.headers["x-codex-installation-id"] == "i"
    assert not {"x-client-request-id", "content-encoding"} & set(sent.headers)


async def test_a_lite_model_is_told_when_it_compacts() -> None:
    """In a header, as with any other request over HTTP; other models say nothing of it."""
    wire = Wire(ok(COMPACTED), ok(COMPACTED))
    compact = CompactClient(client(wire))
    for lite in (True, False):
        await compact.compact(to_compact(use_responses_lite=lite), identity=IDENTITY)
    name = "x-openai-internal-codex-responses-lite"
    assert [sent.headers.get(name) for sent in wire.sent] == ["true", None]


class Account(StaticAuth):
    """A ChatGPT account."""

    chatgpt = True


async def test_an_account_keeps_its_tier_when_it_compacts() -> None:
    """For an API key none is said; what is null is not said either."""
    wire = Wire(ok(COMPACTED), ok(COMPACTED))
    plain = to_compact(reasoning_effort=None, reasoning_summary=None)
    for auth in (Account("token"), StaticAuth("key")):
        found = await CompactClient(client(wire, auth=auth)).compact(plain, identity=IDENTITY)
        assert found.turn_state is None
    account, key = (sent.json for sent in wire.sent)
    assert account["service_tier"] == "priority"
    assert "service_tier" not in key
    assert "reasoning" not in key


UNREAD = {"type": "message", "role": 3}


@pytest.mark.parametrize(
    "answer", [{}, [], {"output": {}}, {"output": [*COMPACTED["output"], UNREAD]}]
)
async def test_a_compaction_that_cannot_be_read_is_told(answer: Any) -> None:
    """An answer without items is none, nor is one with an item that is lost."""
    with pytest.raises(ModelError, match="the compacted conversation cannot be read"):
        await CompactClient(client(Wire(ok(answer)))).compact(to_compact(), identity=IDENTITY)


async def test_an_answer_that_is_nested_without_end_is_told() -> None:
    """As one that is no JSON, of each endpoint."""
    made = client(Wire(*[FakeReply(b'{"more":' + b"[" * 100_000) for _ in range(3)]))
    with pytest.raises(ModelError, match="the list of models cannot be read"):
        await ModelsClient(made).list()
    with pytest.raises(ModelError, match="the memories cannot be read"):
        await MemoriesClient(made).summarize("m", [TRACE], identity=IDENTITY)
    with pytest.raises(ModelError, match="the compacted conversation cannot be read"):
        await CompactClient(made).compact(to_compact(), identity=IDENTITY)


async def test_a_session_goes_on_without_a_list() -> None:
    """It is asked for twice when that fails, never for an API key; what was learnt is kept."""
    wire = Wire(refused(404), refused(404), ok({"models": [{"slug": "m"}]}))
    catalogue = ModelCatalogue(ModelsClient(client(wire, auth=Account("token"))))
    await catalogue.load()
    assert (len(wire.sent), catalogue.learnt) == (2, ())
    await catalogue.load()
    await catalogue.load()
    assert [model.slug for model in catalogue.learnt] == ["m"]
    assert len(wire.sent) == 3
    none = ModelCatalogue(ModelsClient(client(wire)))
    await none.load()
    none.note_version("v")
    await none.close()
    assert len(wire.sent) == 3


async def test_a_version_of_the_list_is_asked_for_once() -> None:
    """Also where the list that comes is of another one, as from a server behind others."""
    lists = [ok({"models": []}, etag=version) for version in ("1", "1", "2")]
    wire = Wire(*lists)
    catalogue = ModelCatalogue(ModelsClient(client(wire, auth=Account("token"))))
    await catalogue.load()
    for version, asked in (("1", 1), ("2", 2), ("2", 2), ("3", 3), ("2", 3)):
        catalogue.note_version(version)
        if (refresh := catalogue._refresh) is not None:
            await refresh
        assert len(wire.sent) == asked
    await catalogue.close()
