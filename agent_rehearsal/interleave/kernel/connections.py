"""How connections begin: binding, listening, the three steps of TCP and the one of UNIX sockets.

Over TCP a client's SYN travels to the server and its answer back; only then is the connection there
to be accepted. A UNIX socket is connected at once, and what travels is the news of it.
"""

import errno
import socket
from functools import partial

from agent_rehearsal.interleave.kernel.addresses import ANY, Place, as_text, require_local
from agent_rehearsal.interleave.kernel.ends import (
    Descriptor,
    Endpoint,
    Listener,
    LocalEndpoint,
    failure,
)
from agent_rehearsal.interleave.kernel.kernel import Kernel
from agent_rehearsal.interleave.kernel.wires import Wire
from agent_rehearsal.interleave.trace import Link, Sent


class Knock:
    """The far end of a client's wire until a server has taken the connection up."""

    __slots__ = ("answer", "client", "kernel", "refused", "remote")

    def __init__(self, kernel: Kernel, client: Endpoint, remote: Place, answer: Wire) -> None:
        self.kernel = kernel
        self.client = client
        self.remote = remote
        self.answer = answer
        self.refused = False

    def room_for(self, size: int) -> bool:
        """Data is lost where nobody took the connection up; before that there is none."""
        return self.refused

    def take(self, wire: Wire, sent: Sent) -> None:
        """The SYN has come: it is refused where nobody listens."""
        if sent.piece != "syn":
            return
        listener = listening(self.kernel, self.remote)
        if listener is None:
            self.refused = True
            self.kernel.send(self.answer, "rst")
            return
        server = _server(self.kernel, self.client, self.remote, wire, self.answer)
        if self.remote[0] == socket.AF_UNIX:
            server.connected = True
            self.answer.skip()
            listener.offer(server)
        else:
            self.client.greeted = partial(_greeted, listener, server)
            self.kernel.send(self.answer, "syn-ack")


def _greeted(listener: Listener, server: Endpoint) -> None:
    server.connected = True
    listener.offer(server)


def _server(kernel: Kernel, client: Endpoint, local: Place, wire: Wire, answer: Wire) -> Endpoint:
    assert client.local is not None
    server = _end(kernel.new_fd(), kernel, local, client.local)
    server.out = answer
    answer.sent_on = server.touched
    wire.far = server
    return server


def _end(fd: int, kernel: Kernel, local: Place, remote: Place) -> Endpoint:
    kind = LocalEndpoint if remote[0] == socket.AF_UNIX else Endpoint
    return kind(fd, kernel, local, remote)


def bind(kernel: Kernel, descriptor: Descriptor, wanted: Place) -> None:
    """Takes an address, port 0 being any free one. Raises `OSError` where it is taken."""
    if len(wanted) == 3:
        require_local(wanted[1], wanted[2])
        if wanted[2] == 0:
            wanted = (wanted[0], wanted[1], kernel.ports.free(_ports(kernel)))
    if _taken(kernel, wanted):
        raise failure(errno.EADDRINUSE)
    descriptor.local = wanted
    kernel.bound[wanted] = descriptor


def _ports(kernel: Kernel) -> set[int]:
    return {each[2] for each in kernel.bound if len(each) == 3}


def _taken(kernel: Kernel, wanted: Place) -> bool:
    if wanted in kernel.bound:
        return True
    if len(wanted) != 3:
        return False
    return any(
        len(each) == 3
        and each[0] == wanted[0]
        and each[2] == wanted[2]
        and (each[1] in ANY or wanted[1] in ANY)
        for each in kernel.bound
    )


def listen(
    kernel: Kernel, descriptor: Descriptor, family: int, *, only_own: bool = False
) -> Listener:
    """Makes a bound descriptor a listening one; an IPv6 one of any address takes IPv4 as well,
    unless it takes `only_own`.
    """
    if isinstance(descriptor, Listener):
        return descriptor
    if isinstance(descriptor, Endpoint):
        raise failure(errno.EINVAL)
    if descriptor.local is None:
        anywhere = "::" if family == socket.AF_INET6 else "0.0.0.0"
        bind(kernel, descriptor, (family, anywhere, 0))
    assert descriptor.local is not None
    listener = Listener(descriptor.fd, descriptor.local, only_own=only_own)
    _replace(kernel, descriptor, listener)
    kernel.bound[descriptor.local] = listener
    return listener


def listening(kernel: Kernel, remote: Place) -> Listener | None:
    """Who listens at an address."""
    places = [remote]
    if len(remote) == 3:
        places += [(remote[0], any_, remote[2]) for any_ in ANY]
        if remote[0] == socket.AF_INET:
            places.append((socket.AF_INET6, "::", remote[2]))
    for each in places:
        found = kernel.bound.get(each)
        if isinstance(found, Listener) and found.open and found.takes(remote[0]):
            return found
    return None


def connect(kernel: Kernel, descriptor: Descriptor, remote: Place) -> Endpoint:
    """Opens a connection; over TCP it is there when the answer has come.

    Raises `OSError` for a UNIX path at which nobody listens.
    """
    unix = remote[0] == socket.AF_UNIX
    if unix and listening(kernel, remote) is None:
        raise failure(errno.ECONNREFUSED if remote in kernel.bound else errno.ENOENT)
    if not unix:
        require_local(remote[1], remote[2])
        if remote[1] in ANY:
            remote = (remote[0], "::1" if remote[1] == "::" else "127.0.0.1", remote[2])
    client = _end(descriptor.fd, kernel, _client_place(kernel, descriptor, remote), remote)
    forward, back = _wires(kernel, client, remote)
    forward.far = Knock(kernel, client, remote, back)
    client.connected = unix
    _replace(kernel, descriptor, client)
    kernel.send(forward, "syn")
    return client


def _client_place(kernel: Kernel, descriptor: Descriptor, remote: Place) -> Place:
    if descriptor.local is not None:
        return descriptor.local
    if remote[0] == socket.AF_UNIX:
        return (socket.AF_UNIX, "")
    return (remote[0], remote[1], kernel.ports.free(_ports(kernel)))


def _wires(kernel: Kernel, client: Endpoint, remote: Place) -> tuple[Wire, Wire]:
    assert client.local is not None
    name = f"c{len(kernel.trace.links) + 1}"
    here = as_text(client.local) or "a UNIX socket"
    kernel.trace.links[name] = Link(name, here, as_text(remote))
    forward = Wire(f"{name}>s", as_text(remote), client, kernel.late)
    back = Wire(f"{name}<s", _host(client.local), client, kernel.late)
    client.out = forward
    forward.sent_on = client.touched
    return forward, back


def _host(client: Place) -> str:
    """Where clients are: one host, whatever their ports."""
    return str(client[1]) if len(client) == 3 else "unix"


def _replace(kernel: Kernel, old: Descriptor, new: Descriptor) -> None:
    new.watch = old.watch
    kernel.descriptors[old.fd] = new
    if old.local is not None and kernel.bound.get(old.local) is old:
        kernel.bound[old.local] = new
    new.touched()


def pair(kernel: Kernel) -> tuple[Endpoint, Endpoint]:
    """Two ends that are connected to each other from the start."""
    nowhere: Place = (socket.AF_UNIX, "")
    client = _end(kernel.new_fd(), kernel, nowhere, nowhere)
    forward, back = _wires(kernel, client, (socket.AF_UNIX, "a socket pair"))
    server = _server(kernel, client, nowhere, forward, back)
    for wire in (forward, back):
        wire.skip()
    for end in (client, server):
        end.connected = True
        kernel.descriptors[end.fd] = end
    return client, server
