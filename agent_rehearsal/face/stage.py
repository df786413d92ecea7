"""The stage: one server with both APIs, one journal, and the agents that play on it. Knows no
pytest.
"""

from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from agent_rehearsal.face.agent import Codex
from agent_rehearsal.face.timeline import render
from agent_rehearsal.journal import Journal, JournalFile
from agent_rehearsal.wire import Findings, Rule, Server, Strictness
from agent_rehearsal.wire.tls import Authority
from mock_realtime import MockRealtime
from mock_responses import MockResponses


class Stage:
    """Both mock servers on one loopback port; an async context manager.

    `port` 0 picks a free one. `strict` is `error`, `warn` or `off`: what an unmatched request or an
    unused reply does to the test; `strict_paths` makes a request to an unknown path count as well.
    `conduct` is the same for what the client does wrong, such as asking again after a refusal.
    With `tls` the URLs are `https` and `wss`, by a certificate of an authority made for this stage,
    which `ca_file` holds; it needs the extra `[tls]`.
    `journal_file` is written as the journal grows, with secrets only if `keep_secrets`. `cap`
    bounds the journal's entries.

    On a clean exit the findings are checked: a violation raises. Raises PortInUse on entering, and
    ModuleNotFoundError where `tls` lacks its extra.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        strict: Strictness = "error",
        strict_paths: bool = False,
        conduct: Strictness = "warn",
        journal_file: str | Path | None = None,
        keep_secrets: bool = False,
        cap: int | None = None,
        tls: bool = False,
    ) -> None:
        self.journal = Journal(cap=cap)
        self.findings = Findings(self.journal, strict, conduct)
        self.server = Server(
            self.journal,
            self.findings,
            port=port,
            strict_paths=strict_paths,
            tls=Authority("127.0.0.1") if tls else None,
        )
        self.responses = MockResponses(self.server)
        self.realtime = MockRealtime(self.server)
        self.labels: dict[str, str] = {}
        """What request snapshots show a label for: label -> value."""
        self._journal_file = journal_file
        self._keep_secrets = keep_secrets
        self._stack = AsyncExitStack()
        self._agents = count()
        self._reported: set[Rule] = set()

    @property
    def base_url(self) -> str:
        """What clients take as base URL: `http://127.0.0.1:PORT/v1`."""
        return self.responses.base_url

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that clients of a stage with `tls=True` have to trust.

        Raises RuntimeError for a stage without, and before the stage was started.
        """
        if self.server.tls is None or self.server.tls.ca_file is None:
            raise RuntimeError("there is no ca_file: use it inside `async with Stage(tls=True)`")
        return self.server.tls.ca_file

    def env(self) -> dict[str, str]:
        """Environment variables that point a child process's SDK at the stage."""
        return self.responses.env

    def openai(self, **options: Any) -> Any:
        """An `openai.AsyncOpenAI` for this stage, for requests and for its WebSockets."""
        return self.responses.openai_client(**options)

    def codex(self, folder: str | Path | None = None, **settings: Any) -> Codex:
        """A builder of agents that are pointed at this stage, in `folder` or a temporary one.

        `settings` are the fields of `agent_rehearsal.face.settings.Settings`. With `tls` the agents
        and the commands that they run are told of the authority by their environment.
        """
        own, trust = self._folder(folder), self.server.tls.env() if self.server.tls else {}
        builder = Codex(self.base_url, self.journal, self.findings, own, self._agents, trust)
        self._stack.push_async_callback(builder.stop)
        made = builder(**settings)
        self.labels["CWD"] = str(made.cwd)
        return made

    def timeline(self, *, width: int = 100) -> str:
        """Everything so far as text: a row an entry, a lane for the agent and each connection."""
        return render(self.journal, width=width)

    def waive(self, *names: str) -> None:
        """Let findings of these names pass: `unmatched`, `unused`, `ambiguous`, ..."""
        self.findings.waive(*names)

    def check(self) -> None:
        """Raise Violation that lists the violations so far and the replies not asked for."""
        self._report_unused()
        self.findings.check()

    def assert_no_findings(self, *names: str) -> None:
        """Raise Violation for any finding so far, or any of these names, advice included.

        Waived ones do not count; what the client has left undone until now does. Raises ValueError
        for a name that no finding has.
        """
        self.findings.assert_none(*names)

    async def start(self) -> None:
        """Begin to listen; a stage may start again once it was stopped.

        Raises PortInUse, RuntimeError where it runs already, OSError for a journal file that
        cannot be written.
        """
        if self.server.running:
            raise RuntimeError(f"this stage runs already, at {self.base_url}; stop it first")
        if self._journal_file is not None:
            written = JournalFile(self.journal, self._journal_file, keep_secrets=self._keep_secrets)
            self._stack.enter_context(written)
        try:
            if self.server.tls is not None:
                self._stack.callback(self.server.tls.forget)
                self.server.tls.write(self._folder(None) / "ca.pem")
            await self._stack.enter_async_context(self.server)
        except BaseException:
            await self._stack.aclose()
            raise

    async def stop(self) -> None:
        """End what was started, agents first; nothing is checked. A second call does nothing."""
        await self._stack.aclose()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        await self.stop()
        if kind is None:
            self.check()

    def _folder(self, given: str | Path | None) -> Path:
        if given is not None:
            return Path(given)
        return Path(self._stack.enter_context(TemporaryDirectory(prefix="rehearsal-")))

    def _report_unused(self) -> None:
        for mock in (self.responses, self.realtime):
            for rule in mock.unused():
                if rule not in self._reported:
                    self._reported.add(rule)
                    self.findings.add("unused", f"{rule} was not asked for")
