"""What `codex exec --json` prints, as tests write it down.

The shell's path is left out of commands, and all but the first words of warnings and errors: they
differ from machine to machine, or are prose of the CLI's makers.
"""

from collections.abc import Mapping
from typing import Any

NEW_IN_USAGE: Mapping[str, Mapping[str, int]] = {
    "0.142.0": {},
    "0.169.0": {"cache_write_input_tokens": 0},
}


def told(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events without the shell's path, and with no more than the first words of a warning."""
    for item in (event["item"] for event in events if "item" in event):
        if "command" in item:
            item["command"] = item["command"].partition(" ")[2]
        if item["type"] == "error":
            item["message"] = item["message"].partition(". ")[0]
    return events


def warned() -> dict[str, Any]:
    """The item by which the CLI says that it does not know the mock's model."""
    text = "Model metadata for `mock-model` not found"
    return {
        "type": "item.completed",
        "item": {"id": "item_0", "type": "error", "message": text},
    }


def said(id_: str, text: str) -> dict[str, Any]:
    """The item of a message."""
    return {
        "type": "item.completed",
        "item": {"id": id_, "type": "agent_message", "text": text},
    }


def ran(id_: str, command: str, state: str, **result: Any) -> dict[str, Any]:
    """The item of a command."""
    item = {"id": id_, "type": "command_execution", "command": f"-lc {command}"}
    return {"type": f"item.{state}", "item": {**item, **result}}


def ended(version: str, *, input_tokens: int, output_tokens: int) -> dict[str, Any]:
    """The end of a turn, with the sum of what its responses used."""
    usage = {
        "input_tokens": input_tokens,
        "cached_input_tokens": 0,
        **NEW_IN_USAGE[version],
        "output_tokens": output_tokens,
        "reasoning_output_tokens": 0,
    }
    return {"type": "turn.completed", "usage": usage}
