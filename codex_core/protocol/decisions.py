"""What a client may answer when it is asked for an approval. Wire shapes only."""

from typing import Literal

import msgspec

__all__ = ["Amendment", "ApprovedWithRule", "ExecDecision", "PatchDecision", "Verdict"]

Verdict = Literal["approved", "approved_for_session", "denied", "timed_out", "abort"]
"""`approved_for_session` holds for the same thing until the thread ends, `abort` ends the turn."""


class Amendment(msgspec.Struct, frozen=True, kw_only=True):
    """The first words of the commands that a new rule allows."""

    proposed_execpolicy_amendment: tuple[str, ...]


class ApprovedWithRule(msgspec.Struct, frozen=True, kw_only=True):
    """Approved, and commands that begin so are allowed from now on, in later threads too."""

    approved_execpolicy_amendment: Amendment

    @property
    def prefix(self) -> tuple[str, ...]:
        """The words."""
        return self.approved_execpolicy_amendment.proposed_execpolicy_amendment

    @classmethod
    def of(cls, prefix: tuple[str, ...]) -> "ApprovedWithRule":
        """The decision with this prefix."""
        return cls(approved_execpolicy_amendment=Amendment(proposed_execpolicy_amendment=prefix))


ExecDecision = Verdict | ApprovedWithRule
PatchDecision = Verdict
