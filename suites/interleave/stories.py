"""Programs of the tiny world, each with one race, and how it is cured."""

from collections.abc import Callable
from functools import partial

from suites.interleave.tiny import Tiny

Check = Callable[[], None]


def two_lanes(tiny: Tiny) -> Check:
    """Two messages on two lanes to one host: taken for granted that the first comes first."""
    came: list[str] = []
    tiny.send("c1>s", lambda: came.append("one"))
    tiny.send("c2>s", lambda: came.append("two"))

    def check() -> None:
        tiny.outcomes.append(list(came))
        assert came == ["one", "two"], f"came as {came}"

    return check


def any_order(tiny: Tiny) -> Check:
    """The cure of `two_lanes`: both have to come."""
    came: set[str] = set()
    for lane in ("c1>s", "c2>s", "c3>s"):
        tiny.send(lane, partial(came.add, lane))

    def check() -> None:
        tiny.outcomes.append(len(came))
        assert len(came) == 3

    return check


def deadline(tiny: Tiny) -> Check:
    """An answer that is to come before a timer of 30 ms, sent after 10 ms of thought."""
    answered: list[float] = []

    def ask() -> None:
        tiny.after(0.01, lambda: tiny.send("c1<s", answer))

    def answer() -> None:
        answered.append(tiny.now)

    def give_up() -> None:
        assert answered, "no answer within 30 ms"

    tiny.send("c1>s", ask)
    tiny.after(0.03, give_up)
    return lambda: None


def gap(tiny: Tiny) -> Check:
    """A message that must not come between two timers, at 15 and at 30 ms."""
    seen: list[str] = []
    tiny.send("c1>s", lambda: seen.append("message"))
    tiny.after(0.015, lambda: seen.append("open"))
    tiny.after(0.03, lambda: seen.append("closed"))

    def check() -> None:
        assert seen != ["open", "message", "closed"], "the message fell into the gap"

    return check


def noise(tiny: Tiny, lanes: int = 4, rounds: int = 5) -> None:
    """Echoes that have nothing to do with anything."""

    def begin(lane: str, left: int) -> None:
        if left:
            tiny.send(lane, lambda: begin(lane, left - 1), host=lane)

    for number in range(lanes):
        begin(f"n{number}>s", rounds)


def crowd(tiny: Tiny) -> Check:
    """`two_lanes` among unrelated traffic."""
    noise(tiny)
    return two_lanes(tiny)


def relay(tiny: Tiny) -> Check:
    """Three stations that hand on what they get, over timers and a job; the last must be third."""
    passed: list[str] = []

    def station(name: str, onward: Callable[[], object]) -> Callable[[], None]:
        def get() -> None:
            passed.append(name)
            onward()

        return get

    last = station("last", lambda: None)
    middle = station("middle", lambda: tiny.after(0.005, lambda: tiny.send("c3>s", last)))
    tiny.send("c1>s", station("first", lambda: tiny.job(middle)))
    tiny.after(0.02, lambda: tiny.send("c2>s", station("other", lambda: None)))

    def check() -> None:
        assert passed == ["first", "middle", "last", "other"], f"passed {passed}"

    return check
