"""A Codex CLI that takes itself to be signed in: its home, and the config that makes it compress.

The sign-in is made up and unsigned; the CLI reads it without asking anybody.
"""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ACCOUNT = "acct_mock"
FAR = 4_102_444_800
"""Seconds since 1970: the year 2100, so that nothing is ever refreshed."""


def sign_in(codex: Path) -> str:
    """Leave a sign-in in a CLI's home; returns the token that it sends."""
    claims = {
        "email": "somebody@example.com",
        "exp": FAR,
        "https://api.openai.com/auth": {
            "chatgpt_account_id": ACCOUNT,
            "chatgpt_plan_type": "pro",
            "chatgpt_user_id": "user_mock",
        },
    }
    token = ".".join([_part({"alg": "none", "typ": "JWT"}), _part(claims), _part({})])
    tokens = {
        "id_token": token,
        "access_token": token,
        "refresh_token": "none",
        "account_id": ACCOUNT,
    }
    auth = {
        "auth_mode": "chatgpt",
        "OPENAI_API_KEY": None,
        "tokens": tokens,
        "last_refresh": "2099-01-01T00:00:00Z",
    }
    (codex / "auth.json").write_text(json.dumps(auth), "utf-8")
    return token


def compressing(base_url: str) -> dict[str, Any]:
    """Settings for `codex_exec`: a provider of the one name for which the CLI compresses bodies.

    What a sign-in makes the CLI ask beside the Responses API goes to the mock too, and gets a 404.
    """
    provider = {
        "name": "OpenAI",
        "base_url": base_url,
        "wire_api": "responses",
        "requires_openai_auth": True,
        "supports_websockets": False,
        "request_max_retries": 0,
        "stream_max_retries": 0,
    }
    return {
        "model_provider": "signed",
        "model_providers.signed": provider,
        "chatgpt_base_url": base_url.removesuffix("/v1") + "/backend-api",
    }


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
