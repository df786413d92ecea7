"""Whatever a client sends over HTTP is recorded and answered, and the next request works."""

from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal import Stage
from suites.fuzz.live import client, live, raised, still_serves
from suites.fuzz.made import Asked, damaged, requests
from suites.fuzz.share import fuzzed, fuzzed_tenth


def test_any_request_is_recorded_and_answered() -> None:
    """Any body under any headers: an entry with those bytes, an answer, and then business as
    usual.
    """
    with live() as mock:

        @fuzzed
        @given(requests())
        def fuzz(asked: Asked) -> None:
            async def example(stage: Stage) -> None:
                before = len(stage.journal)
                async with client(stage) as raw:
                    await raw.send(asked.wire)
                    status, _, _ = await raw.answer()
                made = stage.journal[before:]
                assert 200 <= status < 500
                assert [e.raw for e in made if e.kind == "request"] == [asked.body]
                assert [e.status for e in made if e.kind == "response"] == [status]
                assert raised(made) == []
                await still_serves(stage)

            mock.run(example)

        fuzz()


def test_any_bytes_leave_the_server_serving() -> None:
    """What is hardly HTTP, or none at all, and then the end: no error unseen, no hang."""
    junk = st.tuples(
        requests().map(lambda asked: asked.wire),
        st.integers(0, 500),
        st.integers(0, 40),
        st.binary(max_size=12),
    ).map(damaged)
    with live() as mock:

        @fuzzed_tenth
        @given(junk | st.binary(max_size=80))
        def fuzz(data: bytes) -> None:
            async def example(stage: Stage) -> None:
                before = len(stage.journal)
                async with client(stage) as raw:
                    await raw.send(data)
                    await raw.half_close()
                    await raw.rest()
                assert raised(stage.journal[before:]) == []
                await still_serves(stage)

            mock.run(example)

        fuzz()
