"""Server-sent events: how one event is framed in an HTTP body.

Framing only, after the WHATWG HTML standard, section 9.2; what the data means is not known here.
"""

from agent_rehearsal.wire.script import Raw, Send


def encode(send: Send) -> bytes:
    """`event: <type>`, `data: <payload>`, a blank line; without a type there is no first line.

    A line break in the payload begins another `data:` line, as the standard asks for.
    """
    payload = send.payload
    if b"\n" in payload or b"\r" in payload:
        lines = payload.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        payload = b"\ndata: ".join(lines)
    if not send.type:
        return b"data: %b\n\n" % payload
    return b"event: %b\ndata: %b\n\n" % (send.type.encode(), payload)


def as_bytes(piece: Send | Raw) -> bytes:
    """A piece of a stream: an event framed, raw bytes as they are."""
    return encode(piece) if isinstance(piece, Send) else piece.data
