"""When the events of a reply go out, and where the connection ends: aimock's milliseconds as marks.

Pure functions; loop time gives the marks their meaning.
"""

from collections.abc import Iterator, Sequence

from msgspec import UNSET, UnsetType

from agent_rehearsal.wire import Mark, cut, delay
from mock_responses.aimock.schema import Fixture, Profile, Timings
from mock_responses.structs import Event


def paced(fixture: Fixture, events: Sequence[Event]) -> Iterator[Event | Mark]:
    """The events of a streamed reply with the pauses before them, up to where the fixture breaks
    off.
    """
    elapsed, limit = 0.0, _seconds(fixture.disconnect_after_ms)
    for place, event in enumerate(events):
        pause = _pause(fixture, place)
        if limit is not None and elapsed + pause > limit:
            yield from (delay(limit - elapsed), cut())
            return
        elapsed += pause
        if pause:
            yield delay(pause)
        yield event
        if fixture.truncate_after_chunks == place + 1:
            yield cut()
            return


def _pause(fixture: Fixture, place: int) -> float:
    """Seconds before the event at `place`."""
    profile, timings = fixture.streaming_profile, fixture.recorded_timings
    if not isinstance(profile, UnsetType):
        pause = _profiled(profile, place, fixture.latency)
    elif not isinstance(timings, UnsetType):
        pause = _recorded(timings, place)
    else:
        pause = fixture.latency
    return pause / 1000 / fixture.replay_speed


def _profiled(profile: Profile, place: int, otherwise: float) -> float:
    if place == 0 and profile.ttft is not UNSET:
        return profile.ttft
    return otherwise if profile.tps is UNSET else 1000 / profile.tps


def _recorded(timings: Timings, place: int) -> float:
    """What was recorded; beyond it, the mean."""
    delays = timings.inter_chunk_delays_ms
    if place == 0:
        return timings.ttft_ms
    if place <= len(delays):
        return delays[place - 1]
    return sum(delays) / len(delays) if delays else 0


def _seconds(milliseconds: float | UnsetType) -> float | None:
    return None if isinstance(milliseconds, UnsetType) else milliseconds / 1000
