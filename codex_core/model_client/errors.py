"""What can go wrong with a request to a model: the classes, and whether each may be repeated.

Which reply belongs to which class is `error_map`'s matter.
"""

import msgspec

from codex_core.protocol.events import CodexErrorInfo
from codex_core.protocol.usage import RateLimitSnapshot

__all__ = [
    "COMPACTION",
    "CONTEXT_WINDOW",
    "CREDENTIALS",
    "CYBER_POLICY",
    "INTERNAL_SERVER",
    "INVALID_IMAGE",
    "INVALID_REQUEST",
    "MISSING_ENV",
    "OVERLOADED",
    "QUOTA",
    "REFRESH_FAILED",
    "RETRY_LIMIT",
    "STREAM",
    "TIMEOUT",
    "UNEXPECTED_STATUS",
    "USAGE_LIMIT",
    "USAGE_NOT_INCLUDED",
    "Kind",
    "ModelError",
    "stream_error",
]


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A class of errors: its name in `codex_error_info`, and whether a repetition may help."""

    info: str = "other"
    retryable: bool = False
    tells_status: bool = False


CONTEXT_WINDOW = Kind(info="context_window_exceeded")
QUOTA = Kind(info="usage_limit_exceeded")
USAGE_NOT_INCLUDED = Kind(info="usage_limit_exceeded")
USAGE_LIMIT = Kind(info="usage_limit_exceeded")
CYBER_POLICY = Kind(info="cyber_policy")
OVERLOADED = Kind(info="server_overloaded")
RETRY_LIMIT = Kind(info="response_too_many_failed_attempts", tells_status=True)
INVALID_REQUEST = Kind()
INVALID_IMAGE = Kind(info="bad_request")
"""An image of the conversation is none; a request without it may do."""
COMPACTION = Kind()
"""A provider was asked to compact a history and answered with something else."""
MISSING_ENV = Kind()
CREDENTIALS = Kind()
"""There are none, or they cannot be read."""
REFRESH_FAILED = Kind(info="unauthorized")
"""They were refused for good."""
INTERNAL_SERVER = Kind(info="internal_server_error", retryable=True)
UNEXPECTED_STATUS = Kind(retryable=True)
TIMEOUT = Kind(retryable=True)
STREAM = Kind(retryable=True)


class ModelError(Exception):
    """A request that did not end in a completed response.

    `delay` is the pause in seconds that the server asked for; asking for one makes any error
    retryable. `snapshot` holds the rate limits that came with it.
    """

    def __init__(
        self,
        kind: Kind,
        message: str,
        *,
        delay: float | None = None,
        status: int | None = None,
        snapshot: RateLimitSnapshot | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.delay = delay
        self.status = status
        self.snapshot = snapshot

    @property
    def retryable(self) -> bool:
        """May the same request be sent again?"""
        return self.kind.retryable or self.delay is not None

    @property
    def info(self) -> CodexErrorInfo:
        """The class as events tell it."""
        if self.kind.tells_status:
            return {self.kind.info: {"http_status_code": self.status}}
        return self.kind.info


def stream_error(message: str, *, delay: float | None = None) -> ModelError:
    """The response broke off."""
    return ModelError(STREAM, f"stream disconnected before completion: {message}", delay=delay)
