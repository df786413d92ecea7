"""A replay as plain data, for JSON: written short, read with suspicion.

Fields that are empty are left out, and of a delay `[0.03, 2, "c1>s#1"]` its last parts where they
are none. Reading names the field that is wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from math import isfinite
from typing import Any

from agent_rehearsal.interleave.keys import Delay, Schedule
from agent_rehearsal.interleave.search.replay import Replay

Reader = Callable[[Any, str], Any]
"""Makes a field's value of plain data; the text is where it stands, for the error."""
ALWAYS = ("test", "python", "late")
DIGITS = 9
"""Of a second: nanoseconds."""


class NotAReplay(ValueError):
    """Plain data that is not a replay's; says which field is wrong, and how."""


def to_plain(replay: Replay) -> dict[str, Any]:
    """The replay as data of JSON; `from_plain` gives it back, times to the nanosecond."""
    schedule = replay.schedule
    plain = {name: getattr(replay, name) for name in OUTER} | {
        "delays": {key: _short(delay) for key, delay in schedule.delays.items()},
        "salts": {str(task): salt for task, salt in schedule.salts.items()},
        "steps": dict(schedule.steps),
        "stalls": {str(turn): round(time, DIGITS) for turn, time in schedule.stalls.items()},
        "marks": dict(replay.marks),
    }
    return {name: value for name, value in plain.items() if value or name in ALWAYS}


def from_plain(plain: object) -> Replay:
    """The replay of such data. Raises NotAReplay."""
    given = _mapping(plain, "the replay")
    known = OUTER | INNER
    unknown = [name for name in given if name not in known]
    missing = [name for name in ALWAYS if name not in given]
    if unknown or missing:
        raise NotAReplay(
            f"a replay has the fields {', '.join(known)};"
            f" unknown here: {', '.join(unknown) or 'none'},"
            f" missing: {', '.join(missing) or 'none'}"
        )
    read = {name: known[name](value, name) for name, value in given.items()}
    schedule = {name: read.pop(name) for name in list(read) if name in SCHEDULE}
    return Replay(schedule=Schedule(**schedule), **read)


def _short(delay: Delay) -> list[Any]:
    parts = [round(delay.dt, DIGITS), delay.turns, delay.after]
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotAReplay(f"{where} is {value!r:.60}; expected an object")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise NotAReplay(f"{where} is {value!r:.60}; expected a text")
    return value


def _whole(value: Any, where: str) -> int:
    if type(value) is not int:
        raise NotAReplay(f"{where} is {value!r:.60}; expected a whole number")
    return value


def _time(value: Any, where: str) -> float:
    if type(value) not in (int, float) or not isfinite(value) or value < 0:
        raise NotAReplay(f"{where} is {value!r:.60}; expected seconds, 0 or more")
    return float(value)


def _delay(value: Any, where: str) -> Delay:
    if not isinstance(value, list) or len(value) > len(fields(Delay)):
        raise NotAReplay(f"{where} is {value!r:.60}; expected [seconds, turns, after what]")
    readers: tuple[Reader, ...] = (_time, _whole, _text)
    return Delay(*(read(part, where) for read, part in zip(readers, value, strict=False)))


def _numbered(value: Any, where: str) -> int:
    if not isinstance(value, str) or not value.isdecimal():
        raise NotAReplay(f"{where} has {value!r:.60}; expected the number of a task or turn")
    return int(value)


def _table(name_of: Reader, read: Reader) -> Reader:
    def table(value: Any, where: str) -> dict[Any, Any]:
        entries = _mapping(value, where).items()
        return {name_of(name, where): read(one, f"{where}[{name}]") for name, one in entries}

    return table


OUTER: dict[str, Reader] = {
    **dict.fromkeys(("test", "python", "hashseed", "digest", "course"), _text),
    "late": _time,
    "seed": _whole,
}
SCHEDULE: dict[str, Reader] = {
    "delays": _table(_text, _delay),
    "salts": _table(_numbered, _whole),
    "steps": _table(_text, _whole),
    "stalls": _table(_numbered, _time),
}
INNER: dict[str, Reader] = {**SCHEDULE, "marks": _table(_text, _text)}
