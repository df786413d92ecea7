"""Tokens and replays: what is written down is read back, and what is not whole is refused."""

import json
import re
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.search.plain import NotAReplay, from_plain, to_plain
from agent_rehearsal.interleave.search.replay import Replay, difference, misfit, noted, parting
from agent_rehearsal.interleave.search.token import TokenError, decode, encode
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.trace import Trace
from suites.interleave import stories
from suites.interleave.tiny import Play, Tiny, program

ONE, TWO = Key("c1>s#1"), Key("c2>s#1")
TEST = "suites/turns/test_a.py::test_b[é-1]"
HELD = Schedule(delays={ONE: Delay(0.03)})

times = st.floats(0, 10).map(lambda time: round(time, 9))
keys = st.from_regex(r"\A(c[0-9]{1,2}[<>]s#[0-9]{1,3}|job:[0-9]{1,2})\Z").map(Key)
numbers = st.integers(0, 1 << 20)
delays = st.builds(Delay, times, numbers, st.none() | keys)
schedules = st.builds(
    Schedule,
    delays=st.dictionaries(keys, delays),
    salts=st.dictionaries(numbers, numbers),
    steps=st.dictionaries(keys, numbers),
    stalls=st.dictionaries(numbers, times),
)
replays = st.builds(
    Replay,
    test=st.text(st.characters(exclude_categories=["Cs"])),
    schedule=schedules,
    python=st.sampled_from(["3.11", "3.13"]),
    hashseed=st.sampled_from(["0", "42", "random"]),
    late=times,
    seed=numbers,
    digest=st.just("0123456789abcdef"),
    course=st.text("abcXYZ-_", max_size=64),
    marks=st.dictionaries(keys, st.just("data 1a2b")),
)


def run(play: Play, schedule: Schedule = HELD) -> Trace:
    return program(play)(Delays(schedule)).trace


def replay_of(play: Play, schedule: Schedule = HELD) -> Replay:
    return noted(run(play, schedule), schedule, test=TEST)


def word(text: str) -> str:
    """A whole token with this text in it."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(text.encode()) + deflate.flush()
    body = zlib.crc32(packed).to_bytes(4) + packed
    return "rh1-" + urlsafe_b64encode(body).rstrip(b"=").decode()


@given(replays)
def test_a_token_gives_back_its_replay(replay: Replay) -> None:
    """Nothing is lost, whatever the test is called."""
    assert decode(encode(replay)) == replay


@given(replays)
def test_plain_data_survives_json(replay: Replay) -> None:
    """A stored schedule reads back as it was."""
    assert from_plain(json.loads(json.dumps(to_plain(replay)))) == replay


@given(replays)
def test_a_token_needs_no_quotes_in_a_shell(replay: Replay) -> None:
    """Letters, digits, minus and underscore, and no minus in front."""
    assert re.fullmatch(r"[a-z][A-Za-z0-9_-]+", encode(replay))


def test_a_token_is_short() -> None:
    """One late message of a run of 64 arrivals fits into two lines of a terminal."""
    replay = replace(replay_of(stories.crowd), course="Qm4x_Zp1" * 8)
    assert len(encode(replay)) < 330


def test_a_token_of_another_python_is_read() -> None:
    """A token that was was made on 3.13 is read here, today and later."""
    token = (
        "rh1-"
        "UD87v1WMyw6CQAxFf8XULRmnDL5m4T-41RhSmFEIrwkdEgnh32105aa595y2C0TPESzwVEvaxWnsZQrL"
        "SYXZ2m8sIIEwx2roZdMoNNIr4oq9d0K0VFe_fo80pibbH46nMxWl809x5TCN7MVdu-yd3wIKaykK0Qrl"
        "1Lc0M9gFSrzwFsHetdLmsSbQ0dj8GXAUaYOUFrCuHw"
    )
    assert decode(token).schedule == HELD


@given(replays, st.data())
def test_a_token_that_is_cut_off_is_refused(replay: Replay, data: st.DataObject) -> None:
    """Wherever it ends too early, the checksum tells."""
    token = encode(replay)
    end = data.draw(st.integers(0, len(token) - 1))
    with pytest.raises(TokenError):
        decode(token[:end])


@given(replays, st.data())
def test_a_token_with_another_letter_is_refused(replay: Replay, data: st.DataObject) -> None:
    """A letter that was mistyped is told, not followed; of the last some bits are unused."""
    token = encode(replay)
    place = data.draw(st.integers(4, len(token) - 2))
    letter = data.draw(st.sampled_from("ABCDEFGHijklmn0123_-").filter(lambda c: c != token[place]))
    with pytest.raises(TokenError, match="cut off or altered"):
        decode(token[:place] + letter + token[place + 1 :])


@given(st.text(max_size=80))
def test_what_is_no_token_is_refused(text: str) -> None:
    """Any text gets a TokenError and no other."""
    with pytest.raises(TokenError):
        decode(text)


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("", "is no replay token: expected rh1-"),
        ("eJyLjo5WKs8sTs4HAAvWAv8", "is no replay token"),
        ("rh1-abc def", "is no replay token"),
        ("rh1-", "cut off or altered"),
        ("rh1-A", "cut off or altered"),
        ("rh2-AAAA", "of version 2, and version 1 is read here"),
        (word("not json"), "whole but not of this program"),
        (word("[]"), "the replay is \\[\\]; expected an object"),
        (word('{"test":1,"python":"3.11","late":0.1}'), "test is 1; expected a text"),
    ],
)
def test_a_refusal_says_why(token: str, words: str) -> None:
    """Foreign, other version, damaged: each has words of its own."""
    with pytest.raises(TokenError, match=words):
        decode(token)


def test_a_token_that_unpacks_without_end_is_refused() -> None:
    """More text than any replay has is not unpacked."""
    with pytest.raises(TokenError, match="cut off or altered"):
        decode(word(" " * (1 << 21)))


def test_a_token_of_another_test_is_refused() -> None:
    """Both tests are named."""
    token = encode(replay_of(stories.gap))
    assert decode(f" {token}\n", test=TEST).test == TEST
    with pytest.raises(TokenError, match=r"of the test .*test_b.* not of other::test"):
        decode(token, test="other::test")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("delays", [], r"delays is \[\]; expected an object"),
        (
            "delays",
            {"c1>s#1": 3},
            r"delays\[c1>s#1\] is 3; expected \[seconds, turns, after what\]",
        ),
        ("delays", {"c1>s#1": [-1]}, r"is -1; expected seconds, 0 or more"),
        ("delays", {"c1>s#1": [float("nan")]}, r"is nan; expected seconds"),
        ("delays", {"c1>s#1": [0, 0, None]}, r"is None; expected a text"),
        ("delays", {"c1>s#1": [0, 0, "x", 1]}, r"expected \[seconds, turns, after what\]"),
        ("salts", {"one": 1}, r"salts has 'one'; expected the number of a task"),
        ("salts", {"1": 1.5}, r"salts\[1\] is 1.5; expected a whole number"),
        ("stalls", {"1": True}, r"stalls\[1\] is True; expected seconds"),
        ("steps", {"task:1": "x"}, r"steps\[task:1\] is 'x'; expected a whole number"),
        ("marks", {"c1>s#1": 1}, r"marks\[c1>s#1\] is 1; expected a text"),
        ("late", None, r"late is None; expected seconds"),
        ("wrong", 1, r"unknown here: wrong"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: Any, words: str) -> None:
    """Stored data that people edited: the field, what it is, what was expected."""
    with pytest.raises(NotAReplay, match=words):
        from_plain({"test": "t", "python": "3.11", "late": 0.1, field: value})


def test_a_missing_field_is_named() -> None:
    """A replay has a test at least."""
    with pytest.raises(NotAReplay, match=r"missing: test, late$"):
        from_plain({"python": "3.11"})


def test_the_same_program_shows_no_difference() -> None:
    """A replay of the run it was noted from is the same."""
    replay = replay_of(stories.crowd)
    assert difference(replay, run(stories.crowd)) is None
    assert misfit(replay, run(stories.crowd)) is None


def sending(name: str, data: bytes, *, extra: bool = False) -> Callable[[Tiny], None]:
    def play(tiny: Tiny) -> None:
        tiny.send(name, lambda: None, data=data)
        tiny.send("c2>s", lambda: None)
        if extra:
            tiny.send("c3>s", lambda: None)

    return play


@pytest.mark.parametrize("compare", [misfit, parting, difference])
def test_a_held_message_that_never_came_up_is_told(
    compare: Callable[[Replay, Trace], str | None],
) -> None:
    """It is the first difference, by its name."""
    told = compare(replay_of(sending("c1>s", b"x")), run(sending("c4>s", b"x")))
    assert told == "the schedule holds back c1>s#1, and this run never came to it"


def test_a_held_message_of_another_kind_is_told() -> None:
    """Where a message was held there is a FIN now."""
    replay, trace = replay_of(sending("c1>s", b"x")), run(sending("c1>s", b"x"))
    trace.sent[ONE].piece = "fin"
    told = misfit(replay, trace)
    assert told is not None
    assert re.search(r"c1>s#1, which was data \w{4} .* is now c1>s#1 \(fin", told)


def test_other_bytes_are_no_misfit_but_a_difference() -> None:
    """A folder's name may be in them: told last, and only by `difference`."""
    replay, other = replay_of(sending("c1>s", b"in /a")), run(sending("c1>s", b"in /b"))
    assert misfit(replay, other) is None
    assert parting(replay, other) is None
    told = difference(replay, other)
    assert told is not None
    assert "is now c1>s#1 (data, 5 B: b'in /b'), data" in told


def test_the_first_arrival_that_is_another_is_told() -> None:
    """By its number and name."""
    told = parting(replay_of(sending("c1>s", b"x")), run(sending("c1>s", b"x", extra=True)))
    assert told is not None
    assert told.startswith("arrival 2 of this run is c3>s#1 (data, 1 B: b'x'); another came there")


def test_a_run_that_ends_early_is_told() -> None:
    """The same arrivals, and then fewer."""
    replay = replay_of(sending("c1>s", b"x", extra=True), Schedule())
    told = difference(replay, run(sending("c1>s", b"x"), Schedule()))
    assert told == "this run has 2 arrivals, the one that was written down had 3"


def test_other_times_are_told() -> None:
    """The same messages in the same order, and yet another run."""
    replay = replace(replay_of(sending("c1>s", b"x")), digest="0" * 16)
    assert parting(replay, run(sending("c1>s", b"x"))) is None
    told = difference(replay, run(sending("c1>s", b"x")))
    assert told == "the first 2 messages came as written down, but what follows or its times differ"


def test_on_another_python_only_the_held_messages_are_compared() -> None:
    """Bytes and turns differ between versions of Python, names of messages do not."""
    replay = replace(replay_of(sending("c1>s", b"x")), digest="0" * 16)
    trace = run(sending("c1>s", b"y", extra=True))
    assert difference(replay, trace, python="3.99") is None
    assert difference(replay, trace) is not None
