"""Offers read and answered without a media library: what is accepted, what is named as wrong."""

import re

import pytest

from mock_realtime.sdp import NotSdp, answer_to, read_offer
from suites.realtime.offers import OFFER


def sections(text: str) -> list[list[str]]:
    """The lines of a description: of the session, then of each section."""
    return [part.splitlines() for part in re.split(r"(?m)^(?=m=)", text)]


def test_an_offer_is_read_in_sections() -> None:
    """Kind, port, protocol and formats of each, and their attributes."""
    offer = read_offer(OFFER)
    assert [each.kind for each in offer.media] == ["audio", "application", "video"]
    audio = offer.media[0]
    assert (audio.port, audio.protocol) == (9, "UDP/TLS/RTP/SAVPF")
    assert audio.formats == ("8", "111")
    assert audio.first("mid") == "0"
    assert audio.first("rtcp-mux") is None


def test_line_feeds_alone_are_accepted() -> None:
    """RFC 8866 (5) asks parsers for it."""
    assert read_offer(OFFER.replace("\r\n", "\n")) == read_offer(OFFER)


def test_the_answer_has_a_section_for_each_of_the_offer() -> None:
    """Opus and the data channel are accepted, video is refused with port 0 (RFC 3264, 6)."""
    session, audio, data, video = sections(answer_to(read_offer(OFFER), "rtc_1"))
    assert session[:4] == ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    assert "a=group:BUNDLE 0 1" in session
    assert audio[0] == "m=audio 9 UDP/TLS/RTP/SAVPF 111"
    assert "a=rtpmap:111 opus/48000/2" in audio
    assert "a=fmtp:111 minptime=10;useinbandfec=1" in audio
    assert "a=rtpmap:8 PCMA/8000" not in audio
    assert data[0] == "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"
    assert "a=sctp-port:5000" in data
    assert video[0] == "m=video 0 UDP/TLS/RTP/SAVPF 96"


@pytest.mark.parametrize(
    ("offered", "answered"),
    [("sendrecv", "sendrecv"), ("sendonly", "recvonly"), ("recvonly", "sendonly")],
)
def test_the_direction_is_turned_round(offered: str, answered: str) -> None:
    """What one side sends the other receives."""
    text = answer_to(read_offer(OFFER.replace("a=sendrecv", f"a={offered}")), "rtc_1")
    assert f"a={answered}" in sections(text)[1]


@pytest.mark.parametrize(
    ("offered", "answered"), [("actpass", "passive"), ("active", "passive"), ("passive", "active")]
)
def test_the_other_role_is_taken(offered: str, answered: str) -> None:
    """Who begins the DTLS handshake is settled by the answer (RFC 8842, 5.3)."""
    text = answer_to(read_offer(OFFER.replace("setup:actpass", f"setup:{offered}")), "rtc_1")
    assert f"a=setup:{answered}" in sections(text)[1]


def test_the_same_call_gets_the_same_answer() -> None:
    """Credentials follow from the name of the call: nothing is drawn."""
    offer = read_offer(OFFER)
    assert answer_to(offer, "rtc_1") == answer_to(offer, "rtc_1")
    assert answer_to(offer, "rtc_1") != answer_to(offer, "rtc_2")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the offer is empty"),
        ("no sdp\r\n", "line 1 is 'no sdp'; expected a letter, '=' and a value"),
        ("v=offer\r\n", "line 1 is v='offer'; expected a 'v=' line"),
        ("v=0\r\no=nobody\r\n", "line 2 is o='nobody'; expected a 'o=' line"),
        ("v=0\r\n", "expected a 'o=' line"),
        ("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\n", "no 't=' line"),
        (OFFER.replace("t=0 0\r\n", ""), "no 't=' line"),
        (OFFER.replace("m=audio 9 UDP", "m=audio nine UDP"), "expected 'm=KIND PORT PROTOCOL"),
        (OFFER.rstrip(), "breaks off in its last line, 'a=rtpmap:96 VP8/90000'"),
        (OFFER.replace("m=audio", "m=text"), "expected an m=audio section"),
    ],
)
def test_what_is_no_offer_is_named(text: str, why: str) -> None:
    """The line that is wrong, and what was expected there."""
    with pytest.raises(NotSdp, match=re.escape(why)):
        read_offer(text)


def test_an_offer_without_credentials_is_not_connectable() -> None:
    """A peer needs ICE credentials and a fingerprint, of the session or of each section."""
    assert not read_offer(OFFER).connectable
    keys = "a=ice-ufrag:u\r\na=ice-pwd:p\r\na=fingerprint:sha-256 AA\r\n"
    assert read_offer(OFFER.replace("t=0 0\r\n", f"t=0 0\r\n{keys}")).connectable
    each = OFFER.replace("a=setup:actpass\r\n", f"a=setup:actpass\r\n{keys}")
    assert read_offer(each).connectable
    assert not read_offer(each.replace("a=ice-pwd:p\r\n", "", 1)).connectable
