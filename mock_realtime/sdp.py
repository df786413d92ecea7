"""Session descriptions: an offer read, and an answer to it made without any media library.

Sans-IO, after RFC 8866 (the format), RFC 3264 (offer and answer) and RFC 9429 (what WebRTC asks
of them). Which call an offer is for is not known here.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Attribute = tuple[str, str | None]
"""An `a=` line: its name, and what follows the colon."""

_LINE = re.compile(r"([a-z])=(.*)")
_MEDIA = re.compile(r"(\S+) (\d+)(?:/\d+)? (\S+) (\S.*)")
_ORIGIN = re.compile(r"\S+ \d+ \d+ IN IP[46] \S+")
_DIRECTIONS = {
    "sendrecv": "sendrecv",
    "sendonly": "recvonly",
    "recvonly": "sendonly",
    "inactive": "inactive",
}
"""The direction that is offered -> the one that answers it."""
_ROLES = {"actpass": "passive", "active": "passive", "passive": "active"}
"""The DTLS role that is offered -> the one that answers it (RFC 8842, 5.3)."""
_CODEC = "opus"
_NOWHERE = 9
"""The discard port, where nobody listens: RFC 9429 (4.1.1) has it where ICE finds the true one."""


class NotSdp(ValueError):
    """A text that is no offer. Says which line is wrong, and what was expected there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One `m=` section."""

    kind: str
    """`audio`, `video` or `application`."""
    port: int
    protocol: str
    formats: tuple[str, ...]
    attributes: tuple[Attribute, ...]

    def first(self, name: str) -> str | None:
        """The value of the first attribute of this name."""
        return next((value for key, value in self.attributes if key == name), None)

    @property
    def direction(self) -> str:
        """Which way media may flow, as the offer has it."""
        names = [name for name, _ in self.attributes if name in _DIRECTIONS]
        return names[0] if names else "sendrecv"

    @property
    def payload(self) -> str:
        """The format to agree on: that of Opus, else the first."""
        maps = [value or "" for name, value in self.attributes if name == "rtpmap"]
        named = (line.split(" ", 1) for line in maps if " " in line)
        found = (fmt for fmt, codec in named if codec.lower().startswith(f"{_CODEC}/"))
        return next((fmt for fmt in found if fmt in self.formats), self.formats[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a client offers."""

    attributes: tuple[Attribute, ...]
    """Those of the session."""
    media: tuple[Media, ...]

    @property
    def connectable(self) -> bool:
        """Whether a peer could connect: ICE credentials and a fingerprint for every section."""
        names = ("ice-ufrag", "ice-pwd", "fingerprint")
        known = {name for name, _ in self.attributes}
        return all(
            name in known or any(key == name for key, _ in media.attributes)
            for media in self.media
            for name in names
        )


def read_offer(text: str) -> Offer:
    """The offer that `text` is.

    Raises NotSdp for what is no session description, for one that breaks off before the end of its
    last line, and for one without audio, which the API refuses.
    """
    session, *sections = _sections(_lines(text))
    _check_session(session)
    media = tuple(_media(section) for section in sections)
    if not any(each.kind == "audio" for each in media):
        raise NotSdp(
            f"the offer has {_listing(media)}; expected an m=audio section, as in WHIP "
            "(RFC 9725): add an audio track or transceiver before createOffer()"
        )
    return Offer(attributes=_attributes(session), media=media)


def answer_to(offer: Offer, name: str) -> str:
    """An answer that is right in form: audio and the data channel accepted, all else refused.

    Nobody is behind it. `name` is the call's: credentials and fingerprint follow from it.
    """
    lines = [*_head(offer), *(line for each in offer.media for line in _section(each, name))]
    return "".join(f"{line}\r\n" for line in lines)


def _lines(text: str) -> list[tuple[int, str, str]]:
    """Each line: its number, its letter, what it says."""
    if not text:
        raise NotSdp("the offer is empty; expected a session description that begins with 'v=0'")
    if not text.endswith("\n"):
        raise NotSdp(
            f"the offer breaks off in its last line, {text.splitlines()[-1]!r}: every line of a "
            "session description ends with CRLF, the last one too; send the text untrimmed"
        )
    found: list[tuple[int, str, str]] = []
    for number, ended in enumerate(text.removesuffix("\n").split("\n"), 1):
        line = ended.removesuffix("\r")
        match = _LINE.fullmatch(line)
        if match is None:
            raise NotSdp(f"line {number} is {_shown(line)}; expected a letter, '=' and a value")
        found.append((number, match[1], match[2]))
    return found


def _sections(lines: Iterable[tuple[int, str, str]]) -> list[list[tuple[int, str, str]]]:
    sections: list[list[tuple[int, str, str]]] = [[]]
    for line in lines:
        if line[1] == "m":
            sections.append([])
        sections[-1].append(line)
    return sections


def _check_session(lines: list[tuple[int, str, str]]) -> None:
    """The lines that RFC 8866 (section 5) asks for, in its order."""
    wanted = (("v", re.compile("0")), ("o", _ORIGIN), ("s", re.compile(".*")))
    for place, (letter, form) in enumerate(wanted):
        number, found, value = lines[place] if place < len(lines) else (place + 1, "", "")
        if found != letter or not form.fullmatch(value):
            raise NotSdp(f"line {number} is {found}={_shown(value)}; expected a '{letter}=' line")
    if not any(letter == "t" for _, letter, _ in lines):
        raise NotSdp("the offer has no 't=' line before its media; expected 't=0 0'")


def _media(lines: list[tuple[int, str, str]]) -> Media:
    number, _, value = lines[0]
    match = _MEDIA.fullmatch(value)
    if match is None:
        raise NotSdp(
            f"line {number} is m={_shown(value)}; expected 'm=KIND PORT PROTOCOL FORMAT ...'"
        )
    return Media(
        kind=match[1],
        port=int(match[2]),
        protocol=match[3],
        formats=tuple(match[4].split()),
        attributes=_attributes(lines),
    )


def _attributes(lines: list[tuple[int, str, str]]) -> tuple[Attribute, ...]:
    pairs = (value.partition(":") for _, letter, value in lines if letter == "a")
    return tuple((name, value if colon else None) for name, colon, value in pairs)


def _head(offer: Offer) -> Iterator[str]:
    yield from ("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0")
    mids = [mid for each in offer.media if _accepts(each) and (mid := each.first("mid"))]
    if mids and any(name == "group" for name, _ in offer.attributes):
        yield f"a=group:BUNDLE {' '.join(mids)}"
    yield from ("a=ice-lite", "a=msid-semantic: WMS *")


def _accepts(media: Media) -> bool:
    return media.kind in ("audio", "application")


def _section(media: Media, name: str) -> Iterator[str]:
    formats = media.payload if media.kind == "audio" else " ".join(media.formats)
    port = _NOWHERE if _accepts(media) else 0
    yield f"m={media.kind} {port} {media.protocol} {formats}"
    yield "c=IN IP4 127.0.0.1"
    if (mid := media.first("mid")) is not None:
        yield f"a=mid:{mid}"
    if not _accepts(media):
        yield "a=inactive"
        return
    yield from _transport(media, name)
    yield from _RTP[media.kind](media)


def _transport(media: Media, name: str) -> Iterator[str]:
    """How the other side would be reached (RFC 8839, RFC 8842)."""
    digest = hashlib.sha256(name.encode()).hexdigest().upper()
    yield f"a=ice-ufrag:{digest[:8]}"
    yield f"a=ice-pwd:{digest[8:40]}"
    yield f"a=fingerprint:sha-256 {':'.join(re.findall('..', digest))}"
    yield f"a=setup:{_ROLES.get(media.first('setup') or 'actpass', 'passive')}"
    yield f"a=candidate:1 1 udp 2130706431 127.0.0.1 {_NOWHERE} typ host"
    yield "a=end-of-candidates"


def _audio(media: Media) -> Iterator[str]:
    chosen = media.payload
    for name, value in media.attributes:
        if name in ("rtpmap", "fmtp", "rtcp-fb") and (value or "").split(" ")[0] == chosen:
            yield f"a={name}:{value}"
    yield "a=rtcp-mux"
    yield f"a={_DIRECTIONS[media.direction]}"


def _data(media: Media) -> Iterator[str]:
    for name in ("sctp-port", "sctpmap", "max-message-size"):
        if (value := media.first(name)) is not None:
            yield f"a={name}:{value}"


_RTP = {"audio": _audio, "application": _data}
"""What is particular to each kind of section that is accepted."""


def _listing(media: Iterable[Media]) -> str:
    return ", ".join(f"m={each.kind}" for each in media) or "no m= section"


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")
