"""`rehearsal serve`: the mock servers as a process, for clients in any language.

The options only; `serving` does the work and is imported when it is to begin.
"""

from pathlib import Path

import click

from agent_rehearsal.face.cli.mishap import Mishap


@click.command(short_help="The mock servers, for a client in any language.")
@click.argument("scenario", required=False, type=click.Path(path_type=Path))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="Port on 127.0.0.1; 0 picks a free one.",
)
@click.option(
    "--journal",
    "journal_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write everything that happens to FILE, as it happens; `rehearsal show FILE` draws it.",
)
@click.option(
    "--aimock",
    "aimock",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Answer from a fixture file of aimock; may be given several times, in order.",
)
@click.option("--keep-secrets", is_flag=True, help="Write keys and cookies to FILE as they are.")
@click.option(
    "--websockets",
    is_flag=True,
    help="Accept WebSockets on /v1/responses; else they get 426 and clients turn to HTTP.",
)
@click.option(
    "--tls",
    is_flag=True,
    help="Speak https and wss; the line after the server's names the authority to trust.",
)
@click.option("-v", "--verbose", is_flag=True, help="One line on stderr for each entry.")
def serve(
    scenario: Path | None,
    port: int,
    journal_file: Path | None,
    aimock: tuple[Path, ...],
    *,
    keep_secrets: bool,
    websockets: bool,
    tls: bool,
    verbose: bool,
) -> None:
    """Serve the Responses and Realtime APIs on one port until SIGINT or SIGTERM.

    Prints one line when ready: `rehearsal: listening on http://127.0.0.1:PORT`, and with --tls
    another, `rehearsal: trust the authority in FILE`. Without a SCENARIO
    every request is answered with a short message. A SCENARIO is a Python file with

    \b
        def scenario(stage):              # or: async def
            stage.responses.reply(message("hi"))

    A coroutine goes on while clients are served. Fixtures of aimock answer what the SCENARIO does
    not. What nothing answers is told on stderr.
    """
    if keep_secrets and journal_file is None:
        raise Mishap("--keep-secrets says how a journal is written; add --journal FILE")
    import asyncio

    from agent_rehearsal.face.cli.loading import load

    loaded = load(scenario) if scenario else None
    # Only now: a scenario that is wrong is told before the servers are imported.
    from agent_rehearsal.face.cli.fixtures import load_fixtures
    from agent_rehearsal.face.cli.serving import Settings, run

    settings = Settings(
        scenario=loaded,
        fixtures=load_fixtures(aimock) if aimock else None,
        port=port,
        journal_file=journal_file,
        keep_secrets=keep_secrets,
        websockets=websockets,
        tls=tls,
        verbose=verbose,
    )
    asyncio.run(run(settings))
