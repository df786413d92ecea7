"""A client that speaks as fast as it is heard: `python benchmarks/realtime_load.py --port N ...`.

A process of its own. `--what in` sends audio in blocks, `text` and `audio` ask for answers,
`crowd` opens `--connections` sessions, uses each once and says how long that took; `idle` opens
them and says how much memory of the server each took. Prints what it saw as one line of JSON.
"""

import argparse
import json
import random
import selectors
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

if __package__:
    from benchmarks.load import cpu_of
    from benchmarks.realtime_talk import Talk, frame
else:  # run as a script
    from load import cpu_of  # type: ignore[import-not-found, no-redef]
    from realtime_talk import Talk, frame  # type: ignore[import-not-found, no-redef]

BLOCK = 100
"""Frames of audio after which the client waits to be heard, each of other bytes."""
AHEAD = 2
"""Blocks that are on their way at a time, so that no server waits for the client."""
BYTES_PER_MS = 48
"""Of PCM at 24 kHz."""
CONTENT = [{"type": "input_text", "text": "bench"}]
ITEM = frame(
    "conversation.item.create", item={"type": "message", "role": "user", "content": CONTENT}
)
CLEAR = frame("input_audio_buffer.clear")
CREATE = frame("response.create")
SETTLED = 200
"""Sessions that are opened before memory is looked at, so that what is made once does not count."""


def block(ms: int) -> bytes:
    """Frames of `ms` of audio each, and one that is answered."""
    sound = random.Random(ms).randbytes
    audio = (b64encode(sound(ms * BYTES_PER_MS)).decode() for _ in range(BLOCK))
    return b"".join(frame("input_audio_buffer.append", audio=each) for each in audio) + CLEAR


def opened(port: int, what: str) -> Talk:
    """A session that is ready to speak or to answer."""
    talk = Talk(port)
    talk.until("session.created")
    kind = "audio" if what == "audio" else "text"
    session = {"type": "realtime", "output_modalities": [kind]}
    talk.ask(frame("session.update", session=session), "session.updated")
    talk.ask(ITEM, "conversation.item.added")
    talk.ask(CLEAR, "input_audio_buffer.cleared")  # nothing of the above comes after it
    return talk


def flow(options: argparse.Namespace) -> dict[str, float]:
    """Frames a second, in or out, over all connections."""
    talks = [opened(options.port, options.what) for _ in range(options.connections)]
    inward = options.what == "in"
    asked = block(options.ms) if inward else CREATE
    ends = b"input_audio_buffer.cleared" if inward else b'"type":"response.done"'
    with selectors.DefaultSelector() as selector:
        for talk in talks:
            selector.register(talk.sock, selectors.EVENT_READ, talk)
        ahead = AHEAD if inward else 1
        round_of(options.seconds / 4, talks, selector, asked, ends, ahead)
        cpu, begin = cpu_of(options.pid), perf_counter()
        answers = round_of(options.seconds, talks, selector, asked, ends, ahead)
        wall = perf_counter() - begin
    moved = answers * (BLOCK if inward else talks[0].frames)
    return {"rate": moved / wall, "cpu": (cpu_of(options.pid) - cpu) / moved}


def round_of(
    seconds: float,
    talks: list[Talk],
    selector: selectors.BaseSelector,
    asked: bytes,
    ends: bytes,
    ahead: int,
) -> int:
    """Ask again and again for `seconds`, `ahead` times before the first answer; how many answers
    came to their end.

    It looks for what has come and never sleeps: to wake a client costs a server about as much as
    an answer does, and the faster the client the more often.
    """
    answers, open_, end = 0, len(talks) * ahead, perf_counter() + seconds
    for talk in talks:
        talk.sock.sendall(asked * ahead)
    while open_:
        for key, _ in selector.select(0):
            talk = key.data
            talk.hear()
            taken = talk.take(ends, ahead)
            answers += taken
            if perf_counter() < end:
                talk.sock.sendall(asked * taken)
            else:
                open_ -= taken
    return answers


def crowd(options: argparse.Namespace) -> dict[str, float]:
    """Seconds for all sessions, open at once, from the first upgrade to the last answer."""
    sound, begin = block(options.ms), perf_counter()
    talks = [opened(options.port, "text") for _ in range(options.connections)]
    for talk in talks:
        talk.sock.sendall(sound)
    for talk in talks:
        talk.until("input_audio_buffer.cleared")
    for talk in talks:
        talk.sock.sendall(CREATE)
    for talk in talks:
        talk.until("response.done")
    return {"seconds": perf_counter() - begin}


def idle(options: argparse.Namespace) -> dict[str, float]:
    """Bytes of the server's memory for each session that was opened and says nothing."""
    kept = [hello(options.port) for _ in range(SETTLED)]
    before = resident(options.pid)
    kept += [hello(options.port) for _ in range(options.connections)]
    return {"bytes": (resident(options.pid) - before) / options.connections}


def hello(port: int) -> Talk:
    """A session that has begun."""
    talk = Talk(port)
    talk.until("session.created")
    return talk


def resident(pid: int) -> int:
    """Bytes of memory of a process that nobody shares."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    sizes = (line.split() for line in lines)
    return sum(int(found[1]) for found in sizes if found[0].startswith("Private_")) * 1024


DOES: dict[str, Callable[[argparse.Namespace], dict[str, float]]] = {
    "in": flow,
    "text": flow,
    "audio": flow,
    "crowd": crowd,
    "idle": idle,
}


def main() -> None:
    """Measure once and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pid", type=int, required=True, help="the server's")
    parser.add_argument("--what", choices=DOES, required=True)
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--ms", type=int, default=20, help="audio in one frame")
    parser.add_argument("--seconds", type=float, default=1.0)
    options = parser.parse_args()
    print(json.dumps(DOES[options.what](options)))


if __name__ == "__main__":
    main()
