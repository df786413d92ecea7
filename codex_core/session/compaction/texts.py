"""The texts of a compaction: what the model is asked for, and what it is told afterwards."""

__all__ = ["COMPACT_PROMPT", "FAILED", "SUMMARY_PREFIX", "WARNING"]

COMPACT_PROMPT = """\
This conversation is about to be cut down to make room, and whoever goes on with the task will read
your next message in place of it. Write that message now, and nothing else.

- The task: what the user wants, in which words where they matter, and what is out of bounds.
- The state: what is done, what was found out, which files, commands and names belong to it.
- The plan: what is left, what comes next, and what is still open or doubtful.

Be short and exact. Leave out what can be looked up again in a moment."""

SUMMARY_PREFIX = """\
The conversation up to here was cut down to make room. What the model that led it wrote down for you
follows: take it as your own notes, go on with the task, and do not do again what is done."""

WARNING = (
    "The history was compacted: the model goes on from a summary and may have lost details. "
    "Short threads, one for each task, keep it accurate."
)

FAILED = "Error running remote compact task"
"""What the error of a provider's compaction begins with."""
