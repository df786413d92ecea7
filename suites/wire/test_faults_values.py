"""Faults as values: what each makes of the steps that follow it, and what a seed draws."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal import (
    at_random,
    cut,
    delay,
    duplicate,
    garbage,
    half_close,
    ping,
    refuse,
    reorder,
    reset,
    stall,
    within,
)
from agent_rehearsal.wire import ANYWHERE, Mark, Raw, Send, Step
from agent_rehearsal.wire.division import utf8_sizes
from agent_rehearsal.wire.draw import Draw
from agent_rehearsal.wire.event_stream import parts
from agent_rehearsal.wire.garbage import KINDS
from agent_rehearsal.wire.rewrite import Rewrite, rewritten
from agent_rehearsal.wire.script import Fault, Note, Ping, Slice

A, B, C, D = (Send(name.encode() * 5, name) for name in "abcd")
PAUSE = delay(0)
NO_MARK: Any = "cut"
SEEDS = st.integers()
PIECES = st.lists(st.sampled_from([A, B, C, D, Raw(b""), Raw(b"r"), PAUSE]), max_size=6)


def encoded(piece: Send | Raw) -> bytes:
    """A framing that can be counted."""
    return b"<%b>" % piece.payload if isinstance(piece, Send) else piece.data


def made(*steps: Step) -> list[Step]:
    """The steps that are left to play."""
    return list(rewritten(steps, encoded))


def data(steps: Sequence[Step]) -> bytes:
    """What goes out if nothing breaks it off."""
    return b"".join(encoded(step) for step in steps if isinstance(step, Send | Raw))


def bare(steps: Sequence[Step]) -> list[Step]:
    """The steps without notes."""
    return [step for step in steps if not isinstance(step, Note)]


def test_steps_without_such_marks_stay_as_they_are() -> None:
    """Nothing but a rewriting mark changes anything."""
    assert made(A, PAUSE, B, cut()) == [A, PAUSE, B, cut()]


def test_a_duplicate_is_the_next_event_twice() -> None:
    """Marks before that event come before both."""
    assert made(A, duplicate(), PAUSE, B, C) == [A, PAUSE, Note("duplicate"), B, B, C]


def test_two_duplicates_are_three_times() -> None:
    """Each mark adds one."""
    assert bare(made(duplicate(), duplicate(), A)) == [A, A, A]


def test_reorder_swaps_two_events() -> None:
    """What stands between them stays in its place."""
    assert bare(made(reorder(), A, PAUSE, B, C)) == [B, PAUSE, A, C]


@given(seed=SEEDS, count=st.integers(2, 30))
def test_reorder_never_keeps_the_order(seed: int, count: int) -> None:
    """Any seed gives all the events, in another order, and the same one again."""
    events = [Send(b"%d" % n, "e") for n in range(count)]
    steps = made(reorder(count, seed=seed), *events)
    assert steps == made(reorder(count, seed=seed), *events)
    assert bare(steps) != events
    assert set(bare(steps)) == set(events)


@pytest.mark.parametrize(("at", "halves"), [(1, (b"<", b"aaaaa>")), (-1, (b"<aaaaa", b">"))])
def test_within_divides_the_next_event(at: int, halves: tuple[bytes, bytes]) -> None:
    """The offset counts from the event's beginning, or below 0 from its end."""
    first, last = halves
    assert made(within(PAUSE, at=at), A, B) == [
        Slice(first, first=True, last=False),
        PAUSE,
        Slice(last, first=False, last=True),
        B,
    ]


@given(first=st.integers(1, 6), second=st.integers(1, 6))
def test_one_event_can_be_divided_twice(first: int, second: int) -> None:
    """Both offsets count in the whole event, in any order; its bytes stay the same."""
    stop = cut()
    steps = made(within(PAUSE, at=first), within(stop, at=second), A, B)
    assert data(steps) == data([A, B])
    assert len(data(steps[: steps.index(PAUSE)])) == first
    assert len(data(steps[: steps.index(stop)])) == second
    slices = [step for step in steps if isinstance(step, Slice)]
    assert [s.first for s in slices] == [True] + [False] * (len(slices) - 1)
    assert [s.last for s in slices] == [False] * (len(slices) - 1) + [True]


@pytest.mark.parametrize("at", [7, 8, -7, -100])
def test_within_stays_inside_the_event(at: int) -> None:
    """An offset that is not inside is told the size of the event."""
    with pytest.raises(ValueError, match=r"the next event has 7 bytes; expected 1 to 6"):
        made(within(cut(), at=at), A)


@pytest.mark.parametrize("mark", [duplicate(), reorder(), within(cut(), at=1)], ids=repr)
def test_a_mark_needs_its_events(mark: Rewrite) -> None:
    """A mark with too little after it says how much it needs, after what came before was made."""
    with pytest.raises(ValueError, match=rf"needs {mark.needs} events after it .* has 0"):
        made(A, mark, PAUSE)


def test_a_divided_event_is_not_moved() -> None:
    """A mark that would take half of an event is told to stand before the one that divides it."""
    with pytest.raises(ValueError, match=r"duplicate\(\) stands after within"):
        made(within(PAUSE, at=2), duplicate(), A)
    assert data(made(duplicate(), within(PAUSE, at=2), A)) == data([A, A])


@given(seed=SEEDS)
def test_garbage_stands_alone(seed: int) -> None:
    """One event of a kind in the table, noted by name; what follows is untouched."""
    note, piece, *rest = made(garbage(seed=seed), A)
    assert isinstance(note, Note)
    assert note.detail["what"] in KINDS
    assert rest == [A]
    if isinstance(piece, Raw):
        assert piece.data.endswith(b"\n\n")
        assert b"\n\n" not in piece.data[:-2]
    else:
        assert isinstance(piece, Send)
        assert not set(piece.payload) & set(b"\r\n")


def test_every_kind_of_garbage_is_drawn() -> None:
    """Some seed below a hundred gives each kind."""
    notes = [made(garbage(seed=seed))[0] for seed in range(100)]
    assert {note.detail["what"] for note in notes if isinstance(note, Note)} == set(KINDS)


@given(seed=SEEDS, steps=PIECES)
def test_a_random_fault_is_the_same_again(seed: int, steps: list[Step]) -> None:
    """The seed and the script give the fault and its place."""
    assert made(at_random(seed), *steps) == made(at_random(seed), *steps)


@given(seed=SEEDS, steps=PIECES, fault=st.sampled_from([cut(), reset(), stall(), half_close()]))
def test_a_random_end_leaves_the_bytes_as_they_are(
    seed: int, steps: list[Step], fault: Mark
) -> None:
    """A fault that ends the reply is put in once, right after the note, and changes nothing."""
    found = made(at_random(seed, faults=[fault]), *steps)
    assert data(found) == data(steps)
    at = found.index(fault)
    assert found[at - 1] == Note("at_random", {"seed": seed, "fault": repr(fault)})
    assert found.count(fault) == 1


def test_a_random_fault_comes_everywhere() -> None:
    """Over many seeds it stands on each boundary, and after each byte inside of an event."""
    stop = cut()
    seen: set[int] = set()
    for seed in range(400):
        found = made(at_random(seed, faults=[stop]), A, B, C)
        seen.add(len(data(found[: found.index(stop)])))
    assert seen == set(range(len(data([A, B, C])) + 1))


def test_every_fault_is_drawn() -> None:
    """Over many seeds each of the usual faults is chosen, where enough events follow."""
    notes = [bare_note(made(at_random(seed), A, B)) for seed in range(100)]
    assert set(notes) == set(map(repr, ANYWHERE))


def bare_note(steps: Sequence[Step]) -> object:
    """The fault that was chosen."""
    (note,) = [step for step in steps if isinstance(step, Note) and step.name == "at_random"]
    return note.detail["fault"]


def test_a_random_fault_fits() -> None:
    """With too few events for any of the faults the mark says so; else another is chosen."""
    with pytest.raises(ValueError, match="none of these faults fits into the 1 events"):
        made(at_random(1, faults=[reorder()]), A)
    assert all(cut() in made(at_random(seed, faults=[reorder(), cut()]), A) for seed in range(10))


@given(text=st.text(max_size=30))
def test_each_long_character_is_divided(text: str) -> None:
    """Every character of several bytes is split in two, everything else stays together."""
    encoded_text = text.encode()
    sizes = utf8_sizes(encoded_text)
    found = list(parts(encoded_text, sizes))
    assert b"".join(found) == encoded_text
    assert len(found) == sum(len(c.encode()) > 1 for c in text) + bool(text)
    for piece in found[:-1]:
        with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
            piece.lstrip(bytes(range(0x80, 0xC0))).decode()


def test_draws_are_the_same_everywhere() -> None:
    """What a seed draws is fixed for good: found failures are repeated by it."""
    draw = Draw(7)
    assert [draw.below(100) for _ in range(6)] == [82, 34, 30, 46, 75, 17]
    assert Draw(7).share() != Draw(8).share()


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: reorder(1), ValueError, "2 or more events"),
        (lambda: within(at=3), ValueError, "expected a mark"),
        (lambda: within(cut(), at=0), ValueError, "an offset but 0"),
        (lambda: within(NO_MARK, at=3), TypeError, "'cut' has no meaning in an event"),
        (lambda: within(duplicate(), at=3), TypeError, r"duplicate\(\) has no meaning"),
        (lambda: at_random(1, faults=[]), ValueError, "one or more faults"),
        (lambda: at_random(1, faults=[NO_MARK]), TypeError, "'cut' is no fault"),
        (lambda: refuse(200), ValueError, "from 300 to 599"),
    ],
    ids=range(8),
)
def test_wrong_arguments_are_refused(
    build: Callable[[], object], error: type[Exception], text: str
) -> None:
    """What makes no fault raises where it is written."""
    with pytest.raises(error, match=text):
        build()


@pytest.mark.parametrize("fault", [cut(), reset(), stall(), half_close()])
def test_an_end_prints_as_it_is_written(fault: Fault) -> None:
    """The journal and the reports show the call."""
    assert repr(fault) == f"{fault.name}()"


@pytest.mark.parametrize(("data", "error"), [("text", TypeError), (b"x" * 126, ValueError)])
def test_a_ping_carries_a_few_bytes(data: Any, error: type[Exception]) -> None:
    """What no control frame can carry is refused where it is written."""
    with pytest.raises(error, match="ping"):
        ping(data)
    assert ping(b"x" * 125) == Ping(b"x" * 125)
