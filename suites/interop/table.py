"""The table of clients in `docs/clients.md`: who was asked, in which version, and what works.

A test is a claim: its name says what works, its module which clients it asks. Nothing here runs a
client; what was proven comes from a run of the tests.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from suites.interop.codex_cli import VERSIONS
from suites.interop.sdks import BETA_SDKS, CALLING_SDKS, CODEX_SDKS, REALTIME_SDKS, SDKS

CLI = "Codex CLI"
HERE = Path(__file__).parent
FILE = HERE.parents[1] / "docs" / "clients.md"
ASKED: Mapping[str, tuple[str, ...]] = {
    "test_sdks": tuple(sdk.name for sdk in SDKS),
    "test_codex_cli": (CLI,) * len(VERSIONS),
    "test_codex_trouble": (CLI,) * len(VERSIONS),
    "test_codex_sdks": tuple(sdk.name for sdk in CODEX_SDKS),
    "test_realtime_sdks": tuple(sdk.name for sdk in REALTIME_SDKS),
    "test_realtime_calls": tuple(sdk.name for sdk in CALLING_SDKS),
    "test_realtime_beta": tuple(sdk.name for sdk in BETA_SDKS),
    "test_realtime_codex_cli": (CLI,) * len(VERSIONS),
}
"""The modules whose tests are claims, and the clients that each test of theirs asks."""
CANNOT: Mapping[str, str] = {
    "openai Python 2": "the beta of realtime without TLS",
    "openai Python 3": "the beta of realtime without TLS",
    "openai Node": "realtime without TLS; WebRTC, for which it has no client",
    "openai-agents": "WebRTC, for which it has no client",
    CLI: "realtime on v2 over WebRTC",
}
"""Client -> what it cannot do, whatever the mock does."""
HEAD = """\
# Clients

Clients that this repository did not write, run against the mock by `make interop`, which writes
this table. What works is said by the name of a test in `suites/interop`; in each the journal is
compared with what was sent, and what the client handed to its caller with the script. What a client
cannot do lies with the client.

| client | version | what works | what it cannot do |
|---|---|---|---|
"""
TAIL = """
## What to know of each

- **openai Python, openai Node, openai-agents, pydantic-ai-slim, langchain-openai** read
  `OPENAI_BASE_URL` and `OPENAI_API_KEY`, which `responses.env` has. They ask again after an error
  unless told otherwise (`max_retries=0`).
- **openai-agents** sends traces to its makers wherever it is pointed, unless
  `OPENAI_AGENTS_DISABLE_TRACING=1`.
- **litellm** streams only for models that it knows by name, such as `openai/gpt-4.1`; for any
  other it asks for a whole response and makes a stream of it. With
  `LITELLM_LOCAL_MODEL_COST_MAP=True` its start stays off the network.
- **Codex CLI**: `responses.codex_home(folder)` makes its home and returns its environment. Give it
  a closed stdin and a time limit. After a 429 with `Retry-After`, 0.142.0 gives up at once and
  0.169.0 waits. It compresses its bodies (zstd) only when it is signed in and its provider is named
  `OpenAI`; it then also asks for `GET /v1/models` and for paths below `chatgpt_base_url`, where a
  404 does no harm.
  In realtime, `experimental_realtime_ws_base_url`, which `codex_home` sets, is where the WebSocket
  of a conversation or of a WebRTC call goes; without it 0.169.0 joins its calls at the makers' own
  server. An `error` event ends the conversation.
- **openai Node** dials `wss` for realtime whatever its base URL is, as the beta of openai Python
  does: give the test a stage with TLS, `@pytest.mark.rehearsal(tls=True)`; `responses.env` then
  names the authority to trust. It needs the package `ws`, and openai Python needs `websockets`.
- **openai-agents** takes the URL of a realtime session from `model_config`, not from
  `OPENAI_BASE_URL`: `f"{realtime.websocket_url}?model=..."`. It checks events against the official
  types and sends `session.update` twice, before and after `session.created`.
- **Codex SDKs** start the CLI for each turn and find the mock by its home, as above; point
  `codex_path_override` or `codexPathOverride` at the binary. The `base_url` of the one for Python
  has no effect on these CLIs.
"""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Proof:
    """One thing that one client was seen to do."""

    client: str
    version: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table."""

    client: str
    version: str
    works: tuple[str, ...]

    @property
    def cannot(self) -> str:
        """What it cannot do; empty where nothing that was tried is missing."""
        return CANNOT.get(self.client, "")


def what(test: str) -> str:
    """What a test claims, by its name: `test_a_plain_turn` claims "a plain turn"."""
    return test.removeprefix("test_").replace("_", " ")


def claims() -> list[tuple[str, tuple[str, ...]]]:
    """Each client that is asked and what its tests claim, in the order of the files."""
    rows: dict[tuple[str, int], tuple[str, ...]] = {}
    for module, clients in ASKED.items():
        for place, client in enumerate(clients):
            key = (client, place)
            rows[key] = (*rows.get(key, ()), *_tests_of(module))
    return [(client, works) for (client, _), works in rows.items()]


def rows(proofs: Iterable[Proof]) -> list[Row]:
    """The table that proofs make. Raises ValueError that names the claims that have none."""
    proven: dict[str, dict[str, set[str]]] = {}
    for proof in sorted(proofs):
        versions = proven.setdefault(proof.client, {})
        versions.setdefault(proof.version, set()).add(proof.what)
    left = {client: iter(versions.items()) for client, versions in proven.items()}
    return [_row(client, works, left.get(client, iter(()))) for client, works in claims()]


def render(table: Iterable[Row]) -> str:
    """The file as text."""
    return HEAD + "".join(_line(row) for row in table) + TAIL


def parse(text: str) -> list[Row]:
    """The rows of a file, in order."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][1:]
    cells = [line.removeprefix("| ").split(" | ")[:3] for line in lines]
    return [Row(client=c, version=v, works=tuple(w.split(", "))) for c, v, w in cells]


def _line(row: Row) -> str:
    return f"| {row.client} | {row.version} | {', '.join(row.works)} | {row.cannot} |\n"


def _row(client: str, works: tuple[str, ...], seen: Iterator[tuple[str, set[str]]]) -> Row:
    version, proven = next(seen, ("", set[str]()))
    missing = [each for each in works if each not in proven]
    if missing:
        raise ValueError(
            f"{client} {version}: not proven: {', '.join(missing)}; a test in suites/interop that "
            f"claims it did not end with works(client, version)"
        )
    return Row(client=client, version=version, works=works)


def _tests_of(module: str) -> tuple[str, ...]:
    tree = ast.parse((HERE / f"{module}.py").read_text("utf-8"))
    names = (node.name for node in tree.body if isinstance(node, ast.AsyncFunctionDef))
    return tuple(what(name) for name in names if name.startswith("test_"))
