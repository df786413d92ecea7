"""When a history is compacted, why, and by whom: the arithmetic and the tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core import ModelProvider
from codex_core.config.errors import ConfigError
from codex_core.config.models import ModelInfo
from codex_core.session.compaction.kinds import LOCAL, REMOTE_V1, REMOTE_V2, implementation
from codex_core.session.compaction.limit import Limit
from codex_core.session.compaction.reasons import reason_of_change
from suites.core.fakes import make_config

TOKENS = st.integers(min_value=0, max_value=10_000)
MODELS = (
    ModelInfo(slug="large", context_window=1_000, comp_hash="x"),
    ModelInfo(slug="small", context_window=100, comp_hash="x"),
    ModelInfo(slug="other", context_window=1_000, comp_hash="y"),
    ModelInfo(slug="plain", context_window=1_000),
)


def test_the_limit_is_at_most_nine_tenths_of_the_window() -> None:
    """A setting counts as far as it is lower; without one the window decides."""
    limits = {
        given: make_config(
            model_context_window=1_000, model_auto_compact_token_limit=given
        ).model_info.auto_compact_limit
        for given in (None, 200, 899, 900, 901, 5_000)
    }
    assert limits == {None: 900, 200: 200, 899: 899, 900: 900, 901: 900, 5_000: 900}


@given(TOKENS, TOKENS)
def test_in_total_all_tokens_count(limit: int, active: int) -> None:
    """The limit is reached when the context has as many tokens, whatever it began with."""
    total = Limit(tokens=limit, usable_window=None)
    assert total.reached(active, prefill=active) == (active >= limit)


@given(TOKENS, TOKENS, TOKENS)
def test_after_the_prefix_only_growth_counts(limit: int, active: int, prefill: int) -> None:
    """What the context began with is left out."""
    body = Limit(tokens=limit, usable_window=None, scope="body_after_prefix")
    assert body.reached(active, prefill=prefill) == (max(active - prefill, 0) >= limit)


@given(TOKENS)
def test_a_full_window_is_full_in_every_scope(prefill: int) -> None:
    """A beginning of any size does not let a context outgrow its window."""
    body = Limit(tokens=10_000, usable_window=950, scope="body_after_prefix")
    assert body.reached(950, prefill=prefill)
    assert not body.reached(949, prefill=949)


def test_without_a_limit_nothing_is_compacted() -> None:
    """An unknown window and no setting mean no limit."""
    limit = Limit(tokens=None, usable_window=None)
    assert not limit.reached(10**9, prefill=0)


def test_a_scope_that_is_none_is_refused() -> None:
    """The error names the accepted scopes."""
    with pytest.raises(ConfigError, match="total, body_after_prefix"):
        make_config(model_auto_compact_token_limit_scope="everything")


@pytest.mark.parametrize(
    ("before", "now", "active", "reason"),
    [
        ("large", "other", 0, "comp_hash_changed"),
        ("large", "small", 91, "model_downshift"),
        ("large", "small", 90, None),
        ("small", "large", 1_000, None),
        ("large", "large", 1_000, None),
        ("large", "plain", 1_000, None),
        ("plain", "large", 1_000, None),
    ],
)
def test_a_change_of_models_may_ask_for_a_compaction(
    before: str, now: str, active: int, reason: str | None
) -> None:
    """It does if one has another form of compactions, or a smaller window that is overfull."""
    configs = (make_config(model=name, models=MODELS) for name in (before, now))
    assert reason_of_change(*configs, active=active) == reason


def test_growth_alone_leaves_a_smaller_model_to_itself() -> None:
    """In the scope that leaves the beginning out the next model compacts, not the one before."""
    scope = {"model_auto_compact_token_limit_scope": "body_after_prefix"}
    large, small = (make_config(model=name, models=MODELS, **scope) for name in ("large", "small"))
    assert reason_of_change(large, small, active=1_000) is None


@pytest.mark.parametrize(
    ("name", "url", "remote_v2", "chosen"),
    [
        ("OpenAI", None, True, REMOTE_V2),
        ("OpenAI", None, False, REMOTE_V1),
        ("openai", None, True, LOCAL),
        ("Azure", None, True, REMOTE_V2),
        ("mine", "https://me.openai.azure.com/v1", False, REMOTE_V1),
        ("mock", "http://127.0.0.1/v1", True, LOCAL),
    ],
)
def test_the_provider_decides_who_compacts(
    name: str, url: str | None, chosen: str, *, remote_v2: bool
) -> None:
    """OpenAI and Azure can do it themselves, in one of two ways; for others the model does it."""
    provider = ModelProvider(name=name, base_url=url)
    assert implementation(provider, remote_v2=remote_v2) == chosen
