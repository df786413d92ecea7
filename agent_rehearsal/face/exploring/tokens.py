"""The token of `--explore-replay`: what it names, and the one test that it leaves to be run."""

from dataclasses import replace
from difflib import get_close_matches

import pytest

from agent_rehearsal.interleave.search.replay import Replay
from agent_rehearsal.interleave.search.token import TokenError, decode
from agent_rehearsal.interleave.verdict import Budget

UPDATE = ("update_snapshots", "update_new_snapshots_only")


def replay_of(token: str, config: pytest.Config) -> Replay:
    """What a token names. Raises UsageError for one that cannot be used, and beside an update of
    snapshots.
    """
    if any(config.getoption(name, None) for name in UPDATE):
        raise pytest.UsageError(
            "--explore-replay runs a test out of its natural order, which must not be written to "
            "snapshots: leave --snapshot-update out"
        )
    try:
        return decode(token)
    except TokenError as error:
        raise pytest.UsageError(f"--explore-replay: {error}") from None


def budget_under(replay: Replay, budget: Budget) -> Budget:
    """The budget under which a token was found, whatever the test's mark says by now."""
    return replace(budget, late=replay.late, seed=replay.seed)


def select(config: pytest.Config, items: list[pytest.Item], replay: Replay) -> None:
    """Leave only the test of the token. Raises UsageError where it is not among them."""
    chosen = [item for item in items if item.nodeid == replay.test]
    others = [item for item in items if item.nodeid != replay.test]
    if not chosen:
        raise pytest.UsageError(_absent(replay, [item.nodeid for item in items]))
    items[:] = chosen
    if others:
        config.hook.pytest_deselected(items=others)


def _absent(replay: Replay, collected: list[str]) -> str:
    near = get_close_matches(replay.test, collected, n=1)
    nearest = f"; the nearest is {near[0]}" if near else ""
    return (
        f"--explore-replay: the token is of the test {replay.test}, which is not among the "
        f"{len(collected)} collected{nearest}; run pytest '{replay.test}' with it"
    )
