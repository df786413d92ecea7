"""Why a conversation does not start, or does not go on, as the user is told it."""

__all__ = ["StartRefusedError", "broken"]


class StartRefusedError(Exception):
    """A conversation cannot be started so; the text is told as it is."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def broken(problem: str) -> str:
    """What is told of a connection that failed."""
    return f"stream disconnected before completion: {problem}"
