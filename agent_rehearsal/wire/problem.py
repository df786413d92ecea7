"""Answers that the harness itself gives: JSON, and errors in the shape that the API gives them.

Values only.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from agent_rehearsal.wire.script import Answer

JSON_HEADERS = (("content-type", "application/json"),)
_HINT = 1000
"""Characters of the message that go into the header."""
_UNSAFE = re.compile(r"[^\x20-\x7e]")


def json_answer(
    value: Any, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    """`value` as a whole JSON answer."""
    return Answer(status, (*JSON_HEADERS, *headers), msgspec.json.encode(value))


def problem(
    status: int,
    code: str | None,
    message: str,
    *,
    param: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """An error as the API words one, `{"error": {...}}`; its message is in `x-rehearsal` too."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    hint = _UNSAFE.sub("?", message.replace("\n", " | "))[:_HINT]
    return json_answer({"error": error}, status=status, headers=(("x-rehearsal", hint), *headers))


def refuse(
    status: int,
    *,
    message: str = "The upgrade was refused.",
    retry_after: float | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """An answer that refuses: to an upgrade in `greet(...)`, to a request in `reply(...)`.

    `retry_after` is in seconds. Raises ValueError for a status that refuses nothing.
    """
    if not 300 <= status <= 599:
        raise ValueError(f"refuse({status!r}): expected an HTTP status from 300 to 599")
    own = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
    lines = tuple({**own, **(headers or {})}.items())
    return problem(status, "rehearsal_refused", message, headers=lines)
