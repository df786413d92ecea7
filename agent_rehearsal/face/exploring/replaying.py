"""A test under the one schedule of a token, and what its run says."""

from collections.abc import Iterator

from agent_rehearsal.face.exploring.approval import approved
from agent_rehearsal.face.exploring.ending import Ending
from agent_rehearsal.face.exploring.running import Item, Run
from agent_rehearsal.interleave.search.replay import PYTHON, Replay, difference, misfit
from agent_rehearsal.interleave.story.diagram import diagram
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.world.outcomes import Reach


def replayed(program: Item, replay: Replay) -> Ending:
    """How a test ends under the schedule of a token.

    A run that fails has to have met what is held back; one that passes has to be the very run that
    was written down, or else it says nothing.
    """
    run = program(Delays(replay.schedule))
    strayed = difference(replay, run.trace) if run.failure is None else misfit(replay, run.trace)
    ending = Ending(
        reports=run.reports,
        text="\n".join(_said(run, replay, strayed)),
        failed=f"this replay no longer applies: {strayed}" if strayed else "",
        notes={"words": "replayed, passes now"},
    )
    seen = {repr(each): (each, replay.schedule) for each in run.outcomes}
    return approved(ending, program, seen, run.trace, Reach())


def _said(run: Run, replay: Replay, strayed: str | None) -> Iterator[str]:
    if strayed is not None:
        yield f"this replay no longer applies: {strayed}"
        if replay.python != PYTHON:
            yield f"it was written down by Python {replay.python}; this is {PYTHON}"
        yield "explore the test again to find out whether it can still fail"
    elif run.failure is None:
        yield "the schedule of the token was followed to its end, and the test passes now"
    yield diagram(run.trace, replay.schedule)
