"""Which wire protocol a connection speaks, told by its upgrade.

`v2` is the GA API, `v1` the protocol that clients ask for with `intent=quicksilver`, `beta` the
shape before GA, asked for with `OpenAI-Beta: realtime=v1`.
"""

from typing import Final, Literal

from agent_rehearsal.journal import Entry

Shape = Literal["v1", "v2", "beta"]
_BETA_PROTOCOL: Final = "openai-beta.realtime-v1"
"""The subprotocol with which browsers, which cannot set headers, ask for the beta."""


def shape_of(upgrade: Entry) -> Shape:
    """The protocol that an upgrade asks for."""
    alpha = upgrade.header("openai-alpha") or ""
    if upgrade.query.get("intent") == "quicksilver" or "quicksilver=v1" in alpha:
        return "v1"
    beta = upgrade.header("openai-beta") or ""
    protocols = upgrade.header("sec-websocket-protocol") or ""
    return "beta" if "realtime=v1" in beta or _BETA_PROTOCOL in protocols else "v2"
