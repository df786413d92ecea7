"""Ready settings for clients that are not ours."""

import tomllib
from pathlib import Path

import pytest

from agent_rehearsal import Stage
from mock_responses.clients import KEY, KEY_VARIABLE, codex_config, codex_home

URL = "http://127.0.0.1:1/v1"


@pytest.mark.parametrize("websockets", [False, True])
def test_the_codex_config_points_at_the_server(websockets: bool) -> None:  # noqa: FBT001
    """The provider in use has the base URL, the key's variable and no retries."""
    config = tomllib.loads(codex_config(URL, websockets=websockets))
    provider = config["model_providers"][config["model_provider"]]
    assert provider["base_url"] == config["experimental_realtime_ws_base_url"] == URL
    assert provider["env_key"] == KEY_VARIABLE
    assert provider["supports_websockets"] is websockets
    assert (provider["request_max_retries"], provider["stream_max_retries"]) == (0, 0)


def test_the_codex_config_is_quiet() -> None:
    """What would reach for the network or wait without end is off."""
    config = tomllib.loads(codex_config(URL))
    off = ("plugins", "remote_plugin", "apps", "shell_snapshot", "unbounded_connection_retries")
    assert not any(config["features"][name] for name in off)
    assert not config["check_for_update_on_startup"]
    assert not config["analytics"]["enabled"]
    assert config["otel"]["exporter"] == "none"


def test_a_base_url_is_quoted() -> None:
    """A URL with quotes and backslashes in it is a TOML string like any other."""
    odd = 'http://host/"\\v1'
    config = tomllib.loads(codex_config(odd))
    assert config["model_providers"]["rehearsal"]["base_url"] == odd


def test_a_codex_home_is_a_folder_of_its_own(tmp_path: Path) -> None:
    """The child's homes are below the folder, which is made; the environment has the key."""
    folder = tmp_path / "not" / "there"
    env = codex_home(folder, URL)
    assert env["HOME"] == str(folder.resolve())
    assert env[KEY_VARIABLE] == KEY
    config = Path(env["CODEX_HOME"], "config.toml")
    assert config.is_relative_to(folder.resolve())
    assert config.read_text("utf-8") == codex_config(URL)
    assert "PATH" not in env


async def test_the_mock_makes_a_home_for_itself(tmp_path: Path) -> None:
    """The config has the mock's own URL, and the mock answers upgrades as the config says."""
    async with Stage() as stage:
        for websockets in (False, True):
            env = stage.responses.codex_home(tmp_path, websockets=websockets)
            text = Path(env["CODEX_HOME"], "config.toml").read_text("utf-8")
            assert text == codex_config(stage.base_url, websockets=websockets)
            assert stage.responses.websockets is websockets
