"""Compression of request bodies. It loads the library on first use."""

from collections.abc import Mapping

from codex_core.model_client.errors import INVALID_REQUEST, ModelError

__all__ = ["ENCODING", "compressed"]

ENCODING = "content-encoding"
_LEVEL = 3


def compressed(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body in zstd; raises `ModelError` if the headers say that it is encoded already."""
    import zstandard

    if ENCODING in headers:
        raise ModelError(
            INVALID_REQUEST,
            f"the request has `{ENCODING}: {headers[ENCODING]}` and was to be compressed; take "
            "that header out of the provider's settings, or switch the feature "
            "`enable_request_compression` off",
        )
    return zstandard.ZstdCompressor(level=_LEVEL).compress(body)
