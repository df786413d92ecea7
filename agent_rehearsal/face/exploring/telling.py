"""What was found, in words: the engine's report, the line that replays it, and how sure it is."""

from agent_rehearsal.face.exploring.hash_seed import USUAL, pinned
from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.keys import Schedule
from agent_rehearsal.interleave.search.replay import Replay, noted
from agent_rehearsal.interleave.search.token import encode
from agent_rehearsal.interleave.stock.confirm import OnStock, confirm
from agent_rehearsal.interleave.story.report import tell
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.verdict import Budget, Found, Verdict

UNSTEADY = (
    "two runs in the natural order differ, so that no schedule of this test can be repeated: {}; "
    "it draws on something that is not simulated"
)
FAILED_ONCE = (
    "failed in {failed} of {runs} natural runs: it draws on something that is not simulated; {at}"
)
ONCE = "it did not come about a second time: {}; the test draws on something not simulated"
UNPINNED = (
    "found under a random hash seed: in another process sets may come in another order; "
    "set PYTHONHASHSEED=0 to have replays that hold"
)


def told(
    test: str, verdict: Verdict, found: Found, budget: Budget, *, confirmed_by: OnStock | None
) -> str:
    """The report of a failure; looked for on real sockets by a program that runs there."""
    confirmation = confirm(confirmed_by, found, late=budget.late) if confirmed_by else None
    text = tell(
        found,
        verdict.natural,
        replay=replay_command(test, found.shrunk.trace, found.schedule, budget),
        confirmed=confirmation.counts if confirmation else None,
    )
    lines = [text, f"confirmation: {confirmation}" if confirmation else ""]
    lines.append("" if pinned() else UNPINNED)
    return "\n".join(filter(None, lines))


def confirmed(program: OnStock, run: Attempt, schedule: Schedule, late: float) -> str:
    """What came of a run's failure on real sockets; empty where it did not fail."""
    if run.failure is None:
        return ""
    found = Found(first=run, strategy="replay", tried=1, schedule=schedule, shrunk=run, shrinking=0)
    return f"confirmation: {confirm(program, found, late=late)}"


def replay_command(test: str, trace: Trace, schedule: Schedule, budget: Budget) -> str:
    """The command that makes the run of this trace again."""
    replay = replay_of(test, trace, schedule, budget)
    return f"pytest '{test}' --explore-replay={encode(replay)}"


def replay_of(test: str, trace: Trace, schedule: Schedule, budget: Budget) -> Replay:
    """A run of the test of this node id."""
    return noted(
        trace,
        schedule,
        test=test,
        hashseed=pinned() or USUAL,
        late=budget.late,
        seed=budget.seed,
    )
