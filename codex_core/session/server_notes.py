"""What comes of the server's notes in a turn: events to tell, and what the thread keeps.

Whatever may be said again and again is told once a turn. The turn state is not this module's: the
model client replays it by itself.
"""

from collections.abc import Callable

from codex_core.model_client.events import ResponseEvent
from codex_core.model_client.notes import (
    ModelsEtag,
    ModelVerification,
    RateLimits,
    ReasoningIncluded,
    SafetyBuffering,
    ServerModel,
    TurnModeration,
)
from codex_core.protocol import model_events as told
from codex_core.protocol.events import EventMsg, Warning
from codex_core.session.model_catalogue import ModelCatalogue
from codex_core.session.usage import UsageAccount

__all__ = ["ServerNotes"]

_REASON = "high_risk_cyber_activity"


class ServerNotes:
    """The notes of one turn that asks for `model`."""

    def __init__(
        self,
        *,
        model: str,
        usage: UsageAccount,
        catalogue: ModelCatalogue,
        emit: Callable[[EventMsg], None],
    ) -> None:
        self._model = model
        self._usage = usage
        self._catalogue = catalogue
        self._emit = emit
        self._rerouted = False
        self._verified = False

    def take(self, event: ResponseEvent) -> None:
        """Acts on an event of a response, if it is a note."""
        match event:
            case ServerModel():
                self._reroute(event.model)
            case RateLimits():
                self._usage.note_limits(event.snapshot)
            case ModelsEtag():
                self._catalogue.note_version(event.etag)
            case ReasoningIncluded():
                self._usage.reasoning_included = True
            case ModelVerification():
                self._verify(event.verifications)
            case TurnModeration():
                self._emit(told.TurnModerationMetadata(metadata=event.metadata))
            case SafetyBuffering():
                self._emit(
                    told.SafetyBuffering(
                        model=self._model, use_cases=event.use_cases, reasons=event.reasons
                    )
                )

    def _reroute(self, model: str) -> None:
        """Tells that another model answers; a difference of case is none."""
        if self._rerouted or model.lower() == self._model.lower():
            return
        self._rerouted = True
        self._emit(told.ModelReroute(from_model=self._model, to_model=model, reason=_REASON))
        text = (
            f"{self._model} was asked and {model} answers: the provider sends requests that look "
            "like risky security work to another model. If yours is not, apply to be trusted with "
            "such work, or say more plainly what it is for."
        )
        self._emit(Warning(message=text))

    def _verify(self, verifications: tuple[str, ...]) -> None:
        if not self._verified:
            self._verified = True
            self._emit(told.ModelVerification(verifications=verifications))
