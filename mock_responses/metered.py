"""A mock whose requests may be limited by quotas.

The requests are counted before any rule is asked; the arithmetic is in `quotas`.
"""

from agent_rehearsal.journal import Entry, as_predicate
from agent_rehearsal.wire import Mock, Rule, Server, Test
from mock_responses.quotas import Quota, Size, admit, tokens_in


class Metered(Mock):
    """A mock with quotas."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._quotas: list[Quota] = []

    def quota(
        self,
        *,
        requests: int | None = None,
        tokens: int | None = None,
        per: float = 60.0,
        when: Test | None = None,
        size: Size = tokens_in,
    ) -> Quota:
        """Refuse with 429 what goes beyond so many requests or tokens in `per` seconds of loop
        time, a sliding window; over a WebSocket with an error frame.

        A refused request uses up no reply and takes nothing from the window. `when` says which
        requests count (default: all), `size` how many tokens one has (default: a quarter of its
        bytes). Raises ValueError for no limit, and for one that is no number from 1.
        """
        meant = None if when is None else as_predicate(when)
        made = Quota(requests=requests, tokens=tokens, per=per, when=meant, size=size)
        self._quotas.append(made)
        return made

    def first(self, entry: Entry) -> Rule | None:
        """What a quota answers to a request that goes beyond it."""
        if not self._quotas:
            return None
        refused = admit(self._quotas, entry, self.journal.now())
        if refused is None:
            return None
        self.journal.note("fault", "quota", refused.detail, conn=entry.conn, re=entry.seq)
        return refused.rule(entry)
