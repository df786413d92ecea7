"""The shape of what a client sent: a plain text that differs only where the client's conduct does.

`shape` makes the text. Each module has one part of it: `rules` what differs from run to run,
`windows` how requests follow each other, `items`, `tools`, `pretty` and `text` how it is written.
"""

from agent_rehearsal.face.shapes.history import shape
from agent_rehearsal.face.shapes.labels import Labels
from agent_rehearsal.face.shapes.rules import normalise

__all__ = ["Labels", "normalise", "shape"]
