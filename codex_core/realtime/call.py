"""A call: the request that offers it, and the id that the answer gives it. Words only, sans-IO.

Source: the calls of the reference client; the API takes the multipart form, a ChatGPT backend JSON.
"""

import re

import msgspec

from codex_core.realtime.address import INTENT
from codex_core.realtime.frames import Json
from codex_core.realtime.refusal import StartRefusedError, broken

__all__ = ["PATH", "call_body", "call_id"]

PATH = f"realtime/calls?{INTENT}&architecture=avas"
_BOUNDARY = "codex-realtime-call-boundary"
_PREFIX = "rtc_"
_BEHIND_PATH = re.compile("[?#]")
_PART = (
    f"--{_BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="{name}"\r\n'
    "Content-Type: {type}\r\n\r\n{body}\r\n"
)


def call_body(url: str, sdp: str, session: Json) -> tuple[str, bytes]:
    """Content type and body of the request for a call at this address."""
    if "/backend-api" in url:
        return "application/json", msgspec.json.encode({"sdp": sdp, "session": session})
    told = msgspec.json.encode(session).decode()
    offer = _PART.format(name="sdp", type="application/sdp", body=sdp)
    setting = _PART.format(name="session", type="application/json", body=told)
    body = f"{offer}{setting}--{_BOUNDARY}--\r\n"
    return f"multipart/form-data; boundary={_BOUNDARY}", body.encode()


def call_id(location: str | None) -> str:
    """The id of a call by the `Location` of its answer; raises `StartRefusedError`."""
    if location is None:
        raise StartRefusedError(broken("realtime call response missing Location"))
    segments = reversed(_BEHIND_PATH.split(location)[0].split("/"))
    found = next((s for s in segments if s.startswith(_PREFIX) and s != _PREFIX), None)
    if found is None:
        what = f"realtime call Location does not contain a call id: {location}"
        raise StartRefusedError(broken(what))
    return found
