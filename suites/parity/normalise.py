"""From what a client sent to JSON that two clients can be compared by. Pure.

Requests of one lane keep their order; lanes are independent of each other. Headers that the
transport makes are left out, and so is what the user agent says of the machine.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from suites.parity.labels import Labels
from suites.parity.sent import Sent
from suites.parity.texts import Rewrite, withheld_body, withholder

Lanes = dict[str, list[dict[str, Any]]]

VOLATILE = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "host",
        "sec-websocket-key",
        "transfer-encoding",
    }
)
"""Headers that the transport makes."""
METADATA = "x-codex-turn-metadata"
"""A header, and a key of `client_metadata`, whose value is JSON in a string."""
VERSION = "<version>"
"""Stands for the version of a client, wherever it names itself."""
_QUERIED = re.compile(r"(?<=[?&]client_version=)[^&]+")
_AGENT = re.compile(r"(?P<name>[^/]+)/\S+ \([^;()]+; [^;()]+\).*")
"""Name, version, and what follows of the machine and its terminal."""


def normalise(requests: Sequence[Sent], *, names: Mapping[str, str], words: Iterable[str]) -> Lanes:
    """The requests by lane; `names` maps folders and addresses to labels, `words` are the
    scenario's own.
    """
    withhold, labels = withholder(words), Labels(names)
    lanes: Lanes = {}
    for request in sorted(requests, key=lambda each: each.lane, reverse=True):
        lanes.setdefault(request.lane, []).append(labels.value(_shape(request, withhold)))
    return dict(sorted(lanes.items()))


def _shape(request: Sent, withhold: Rewrite) -> dict[str, Any]:
    shape: dict[str, Any] = {"what": _line(request.what)}
    if request.headers:
        shape["headers"] = {
            name: _header(name, value) for name, value in request.headers if name not in VOLATILE
        }
    if request.body is not None:
        shape["body"] = withheld_body(_unfolded(request.body), withhold)
    return shape


def _line(what: str) -> str:
    """The request line; the order of a query means nothing."""
    line, mark, query = _QUERIED.sub(VERSION, what).partition("?")
    return f"{line}{mark}{'&'.join(sorted(query.split('&')))}"


def _header(name: str, value: str) -> Any:
    if name == METADATA:
        return _parsed(value)
    if name == "user-agent":
        return _agent(value)
    return VERSION if name == "version" else value


def _agent(value: str) -> str:
    found = _AGENT.fullmatch(value)
    return f"{found['name']}/{VERSION} (<machine>)" if found else value


def _unfolded(body: Any) -> Any:
    """The body with the JSON in its metadata parsed."""
    metadata = body.get("client_metadata") if isinstance(body, dict) else None
    if not isinstance(metadata, dict) or METADATA not in metadata:
        return body
    unfolded = {**metadata, METADATA: _parsed(metadata[METADATA])}
    return {**body, "client_metadata": unfolded}


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value
