"""Ready settings for clients that are not ours: how each is pointed at a mock server.

Text and files only; knows no server but its base URL, and starts no process.
"""

import json
from pathlib import Path

KEY_VARIABLE = "REHEARSAL_API_KEY"
"""The environment variable from which a client set up here takes its key."""
KEY = "test"

_CODEX_CONFIG = """\
model = "mock-model"
model_provider = "rehearsal"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false
suppress_unstable_features_warning = true
# Without it 0.169.0 joins its WebRTC calls at the makers' own server.
experimental_realtime_ws_base_url = {base_url}

[model_providers.rehearsal]
name = "rehearsal"
base_url = {base_url}
wire_api = "responses"
requires_openai_auth = false
supports_websockets = {websockets}
env_key = "{key_variable}"
# A failure is the test's to see at once, not after half a minute of retries.
request_max_retries = 0
stream_max_retries = 0
# Longer than a test waits for anything, so that the test is the one that gives up.
stream_idle_timeout_ms = 10000
websocket_connect_timeout_ms = 1000

# What would look names up on the network or start shells.
[features]
plugins = false
remote_plugin = false
apps = false
shell_snapshot = false
unbounded_connection_retries = false
realtime_conversation = true

[analytics]
enabled = false

[feedback]
enabled = false

[otel]
exporter = "none"
metrics_exporter = "none"
"""


def codex_config(base_url: str, *, websockets: bool = False) -> str:
    """A `config.toml` that points the Codex CLI at `base_url` and keeps it off the network.

    Accepted by Codex CLI 0.142.0 and 0.169.0. With `websockets` it asks for an upgrade before it
    turns to HTTP. The key comes from the variable `REHEARSAL_API_KEY`.
    """
    return _CODEX_CONFIG.format(
        base_url=json.dumps(base_url),
        websockets=json.dumps(websockets),
        key_variable=KEY_VARIABLE,
    )


def codex_home(folder: str | Path, base_url: str, *, websockets: bool = False) -> dict[str, str]:
    """Make `folder` the home of a Codex CLI with that config; returns its environment.

    A process started with these variables and a `PATH` touches no other home and no proxy. Raises
    OSError where the folder cannot be written.
    """
    home = Path(folder).resolve()
    codex = home / ".codex"
    codex.mkdir(parents=True, exist_ok=True)
    (codex / "config.toml").write_text(codex_config(base_url, websockets=websockets), "utf-8")
    return {
        "HOME": str(home),
        "CODEX_HOME": str(codex),
        KEY_VARIABLE: KEY,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
