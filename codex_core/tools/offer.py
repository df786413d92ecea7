"""Which tools a request offers to which model, and how. Specifications in, specifications out."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from codex_core.config.config import Config
from codex_core.config.models import ModelInfo
from codex_core.config.web_search import WebSearch

__all__ = ["hosted_specs", "offered_specs"]

Spec = Mapping[str, Any]


def offered_specs(specs: Iterable[Spec], info: ModelInfo) -> list[Spec]:
    """The tools of this core as this model has them, in their order."""
    fitted = (_FITTED.get(spec["name"], _as_it_is)(spec, info) for spec in specs)
    return [spec for spec in fitted if spec is not None]


def hosted_specs(config: Config) -> list[Spec]:
    """The tools that the provider has, as the settings allow them.

    Where commands may do everything a search in what is cached holds nothing back, so it is live.
    """
    settings = config.tools.web_search
    search = settings if isinstance(settings, WebSearch) else WebSearch()
    mode = config.web_search
    if mode == "cached" and config.sandbox_mode == "danger-full-access":
        mode = "live"
    spec = search.spec(mode, images=config.model_info.web_search_tool_type == "text_and_image")
    return [] if spec is None else [spec]


def _as_it_is(spec: Spec, info: ModelInfo) -> Spec:
    return spec


def _patches(spec: Spec, info: ModelInfo) -> Spec | None:
    """Only for a model that writes freeform patches."""
    return spec if info.apply_patch_tool_type == "freeform" else None


def _images(spec: Spec, info: ModelInfo) -> Spec:
    """The choice of a detail is for a model that can see an image as it is."""
    if info.supports_image_detail_original:
        return spec
    parameters = spec["parameters"]
    properties = {k: v for k, v in parameters["properties"].items() if k != "detail"}
    return {**spec, "parameters": {**parameters, "properties": properties}}


_FITTED: Mapping[str, Callable[[Spec, ModelInfo], Spec | None]] = {
    "apply_patch": _patches,
    "view_image": _images,
}
