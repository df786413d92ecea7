"""The core as a whole: settings, the world, one transport, and the threads that share them."""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec
from msgspec.structs import replace

from codex_core.approvals.desk import Desk
from codex_core.approvals.rule_book import RuleBook
from codex_core.config.config import Config
from codex_core.config.errors import ConfigError
from codex_core.model_client.aiohttp_transport import HttpTransport
from codex_core.model_client.credentials import credentials
from codex_core.model_client.http import HttpClient
from codex_core.model_client.metadata import Lineage
from codex_core.model_client.model_client import ModelClient
from codex_core.model_client.models_client import ModelsClient
from codex_core.model_client.transport import Transport
from codex_core.model_client.trust import Trust
from codex_core.model_client.websocket import OpenWebSocket, WebSocket
from codex_core.protocol.items import ResponseItem
from codex_core.protocol.policy import ApprovalPolicy
from codex_core.runtime import Runtime
from codex_core.session.agents_md import agents_text
from codex_core.session.context import instructions
from codex_core.session.generated_images import GeneratedImages
from codex_core.session.history import History
from codex_core.session.late_conversation import LateConversation
from codex_core.session.model_catalogue import ModelCatalogue
from codex_core.session.outlet import EventCallback, Outlet
from codex_core.session.state import ThreadState
from codex_core.session.thread import Thread
from codex_core.session.thread_list import ThreadList
from codex_core.session.usage import UsageAccount
from codex_core.session.warm_up import warm_up
from codex_core.session.workspaces import Workspaces
from codex_core.tools.registry import ToolRegistry
from codex_core.tools.sandbox import check_sandbox, confinement, sandbox_of
from codex_core.tools.session_store import SessionStore
from codex_core.tools.tool import Tool

if TYPE_CHECKING:
    from codex_core.realtime.conversation import Conversation

__all__ = ["Codex"]


class Codex:
    """An agent core. Use it as an async context manager; leaving it shuts its threads down.

    `on_event` is called with the thread's id and each event when it happens, before the event can
    be read from the thread; it must return at once. `tools` replaces the tools of the model.
    `transport` and `open_socket` replace the network; with a transport alone there are no
    WebSockets. Without, TLS trusts whom the runtime's environment names (`CODEX_CA_CERTIFICATE`) as
    well; raises `ConfigError` for a file of it that cannot be read.
    """

    def __init__(
        self,
        config: Config,
        *,
        runtime: Runtime | None = None,
        on_event: EventCallback | None = None,
        transport: Transport | None = None,
        open_socket: OpenWebSocket | None = None,
        tools: Iterable[Tool] | None = None,
    ) -> None:
        self._config = config
        self._runtime = runtime or Runtime()
        self._on_event = on_event
        real = None
        if transport is None:
            trust = Trust(self._runtime.env)
            transport, real = HttpTransport(trust), partial(_open_websocket, trust=trust)
        self._transport = transport
        self._open_socket = open_socket or real
        self._open_plain_socket = open_socket or (real and partial(real, deflate=False))
        """For sound, which does not get smaller."""
        self._auth = credentials(config, self._runtime, self._transport)
        self._catalogue = ModelCatalogue(ModelsClient(self._new_http(config)))
        self._tools = ToolRegistry(tools)
        self._threads = ThreadList()
        self._installation_id: str | None = None
        self._rules: RuleBook | None = None
        self._tried: set[tuple[str, ...]] = set()
        """The confinements that were found to work."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        async with contextlib.AsyncExitStack() as closing:
            closing.push_async_callback(self._transport.close)
            closing.push_async_callback(self._auth.close)
            closing.push_async_callback(self._catalogue.close)
            for thread in reversed(self._threads.running):
                closing.push_async_callback(thread.shutdown)

    async def start_thread(
        self,
        *,
        approval_policy: ApprovalPolicy | None = None,
        lineage: Lineage | None = None,
    ) -> Thread:
        """A new conversation, under the policy of the settings unless one is given.

        `lineage` is where it comes from, if not from the user. Raises `ConfigError` if its working
        folder is none, its sandbox cannot be had, or a file of rules cannot be read.
        """
        await self._catalogue.load()
        config = replace(self._config, models=(*self._catalogue.learnt, *self._config.models))
        if approval_policy is not None:
            config = replace(config, approval_policy=approval_policy)
        state = self._new_state(self._runtime.uuid(), config, lineage or Lineage())
        await self._try_sandbox(state)
        thread = Thread(state)
        warm_up(state)
        self._threads.running.append(thread)
        return thread

    async def _try_sandbox(self, state: ThreadState) -> None:
        if state.confinement not in self._tried:
            await check_sandbox(self._config, self._runtime, state.cwd, state.confinement)
            self._tried.add(state.confinement)

    def _rule_book(self) -> RuleBook:
        """The rules, read once: what is added later is in it."""
        if self._rules is None:
            book = RuleBook(self._config.codex_home)
            book.load()
            self._rules = book
        return self._rules

    def _new_state(self, thread_id: str, config: Config, lineage: Lineage) -> ThreadState:
        runtime, cwd = self._runtime, self._cwd()
        info, home = config.model_info, config.codex_home
        history = History(
            policy=info.truncation,
            new_id=runtime.uuid if config.feature("item_ids") else None,
            keeps_ids=config.provider.is_azure,
            keeps_passthrough=config.provider.is_openai,
        )
        outlet = Outlet(thread_id, self._on_event)
        return ThreadState(
            thread_id=thread_id,
            installation_id=self._installation(),
            config=config,
            instructions=instructions(config),
            images=GeneratedImages(home / "generated_images" / thread_id if home else None),
            cwd=cwd,
            runtime=runtime,
            model=self._new_model(config, history.encode_item),
            tools=self._tools,
            sessions=SessionStore(runtime, outlet.emit),
            sandbox=sandbox_of(config, cwd, runtime.env),
            confinement=confinement(config, runtime, cwd),
            desk=Desk(self._rule_book()),
            outlet=outlet,
            history=history,
            usage=UsageAccount(info.usable_window),
            agents=agents_text(cwd, config.codex_home, budget=config.project_doc_max_bytes),
            workspaces=Workspaces(runtime, cwd, enabled=config.git_metadata),
            catalogue=self._catalogue,
            realtime=LateConversation(partial(self._new_conversation, thread_id, config)),
            threads=self._threads,
            lineage=lineage,
        )

    def _new_model(
        self, config: Config, encode: Callable[[ResponseItem], msgspec.Raw]
    ) -> ModelClient:
        http = self._new_http(config)
        return ModelClient(http, encode=encode, open_socket=self._open_socket)

    def _new_conversation(self, thread_id: str, config: Config) -> "Conversation":
        from codex_core.realtime.connector import Connector
        from codex_core.realtime.conversation import Conversation

        http = self._new_http(config)
        return Conversation(thread_id, Connector(http=http, open_socket=self._open_plain_socket))

    def _new_http(self, config: Config) -> HttpClient:
        return HttpClient(
            provider=config.provider,
            transport=self._transport,
            runtime=self._runtime,
            auth=self._auth,
            openai_base_url=config.openai_base_url,
            compresses=config.feature("enable_request_compression"),
        )

    def _cwd(self) -> Path:
        cwd = self._runtime.root / (self._config.cwd or "")
        if not cwd.is_dir():
            raise ConfigError(
                key="cwd", problem=f"is {cwd}, which is no folder", remedy="name one that exists"
            )
        return cwd

    def _installation(self) -> str:
        """This installation's id: the one kept in the settings folder, or a new one."""
        if self._installation_id is None:
            self._installation_id = self._kept_id() or self._runtime.uuid()
        return self._installation_id

    def _kept_id(self) -> str | None:
        """The id in `installation_id`, written first if it is not there; None if that fails."""
        if self._config.codex_home is None:
            return None
        file = self._config.codex_home / "installation_id"
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError), file.open("x", encoding="utf-8") as new:
                new.write(self._runtime.uuid())
            return file.read_text(encoding="utf-8").strip() or None
        return None


async def _open_websocket(
    url: str,
    headers: Mapping[str, str],
    *,
    deflate: bool = True,
    trust: Trust,
) -> WebSocket:
    """The real one, loaded when it is needed."""
    from codex_core.model_client.websocket_transport import open_websocket

    return await open_websocket(url, headers, deflate=deflate, trust=trust)
