"""What the API refuses: an error event's fields as a value that can be raised.

The codes are those that clients of the live API report; the words are our own.
"""

import re
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_AT = re.compile(r" - at `\$(?P<path>.*)`$")
_FIELD = re.compile(r"field `(?P<name>[^`]*)`")
_CODES = (
    ("Object contains unknown field", "unknown_parameter"),
    ("Object missing required field", "missing_required_parameter"),
    ("Invalid enum value", "invalid_value"),
    ("Invalid value", "invalid_value"),
    ("Expected `int` >=", "integer_below_min_value"),
    ("Expected `int` <=", "integer_above_max_value"),
    ("Expected `float` >=", "decimal_below_min_value"),
    ("Expected `float` <=", "decimal_above_max_value"),
)
"""How a message of msgspec begins -> the API's code for it; any other is `invalid_type`."""


class Refusal(Exception):
    """An event of the client that the API does not take; the session goes on."""

    def __init__(self, code: str | None, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param

    def error(self, event_id: str | None) -> dict[str, Any]:
        """The `error` of an error event; `event_id` is that of the event which is refused."""
        return {
            "type": "invalid_request_error",
            "code": self.code,
            "message": self.message,
            "param": self.param,
            "event_id": event_id,
        }


def read(value: Any, type_: type[T], place: str = "") -> T:
    """`value` as a `type_`. Raises Refusal that names the parameter, which lies under `place`."""
    try:
        return msgspec.convert(value, type_, strict=True)
    except msgspec.ValidationError as error:
        raise _refusal(str(error), place) from None


def _refusal(message: str, place: str) -> Refusal:
    at = _AT.search(message)
    told = message[: at.start()] if at else message
    path = (at["path"] if at else "").lstrip(".").replace("[...]", "")
    field = _FIELD.search(told)
    names = [name for name in (place, path, field["name"] if field else "") if name]
    code = next((code for start, code in _CODES if told.startswith(start)), "invalid_type")
    param = ".".join(names).replace(".[", "[") or None
    where = f"'{param}': " if param else ""
    return Refusal(code, f"{where}{told}.", param=param)
