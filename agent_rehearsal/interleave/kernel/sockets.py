"""The socket API over the simulated kernel.

`SimSocket` is a `socket.socket` whose own descriptor is never opened, so that every check of its
type passes. Only what does not wait is there: a blocking call would keep the loop from running and
so wait for ever; it raises `LeavesSimulation`.
"""

import errno
import socket
import struct
import warnings
from collections.abc import Iterable
from enum import IntEnum
from typing import Any, NoReturn

from agent_rehearsal.interleave.errors import LeavesSimulation
from agent_rehearsal.interleave.kernel import connections
from agent_rehearsal.interleave.kernel.addresses import Address, as_name, place
from agent_rehearsal.interleave.kernel.ends import Descriptor, Endpoint, Listener, failure
from agent_rehearsal.interleave.kernel.kernel import Kernel

REAL: type[socket.socket] = socket.socket
REAL_PAIR = socket.socketpair
FAMILIES: dict[int, socket.AddressFamily] = {
    -1: socket.AF_INET,
    **{each: each for each in (socket.AF_INET, socket.AF_INET6)},
    **({socket.AF_UNIX: socket.AF_UNIX} if hasattr(socket, "AF_UNIX") else {}),
}
"""What is simulated; -1 is what a socket is that does not say."""
_FLAGS = getattr(socket, "SOCK_NONBLOCK", 0) | getattr(socket, "SOCK_CLOEXEC", 0)

_kernel: Kernel | None = None


def install(kernel: Kernel | None) -> Kernel | None:
    """Makes this the kernel of new sockets and returns the one that was."""
    global _kernel
    before, _kernel = _kernel, kernel
    return before


def current() -> Kernel | None:
    """The kernel of new sockets; None outside of a simulation."""
    return _kernel


class SimSocket(REAL):  # type: ignore[misc, valid-type]
    """A socket of the simulated kernel; outside of a simulation, a real one is made instead."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return REAL(*args, **kwargs) if _kernel is None else super().__new__(cls)

    def __init__(
        self,
        family: int = -1,
        type: int = -1,
        proto: int = -1,
        fileno: int | None = None,
    ) -> None:
        assert _kernel is not None
        self._sim = _kernel
        self._io_refs = 0
        self._closed = False
        self._timeout: float | None = socket.getdefaulttimeout()
        self._options: dict[tuple[int, int], Any] = {}
        self._fd = -1
        self._family = FAMILIES.get(family, family)
        self._proto = 0 if proto == -1 else proto
        _require_stream(family, _kind(type))
        self._attach(fileno)
        self._number = self._fd

    def _attach(self, fileno: int | None) -> None:
        if fileno is None:
            self._fd = self._sim.new_fd()
            self._end = Descriptor(self._fd)
            self._sim.descriptors[self._fd] = self._end
        elif fileno in self._sim.descriptors:
            self._fd = fileno
            self._end = self._sim.descriptors[fileno]
        else:
            raise LeavesSimulation(
                f"a socket of the real descriptor {fileno}", "let the test make its own sockets"
            )

    @property
    def family(self) -> int:
        return self._family

    @property
    def type(self) -> int:
        return socket.SOCK_STREAM

    @property
    def proto(self) -> int:
        return self._proto

    def __hash__(self) -> int:
        return self._number

    def __del__(self) -> None:
        if self._fd >= 0 and not self._sim.over:
            told = f"unclosed {self!r}"
            self._real_close()
            warnings.warn(told, ResourceWarning, source=self, stacklevel=2)

    def fileno(self) -> int:
        return self._fd

    # Addresses and connections.

    def bind(self, address: Address) -> None:
        if self._end.local is not None:
            raise failure(errno.EINVAL)
        connections.bind(self._sim, self._live(), place(self.family, address))

    def listen(self, backlog: int = 128) -> None:
        only_own = bool(self._options.get((socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)))
        self._end = connections.listen(self._sim, self._live(), self.family, only_own=only_own)

    def accept(self) -> tuple[Any, Any]:
        listener = self._live()
        if not isinstance(listener, Listener):
            raise failure(errno.EINVAL)
        try:
            end = listener.accept()
        except BlockingIOError:
            self._would_wait("accept")
            raise
        self._sim.descriptors[end.fd] = end
        accepted = SimSocket(self.family, socket.SOCK_STREAM, self.proto, end.fd)
        return accepted, as_name(end.remote)

    def connect(self, address: Address) -> None:
        if number := self.connect_ex(address):
            raise failure(number)

    def connect_ex(self, address: Address) -> int:
        end = self._live()
        if isinstance(end, Listener):
            return errno.EISCONN
        if isinstance(end, Endpoint):
            return end.connect_again()
        self._would_wait("connect")
        try:
            self._end = connections.connect(self._sim, end, place(self.family, address))
        except OSError as error:
            if error.errno is None:
                raise
            return error.errno
        return 0 if self._end.connected else errno.EINPROGRESS

    def getsockname(self) -> Any:
        local = self._live().local
        if local is None and self.family != getattr(socket, "AF_UNIX", None):
            anywhere = "::" if self.family == socket.AF_INET6 else "0.0.0.0"
            return as_name((self.family, anywhere, 0))
        return as_name(local)

    def getpeername(self) -> Any:
        end = self._live()
        if not isinstance(end, Endpoint) or not end.connected or end.gone:
            raise failure(errno.ENOTCONN)
        return as_name(end.remote)

    # Reading and writing.

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        try:
            return self._stream().read(bufsize, peek=bool(flags & socket.MSG_PEEK))
        except BlockingIOError:
            self._would_wait("recv")
            raise

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        # Whoever handles an error of this may use the buffer: nothing must hold it any more.
        with memoryview(buffer) as given, given.cast("B") as view:
            data = self.recv(nbytes or len(view), flags)
            view[: len(data)] = data
            return len(data)

    def recvfrom(self, bufsize: int, flags: int = 0) -> tuple[bytes, Any]:
        return self.recv(bufsize, flags), None

    def recvfrom_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> tuple[int, Any]:
        return self.recv_into(buffer, nbytes, flags), None

    def recvmsg(self, bufsize: int, ancbufsize: int = 0, flags: int = 0) -> tuple[Any, ...]:
        return self.recv(bufsize, flags), [], 0, None

    def send(self, data: Any, flags: int = 0) -> int:
        try:
            with memoryview(data) as given, given.cast("B") as view:
                return self._stream().write(view)
        except BlockingIOError:
            self._would_wait("send")
            raise

    def sendall(self, data: Any, flags: int = 0) -> None:
        with memoryview(data) as given, given.cast("B") as view:
            sent = 0
            while sent < len(view):
                with view[sent:] as rest:
                    sent += self.send(rest, flags)

    def sendmsg(self, buffers: Iterable[Any], ancdata: Any = (), *rest: Any) -> int:
        if ancdata:
            raise LeavesSimulation("sendmsg with ancillary data", "pass no descriptors on")
        return self.send(b"".join(map(bytes, buffers)))

    def sendto(self, data: Any, *rest: Any) -> int:
        return self.send(data)

    # Options.

    def setsockopt(self, level: int, option: int, value: Any, optlen: int | None = None) -> None:
        self._live()
        self._options[level, option] = value
        if level == socket.SOL_SOCKET:
            self._tune(option, value)

    def _tune(self, option: int, value: Any) -> None:
        end = self._end
        if option == socket.SO_LINGER and type(end) is Endpoint:  # none of UNIX lingers
            on, seconds = struct.unpack("ii", value)
            end.linger = not (on and seconds == 0)
        elif option == socket.SO_SNDBUF and isinstance(end, Endpoint):
            end.send_buffer = value
        elif option == socket.SO_RCVBUF and isinstance(end, Endpoint):
            end.receive_buffer = value

    def getsockopt(self, level: int, option: int, buflen: int = 0) -> Any:
        end = self._live()
        if (level, option) == (socket.SOL_SOCKET, socket.SO_ERROR):
            return end.take_error() if isinstance(end, Endpoint) else 0
        if (level, option) == (socket.SOL_SOCKET, socket.SO_TYPE):
            return int(socket.SOCK_STREAM)
        return self._options.get((level, option), bytes(buflen) if buflen else 0)

    def settimeout(self, value: float | None) -> None:
        if value is not None and value < 0:
            raise ValueError("Timeout value out of range")
        self._timeout = value

    def gettimeout(self) -> float | None:
        return self._timeout

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001  (as socket.socket)
        self._timeout = None if flag else 0.0

    def getblocking(self) -> bool:
        return self._timeout != 0

    @property
    def timeout(self) -> float | None:
        return self._timeout

    def get_inheritable(self) -> bool:
        return False

    def set_inheritable(self, inheritable: bool) -> None:  # noqa: FBT001  (as socket.socket)
        pass

    # The end.

    def shutdown(self, how: int) -> None:
        end = self._live()
        if not isinstance(end, Endpoint):
            raise failure(errno.ENOTCONN)
        end.shut(
            read=how in (socket.SHUT_RD, socket.SHUT_RDWR),
            write=how in (socket.SHUT_WR, socket.SHUT_RDWR),
        )

    def _real_close(self) -> None:
        fd, self._fd = self._fd, -1
        self._sim.drop(fd)

    def detach(self) -> int:
        self._closed = True
        fd, self._fd = self._fd, -1
        return fd

    def dup(self) -> NoReturn:
        raise LeavesSimulation("socket.dup()", "use one socket object for a connection")

    def _live(self) -> Descriptor:
        if self._fd < 0:
            raise failure(errno.EBADF)
        return self._end

    def _stream(self) -> Endpoint:
        end = self._live()
        if not isinstance(end, Endpoint):
            raise failure(errno.ENOTCONN)
        return end

    def _would_wait(self, call: str) -> None:
        if self._timeout != 0:
            raise LeavesSimulation(
                f"a blocking socket.{call}()", "set the socket non-blocking and use the loop"
            )


def _kind(type: int) -> int:
    return socket.SOCK_STREAM if type == -1 else type & ~_FLAGS


def _require_stream(family: int, kind: int) -> None:
    if family not in FAMILIES or kind != socket.SOCK_STREAM:
        of = _name(socket.AddressFamily, family), _name(socket.SocketKind, kind)
        raise LeavesSimulation(
            "a socket of {} and {}".format(*of), "only stream sockets are simulated"
        )


def _name(kind: type[IntEnum], number: int) -> str:
    try:
        return kind(number).name
    except ValueError:
        return str(number)


def socketpair(family: int = -1, type: int = -1, proto: int = 0) -> tuple[Any, Any]:
    """Stands in for `socket.socketpair`."""
    if _kernel is None:
        return REAL_PAIR(*(each for each in (family, type, proto) if each != -1))
    _require_stream(socket.AF_UNIX, _kind(type))
    client, server = connections.pair(_kernel)
    return (
        SimSocket(socket.AF_UNIX, socket.SOCK_STREAM, proto, client.fd),
        SimSocket(socket.AF_UNIX, socket.SOCK_STREAM, proto, server.fd),
    )
