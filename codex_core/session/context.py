"""What the model is told around the user's words: permissions, standing orders, the environment.

Texts and comparison only. All of it is told before a thread's first message; later only what is
different, so that what was sent before stays as it is.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from codex_core.config.config import Config
from codex_core.config.personality import personality_text
from codex_core.protocol.items import InputText, Message
from codex_core.protocol.policy import ApprovalPolicy
from codex_core.runtime import Runtime
from codex_core.session.environment import Environment
from codex_core.session.fragments import agents_fragment, tagged
from codex_core.session.permissions import permissions_text
from codex_core.session.realtime_notes import ENDED, started

__all__ = ["Told", "initial_context", "instructions", "update"]

_MODEL_SWITCH = """\
<model_switch>
Up to here another model spoke with the user. Go on in its place, under these instructions:

{instructions}
</model_switch>"""

_PLAN = """\
Plan only, until you are told otherwise: read and find out as much as you like, but change nothing.
Ask the user with request_user_input where their wish decides. End with the plan, whole and in an
order in which it can be carried out."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """All that the model is told of and that may change between turns; empty texts are not told."""

    model: str
    permissions: str
    collaboration: str
    personality: str
    environment: Environment
    realtime: bool = False
    """Does the user speak with another model, which hands work over?"""

    @classmethod
    def of(
        cls,
        config: Config,
        runtime: Runtime,
        cwd: Path,
        policy: ApprovalPolicy,
        *,
        realtime: bool = False,
    ) -> "Told":
        """As it is now."""
        return cls(
            model=config.model,
            permissions=permissions_text(config, policy),
            collaboration=_collaboration(config),
            personality=_personality(config),
            environment=Environment.of(config, runtime, cwd),
            realtime=realtime,
        )


def instructions(config: Config) -> str:
    """The instructions of a thread that begins with these settings."""
    return "\n".join(filter(None, (config.base_instructions, _personality(config))))


def initial_context(
    config: Config, now: Told, agents: str | None, before: Told | None = None
) -> list[Message]:
    """The messages before a thread's first user message; empty ones are left out.

    `before` is what the model was told last, where this is told to it once more.
    """
    developer = [
        _model_switch(config, before, now),
        now.permissions if config.include_permissions_instructions else "",
        _realtime(config, before, now, anew=True),
        config.developer_instructions,
        _tag("collaboration_mode", now.collaboration),
    ]
    cwd = now.environment.cwd or ""
    user = [
        agents_fragment(cwd, agents) if agents else "",
        now.environment.text() if config.include_environment_context else "",
    ]
    return [*_message("developer", developer), *_message("user", user)]


def update(config: Config, before: Told, now: Told) -> list[Message]:
    """The messages before a later turn: nothing when nothing changed."""
    permissions = now.permissions if config.include_permissions_instructions else ""
    developer = [
        _model_switch(config, before, now),
        permissions if now.permissions != before.permissions else "",
        _realtime(config, before, now),
        _tag("collaboration_mode", _new(before.collaboration, now.collaboration)),
        _tag("personality_spec", _restyled(before, now)),
    ]
    news = now.environment.news(before.environment) if config.include_environment_context else None
    user = [news.text()] if news else []
    return [*_message("developer", developer), *_message("user", user)]


def _model_switch(config: Config, before: Told | None, now: Told) -> str:
    if before is None or before.model == now.model:
        return ""
    return _MODEL_SWITCH.format(instructions=instructions(config))


def _restyled(before: Told, now: Told) -> str:
    """Another personality of the same model; another model's is in its instructions."""
    return _new(before.personality, now.personality) if before.model == now.model else ""


def _realtime(config: Config, before: Told | None, now: Told, *, anew: bool = False) -> str:
    """What began or ended; what goes on only if it is told `anew`."""
    was = before is not None and before.realtime
    if now.realtime:
        return started(config) if anew or not was else ""
    return ENDED if was else ""


def _personality(config: Config) -> str:
    return personality_text(config.personality) if config.model_info.has_personality else ""


def _collaboration(config: Config) -> str:
    given = config.collaboration_instructions
    if given is None:
        return _PLAN if config.collaboration_mode == "plan" else ""
    return given


def _new(before: str, now: str) -> str:
    return now if now != before else ""


def _tag(tag: str, text: str) -> str:
    return tagged(tag, text) if text else ""


def _message(role: str, texts: Iterable[str]) -> list[Message]:
    parts = tuple(InputText(text=text) for text in texts if text)
    return [Message(role=role, content=parts)] if parts else []
