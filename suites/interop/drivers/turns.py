"""What every driver is asked to do, and how it tells what came of it: one line of JSON on stdout.

Runs in the environments of foreign clients: it knows the standard library and nothing of ours.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

MODEL = "mock-model"
GREET = "say hello"
ASK = "what is a stage?"
TOOL = {
    "type": "function",
    "name": "look_up",
    "description": "Look a word up.",
    "parameters": {
        "type": "object",
        "properties": {"word": {"type": "string"}},
        "required": ["word"],
        "additionalProperties": False,
    },
    "strict": True,
}
"""The tool, for clients whose users write it out."""
VOICE = b"\x00\x10\x00\xf0" * 2400
"""What the user of a realtime session says: 200 ms, as PCM of 24 kHz."""
PLAYED_MS = 20
"""How much of the model's speech was heard when the user interrupts it."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a client handed to its caller."""

    text: str
    """What the model said in the end."""
    deltas: list[str] = field(default_factory=list)
    """The pieces that the text came in; none where the client was not asked to stream."""
    tool_runs: list[str] = field(default_factory=list)
    """What the tool was run for, in order: words, or the outputs of commands."""
    sound: str = ""
    """What was heard, in base64."""


class Dictionary:
    """The tool: remembers what was looked up."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def look_up(self, word: str) -> str:
        """Look a word up."""
        self.words.append(word)
        return f"a {word} is a platform"

    def answer(self, calls: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
        """The outputs for calls of the tool, each a call id and arguments in JSON."""
        return [
            {
                "type": "function_call_output",
                "call_id": call_id,
                "output": self.look_up(**json.loads(arguments)),
            }
            for call_id, arguments in calls
        ]


def drive(package: str, turns: Mapping[str, Callable[[], Awaitable[Told]]]) -> None:
    """Take the turn that the command line names, with the client that `package` installs."""
    told = asyncio.run(_take(turns[sys.argv[1]]))
    print(json.dumps({"version": version(package), **asdict(told)}))


async def _take(turn: Callable[[], Awaitable[Told]]) -> Told:
    return await turn()
