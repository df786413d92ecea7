"""Entries and journals for the tests of the journal, in the shortest words."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agent_rehearsal.journal import Connection, Entry, Headers, Journal, JournalFile, read


def journal(**options: Any) -> Journal:
    """A journal whose entries are all of time 0."""
    return Journal(clock=lambda: 0.0, **options)


def frame(log: Journal, payload: Any, conn: Connection | None = None) -> Entry:
    """A JSON message from the client."""
    raw = json.dumps(payload).encode()
    return log.append("realtime", "frame", conn=conn, direction="in", head="text", raw=raw)


def request(log: Journal, raw: bytes = b"", headers: Headers = (), target: str = "/v1/x") -> Entry:
    """A POST on a connection of its own."""
    head = f"POST {target} HTTP/1.1"
    conn = log.connection()
    return log.append(
        "responses", "request", conn=conn, direction="in", head=head, raw_headers=headers, raw=raw
    )


def frames(*payloads: Any) -> Journal:
    """A journal of messages from the client."""
    log = journal()
    for payload in payloads:
        frame(log, payload)
    return log


def write(log: Journal, *, keep_secrets: bool = False) -> bytes:
    """The file of a journal."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        JournalFile(log, path, keep_secrets=keep_secrets).close()
        return path.read_bytes()


def back(data: bytes) -> Journal:
    """The journal of a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(data)
        return read(path)
