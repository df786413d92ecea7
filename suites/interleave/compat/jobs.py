"""Work outside of the loop: threads of the executor, names looked up, and their timeouts."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256


def digest(text: str) -> str:
    """What a program gives to a thread."""
    return sha256(text.encode()).hexdigest()


def fail() -> None:
    """What raises in a thread."""
    raise ValueError("in a thread")


async def results() -> list[object]:
    """Jobs at once, a failing one, a name."""
    loop = asyncio.get_running_loop()
    got: list[object] = list(
        await asyncio.gather(*(asyncio.to_thread(digest, name) for name in ("a", "b", "c")))
    )
    try:
        await loop.run_in_executor(None, fail)
    except ValueError as error:
        got.append(str(error))
    with ThreadPoolExecutor(1) as pool:
        got.append(await loop.run_in_executor(pool, digest, "d"))
    found = await loop.getaddrinfo("localhost", 80, type=1)
    got.append(("127.0.0.1", 80) in [address[4] for address in found])
    return got
