"""The serving process: a stage, the scenario that plays on it, and an end by signal.

Whatever ends it, the stage is stopped in good order, so the journal file is whole.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from agent_rehearsal.face.cli.loading import Scenario
from agent_rehearsal.face.cli.mishap import Mishap
from agent_rehearsal.face.stage import Stage
from agent_rehearsal.journal import Entry, Journal
from agent_rehearsal.journal.summary import line
from agent_rehearsal.wire import ALWAYS, PortInUse
from mock_responses import message
from mock_responses.aimock import Fixtures

GREETING = "Hello from rehearsal."
"""What every request is answered with where no scenario says otherwise."""
_ENDS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the command line asked for."""

    scenario: Scenario | None
    fixtures: Fixtures | None
    """What answers after the scenario."""
    port: int
    journal_file: Path | None
    keep_secrets: bool
    websockets: bool
    tls: bool
    verbose: bool


async def run(settings: Settings) -> None:
    """Serve until a signal. Raises Mishap where serving cannot begin or the scenario raises."""
    with _ended_by_signal() as ended:
        stage = _stage(settings)
        stage.responses.websockets = settings.websockets
        stage.journal.observe(_teller(stage.journal, verbose=settings.verbose))
        for problem in settings.fixtures.left_out if settings.fixtures else ():
            _say(f"rehearsal: left out: {problem}")
        await _start(stage, settings.journal_file)
        try:
            await _serve(stage, settings, ended)
        finally:
            await stage.stop()


def _stage(settings: Settings) -> Stage:
    try:
        return Stage(
            port=settings.port,
            strict="warn",
            journal_file=settings.journal_file,
            keep_secrets=settings.keep_secrets,
            tls=settings.tls,
        )
    except ModuleNotFoundError as error:
        raise Mishap(str(error)) from error


async def _start(stage: Stage, journal_file: Path | None) -> None:
    try:
        await stage.start()
    except OSError as error:
        raise Mishap(_why_not(error, journal_file)) from error


def _why_not(error: OSError, journal_file: Path | None) -> str:
    reason = error.strerror or str(error)
    if isinstance(error, PortInUse):
        return reason
    if error.filename is None:
        return f"cannot listen: {reason}; --port 0 picks a free port"
    return (
        f"cannot write the journal to {journal_file}: {reason}; "
        "name a file in a folder that exists and can be written"
    )


async def _serve(stage: Stage, settings: Settings, ended: asyncio.Event) -> None:
    playing = asyncio.create_task(_play(stage, settings, ended))
    # One turn of the loop takes a scenario to its first wait: what it registers is there by then.
    await asyncio.sleep(0)
    if not ended.is_set():
        click.echo(f"rehearsal: listening on {stage.server.url}")
        if settings.tls:
            click.echo(f"rehearsal: trust the authority in {stage.ca_file}")
    await ended.wait()
    playing.cancel()
    (result,) = await asyncio.gather(playing, return_exceptions=True)
    if isinstance(result, Mishap):
        raise result
    stage.check()


async def _play(stage: Stage, settings: Settings, ended: asyncio.Event) -> None:
    if settings.fixtures is not None:
        settings.fixtures.reply_on(stage.responses)
    elif settings.scenario is None:
        stage.responses.reply(message(GREETING), times=ALWAYS)
    if settings.scenario is None:
        return
    try:
        await settings.scenario.play(stage)
    except Mishap:
        ended.set()
        raise


def _teller(journal: Journal, *, verbose: bool) -> Callable[[Entry], None]:
    """What tells stderr of findings, and of every entry if `verbose`."""

    def tell(entry: Entry) -> None:
        journal.secrets.learn(entry)
        if verbose:
            _say(line(entry, journal.secrets, start=journal.start))
        if entry.kind == "finding":
            _say(f"rehearsal: {entry.head}: {journal.secrets.text(entry.get('text', ''))}")

    return tell


def _say(text: str) -> None:
    # A parent that no longer reads stderr is no reason to stop serving.
    with suppress(OSError):
        click.echo(text, err=True)


@contextmanager
def _ended_by_signal() -> Iterator[asyncio.Event]:
    """An event that the first SIGINT or SIGTERM sets; the second ends the process at once."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def release() -> None:
        for number in _ENDS:
            loop.remove_signal_handler(number)

    def end() -> None:
        release()
        ended.set()

    for number in _ENDS:
        loop.add_signal_handler(number, end)
    try:
        yield ended
    finally:
        release()
