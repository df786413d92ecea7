"""The provider's own web search: whether the model may use it, and the terms. Values only."""

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["WEB_SEARCH_MODES", "Location", "ToolSettings", "WebSearch"]

WEB_SEARCH_MODES = ("disabled", "cached", "indexed", "live")
"""From nothing to everything: no search, only what the provider has, pages that it knows, all."""

_ACCESS: Mapping[str, Mapping[str, bool]] = {
    "cached": {"external_web_access": False},
    "indexed": {"external_web_access": True, "index_gated_web_access": True},
    "live": {"external_web_access": True},
}


class Location(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="approximate"):
    """Roughly where the user is, for what depends on it."""

    country: str | None = None
    region: str | None = None
    city: str | None = None
    timezone: str | None = None


class WebSearch(msgspec.Struct, frozen=True, kw_only=True):
    """The table `tools.web_search`."""

    context_size: str | None = None
    allowed_domains: tuple[str, ...] | None = None
    location: Location | None = None

    def spec(self, mode: str, *, images: bool) -> dict[str, Any] | None:
        """Its entry in a request's `tools`; None for the mode `disabled`.

        `images` says whether it may find images for the model.
        """
        if mode not in _ACCESS:
            return None
        domains = self.allowed_domains
        given = {
            "filters": None if domains is None else {"allowed_domains": domains},
            "user_location": self.location,
            "search_context_size": self.context_size,
            "search_content_types": ("text", "image") if images else None,
        }
        terms = {key: value for key, value in given.items() if value is not None}
        return {"type": "web_search", **_ACCESS[mode], **terms}


class ToolSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The table `tools`; a plain true or false for web search says nothing more than its mode."""

    web_search: WebSearch | bool | None = None
