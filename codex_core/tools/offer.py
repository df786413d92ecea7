"""Which tools a request offers to which model, and how. Specifications in, specifications out."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from codex_core.config.config import Config
from codex_core.config.models import ModelInfo
from codex_core.config.web_search import WebSearch

__all__ = ["hosted_specs", "is_there", "offered_specs"]

Spec = Mapping[str, Any]


def is_there(name: str, config: Config) -> bool:
    """May the model call this tool, whether it is offered or not?"""
    needs = _NEEDED.get(name)
    return needs is None or needs(config)


def offered_specs(specs: Iterable[Spec], config: Config) -> list[Spec]:
    """The tools of this core as the model has them, in their order."""
    there = (spec for spec in specs if is_there(spec["name"], config))
    shown = (spec for spec in there if not (spec["name"] == _SPARE and _keeps_sessions(config)))
    return [_FITTED.get(spec["name"], _as_it_is)(spec, config.model_info) for spec in shown]


def hosted_specs(config: Config) -> list[Spec]:
    """The tools that the provider has, as the settings allow them.

    Where commands may do everything a search in what is cached holds nothing back, so it is live.
    There are none beside the smaller form of requests that some models take.
    """
    if config.model_info.use_responses_lite:
        return []
    settings = config.tools.web_search
    search = settings if isinstance(settings, WebSearch) else WebSearch()
    mode = config.web_search
    if mode == "cached" and config.sandbox_mode == "danger-full-access":
        mode = "live"
    spec = search.spec(mode, images=config.model_info.web_search_tool_type == "text_and_image")
    return [] if spec is None else [spec]


def _as_it_is(spec: Spec, info: ModelInfo) -> Spec:
    return spec


def _writes_patches(config: Config) -> bool:
    return config.model_info.apply_patch_tool_type == "freeform"


def _keeps_sessions(config: Config) -> bool:
    return config.feature("unified_exec")


def _images(spec: Spec, info: ModelInfo) -> Spec:
    """The choice of a detail is for a model that can see an image as it is."""
    if info.supports_image_detail_original:
        return spec
    parameters = spec["parameters"]
    properties = {k: v for k, v in parameters["properties"].items() if k != "detail"}
    return {**spec, "parameters": {**parameters, "properties": properties}}


_FITTED: Mapping[str, Callable[[Spec, ModelInfo], Spec]] = {"view_image": _images}

_NEEDED: Mapping[str, Callable[[Config], bool]] = {
    "apply_patch": _writes_patches,
    "exec_command": _keeps_sessions,
    "write_stdin": _keeps_sessions,
}
"""What a tool is there for, by its name; the others always are."""

_SPARE = "shell_command"
"""Offered only where commands do not go on as sessions."""
