"""The text that tells a realtime session of the work so far, without the makers' own sentences.

What it tells is data: headings, what was said, folders and files. Only when a thread was last at
work differs from run to run.
"""

import re

TEXT = "TEXT"
"""Stands for what was withheld."""
STARTUP = "<startup_context>"
"""What such a text begins with."""
_PROSE = re.compile(
    r"^(Startup context from Codex\.|## Current Thread|## Notes)\n.+$", re.MULTILINE
)
"""The lines behind which a sentence of the makers stands."""
_TIME = re.compile(r"(?<=^Latest activity: ).+$", re.MULTILINE)


def without_prose(text: str) -> str:
    """The text with a mark in the place of each sentence."""
    return _TIME.sub("<when>", _PROSE.sub(rf"\1\n{TEXT}", text))
