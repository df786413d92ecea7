"""What a rule of conduct is: told of each request and of each outcome, it says what was broken.

A rule keeps what it needs of the past and looks at each thing once. Nothing here knows a journal.
"""

from collections.abc import Iterable

from agent_rehearsal.wire.findings import Breach
from mock_responses.conduct.ask import Ask
from mock_responses.conduct.reply import Reply


class Rule:
    """A rule that is never broken; subclasses say more."""

    def asked(self, ask: Ask, reply: Reply) -> Iterable[Breach]:
        """A request came; `reply` is what will become of it."""
        return ()

    def answered(self, reply: Reply) -> Iterable[Breach]:
        """A reply has its outcome."""
        return ()

    def at_end(self) -> Iterable[Breach]:
        """What would be broken if nothing came any more; asked as often as one likes."""
        return ()
