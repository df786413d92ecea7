"""Programs that must run on the simulated kernel as they do on the real one: each starts its
server, plays, closes everything and returns what it saw.
"""

from collections.abc import Callable, Coroutine, Mapping

from suites.interleave.compat import (
    asgi,
    clients,
    ends,
    heartbeat,
    jobs,
    plain_http,
    sdk,
    talk,
    upload,
)

PROGRAMS: Mapping[str, Callable[[], Coroutine[None, None, list[object]]]] = {
    "aiohttp, plain": plain_http.requests,
    "aiohttp, 3 MB": upload.transfers,
    "aiohttp, WebSocket with heartbeat": heartbeat.beats,
    "websockets": talk.talks,
    "httpx": clients.over_httpx,
    "httpx2": clients.over_httpx2,
    "openai": sdk.turns,
    "uvicorn and Starlette": asgi.requests,
    "half close and reset": ends.over_tcp,
    "UNIX sockets": ends.over_unix,
    "executor jobs": jobs.results,
}
"""What it is about -> the program; its result is the same under every schedule."""
