"""Questions and answers: one-shot, in any order, none after the turn is over."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from codex_core.approvals.desk import CommandGrant, Desk, Question, is_approval
from codex_core.approvals.waiters import NotPendingError, Waiters
from codex_core.protocol.decisions import ApprovedWithRule, ExecDecision
from suites.core.progress import Progress


class Asking:
    """A desk, and what it told."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.told: list[str] = []
        self.over = False
        self.happened: list[tuple[str, str]] = []
        """What was told, and what was answered, in order."""
        self._progress = Progress()

    def ask(self, key: str, command: str | None = None) -> asyncio.Task[ExecDecision]:
        grant = CommandGrant(command=(command or key,), cwd="/", unconfined=False)
        question = Question(
            kind="exec",
            key=key,
            turn_id="turn",
            grants=frozenset({grant}),
            tell=lambda: self._tell(key),
            cancelled=lambda: self.over,
        )
        return asyncio.ensure_future(self.desk.ask(question))

    def _tell(self, key: str) -> None:
        self.told.append(key)
        self.happened.append(("told", key))
        self._progress.note()

    async def tells(self, *keys: str) -> None:
        await self._progress.until(lambda: set(keys) <= set(self.told))

    def answer(self, key: str, decision: ExecDecision) -> None:
        self.happened.append(("answered", key))
        self.desk.waiters.answer("exec", key, decision)


async def test_an_answer_reaches_who_asked() -> None:
    """Whatever the decision, and once."""
    asking = Asking()
    decisions: list[ExecDecision] = ["approved", "denied", "timed_out", ApprovedWithRule.of(("a",))]
    for number, decision in enumerate(decisions):
        task = asking.ask(f"c{number}")
        await asking.tells(f"c{number}")
        asking.answer(f"c{number}", decision)
        assert await task == decision
        with pytest.raises(NotPendingError, match="it was answered before"):
            asking.answer(f"c{number}", "denied")
    assert asking.told == ["c0", "c1", "c2", "c3"]


async def test_an_answer_within_the_telling_is_not_lost() -> None:
    """The waiter is there before anybody is told of the question."""
    asking = Asking()
    grant = CommandGrant(command=("a",), cwd="/", unconfined=False)
    question = Question(
        kind="exec",
        key="c",
        turn_id="turn",
        grants=frozenset({grant}),
        tell=lambda: asking.answer("c", "denied"),
        cancelled=lambda: False,
    )
    assert await asking.desk.ask(question) == "denied"


WRONG: dict[str, Callable[[Waiters[ExecDecision]], object]] = {
    "unknown": lambda waiters: waiters.answer("exec", "other", "approved"),
    "of the other kind": lambda waiters: waiters.answer("patch", "c1", "approved"),
    "of another turn": lambda waiters: waiters.answer("exec", "c1", "approved", turn_id="old"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_an_answer_to_nothing_has_no_effect(name: str) -> None:
    """It is an error that names what does wait; the question goes on waiting."""
    asking = Asking()
    task = asking.ask("c1")
    await asking.tells("c1")
    with pytest.raises(NotPendingError, match=r"Waiting are exec_approval 'c1'$"):
        WRONG[name](asking.desk.waiters)
    assert not task.done()
    asking.desk.waiters.answer("exec", "c1", "approved", turn_id="turn")
    assert await task == "approved"


@given(st.permutations(["a", "b", "c"]))
async def test_answers_come_in_any_order(order: list[str]) -> None:
    """Each goes to its own question."""
    asking = Asking()
    tasks = {key: asking.ask(key) for key in "abc"}
    await asking.tells(*"abc")
    decisions: dict[str, ExecDecision] = {"a": "approved", "b": "denied", "c": "timed_out"}
    for key in order:
        asking.answer(key, decisions[key])
    assert {key: await task for key, task in tasks.items()} == decisions


async def test_equal_questions_are_asked_once_for_a_session() -> None:
    """Three at once: the first answer for the session is the answer to all, and to later ones."""
    asking = Asking()
    tasks = [asking.ask(key, "same") for key in ("c1", "c2", "c3")]
    await asking.tells("c1")
    asking.answer("c1", "approved_for_session")
    assert await asyncio.gather(*tasks) == ["approved_for_session"] * 3
    assert await asking.ask("c4", "same") == "approved_for_session"
    assert asking.told == ["c1"]


@pytest.mark.parametrize("decision", ["approved", "denied"])
async def test_equal_questions_are_asked_one_by_one_otherwise(decision: ExecDecision) -> None:
    """An answer for once is for one."""
    asking = Asking()
    tasks = [asking.ask(key, "same") for key in ("c1", "c2")]
    await asking.tells("c1")
    asking.answer("c1", decision)
    await asking.tells("c2")
    asking.answer("c2", "approved")
    assert [await task for task in tasks] == [decision, "approved"]
    told_then_answered = [(what, key) for key in ("c1", "c2") for what in ("told", "answered")]
    assert asking.happened == told_then_answered


async def test_a_grant_is_for_exactly_that() -> None:
    """Another folder, another command, or out of the sandbox: asked again."""
    plain = CommandGrant(command=("a",), cwd="/", unconfined=False)
    others = (
        replace(plain, cwd="/w"),
        replace(plain, command=("a", "b")),
        replace(plain, unconfined=True),
    )
    assert len({plain, *others}) == 4


async def test_who_is_cancelled_leaves_nothing() -> None:
    """No waiter, and the next equal question is asked."""
    asking = Asking()
    first, second = asking.ask("c1", "same"), asking.ask("c2", "same")
    await asking.tells("c1")
    first.cancel()
    await asking.tells("c2")
    assert asking.told == ["c1", "c2"]
    with pytest.raises(NotPendingError):
        asking.answer("c1", "approved")
    asking.answer("c2", "approved")
    assert await second == "approved"


async def test_an_answer_to_one_that_is_being_cancelled_finds_nothing() -> None:
    """In the same step of the loop, before the task could notice."""
    asking = Asking()
    task = asking.ask("c1")
    await asking.tells("c1")
    task.cancel()
    with pytest.raises(NotPendingError):
        asking.answer("c1", "approved")
    await asyncio.wait([task])
    assert task.cancelled()


async def test_after_the_turn_nothing_is_told_and_nothing_approved() -> None:
    """A question that comes up late is not told; an answer just before the end is not used."""
    asking = Asking()
    answered = asking.ask("c1")
    await asking.tells("c1")
    asking.answer("c1", "approved")
    asking.over = True
    late = asking.ask("c2")
    await asyncio.wait([answered, late])
    assert answered.cancelled()
    assert late.cancelled()
    assert asking.told == ["c1"]


def test_which_decisions_approve() -> None:
    """Three of the six."""
    decisions: tuple[ExecDecision, ...] = (
        "approved",
        "approved_for_session",
        ApprovedWithRule.of(("a",)),
        "denied",
        "timed_out",
        "abort",
    )
    assert [is_approval(decision) for decision in decisions] == [True] * 3 + [False] * 3
