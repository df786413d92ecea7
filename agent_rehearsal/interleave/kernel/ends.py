"""What a descriptor of the simulated kernel stands for: nothing yet, a listener, or one end of a
connection, with the rules of Linux for reading, writing, closing and resetting.

This module must not know the socket API on top of it, nor who decides when a piece comes.
"""

import errno
import os
from collections import deque
from collections.abc import Callable
from selectors import EVENT_READ, EVENT_WRITE
from typing import Protocol

from agent_rehearsal.interleave.kernel.addresses import Place
from agent_rehearsal.interleave.kernel.wires import Wire
from agent_rehearsal.interleave.trace import Piece, Sent

BUFFER = 212_992
"""Bytes that may be under way, and bytes that may wait to be read: Linux's default for both."""


class Host(Protocol):
    """What an end asks of the kernel."""

    def send(self, wire: Wire, piece: Piece, data: bytes = b"") -> None:
        """Puts a piece on its way."""
        ...

    def has_room(self) -> None:
        """Something was read: a piece that waited for room may come now."""
        ...


def failure(number: int) -> OSError:
    """The exception of this error number, with the system's words."""
    return OSError(number, os.strerror(number))


class Descriptor:
    """An open descriptor. `watch` is called whenever its readiness may have changed."""

    __slots__ = ("fd", "local", "watch")

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.local: Place | None = None
        self.watch: Callable[[int], None] | None = None

    def events(self) -> int:
        """What a selector would report, as a mask of `selectors.EVENT_...`."""
        return 0

    def touched(self) -> None:
        """Readiness may have changed."""
        if self.watch is not None:
            self.watch(self.fd)

    def close(self) -> None:
        """The program is done with it."""


class Listener(Descriptor):
    """A listening socket: connections that wait to be accepted."""

    __slots__ = ("only_own", "open", "queue")

    def __init__(self, fd: int, local: Place, *, only_own: bool = False) -> None:
        super().__init__(fd)
        self.only_own = only_own
        self.local = local
        self.queue: deque[Endpoint] = deque()
        self.open = True

    def events(self) -> int:
        return EVENT_READ if self.queue else 0

    def takes(self, family: int) -> bool:
        """Does it accept connections of this family?"""
        assert self.local is not None
        return self.local[0] == family or not self.only_own

    def offer(self, end: "Endpoint") -> None:
        """A connection is there to be accepted; it is reset where nobody listens any more."""
        if not self.open:
            end.abort()
            return
        self.queue.append(end)
        self.touched()

    def accept(self) -> "Endpoint":
        """The connection that has waited longest."""
        if not self.queue:
            raise failure(errno.EAGAIN)
        return self.queue.popleft()

    def close(self) -> None:
        self.open = False
        while self.queue:
            self.queue.popleft().abort()


class Endpoint(Descriptor):
    """One end of a connection, from its SYN to its last piece."""

    __slots__ = (
        "chunks",
        "closed",
        "connected",
        "dead",
        "eof",
        "error",
        "greeted",
        "host",
        "linger",
        "out",
        "receive_buffer",
        "remote",
        "send_buffer",
        "shut_read",
        "shut_write",
        "size",
        "told",
    )

    def __init__(self, fd: int, host: Host, local: Place, remote: Place) -> None:
        super().__init__(fd)
        self.host = host
        self.local = local
        self.remote = remote
        self.out: Wire
        self.chunks: deque[bytes] = deque()
        self.size = 0
        self.send_buffer = BUFFER
        self.receive_buffer = BUFFER
        self.connected = False
        self.told = False
        """Was a second `connect` told that this end is connected?"""
        self.eof = False
        """The other side has sent its last piece."""
        self.dead = False
        """A reset was sent or has come: nothing travels any more."""
        self.error = 0
        """What the next call reports, once."""
        self.shut_read = False
        self.shut_write = False
        self.closed = False
        self.linger = True
        """Is what was written still sent after closing?"""
        self.greeted: Callable[[], None] | None = None
        """Called when the answer to this end's SYN has come."""

    @property
    def gone(self) -> bool:
        """Is the connection no more: reset, or ended by both sides, and both have heard it?"""
        return self.dead or (self.eof and self.shut_write and not self.out.queue)

    def events(self) -> int:
        if self.dead or self.error:
            return EVENT_READ | EVENT_WRITE
        mask = EVENT_READ if self.size or self.eof or self.shut_read else 0
        if self.connected and (self.shut_write or self.out.bytes * 3 <= self.send_buffer * 2):
            mask |= EVENT_WRITE
        return mask

    # What the program does.

    def read(self, count: int, *, peek: bool = False) -> bytes:
        """At most `count` bytes; none at the end. Raises `BlockingIOError`, `ConnectionError`."""
        if self.size:
            return self._peek(count) if peek else self._read(count)
        if self.error and not self.eof:
            raise failure(self.take_error())
        if self.eof or self.shut_read or self.dead:
            return b""
        raise failure(errno.EAGAIN if self.connected else errno.ENOTCONN)

    def write(self, data: memoryview) -> int:
        """Sends as much as there is room for. Raises `BlockingIOError`, `ConnectionError`."""
        if self.error:
            raise failure(self.take_error())
        if self.shut_write or self.dead:
            raise failure(errno.EPIPE)
        if not self.connected:
            raise failure(errno.EAGAIN)
        room = self.send_buffer - self.out.bytes
        if room <= 0 and data.nbytes:
            raise failure(errno.EAGAIN)
        part = bytes(data[:room])
        if part:
            self.host.send(self.out, "data", part)
        return len(part)

    def connect_again(self) -> int:
        """What a further `connect` says: that it has worked, once."""
        if not self.connected:
            return self.take_error() or errno.EALREADY
        told, self.told = self.told, True
        return errno.EISCONN if told else 0

    def shut(self, *, read: bool, write: bool) -> None:
        """`shutdown`: nothing more is read, or written, on this side."""
        if not self.connected or self.gone:
            raise failure(errno.ENOTCONN)
        if read:
            self.shut_read = True
        if write and not self.shut_write:
            self.shut_write = True
            self.host.send(self.out, "fin")
        self.touched()

    def close(self) -> None:
        """Closes: by a reset where unread bytes are lost or lingering was turned off."""
        if self.closed:
            return
        self.closed = True
        if not self.connected or self.dead:
            return
        if self.size or not self.linger:
            self.abort()
        elif not self.shut_write:
            self.shut_write = True
            self.host.send(self.out, "fin")

    def abort(self) -> None:
        """Tells the other side that the connection is no more."""
        self.closed = True
        if not self.dead:
            self.dead = True
            self._forget()
            self.host.send(self.out, "rst")

    # What comes over the wire.

    def room_for(self, size: int) -> bool:
        return self.closed or not self.size or self.size + size <= self.receive_buffer

    def take(self, wire: Wire, sent: Sent) -> None:
        match sent.piece:
            case "data":
                self._take_data(sent.data)
            case "fin":
                self.eof = True
            case "rst":
                self._take_reset()
            case "syn-ack" if self.closed:
                self.dead = True
                self.host.send(self.out, "rst")
            case "syn-ack":
                self.connected = True
                if self.greeted is not None:
                    self.greeted()
        self.touched()

    def _take_data(self, data: bytes) -> None:
        if self.dead:
            return
        if self.closed:
            self.abort()
            return
        if self.shut_read and self.shut_write:
            self._take_reset()
            self.host.send(self.out, "rst")
            return
        self.chunks.append(data)
        self.size += len(data)

    def _take_reset(self) -> None:
        if self.dead or self.gone:
            return
        self.dead = True
        if not self.connected:
            self.error = errno.ECONNREFUSED
        elif not self.closed:
            self.error = errno.EPIPE if self.eof else errno.ECONNRESET

    def take_error(self) -> int:
        """The error number that is to be reported, which it is with this."""
        number, self.error = self.error, 0
        return number

    def _peek(self, count: int) -> bytes:
        return b"".join(self.chunks)[:count]

    def _read(self, count: int) -> bytes:
        chunks = self.chunks
        if count >= self.size:
            data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
            chunks.clear()
        else:
            joined = b"".join(chunks)
            data = joined[:count]
            chunks.clear()
            chunks.append(joined[count:])
        self.size -= len(data)
        self.host.has_room()
        return data

    def _forget(self) -> None:
        self.chunks.clear()
        self.size = 0


class LocalEndpoint(Endpoint):
    """One end of a UNIX connection. It tells by itself that nobody reads any more, where TCP needs
    a reset to know; and it can be shut, and asked for its name, for as long as it is open.
    """

    __slots__ = ()

    @property
    def gone(self) -> bool:
        return False

    def write(self, data: memoryview) -> int:
        far = self.out.far
        if isinstance(far, Endpoint) and (far.shut_read or far.closed):
            raise failure(errno.EPIPE)
        return super().write(data)
