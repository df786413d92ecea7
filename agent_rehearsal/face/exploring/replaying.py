"""A test under the one schedule of a token, and what its run says."""

from collections.abc import Iterator

from agent_rehearsal.face.exploring.approval import approved
from agent_rehearsal.face.exploring.drawing import draw_run
from agent_rehearsal.face.exploring.ending import Ending
from agent_rehearsal.face.exploring.options import Options
from agent_rehearsal.face.exploring.running import Item, reports_of
from agent_rehearsal.face.exploring.telling import confirmed
from agent_rehearsal.face.exploring.twice import Twice
from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.search.replay import (
    PYTHON,
    Replay,
    difference,
    misfit,
    parting,
)
from agent_rehearsal.interleave.story.diagram import diagram
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.world.outcomes import Reach

STRAYED = "this replay no longer applies: {}"
FOLLOWED = "the schedule of the token was followed to its end, and the test passes now"


def replayed(program: Item, replay: Replay, options: Options) -> Ending:
    """How a test ends under the schedule of a token.

    A run that fails has to have met what is held back; one that passes has to be the run that was
    written down, by the names of its messages, or else it says nothing. Bytes and times may differ:
    they are only told where the failure did not come back.
    """
    tried = Twice(program) if options.twice else program
    run = tried(Delays(replay.schedule))
    if options.story is not None:
        draw_run(options.story, replay.test, run, replay.schedule)
    strayed = parting(replay, run.trace) if run.failure is None else misfit(replay, run.trace)
    said = list(_said(run, replay, strayed))
    if options.confirm and strayed is None:
        said.append(confirmed(program.on, run, replay.schedule, replay.late))
    ending = Ending(
        reports=reports_of(run),
        text="\n".join(filter(None, said)),
        failed=STRAYED.format(strayed) if strayed else "",
        notes={"words": "replayed, passes now"},
    )
    seen = {repr(each): (each, replay.schedule) for each in run.outcomes}
    return approved(ending, program, seen, run.trace, Reach())


def _said(run: Attempt, replay: Replay, strayed: str | None) -> Iterator[str]:
    if strayed is not None:
        yield STRAYED.format(strayed)
        if replay.python != PYTHON:
            yield f"it was written down by Python {replay.python}; this is {PYTHON}"
        yield "explore the test again to find out whether it can still fail"
    elif run.failure is None:
        yield FOLLOWED
        if other := difference(replay, run.trace):
            yield f"beside that it is another run than the one that was written down: {other}"
    yield diagram(run.trace, replay.schedule)
