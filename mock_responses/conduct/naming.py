"""How breaches name what they are about, in words for a reader."""

from agent_rehearsal.journal import Entry


def name_of(entry: Entry) -> str:
    """`#12 POST /v1/responses`, `#13 401 Unauthorized`, `#20 cut`; a frame by its type."""
    if entry.method:
        return f"#{entry.seq} {entry.method} {entry.path}"
    return (
        f"#{entry.seq} {(entry.type if entry.kind in ('frame', 'chunk') else None) or entry.head}"
    )


def names_of(ids: list[str]) -> str:
    """`'c1', 'c2'`."""
    return ", ".join(map(repr, ids))
