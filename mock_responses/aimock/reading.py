"""From the bytes of fixture files to fixtures, or to every reason why that cannot be.

What a fixture asks for and cannot have is an error. What has no place in the Responses API, and
would have none in aimock's either, is left out and told.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import UNSET

from mock_responses.aimock import schema
from mock_responses.aimock.fixtures import Fixtures, Loaded, loaded
from mock_responses.aimock.problems import FixtureError, Problem
from mock_responses.aimock.replies import FINISHES, USAGE, answer_of, events_of
from mock_responses.aimock.schema import Fixture, Response

OTHER_APIS = (
    "embedding",
    "image",
    "images",
    "audio",
    "format",
    "transcription",
    "video",
    "json",
    "billableUnits",
    "live",
)
"""Fields of a response that belong to other APIs than this."""
WITHOUT_PLACE = (
    "openRouterProcessing",
    "metadata",
    "response.role",
    "response.systemFingerprint",
    "response.provider",
    "response.nativeFinishReason",
    "response.reasoningSignature",
    "response.redactedThinking",
    "response.fallthrough",
    "response.error.metadata",
)
"""Fields that change nothing in a reply of this API, in aimock either."""
CHANCES = ("dropRate", "malformedRate", "disconnectRate", "rateLimitRate")
"""Faults by chance."""
SAYS = ("content", "toolCalls", "blocks", "error")
"""The fields of which a response has one at least."""
_OBJECTS: Mapping[str, type[schema.Part]] = {
    "": schema.Fixture,
    "match": schema.Match,
    "response": schema.Response,
    "response.error": schema.Failure,
    "response.toolCalls[]": schema.ToolCall,
    "response.blocks[]": schema.CallBlock,
    "streamingProfile": schema.Profile,
    "recordedTimings": schema.Timings,
    "chaos": schema.Chaos,
}
"""Place in a fixture -> what it may hold."""
_MESSAGE = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<field>.*)`)?", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)
_CORRECT = "correct it in the file"


def read_fixtures(files: Mapping[str, bytes]) -> Fixtures:
    """The fixtures of all files, in their order. `files`: name -> content.

    Raises FixtureError with every problem of every file.
    """
    read = [each for name, content in files.items() for each in _file(name, content)]
    wrong = [problem for each in read for problem in each.wrong]
    if wrong:
        raise FixtureError(wrong)
    fixtures = [each.fixture for each in read if each.fixture is not None]
    return Fixtures(fixtures, [problem for each in read for problem in each.left_out])


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What became of one entry of a file, or of the file as a whole."""

    fixture: Loaded | None = None
    left_out: list[Problem] = field(default_factory=list)
    wrong: list[Problem] = field(default_factory=list)


def _file(file: str, content: bytes) -> Iterator[Read]:
    try:
        whole = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield _unreadable(file, f"no JSON ({error})")
        return
    entries = whole.get("fixtures") if isinstance(whole, dict) else None
    if not isinstance(entries, list):
        yield _unreadable(file, "no list `fixtures`")
        return
    names = (name for name in whole if name != "fixtures")
    told = [
        _problem(file, None, n, "it is not part of the format", "it is not read") for n in names
    ]
    yield Read(left_out=told)
    yield from (_entry(file, index, entry) for index, entry in enumerate(entries))


def _entry(file: str, index: int, entry: Any) -> Read:
    try:
        fixture = msgspec.convert(entry, Fixture)
    except msgspec.ValidationError as error:
        return Read(wrong=[_invalid(file, index, str(error))])
    elsewhere = list(_elsewhere(file, index, fixture))
    if elsewhere:
        return Read(left_out=elsewhere)
    wrong = list(_wrong(file, index, fixture))
    if wrong:
        return Read(wrong=wrong)
    name = f"{file} fixtures[{index}]"
    return Read(
        fixture=loaded(name, fixture), left_out=list(_without_place(file, index, fixture, entry))
    )


def _unreadable(file: str, what: str) -> Read:
    remedy = 'expected {"fixtures": [{"match": {...}, "response": {...}}, ...]}'
    return Read(wrong=[_problem(file, None, "", what, remedy)])


def _invalid(file: str, index: int, text: str) -> Problem:
    told = _MESSAGE.fullmatch(text)
    assert told is not None  # it matches any text
    where, what = told["field"] or "", told["what"]
    unknown = _UNKNOWN.fullmatch(what)
    if unknown is None:
        return _problem(file, index, where, what[:1].lower() + what[1:], _CORRECT)
    known = _names(where)
    near = get_close_matches(unknown["name"], known, n=1)
    hint = f"did you mean `{near[0]}`? " if near else ""
    remedy = f"{hint}aimock 1.43 knows {', '.join(known)}" if known else _CORRECT
    return _problem(file, index, where, f"there is no field `{unknown['name']}`", remedy)


def _names(where: str) -> list[str]:
    """The fields that the object at `where` may have."""
    found = _OBJECTS.get(re.sub(r"\[(?:\d+|\.\.\.)\]", "[]", where))
    return [each.encode_name for each in msgspec.structs.fields(found)] if found else []


def _elsewhere(file: str, index: int, fixture: Fixture) -> Iterator[Problem]:
    """Why a fixture can answer no request of this API."""
    remedy = "it is not served; let aimock serve it"
    endpoint, given = fixture.match.endpoint, _given(fixture.response)
    if endpoint not in (UNSET, "chat"):
        yield _problem(file, index, "match.endpoint", f"it is for {endpoint!r}", remedy)
    if fixture.match.input_text is not UNSET:
        yield _problem(file, index, "match.inputText", "it is for embeddings", remedy)
    for name in OTHER_APIS:
        if name in given:
            yield _problem(file, index, f"response.{name}", "it answers another API", remedy)


def _wrong(file: str, index: int, fixture: Fixture) -> Iterator[Problem]:
    response, given = fixture.response, _given(fixture.response)
    said = [name for name in SAYS if name in given]
    if not said or (response.blocks == [] and said == ["blocks"]):
        remedy = f"give it one of {', '.join(SAYS)}"
        yield _problem(file, index, "response", "it says nothing", remedy)
    elif "error" in said and len(said) > 1:
        remedy = "keep the one that is meant"
        yield _problem(file, index, "response", f"it has {' and '.join(said)}", remedy)
    if response.finish_reason is not UNSET and response.finish_reason not in FINISHES:
        what = f"{response.finish_reason!r} is not known"
        remedy = f"expected one of {', '.join(FINISHES)}"
        yield _problem(file, index, "response.finishReason", what, remedy)
        return
    yield from _by_chance(file, index, fixture)
    try:
        answer_of(response) or events_of(fixture, lambda: "call")
    except (TypeError, ValueError, AttributeError) as error:
        yield _problem(file, index, "response", f"no reply can say this: {error}", _CORRECT)


def _by_chance(file: str, index: int, fixture: Fixture) -> Iterator[Problem]:
    given = msgspec.to_builtins(fixture.chaos)
    remedy = (
        "take it out, and put the fault where it is wanted: a scenario with "
        "reply(message('...', cut())) or reply(status(429))"
    )
    for name in CHANCES:
        if given[name]:
            what = f"a fault by chance ({given[name]:g}) cannot be repeated"
            yield _problem(file, index, f"chaos.{name}", what, remedy)


def _without_place(file: str, index: int, fixture: Fixture, entry: Any) -> Iterator[Problem]:
    """The fields of a fixture that is served which change nothing."""
    for where in WITHOUT_PLACE:
        if _at(entry, where) is not None:
            yield _needless(file, index, where, "it changes nothing in this API")
    for name in fixture.response.usage or ():
        if name not in USAGE:
            yield _needless(file, index, f"response.usage.{name}", "this API counts no such thing")
    if fixture.response.blocks and len(_given(fixture.response).keys() & {"content", "toolCalls"}):
        yield _needless(file, index, "response.blocks", "it replaces content and toolCalls")
    if fixture.streaming_profile is not UNSET and _at(entry, "streamingProfile.jitter"):
        yield _needless(file, index, "streamingProfile.jitter", "pauses are kept exactly")


def _needless(file: str, index: int, where: str, what: str) -> Problem:
    return _problem(file, index, where, what, "the fixture is served without it")


def _at(entry: Any, where: str) -> Any:
    for name in where.split("."):
        entry = entry.get(name) if isinstance(entry, dict) else None
    return entry


def _given(response: Response) -> dict[str, Any]:
    """The fields that a file has, by its names."""
    return dict(msgspec.to_builtins(response))


def _problem(file: str, index: int | None, where: str, what: str, remedy: str) -> Problem:
    return Problem(file=file, index=index, field=where, what=what, remedy=remedy)
