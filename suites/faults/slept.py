"""The pauses that an agent made, as the journal has them."""

from agent_rehearsal import Journal, of_type


def slept(journal: Journal) -> list[float]:
    """Seconds of each pause, in order."""
    return [entry.get("seconds") for entry in journal.select(of_type("sleep"))]
