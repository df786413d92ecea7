"""What is known of models: a bundled catalogue, one from a file, and what holds for all others.

Values and look-up only. Names of fields are this core's, wire names those of the catalogue that
`GET /models` and `model_catalog_json` give. A setting wins over what is known.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from codex_core.protocol.truncation import TruncationPolicy

__all__ = ["BUNDLED", "Images", "ModelInfo", "ServiceTier", "decode_models", "find_model"]

_EFFECTIVE_WINDOW_PERCENT = 95
_AUTO_COMPACT_PERCENT = 90
_FAST = {"fast": "priority"}
"""Names of service tiers in settings, where they are not the wire's."""


Images = Literal["whole", "plain", "none"]
"""How a model is sent images: as they are, without the detail that was asked for, or not at all."""


class ServiceTier(msgspec.Struct, frozen=True, kw_only=True):
    """A service tier that a model has; `id` is what a request says."""

    id: str


class ModelInfo(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={
        "reasoning_effort": "default_reasoning_level",
        "reasoning_summary": "default_reasoning_summary",
        "supports_verbosity": "support_verbosity",
        "verbosity": "default_verbosity",
        "parallel_tool_calls": "supports_parallel_tool_calls",
        "truncation": "truncation_policy",
        "window_percent": "effective_context_window_percent",
        "compact_limit": "auto_compact_token_limit",
    },
):
    """Abilities and limits of a model; windows and limits are in tokens.

    The defaults are what is assumed of a model that nothing is known of. `comp_hash` names what a
    model's compacted history can be read by.
    """

    slug: str = ""
    context_window: int | None = 272_000
    max_context_window: int | None = None
    window_percent: int = _EFFECTIVE_WINDOW_PERCENT
    compact_limit: int | None = None
    comp_hash: str | None = None
    supports_reasoning_summaries: bool = False
    reasoning_effort: str | None = None
    reasoning_summary: str | None = "auto"
    supports_verbosity: bool = False
    verbosity: str | None = None
    parallel_tool_calls: bool = False
    apply_patch_tool_type: str | None = None
    web_search_tool_type: str = "text"
    input_modalities: tuple[str, ...] = ("text", "image")
    supports_image_detail_original: bool = False
    truncation: TruncationPolicy = TruncationPolicy(mode="bytes", limit=10_000)
    service_tiers: tuple[ServiceTier, ...] = ()
    use_responses_lite: bool = False
    model_messages: Any = None
    """The catalogue's own texts; only whether there are any counts here."""

    @property
    def has_personality(self) -> bool:
        """Can it be told how to speak to the user?"""
        return self.model_messages is not None

    @property
    def usable_window(self) -> int | None:
        """The part of the window that a thread may fill."""
        if self.context_window is None:
            return None
        return self.context_window * self.window_percent // 100

    @property
    def auto_compact_limit(self) -> int | None:
        """Where history is compacted: what the catalogue says, at most 90 % of the window."""
        if self.context_window is None:
            return self.compact_limit
        most = self.context_window * _AUTO_COMPACT_PERCENT // 100
        return most if self.compact_limit is None else min(self.compact_limit, most)

    @property
    def tool_output_tokens(self) -> int:
        """The most that one output may tell the model."""
        return self.truncation.tokens

    @property
    def takes_images(self) -> bool:
        """May images be sent to it?"""
        return "image" in self.input_modalities

    @property
    def images(self) -> Images:
        """How images are sent to it."""
        if not self.takes_images:
            return "none"
        return "plain" if self.use_responses_lite else "whole"

    def tier(self, name: str | None) -> str | None:
        """What a request says for a service tier of the settings; None if the model has it not."""
        wire = _FAST.get(name or "", name)
        return wire if any(tier.id == wire for tier in self.service_tiers) else None

    def wanted(self, settings: Mapping[str, Any]) -> "ModelInfo":
        """The same with what settings say, by field; None says nothing.

        A window is at most the model's largest, and what the model does not have is not set: no
        verbosity, and neither effort nor summary, for one that knows none.
        """
        given = {key: value for key, value in settings.items() if value is not None}
        if self.max_context_window and "context_window" in given:
            given["context_window"] = min(given["context_window"], self.max_context_window)
        info: ModelInfo = msgspec.structs.replace(self, **given)
        if not info.supports_verbosity:
            info = msgspec.structs.replace(info, verbosity=None)
        if not info.supports_reasoning_summaries:
            info = msgspec.structs.replace(info, reasoning_effort=None, reasoning_summary=None)
        return info


_TYPICAL = ModelInfo(
    context_window=272_000,
    max_context_window=272_000,
    supports_reasoning_summaries=True,
    reasoning_effort="medium",
    reasoning_summary="none",
    supports_verbosity=True,
    verbosity="low",
    parallel_tool_calls=True,
    apply_patch_tool_type="freeform",
    web_search_tool_type="text_and_image",
    supports_image_detail_original=True,
    truncation=TruncationPolicy(mode="tokens", limit=10_000),
    model_messages=msgspec.Raw(b"{}"),
)
_PRIORITY = (ServiceTier(id="priority"),)


def _bundled() -> Iterable[ModelInfo]:
    """The models of the reference client's own catalogue, by what is different from most."""
    differences: dict[str, dict[str, Any]] = {
        "gpt-5.5": {"service_tiers": _PRIORITY},
        "gpt-5.4": {"service_tiers": _PRIORITY, "max_context_window": 1_000_000},
        "gpt-5.4-mini": {"verbosity": "medium"},
        "gpt-5.3-codex": {"web_search_tool_type": "text"},
        "gpt-5.2": {
            "reasoning_summary": "auto",
            "web_search_tool_type": "text",
            "supports_image_detail_original": False,
            "truncation": TruncationPolicy(mode="bytes", limit=10_000),
            "model_messages": None,
        },
        "codex-auto-review": {"max_context_window": 1_000_000},
    }
    for slug, fields in differences.items():
        yield msgspec.structs.replace(_TYPICAL, slug=slug, **fields)


BUNDLED: tuple[ModelInfo, ...] = tuple(_bundled())
"""What this core knows without asking anybody."""


class _Catalogue(msgspec.Struct):
    models: tuple[ModelInfo, ...]


_CATALOGUE = msgspec.json.Decoder(_Catalogue)


def decode_models(data: bytes) -> tuple[ModelInfo, ...]:
    """Reads `{"models": [...]}`; raises `msgspec.DecodeError`."""
    return _CATALOGUE.decode(data).models


def find_model(model: str, known: Iterable[ModelInfo] = BUNDLED) -> ModelInfo:
    """The model whose name is the longest beginning of `model`, a `vendor/` before it aside.

    For one that is not known: the most careful assumptions, under its own name.
    """
    names = (model, model.rpartition("/")[2]) if model.count("/") == 1 else (model,)
    for name in names:
        alike = [info for info in known if info.slug and name.startswith(info.slug)]
        if alike:
            return max(alike, key=lambda info: len(info.slug))
    return ModelInfo(slug=model)
