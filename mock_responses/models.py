"""`GET /v1/models`: the list of models in the API's shape and in the Codex CLI's, with an `ETag`.

Values only. Which models there are is the test's to say.
"""

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from agent_rehearsal.journal import Entry
from agent_rehearsal.wire import Answer

CODEX_QUERY = "client_version"
"""What the Codex CLI asks with; it gets `{"models": [...]}`."""
NOT_MODIFIED = 304


def models_answer(
    entry: Entry,
    *,
    ids: Iterable[str],
    infos: Iterable[Mapping[str, Any]],
    etag: str | None = None,
) -> Answer:
    """The list that `entry` asks for, or 304 where the client has it already.

    The API lists `ids`, the Codex CLI gets `infos` as they are. Without an `etag` it follows from
    the list.
    """
    codex = CODEX_QUERY in entry.query
    body = msgspec.json.encode({"models": list(infos)} if codex else _listed(ids))
    tag = etag or f'"{zlib.crc32(body):08x}"'
    headers = (("content-type", "application/json"), ("etag", tag))
    if is_known(entry.header("if-none-match"), tag):
        return Answer(NOT_MODIFIED, headers[1:], b"")
    return Answer(200, headers, body)


def is_known(condition: str | None, tag: str) -> bool:
    """Whether an `If-None-Match` names `tag`; compared weakly, after RFC 9110, section 13.1.2."""
    named = [one.strip().removeprefix("W/") for one in (condition or "").split(",")]
    return tag.removeprefix("W/") in named or named == ["*"]


def _listed(ids: Iterable[str]) -> dict[str, Any]:
    data = [{"id": id, "object": "model", "created": 0, "owned_by": "rehearsal"} for id in ids]
    return {"object": "list", "data": data}
