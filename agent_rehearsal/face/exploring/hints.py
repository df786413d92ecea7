"""What may be behind a failure in the natural order that the stock loop would not have: fixtures
that outlive a run, of which a simulation knows nothing.

Guesses in words, from how a run ended; it must not run anything.
"""

from collections.abc import Iterator

from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.keys import Key
from agent_rehearsal.interleave.trace import Trace

OTHER_LOOP = ("different loop", "different event loop")
"""What asyncio says of a thing that belongs to another loop."""
KEPT = (
    "something that was made on the event loop of another run is used: a fixture of a wider scope "
    "may keep it; give that fixture scope='function'"
)
REFUSED = (
    "nobody listened at {}: a simulation has only the servers that were started in it, and not "
    "what a fixture of a wider scope has started"
)


def hints(run: Attempt) -> Iterator[str]:
    """What to think of, where a natural run failed."""
    if run.failure is None:
        return
    if any(words in run.failure.text for words in OTHER_LOOP):
        yield KEPT
    if servers := refused(run.trace):
        yield REFUSED.format(", ".join(servers))


def refused(trace: Trace) -> list[str]:
    """The addresses at which a connection was refused, each once."""
    answers = ((link, trace.sent.get(Key(f"{name}<s#0"))) for name, link in trace.links.items())
    found = (link.server for link, sent in answers if sent is not None and sent.piece == "rst")
    return list(dict.fromkeys(found))
