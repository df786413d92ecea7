"""The settings of one session: what they are at first, what an update makes of them, and what the
server reads out of them.

Kept in the shape in which they are told. Sans-IO.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from mock_realtime.audio import Encoding, encoding
from mock_realtime.beta import read_beta
from mock_realtime.refusal import Refusal, read
from mock_realtime.schema import UPDATES
from mock_realtime.shape import Shape

Json = dict[str, Any]
Path = tuple[str, ...]

_GA: Final[Mapping[str, Path]] = {
    "input_format": ("audio", "input", "format"),
    "output_format": ("audio", "output", "format"),
    "voice": ("audio", "output", "voice"),
    "transcription": ("audio", "input", "transcription"),
    "turn_detection": ("audio", "input", "turn_detection"),
    "modalities": ("output_modalities",),
}
PATHS: Final[Mapping[Shape, Mapping[str, Path]]] = {
    "v1": _GA,
    "v2": _GA,
    "beta": {
        "input_format": ("input_audio_format",),
        "output_format": ("output_audio_format",),
        "voice": ("voice",),
        "transcription": ("input_audio_transcription",),
        "turn_detection": ("turn_detection",),
        "modalities": ("modalities",),
    },
}
"""Where a setting stands in each shape."""
VAD: Final[Mapping[str, Json]] = {
    "server_vad": {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 500,
        "idle_timeout_ms": None,
        "create_response": True,
        "interrupt_response": True,
    },
    "semantic_vad": {
        "type": "semantic_vad",
        "eagerness": "auto",
        "create_response": True,
        "interrupt_response": True,
    },
}
"""What a way of turn detection is where an update does not say."""
_NESTED: Final = frozenset({"audio", "input", "output"})
"""Objects into which an update goes; any other value is replaced whole."""


class SessionSettings:
    """What a session is set to."""

    __slots__ = ("_expires_at", "_model", "_response_key", "_told", "_updated", "id", "shape")

    def __init__(self, shape: Shape, id: str, *, model: str, expires_at: int) -> None:
        self.shape: Shape = shape
        self.id = id
        self._told: Json | None = None
        self._response_key: bytes | None = None
        self._model = model
        self._expires_at = expires_at
        self._updated = False

    @property
    def told(self) -> Json:
        """As the server tells them. Made anew until they are changed: an idle session is small."""
        return _FIRST[self.shape](self._model) if self._told is None else self._told

    def shown(self) -> Json:
        """The session object of an event."""
        object_ = "realtime.session" if self.type != "transcription" else _TRANSCRIPTION
        first = {} if self.shape == "beta" else {"type": self.type}
        identity = {"id": self.id, "expires_at": self._expires_at}
        return {**first, "object": object_, **identity, **self.told}

    def begin(self, session: Json) -> None:
        """Take settings from before the connection: those of a call, or of a client secret."""
        if session:
            named = session.get("type", self.type)
            known = named if isinstance(named, str) and named in _OF_TYPE else self.type
            self._told = _merged(self._before(known), session)
            self._response_key = None

    def update(self, session: Json, *, spoken: bool) -> None:
        """Change what `session` names. `spoken`: whether the model has said something.

        Raises Refusal; nothing is changed then.
        """
        told = self._checked(session)
        named = told.get("type", self.type)
        merged = _merged(self._before(named), told)
        _complete(merged, PATHS[self._shape_for(named)]["turn_detection"])
        if spoken and at(merged, self._path("voice")) != self.voice:
            text = "the voice cannot change once the model has spoken."
            raise Refusal("cannot_update_voice", text, param=f"session.{self._dotted('voice')}")
        self.shape, self._told, self._updated = self._shape_for(named), merged, True
        self._response_key = None

    @property
    def response_key(self) -> bytes:
        """Equal for settings by which a response with the same parts is the same."""
        if self._response_key is None:
            told = self.told
            read = [told.get(name) for name in ("audio", "max_output_tokens")]
            self._response_key = msgspec.json.encode([self.shape, self.speaks, *read])
        return self._response_key

    @property
    def type(self) -> str:
        """`realtime`, `transcription` or `quicksilver`."""
        return str(self.told.get("type", "realtime"))

    @property
    def voice(self) -> Any:
        """The voice of the model."""
        return at(self.told, self._path("voice"))

    @property
    def input_format(self) -> Encoding:
        """How the client's audio is encoded."""
        return encoding(at(self.told, self._path("input_format")))

    @property
    def output_format(self) -> Encoding:
        """How the model's audio is encoded."""
        return encoding(at(self.told, self._path("output_format")))

    @property
    def speaks(self) -> bool:
        """Whether the model answers with speech, if a response does not say otherwise."""
        return "audio" in (at(self.told, self._path("modalities")) or ["audio"])

    @property
    def transcribes(self) -> bool:
        """Whether what the user says is written down."""
        transcription = at(self.told, self._path("transcription"))
        return self.shape == "v1" or bool(transcription)

    def turn(self, name: str) -> bool:
        """Whether turn detection does `create_response` or `interrupt_response`."""
        vad = at(self.told, self._path("turn_detection"))
        does = isinstance(vad, Mapping) and bool(vad.get(name, True))
        return does and self.type == "realtime"

    def _checked(self, session: Json) -> Json:
        if self.shape == "beta":
            return read_beta(session)
        named = session.get("type")
        if named is None:
            text = "'session.type': an update says which type of session it is for."
            raise Refusal("missing_required_parameter", text, param="session.type")
        check_settings(session, "session")
        if named != self.type and self._updated:
            text = f"'session.type': this is a {self.type} session and stays one, not {named}."
            raise Refusal("invalid_parameter", text, param="session.type")
        return session

    def _before(self, named: str) -> Json:
        return self.told if named == self.type else _OF_TYPE[named](str(self.told.get("model")))

    def _shape_for(self, named: str) -> Shape:
        if self.shape == "beta":
            return "beta"
        return "v1" if named == "quicksilver" else "v2"

    def _path(self, setting: str) -> Path:
        return PATHS[self.shape][setting]

    def _dotted(self, setting: str) -> str:
        return ".".join(self._path(setting))


def check_settings(session: Mapping[str, Any], *place: str) -> None:
    """Raise Refusal for settings that the API does not take; they stand at `place` in a message."""
    named = session.get("type")
    if not isinstance(named, str) or named not in UPDATES:
        param = ".".join((*place, "type"))
        text = f"'{param}': {named!r} is none of {', '.join(UPDATES)}."
        raise Refusal("invalid_value", text, param=param)
    read(session, UPDATES[named], ".".join(place))
    modalities = session.get("output_modalities")
    if modalities is not None and len(modalities) != 1:
        param = ".".join((*place, "output_modalities"))
        text = f"'{param}': {modalities!r}; expected one of text and audio."
        raise Refusal("invalid_value", text, param=param)


def at(value: Any, path: Path) -> Any:
    """What is at a path, None where nothing is."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _merged(old: Json, new: Mapping[str, Any]) -> Json:
    merged = dict(old)
    for key, value in new.items():
        deeper = key in _NESTED and isinstance(value, dict)
        merged[key] = _merged(merged.get(key) or {}, value) if deeper else value
    return merged


def _complete(settings: Json, path: Path) -> None:
    """Fill in what an update did not say about turn detection."""
    *way, last = path
    holder = at(settings, tuple(way))
    given = holder.get(last) if isinstance(holder, dict) else None
    if isinstance(given, dict) and given.get("type") in VAD:
        holder[last] = {**VAD[given["type"]], **given}


_TRANSCRIPTION: Final = "realtime.transcription_session"
_PCM: Final[Json] = {"type": "audio/pcm", "rate": 24_000}


def _realtime(model: str) -> Json:
    return {
        "type": "realtime",
        "model": model,
        "output_modalities": ["audio"],
        "instructions": "",
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "truncation": "auto",
        "tracing": None,
        "prompt": None,
        "include": None,
        "audio": {
            "input": {
                "format": dict(_PCM),
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": dict(VAD["server_vad"]),
            },
            "output": {"format": dict(_PCM), "voice": "alloy", "speed": 1.0},
        },
    }


def _transcription(_: str) -> Json:
    heard = _realtime("")["audio"]["input"]
    return {"type": "transcription", "include": None, "audio": {"input": heard}}


def _v1(model: str) -> Json:
    audio = {"input": {"format": dict(_PCM)}, "output": {"voice": "cove"}}
    return {"type": "quicksilver", "model": model, "instructions": "", "audio": audio}


def _beta(model: str) -> Json:
    return {
        "model": model,
        "modalities": ["text", "audio"],
        "instructions": "",
        "voice": "alloy",
        "input_audio_format": "pcm16",
        "output_audio_format": "pcm16",
        "input_audio_transcription": None,
        "input_audio_noise_reduction": None,
        "turn_detection": dict(VAD["server_vad"]),
        "tools": [],
        "tool_choice": "auto",
        "temperature": 0.8,
        "max_response_output_tokens": "inf",
    }


_OF_TYPE: Final = {"realtime": _realtime, "transcription": _transcription, "quicksilver": _v1}
_FIRST: Final = {"v1": _v1, "v2": _realtime, "beta": _beta}
