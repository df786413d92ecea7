"""Configuration: what is read, and how each error names its place and remedy."""

from pathlib import Path
from typing import Any

import pytest

from codex_core import Config, ModelProvider, ProviderAuth, Runtime
from codex_core.config.errors import ConfigError
from codex_core.config.features import FEATURES
from codex_core.config.loader import codex_home, load_config
from codex_core.config.workspace import WorkspaceWrite

FREE = 'sandbox_mode = "danger-full-access"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "settings"


def load(home: Path, text: str = "", *overrides: str, **arguments: Any) -> Config:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(text)
    runtime = Runtime.deterministic(env={"CODEX_HOME": str(home)}, root=home.parent)
    return load_config(runtime, overrides=overrides, **arguments)


def problem(home: Path, text: str, *overrides: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(home, text, *overrides)
    return str(caught.value).replace(str(home), "HOME")


def test_layers(home: Path) -> None:
    """Options win over the file, arguments over options; values of options are TOML or text."""
    text = FREE + 'model = "file"\nmodel_context_window = 1\n[features]\nitem_ids = false\n'
    config = load(home, text, "model=option", "model_context_window=2", "features.item_ids=true")
    assert (config.model, config.model_context_window) == ("option", 2)
    assert config.feature("item_ids")
    assert load(home, text, "model=option", model="argument").model == "argument"
    assert load(home, text, cwd=Path("sub")).cwd == home.parent / "sub"
    assert load(home, text).codex_home == home


def test_a_provider_is_read_whole(home: Path) -> None:
    """Every field of a provider's table."""
    text = f"""{FREE}
        model_provider = "mine"
        [model_providers.mine]
        base_url = "http://mock.test/v1"
        env_key = "KEY"
        request_max_retries = 200
        stream_idle_timeout_ms = 1500
        supports_websockets = true
        websocket_connect_timeout_ms = 250
        http_headers = {{ "X-A" = "b" }}
    """
    provider = load(home, text).provider
    assert provider == ModelProvider(
        name="mine",
        base_url="http://mock.test/v1",
        env_key="KEY",
        request_max_retries=200,
        stream_idle_timeout_ms=1500,
        http_headers={"X-A": "b"},
        supports_websockets=True,
        websocket_connect_timeout_ms=250,
    )
    assert (provider.request_retries, provider.idle_timeout) == (100, 1.5)
    assert provider.connect_timeout == 0.25


def test_a_command_for_the_token_is_a_table(home: Path) -> None:
    """Its own keys, with a start in the folder that it names."""
    text = f"""{FREE}
        model_provider = "mine"
        [model_providers.mine.auth]
        command = "token"
        args = ["--for", "me"]
        timeout_ms = 1
        refresh_interval_ms = 0
        cwd = "here"
    """
    assert load(home, text).provider.auth == ProviderAuth(
        command="token", args=("--for", "me"), timeout_ms=1, refresh_interval_ms=0, cwd="here"
    )


def test_what_providers_there_are_without_any_file(home: Path) -> None:
    """OpenAI over WebSockets with the user's credentials; servers on this machine without any."""
    openai = load(home, FREE).provider
    assert (openai.name, openai.is_openai) == ("OpenAI", True)
    assert openai.supports_websockets
    assert openai.requires_openai_auth
    for name, port in (("ollama", 11434), ("lmstudio", 1234)):
        local = load(home, FREE, f"model_provider={name}").provider
        assert local.base_url == f"http://localhost:{port}/v1"
        assert not (local.is_openai)
        assert not (local.supports_websockets)
        assert not local.requires_openai_auth


def test_features_have_defaults(home: Path) -> None:
    """A switch is as the file has it, else as it comes; those that are announced are told."""
    config = load(home, FREE + "[features]\nitem_ids = true\nremote_compaction_v2 = false")
    on = {name for name in FEATURES if config.feature(name)}
    assert on == {"auto_compaction", "enable_request_compression", "item_ids", "unified_exec"}
    assert config.beta_features == ()
    assert load(home, FREE).beta_features == ("remote_compaction_v2",)
    with pytest.raises(KeyError):
        config.feature("unknown")


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    """No file is no error; commands may change nothing unless the user says so."""
    runtime = Runtime.deterministic(env={"HOME": str(tmp_path)})
    assert codex_home(runtime) == tmp_path / ".codex"
    config = load_config(runtime)
    assert (config.model_provider, config.approval_policy) == ("openai", "on-request")
    assert config.sandbox_mode == "read-only"


def test_what_may_be_written_is_a_table(home: Path) -> None:
    """Folders, the network and what is left out."""
    text = '[sandbox_workspace_write]\nwritable_roots = ["/a"]\nnetwork_access = true\n'
    config = load(home, text)
    assert config.sandbox_workspace_write == WorkspaceWrite(
        writable_roots=("/a",), network_access=True
    )


def test_settings_of_the_reference_client_are_passed_over(home: Path) -> None:
    """A settings folder may be shared: known foreign keys and features are silent."""
    text = (
        FREE + "check_for_update_on_startup = false\n[features]\nplugins = false\n[otel]\nx = 1\n"
    )
    assert load(home, text).warnings == ()


def test_a_misspelt_key_in_the_file_is_a_warning(home: Path) -> None:
    """It has no effect and is told, with what was probably meant."""
    (warning,) = load(home, FREE + 'modle = "m"\n').warnings
    assert "config.toml: `modle` is not a setting" in warning
    assert "did you mean model?" in warning


@pytest.mark.parametrize(
    ("text", "overrides", "expected"),
    [
        (
            'approval_policy = "often"',
            (),
            "HOME/config.toml: `approval_policy` is 'often', which does not exist;"
            " accepted values are untrusted, on-failure, on-request, never",
        ),
        (
            "",
            ("sandbox_mode=open",),
            "option -c sandbox_mode: `sandbox_mode` is 'open', which does not exist;"
            " accepted values are read-only, workspace-write, danger-full-access",
        ),
        (
            "[sandbox_workspace_write]\nexclude_tmp = true",
            (),
            "HOME/config.toml: `sandbox_workspace_write` has a value of the wrong type: object"
            " contains unknown field `exclude_tmp`; give it a table",
        ),
        (
            FREE,
            ("approval_policy=sometimes",),
            "option -c approval_policy: `approval_policy` is 'sometimes', which does not exist;"
            " accepted values are untrusted, on-failure, on-request, never",
        ),
        (
            FREE + "model = 3",
            (),
            "HOME/config.toml: `model` has a value of the wrong type: expected `str`, got `int`;"
            " give it a string",
        ),
        (
            FREE + 'model = ""',
            (),
            "HOME/config.toml: `model` is empty; name one or leave it out",
        ),
        (
            FREE,
            ("model_context_window=wide",),
            "option -c model_context_window: `model_context_window` has a value of the wrong type:"
            " expected `int`, got `str`; give it a whole number",
        ),
        (
            FREE,
            ("modle=x",),
            "option -c modle=x: `modle` is not a setting; did you mean model?",
        ),
        (FREE, ("model",), "option -c model: `model` has no value; write key=value"),
        (
            FREE + 'model_provider = "x"',
            (),
            "HOME/config.toml: `model_provider` is 'x', which is not defined;"
            " use one of lmstudio, ollama, openai, or define [model_providers.x]",
        ),
        (
            FREE + '[model_providers.x]\nbase_url = "ftp://x"',
            (),
            "HOME/config.toml: `model_providers.x.base_url` is 'ftp://x', which is no HTTP address;"
            ' write it with its scheme, such as "https://api.openai.com/v1"',
        ),
        (
            FREE + '[model_providers.x]\nwire_api = "chat"',
            (),
            "HOME/config.toml: `model_providers.x.wire_api` is 'chat', which is not spoken;"
            ' set wire_api = "responses", the only accepted value',
        ),
        (
            FREE,
            ("model_providers.x.request_max_retries=-1",),
            "option -c model_providers.x.request_max_retries:"
            " `model_providers.x.request_max_retries` is -1; set a whole number of at least 0",
        ),
        (
            FREE + "[model_providers.x]\nrequest_max_retries = true",
            (),
            "HOME/config.toml: `model_providers.x.request_max_retries` has a value of the wrong"
            " type: expected `int`, got `bool`; give it a value of that type",
        ),
        (
            FREE + '[model_providers.x]\nenv_key = "K"\n[model_providers.x.auth]\ncommand = "c"',
            (),
            "HOME/config.toml: `model_providers.x.auth` gives the token, and `env_key` is set too;"
            " keep one of them",
        ),
        (
            FREE + '[model_providers.x.auth]\ncommand = ""',
            (),
            "HOME/config.toml: `model_providers.x.auth.command` is empty;"
            " name the program that gives a token",
        ),
        (
            FREE + "[model_providers.x.auth]\ntimeout_ms = 5",
            (),
            "HOME/config.toml: `model_providers.x.auth` has a value of the wrong"
            " type: object missing required field `command`; give it a value of that type",
        ),
        (
            FREE + "[model_providers.x]\nwebsocket_connect_timeout_ms = 0",
            (),
            "HOME/config.toml: `model_providers.x.websocket_connect_timeout_ms` is 0;"
            " set a whole number of at least 1",
        ),
        (
            FREE + "[model_providers.x]\naws = {}",
            (),
            "HOME/config.toml: `model_providers.x.aws` is not supported;"
            " use a provider that takes a bearer token",
        ),
    ],
)
def test_errors_name_place_and_remedy(
    home: Path, text: str, overrides: tuple[str, ...], expected: str
) -> None:
    """File or option, key, what is wrong, what to write instead."""
    assert problem(home, text, *overrides) == expected


def test_a_typo_in_a_provider_is_an_error(home: Path) -> None:
    """A provider's keys are known; the error lists them."""
    text = FREE + '[model_providers.x]\nbase_ulr = "http://x"'
    found = problem(home, text)
    assert "`model_providers.x.base_ulr` is not a provider's setting" in found
    assert "base_url" in found


def test_a_file_that_is_no_toml(home: Path) -> None:
    """The parser's own words, and where."""
    assert problem(home, "model = [").startswith("HOME/config.toml: `*` is not TOML: ")


def test_a_file_that_cannot_be_read(home: Path) -> None:
    """A folder in place of the file is told as such."""
    (home / "config.toml").mkdir(parents=True)
    runtime = Runtime.deterministic(env={"CODEX_HOME": str(home)})
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(runtime)


def test_a_config_in_code_is_checked_too() -> None:
    """The same rules hold without any file; the place is the class."""
    with pytest.raises(ConfigError, match=r"^Config: `sandbox_mode` is 'open', which does not"):
        Config(sandbox_mode="open")
    with pytest.raises(ConfigError, match=r"^Config: `features.x` does not exist; known features"):
        Config(sandbox_mode="danger-full-access", features={"x": True})


def test_settings_win_over_what_is_known_of_a_model() -> None:
    """The table of models gives defaults only."""
    config = Config(model="gpt-5.4", model_reasoning_effort="high", model_context_window=1000)
    assert config.model_info.reasoning_effort == "high"
    assert config.model_info.usable_window == 950
    assert Config(model="gpt-5.4").model_info.usable_window == 258_400
