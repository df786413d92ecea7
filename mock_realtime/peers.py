"""Whether a true peer answers an offer: where the extra `[webrtc]` is there, and one can connect.

What a peer is, is in `webrtc`, which needs that extra to be imported.
"""

import asyncio
from importlib.util import find_spec

from agent_rehearsal.interleave.errors import LeavesSimulation
from mock_realtime.offer import BadOffer
from mock_realtime.sdp import Offer

LIBRARY = "aiortc"


def check_extra() -> None:
    """Raise ModuleNotFoundError, which names the extra, where the library is missing."""
    if find_spec(LIBRARY) is None:
        raise ModuleNotFoundError(
            f"true answers to WebRTC offers need {LIBRARY}: pip install 'agent-rehearsal[webrtc]'"
        )


async def is_real(offer: Offer, *, webrtc: bool | None) -> bool:
    """Whether a true peer is to answer `offer`; `webrtc` as the mock's setting.

    Raises BadOffer where one has to and cannot, LeavesSimulation where one has to on a simulated
    loop.
    """
    if webrtc is None:
        return offer.connectable and find_spec(LIBRARY) is not None and await _has_datagrams()
    if webrtc and not offer.connectable:
        raise BadOffer(
            "nobody could connect to this offer: a section lacks ice-ufrag, ice-pwd or fingerprint",
            code="invalid_offer",
        )
    return webrtc


async def _has_datagrams() -> bool:
    """Whether the loop can open a UDP socket; a simulated one cannot."""
    loop = asyncio.get_running_loop()
    try:
        transport, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
        )
    except LeavesSimulation:
        return False
    transport.close()
    return True
