"""Real sockets whose pieces are kept for a time: what a stock transport is given in place of its
socket while a schedule is imposed.

Everything but sending and closing is the real socket's own. What a program has sent counts as sent
at once, as if the network had it; there is no bound to what is kept.
"""

import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from agent_rehearsal.interleave.stock.paces import Lane


class PacedSocket:
    """One end of the real connection `link`; `lane` is the direction in which it sends."""

    def __init__(self, real: socket.socket, link: str, lane: Lane) -> None:
        self.link = link
        self._real = real
        self._lane = lane
        self._ended = False
        self._closed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def send(self, data: Any, flags: int = 0) -> int:
        """As `socket.send`; takes all of what must wait."""
        if self._lane.flows:
            count = self._real.send(data, flags)
            self._lane.sent()
            return count
        kept = bytearray(data)
        count = len(kept)
        self._lane.put(lambda: self._write(kept), "data", bytes(kept))
        return count

    def sendmsg(self, buffers: Iterable[Any], *rest: Any) -> int:
        """As `socket.sendmsg`, in one piece."""
        return self.send(b"".join(map(bytes, buffers)))

    def shutdown(self, how: int) -> None:
        """As `socket.shutdown`; the end comes behind what was sent."""
        if how == socket.SHUT_RD or self._ended:
            self._real.shutdown(how)
            return
        self._ended = True
        if self._lane.flows:
            self._real.shutdown(how)
            self._lane.sent()
        else:
            self._lane.put(lambda: self._done(lambda: self._real.shutdown(how)), "fin")

    def close(self) -> None:
        """As `socket.close`; the descriptor stays open until all that was sent is gone."""
        if self._closed:
            return
        self._closed = True
        if self._lane.empty if self._ended else self._lane.flows:
            self._real.close()
        elif self._ended:
            self._lane.add(lambda: self._done(self._real.close))
        else:
            self._lane.put(lambda: self._done(self._real.close), "fin")

    def end(self) -> None:
        """The other side hears the end of data, behind what was sent; nothing is sent after it."""
        if not self._ended and not self._closed:
            self.shutdown(socket.SHUT_WR)

    def drop(self) -> None:
        """Close it if it was closed and is only waiting for what is kept."""
        if self._closed:
            self._real.close()

    def _write(self, kept: bytearray) -> bool:
        """What the other side makes impossible is heard by whoever reads from it."""
        try:
            del kept[: self._real.send(kept)]
        except BlockingIOError:
            return False
        except OSError:
            return True
        return not kept

    def _done(self, act: Any) -> bool:
        with suppress(OSError):
            act()
        return True
