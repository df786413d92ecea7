"""The seams: where the packages may touch a clock, entropy, threads, processes or raw sockets.

Holds the table of what is closed, the places where it is open and why, and the reader that
finds a breach in a module's text. Exploration replays a run only if nothing else differs.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from suites.repo.tree import Module


@dataclass(frozen=True, kw_only=True)
class Seam:
    """One thing that two runs could differ in."""

    subject: str
    remedy: str
    modules: frozenset[str] = frozenset()
    """Modules that may not be imported at all."""
    names: frozenset[str] = frozenset()
    """Dotted names that may not be used, however they were imported."""
    methods: frozenset[str] = frozenset()
    """Names that may not be imported from, or used on, anything."""
    open_at: Mapping[str, str] = field(default_factory=dict)
    """Path of a module where it is allowed -> the reason."""


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A use of something closed; prints as `path:line: what; remedy`."""

    path: str
    line: int
    what: str
    seam: Seam

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what} ({self.seam.subject}); {self.seam.remedy}"


SIM = "agent_rehearsal/interleave"

SEAMS = (
    Seam(
        subject="a real clock",
        remedy="use the running loop's time(), in codex_core the clock of Runtime",
        modules=frozenset({"time"}),
        names=frozenset(
            {
                "datetime.date.today",
                "datetime.datetime.now",
                "datetime.datetime.today",
                "datetime.datetime.utcnow",
            }
        ),
        open_at={
            "codex_core/runtime.py": "the core's one view of the world",
            "agent_rehearsal/journal/clock.py": "a written journal's header has the wall clock",
            f"{SIM}/kernel/clock.py": "what stands in for the clocks in a simulation",
            f"{SIM}/simulation/simulation.py": "puts the stand-ins in their place",
        },
    ),
    Seam(
        subject="entropy",
        remedy="take ids from a counter, in codex_core ids and jitter from Runtime",
        modules=frozenset({"random", "secrets", "tempfile", "uuid"}),
        names=frozenset({"os.getrandom", "os.urandom"}),
        open_at={
            "codex_core/runtime.py": "ids and jitter of a real run",
            f"{SIM}/strategies/dice.py": "the seeded dice of strategies",
            "agent_rehearsal/face/stage.py": "a temporary folder, labelled in snapshots",
            f"{SIM}/simulation/entropy.py": "what stands in for chance in a simulation",
        },
    ),
    Seam(
        subject="a thread",
        remedy="stay on the loop; a synchronous caller goes through agent_rehearsal.face.thread",
        modules=frozenset({"_thread", "concurrent.futures", "multiprocessing", "threading"}),
        methods=frozenset(
            {"call_soon_threadsafe", "run_coroutine_threadsafe", "run_in_executor", "to_thread"}
        ),
        open_at={
            "agent_rehearsal/face/thread.py": "the one thread, for synchronous tests",
            f"{SIM}/kernel/clock.py": "other threads keep the real clock",
            f"{SIM}/simulation/entropy.py": "other threads keep the system's entropy",
            f"{SIM}/simulation/guards.py": "refuses threads to simulated programs",
            f"{SIM}/kernel/jobs.py": "gives simulated executors their futures",
            f"{SIM}/simulation/loop.py": "runs the jobs of executors on the loop",
            f"{SIM}/stock/stock.py": "delays the jobs of executors, to confirm",
        },
    ),
    Seam(
        subject="a process",
        remedy="start commands through a Runner of codex_core.runtime",
        modules=frozenset({"pty", "subprocess"}),
        names=frozenset(
            {
                "os.execv",
                "os.execve",
                "os.execvp",
                "os.execvpe",
                "os.fork",
                "os.forkpty",
                "os.popen",
                "os.posix_spawn",
                "os.posix_spawnp",
                "os.system",
            }
        ),
        methods=frozenset(
            {
                "create_subprocess_exec",
                "create_subprocess_shell",
                "subprocess_exec",
                "subprocess_shell",
            }
        ),
        open_at={
            "codex_core/runtime.py": "the runner of real commands",
            "agent_rehearsal/face/exploring/hash_seed.py": "starts pytest again with a hash seed",
            f"{SIM}/simulation/guards.py": "refuses processes to simulated programs",
        },
    ),
    Seam(
        subject="a raw socket",
        remedy="get sockets from loop.create_server and loop.create_connection",
        names=frozenset(
            {
                "socket.create_connection",
                "socket.create_server",
                "socket.fromfd",
                "socket.getaddrinfo",
                "socket.gethostbyname",
                "socket.gethostname",
                "socket.socket",
                "socket.socketpair",
            }
        ),
        methods=frozenset({"sock_accept", "sock_connect", "sock_recv", "sock_sendall"}),
        open_at={
            f"{SIM}/kernel/addresses.py": "what stands in for the resolver",
            f"{SIM}/stock/paced.py": "keeps what stock transports send, to confirm",
            f"{SIM}/simulation/simulation.py": "puts the stand-ins in their place",
            f"{SIM}/kernel/sockets.py": "what stands in for sockets in a simulation",
            f"{SIM}/stock/stock.py": "delays connecting and sending, to confirm",
        },
    ),
)


def breaches(module: Module, seams: tuple[Seam, ...] = SEAMS) -> list[Breach]:
    """What the module uses of the closed things, but for what is open to it."""
    found = _uses(module)
    return [
        Breach(path=module.path.as_posix(), line=line, what=what, seam=seam)
        for line, what, kind in sorted(set(found))
        for seam in seams
        if module.path.as_posix() not in seam.open_at and _closed(seam, what, kind)
    ]


def stale(module: Module, seams: tuple[Seam, ...] = SEAMS) -> list[str]:
    """Subjects that are open to the module although it does not use them."""
    found = _uses(module)
    return [
        seam.subject
        for seam in seams
        if module.path.as_posix() in seam.open_at
        and not any(_closed(seam, what, kind) for _, what, kind in found)
    ]


def _closed(seam: Seam, what: str, kind: str) -> bool:
    match kind:
        case "import":
            return any(what == name or what.startswith(f"{name}.") for name in seam.modules)
        case "name":
            return what in seam.names
        case _:
            return what in seam.methods


def _uses(module: Module) -> list[tuple[int, str, str]]:
    """(line, dotted name, import | name | method) of everything that could be a breach."""
    running = [each for each in module.imports if not each.typing_only]
    known = {each.bound: each.target for each in running}
    uses: list[tuple[int, str, str]] = []
    for each in running:
        if each.name is None:
            uses.append((each.line, each.module, "import"))
        else:
            uses.append((each.line, each.target, "import"))
            uses.append((each.line, each.target, "name"))
            uses.append((each.line, each.name, "method"))
    for node in ast.walk(module.tree):
        uses += _used_by(node, known)
    return uses


def _used_by(node: ast.AST, known: Mapping[str, str]) -> Iterator[tuple[int, str, str]]:
    match node:
        case ast.Attribute():
            yield node.lineno, node.attr, "method"
            if dotted := _dotted(node, known):
                yield node.lineno, dotted, "name"
        case ast.Call(
            func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name))]
        ):
            yield node.lineno, name, "import"


def _dotted(node: ast.expr, known: Mapping[str, str]) -> str | None:
    """`dt.now` with `from datetime import datetime as dt` is `datetime.datetime.now`."""
    match node:
        case ast.Name(id=name):
            return known.get(name)
        case ast.Attribute(value=value, attr=attr):
            owner = _dotted(value, known)
            return owner and f"{owner}.{attr}"
        case _:
            return None
