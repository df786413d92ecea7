"""Session descriptions and requests that the tests of calls share."""

from typing import Any

import aiohttp

from agent_rehearsal import Stage

OFFER = "\r\n".join(
    [
        *("v=0", "o=- 42 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1 2"),
        *("m=audio 9 UDP/TLS/RTP/SAVPF 8 111", "c=IN IP4 0.0.0.0", "a=mid:0", "a=sendrecv"),
        *("a=setup:actpass", "a=rtcp-mux", "a=rtpmap:8 PCMA/8000", "a=rtpmap:111 opus/48000/2"),
        *("a=fmtp:111 minptime=10;useinbandfec=1", "a=rtcp-fb:111 transport-cc"),
        *("m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:1"),
        *("a=setup:actpass", "a=sctp-port:5000", "a=max-message-size:262144"),
        *("m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=mid:2", "a=setup:actpass"),
        *("a=rtpmap:96 VP8/90000", ""),
    ]
)
"""An offer with audio, a data channel and video, to which no peer could connect."""
BOUNDARY = "codex-realtime-call-boundary"


def multipart(**parts: tuple[str, str]) -> tuple[dict[str, str], bytes]:
    """The header and the body of a form, as the Codex CLI writes one: name -> type and text."""
    lines: list[str] = []
    for name, (kind, text) in parts.items():
        disposition = f'Content-Disposition: form-data; name="{name}"'
        lines += [f"--{BOUNDARY}", disposition, f"Content-Type: {kind}", "", text]
    body = "\r\n".join([*lines, f"--{BOUNDARY}--", ""])
    return {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}, body.encode()


async def post(
    stage: Stage, path: str, body: bytes | str = b"", **headers: str
) -> tuple[int, dict[str, str], str]:
    """Ask a realtime endpoint; the status, the headers by lower-case name, and the text."""
    url = f"{stage.base_url}/realtime/{path}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with aiohttp.ClientSession() as session:
        # aiohttp would send a type of its own where a test wants none.
        options: dict[str, Any] = {"data": body, "headers": named}
        async with session.post(url, skip_auto_headers=["content-type"], **options) as answer:
            names = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, names, await answer.text()


async def call(stage: Stage, sdp: str = OFFER, query: str = "", **headers: str) -> str:
    """Make a call with a description alone; its id."""
    status, found, text = await post(
        stage, f"calls{query}", sdp, **{"content_type": "application/sdp", **headers}
    )
    assert status == 201, text
    return found["location"].rpartition("/")[2]
