"""Did the sandbox stop a command? A guess by what it said, good enough to ask the user about."""

__all__ = ["looks_denied"]

_SIGNS = (
    "read-only file system",
    "operation not permitted",
    "permission denied",
    "network is unreachable",
    "could not resolve host",
    "temporary failure in name resolution",
)
_OTHER_CAUSES = frozenset({126, 127})
"""Exit codes of what is no program or is not found, as shells have them."""


def looks_denied(exit_code: int | None, output: str) -> bool:
    """Has it failed, with words that a sandbox brings about?"""
    if not exit_code or exit_code in _OTHER_CAUSES:
        return False
    text = output.lower()
    return any(sign in text for sign in _SIGNS)
