"""The journal: one append-only list of what happened, and waits on what is or will be in it.

Two laws hold everywhere. An entry is in the list before anybody can react to it. And a wait looks
at the past and registers for the future in one step that nothing can come between, so no wake-up
is lost. The journal belongs to one event loop's thread; it takes no lock.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, overload

import msgspec

from agent_rehearsal.journal import report
from agent_rehearsal.journal.batch import CHUNKS, Ahead, Batch, Run, Way, apart
from agent_rehearsal.journal.clock import loop_time
from agent_rehearsal.journal.entry import Connection, Direction, Entry, Headers, Kind, Source
from agent_rehearsal.journal.predicates import Predicate, as_predicate
from agent_rehearsal.journal.secrets import Secrets
from agent_rehearsal.journal.store import Store
from agent_rehearsal.journal.waiter import Waiter

DEFAULT_TIMEOUT = 5.0
"""Seconds that a wait lasts unless told otherwise."""

Test = Callable[[Entry], bool]
"""What a predicate argument accepts: a `Predicate`, or any callable that takes an entry."""


class Journal:
    """One log over all transports and both directions.

    `clock` gives the time of an entry in seconds (default: the running loop's). `cap` keeps only
    that many newest entries; the first drop is announced by a finding, and `dropped` counts.
    `first_seq` is the number of the first entry, for a journal that lacks its beginning.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = loop_time,
        cap: int | None = None,
        first_seq: int = 1,
    ) -> None:
        self.secrets = Secrets()
        self._store = Store(cap, first_seq=first_seq)
        self._clock = clock
        self._start: float | None = None
        self._connections = 0
        self._capped = False
        self._waiters: dict[Waiter, None] = {}
        self._observers: list[Callable[[Entry], None]] = []
        self._unpublished: deque[Entry] = deque()
        self._publishing = False
        self._alarm: AssertionError | None = None

    def __len__(self) -> int:
        return len(self._store)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._store)

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        return self._store[index]

    def entry(self, seq: int) -> Entry:
        """The entry with this sequence number. Raises LookupError if it is not here."""
        return self._store.by_seq(seq)

    @property
    def dropped(self) -> int:
        """How many older entries are not here: the cap dropped them, or a file lacks them."""
        return self._store.dropped

    @property
    def start(self) -> float:
        """Loop time of the first entry ever, from which reports count; 0.0 until there is one."""
        return self._start or 0.0

    def now(self) -> float:
        """The time that an entry made now would get, in seconds."""
        return self._clock()

    def connection(self) -> Connection:
        """A new connection with the next id."""
        self._connections += 1
        return Connection(f"c{self._connections}")

    def observe(self, observer: Callable[[Entry], None]) -> Callable[[], None]:
        """Call `observer` with each future entry, before any waiter; returns what stops it.

        What it raises comes out of `append`, after the waiters had the entry too.
        """
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    @property
    def observed(self) -> bool:
        """Whether anybody is called with future entries, and may raise."""
        return bool(self._observers)

    def append(
        self,
        source: Source,
        kind: Kind,
        *,
        conn: Connection | None = None,
        direction: Direction = "",
        head: str = "",
        raw_headers: Headers = (),
        raw: bytes = b"",
        re: int | None = None,
    ) -> Entry:
        """Record one thing and wake the waits that it satisfies."""
        entry = Entry(
            self._store.last_seq + 1,
            self._clock(),
            source,
            kind,
            conn=conn,
            direction=direction,
            head=head,
            raw_headers=self._store.interned(raw_headers) if raw_headers else (),
            raw=self._store.once(raw),
            re=re,
        )
        if conn is not None and conn.opened is None and kind in ("open", "request"):
            conn.opened = entry
        if self._start is None:
            self._start = entry.at
        dropped = self._store.dropped
        self._store.add(entry)
        self._publish(entry)
        if self._store.dropped > dropped:
            self._announce_cap()
        return entry

    def extend(
        self,
        request: Entry,
        pieces: Run,
        *,
        way: Way = CHUNKS,
        ahead: Ahead | None = None,
    ) -> None:
        """Record each of `pieces` of the stream that answers `request` as `append` would, and what
        came `ahead` of them. With a `way` they are something else: messages on the WebSocket that
        `request` opened.

        While nobody watches the journal they get one time, and cost about as much as one entry.
        """
        if self._observers or self._waiters:
            self._append_each(request, pieces, way, ahead)
            return
        at, store = self._clock(), self._store
        dropped = store.dropped
        if self._start is None:
            self._start = at
        if ahead and (kept := store.once(ahead.raw)) is not ahead.raw:
            ahead = ahead._replace(raw=kept)
        store.add_all(Batch(store.last_seq + 1, at, request, pieces, way, ahead))
        if store.dropped > dropped:
            self._announce_cap()

    def _append_each(self, request: Entry, pieces: Run, way: Way, ahead: Ahead | None) -> None:
        told = [Ahead(way, way.head, raw) for raw in apart(pieces)]
        for its_way, head, raw, headers in [ahead, *told] if ahead else told:
            self.append(
                request.source,
                its_way.kind,
                conn=request.conn,
                direction=its_way.direction,
                head=head,
                raw_headers=headers,
                raw=raw,
                re=request.seq,
            )

    def note(
        self,
        kind: Kind,
        head: str,
        detail: Any,
        *,
        conn: Connection | None = None,
        re: int | None = None,
    ) -> Entry:
        """Record a thing of the harness's own, with a JSON detail: a gate, a fault, a finding."""
        raw = msgspec.json.encode(detail)
        return self.append("harness", kind, head=head, raw=raw, conn=conn, re=re)

    def alarm(self, error: AssertionError) -> None:
        """Fail every wait that is under way or comes later with `error`; the first alarm stays.

        A wait that the past satisfies still succeeds.
        """
        if self._alarm is None:
            self._alarm = error
            for waiter in self._waiters:
                waiter.fail(error)

    def clear_alarm(self) -> None:
        """Let waits begin again after an alarm."""
        self._alarm = None

    def select(self, predicate: Test | None = None, *, after: Entry | int = 0) -> list[Entry]:
        """The entries that `predicate` means, or all, in order; only those later than `after`."""
        entries = self._store.since(_seq(after))
        if predicate is None:
            return entries
        found = list(filter(self._asking(as_predicate(predicate)), entries))
        self._store.settle(entries)
        return found

    async def wait_for(
        self, predicate: Test, *, timeout: float = DEFAULT_TIMEOUT, after: Entry | int = 0
    ) -> Entry:
        """The first entry, past or future, that `predicate` means, later than `after`.

        `timeout` is the one deadline, in seconds; 0 asks the past only. What is recorded at the
        deadline itself still counts. Raises WaitTimeout with the nearest misses, PredicateError if
        the predicate raises, and the alarm's error while there is one.
        """
        return (await self.wait_count(predicate, 1, timeout=timeout, after=after))[0]

    async def wait_count(
        self,
        predicate: Test,
        count: int,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        after: Entry | int = 0,
    ) -> list[Entry]:
        """The first `count` entries that `predicate` means, once there are as many.

        As `wait_for` else. Raises ValueError for a count below 1.
        """
        if count < 1:
            raise ValueError(f"count={count}: expected 1 or more; never() says that none comes")
        wanted = as_predicate(predicate)
        found = await self._wait(wanted, count, timeout, after)
        if len(found) < count:
            raise self._timed_out(wanted, found, count, timeout, after)
        return found

    async def never(
        self,
        predicate: Test,
        *,
        until: Test,
        timeout: float = DEFAULT_TIMEOUT,
        after: Entry | int = 0,
    ) -> Entry:
        """The first entry that `until` means, with none before it that `predicate` means.

        Raises AssertionError at once for one that does, WaitTimeout if `until` is never met.
        """
        unwanted, end = as_predicate(predicate), as_predicate(until)
        found = await self._wait(unwanted | end, 1, timeout, after)
        if not found:
            raise self._timed_out(end, found, 1, timeout, after)
        if self._asking(end)(found[0]):
            return found[0]
        raise AssertionError(report.came(self._scene(), unwanted, end, found[0]))

    async def quiet(self, *, for_: float) -> None:
        """Wait until nothing was recorded for `for_` seconds of virtual time, from now on.

        Raises RuntimeError on a loop whose time is real, where silence proves nothing: use `never`
        there. Raises the alarm's error if there is one in the end.
        """
        loop = asyncio.get_running_loop()
        if not getattr(loop, "virtual_time", False):
            raise RuntimeError(
                "quiet() needs a loop with virtual time: on this one a pause proves nothing. "
                "Use journal.never(unwanted, until=something_that_comes)."
            )
        heard = [loop.time()]
        stop = self.observe(lambda _: heard.append(loop.time()))
        try:
            while (left := heard[-1] + for_ - loop.time()) > 0:  # noqa: ASYNC110 -- virtual time
                await asyncio.sleep(left)
        finally:
            stop()
        self._check_alarm()

    def tail(self) -> str:
        """The last entries as text, a line each, secrets labelled."""
        return report.tail(self._scene())

    async def _wait(
        self, wanted: Predicate, count: int, timeout: float, after: Entry | int
    ) -> list[Entry]:
        """The first entries that `wanted` means, fewer than `count` if the time is up."""
        ask = self._asking(wanted)
        entries = self._store.since(_seq(after))
        past = list(islice(filter(ask, entries), count))
        self._store.settle(entries)
        if len(past) == count:
            return past
        self._check_alarm()
        if timeout <= 0:
            return past
        seen = max(self._store.last_seq, _seq(after))
        return past + await self._future(Waiter(ask, count - len(past), after=seen), timeout)

    async def _future(self, waiter: Waiter, timeout: float) -> list[Entry]:
        loop = asyncio.get_running_loop()
        self._waiters[waiter] = None
        deadline = None if timeout == float("inf") else loop.call_later(timeout, waiter.wake)
        try:
            await waiter.woken
            if not waiter.ended:
                # What else is due at this instant may come first: timers fire in no set order.
                await asyncio.sleep(0)
        finally:
            del self._waiters[waiter]
            if deadline is not None:
                deadline.cancel()
        return waiter.result()

    def _publish(self, entry: Entry) -> None:
        """Show `entry` to all; one that an observer appends meanwhile comes after it."""
        if not self._observers and not self._waiters:
            return
        self._unpublished.append(entry)
        if self._publishing:
            return
        self._publishing = True
        errors: list[Exception] = []
        while self._unpublished:
            errors += self._tell(self._unpublished.popleft())
        self._publishing = False
        if errors:
            raise errors[0]

    def _tell(self, entry: Entry) -> list[Exception]:
        """Tell observers, then waiters, of `entry`; what observers raised."""
        errors: list[Exception] = []
        for observer in tuple(self._observers):
            try:
                observer(entry)
            except Exception as error:
                errors.append(error)
        for waiter in tuple(self._waiters):
            waiter.offer(entry)
        return errors

    def _announce_cap(self) -> None:
        if not self._capped:
            self._capped = True
            self.note("finding", "journal-cap", {"level": "advice", "cap": self._store.cap})

    def _asking(self, predicate: Predicate) -> Callable[[Entry], bool]:
        return report.asking(predicate, self.secrets)

    def _check_alarm(self) -> None:
        if self._alarm is not None:
            raise self._alarm.with_traceback(None)

    def _scene(self) -> report.Scene:
        return report.Scene(self._store.since(0), self.secrets, self.start, self.dropped)

    def _timed_out(
        self,
        wanted: Predicate,
        found: list[Entry],
        count: int,
        timeout: float,
        after: Entry | int,
    ) -> report.WaitTimeout:
        text = report.waited(
            self._scene(), wanted, found=found, count=count, timeout=timeout, after=_seq(after)
        )
        return report.WaitTimeout(text)


def _seq(after: Entry | int) -> int:
    return after.seq if isinstance(after, Entry) else after
