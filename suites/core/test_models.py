"""What is known of models: by name, from a catalogue, and what settings make of it."""

import json
from pathlib import Path

import msgspec
import pytest

from codex_core import Config, Runtime
from codex_core.config.errors import ConfigError
from codex_core.config.loader import load_config
from codex_core.config.models import BUNDLED, ModelInfo, decode_models, find_model
from codex_core.config.web_search import Location, WebSearch
from codex_core.protocol.truncation import TruncationPolicy


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("gpt-5.4", "gpt-5.4"),
        ("gpt-5.4-mini", "gpt-5.4-mini"),
        ("gpt-5.4-mini-2026", "gpt-5.4-mini"),
        ("gpt-5.4-2026", "gpt-5.4"),
        ("vendor/gpt-5.2", "gpt-5.2"),
        ("a/b/gpt-5.2", "a/b/gpt-5.2"),
        ("gpt-5", "gpt-5"),
    ],
)
def test_a_model_is_found_by_the_longest_name_that_fits(name: str, slug: str) -> None:
    """A version behind and one vendor before it are no matter; others are unknown."""
    assert find_model(name).slug == slug


def test_the_most_careful_is_assumed_of_an_unknown_model() -> None:
    """No reasoning, no verbosity, no patches, no calls at once; outputs in bytes."""
    info = Config(model="mock-model").model_info
    assert not info.supports_reasoning_summaries
    assert (info.reasoning_effort, info.reasoning_summary, info.verbosity) == (None, None, None)
    assert not info.parallel_tool_calls
    assert info.apply_patch_tool_type is None
    assert info.takes_images
    assert info.truncation == TruncationPolicy(mode="bytes", limit=10_000)
    assert info.tool_output_tokens == 2500
    assert info.usable_window == 258_400


def test_a_bundled_model() -> None:
    """What the reference client knows of its default."""
    info = Config(model="gpt-5.4").model_info
    assert (info.reasoning_effort, info.reasoning_summary) == ("medium", "none")
    assert (info.verbosity, info.parallel_tool_calls) == ("low", True)
    assert info.apply_patch_tool_type == "freeform"
    assert info.truncation == TruncationPolicy(mode="tokens", limit=10_000)
    assert info.auto_compact_limit == 244_800
    assert {each.slug for each in BUNDLED} >= {"gpt-5.5", "gpt-5.4", "gpt-5.3-codex", "gpt-5.2"}


def test_settings_do_not_give_a_model_what_it_has_not() -> None:
    """An effort or a verbosity is for models that know one, a window as large as it can be."""
    wishes = {
        "model_reasoning_effort": "high",
        "model_reasoning_summary": "detailed",
        "model_verbosity": "high",
    }
    unknown = Config(model="mock-model", **wishes).model_info  # type: ignore[arg-type]
    assert (unknown.reasoning_effort, unknown.verbosity) == (None, None)
    told = Config(model="m", model_supports_reasoning_summaries=True, **wishes)  # type: ignore[arg-type]
    assert told.model_info.reasoning_effort == "high"
    assert told.model_info.verbosity is None
    wide = Config(model="gpt-5.4", model_context_window=5_000_000).model_info
    assert wide.context_window == 1_000_000


@pytest.mark.parametrize(
    ("model", "limit"), [("gpt-5.4", ("tokens", 7)), ("mock-model", ("bytes", 28))]
)
def test_a_limit_of_outputs_keeps_the_models_unit(model: str, limit: tuple[str, int]) -> None:
    """The setting is in tokens, whatever the model counts."""
    policy = Config(model=model, tool_output_token_limit=7).model_info.truncation
    assert (policy.mode, policy.limit) == limit


@pytest.mark.parametrize(
    ("model", "tier", "sent"),
    [
        ("gpt-5.4", "fast", "priority"),
        ("gpt-5.4", "priority", "priority"),
        ("gpt-5.4", "flex", None),
        ("gpt-5.4", "default", None),
        ("gpt-5.4", None, None),
        ("mock-model", "fast", None),
    ],
)
def test_a_tier_is_asked_for_where_the_model_has_it(
    model: str, tier: str | None, sent: str | None
) -> None:
    """Under the name that the wire has for it."""
    assert find_model(model).tier(tier) == sent


ENTRY = {
    "slug": "texty",
    "display_name": "Texty",
    "default_reasoning_level": "low",
    "supports_reasoning_summaries": True,
    "support_verbosity": False,
    "truncation_policy": {"mode": "tokens", "limit": 5},
    "supports_parallel_tool_calls": True,
    "context_window": 100,
    "max_context_window": None,
    "auto_compact_token_limit": 95,
    "comp_hash": "h",
    "input_modalities": ["text"],
    "service_tiers": [{"id": "flex", "name": "Flex", "description": "."}],
    "model_messages": None,
    "upgrade": None,
}


def test_a_catalogue_is_read() -> None:
    """What this core uses of an entry; the rest is passed over."""
    (info,) = decode_models(json.dumps({"models": [ENTRY]}).encode())
    assert (info.slug, info.reasoning_effort, info.reasoning_summary) == ("texty", "low", "auto")
    assert (info.comp_hash, info.auto_compact_limit, info.usable_window) == ("h", 90, 95)
    assert (info.takes_images, info.has_personality) == (False, False)
    assert info.tier("flex") == "flex"


def load(home: Path, catalogue: str) -> Config:
    (home / "models.json").write_text(catalogue)
    (home / "config.toml").write_text('model_catalog_json = "models.json"\nmodel = "texty"')
    runtime = Runtime.deterministic(env={"CODEX_HOME": str(home)}, root=home)
    return load_config(runtime)


def test_a_catalogue_takes_the_place_of_what_is_known(tmp_path: Path) -> None:
    """Its models are known, and no others."""
    config = load(tmp_path, json.dumps({"models": [ENTRY]}))
    assert config.model_info.slug == "texty"
    assert find_model("gpt-5.4", config.models) == ModelInfo(slug="gpt-5.4")


@pytest.mark.parametrize("catalogue", ["{", "[]", '{"models": [{"slug": 1}]}'])
def test_a_catalogue_that_cannot_be_read(tmp_path: Path, catalogue: str) -> None:
    """The error names the setting, the file and what is wrong."""
    with pytest.raises(ConfigError, match=r"`model_catalog_json` names .*models\.json, which is"):
        load(tmp_path, catalogue)


def test_the_tables_of_tools_are_read(tmp_path: Path) -> None:
    """The mode of a web search is a key, its terms are a table; a plain yes or no says nothing."""
    file = tmp_path / "config.toml"
    runtime = Runtime.deterministic(env={"CODEX_HOME": str(tmp_path)}, root=tmp_path)
    file.write_text(
        'web_search = "live"\n[tools.web_search]\ncontext_size = "low"\nlocation = { city = "B" }\n'
    )
    config = load_config(runtime)
    terms = WebSearch(context_size="low", location=Location(city="B"))
    assert (config.web_search, config.tools.web_search) == ("live", terms)
    file.write_text("[tools]\nweb_search = true\n")
    assert load_config(runtime).web_search == "cached"
    file.write_text('web_search = "sometimes"\n')
    with pytest.raises(ConfigError, match=r"'sometimes', which .* disabled, cached, indexed, live"):
        load_config(runtime)


def test_how_the_web_may_be_searched() -> None:
    """From nothing to everything, on the terms that the settings name."""
    search = WebSearch(
        context_size="high", allowed_domains=("a.test",), location=Location(country="DE")
    )
    assert search.spec("disabled", images=True) is None
    assert WebSearch().spec("cached", images=False) == {
        "type": "web_search",
        "external_web_access": False,
    }
    assert json.loads(msgspec.json.encode(search.spec("indexed", images=True))) == {
        "type": "web_search",
        "external_web_access": True,
        "index_gated_web_access": True,
        "filters": {"allowed_domains": ["a.test"]},
        "user_location": {"type": "approximate", "country": "DE"},
        "search_context_size": "high",
        "search_content_types": ["text", "image"],
    }
