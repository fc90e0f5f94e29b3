"""
Simulated viewers of a Low-Latency HLS livestream: as many as wanted, in one lean process.

    python -m benchmarks.livestream.crowd http://127.0.0.1:6081/hls/m/live.m3u8 --viewers 500

Each has two kept connections, as a browser has: one waits for the playlist with the next part,
the other fetches that part. Bodies are counted and thrown away; a playlist is read once, by whoever
gets it first, since all get the same. So that this process is not what is measured, it is one epoll
loop over plain sockets. Prints one line of JSON at the end, also if it is asked to end (SIGTERM).
"""

from __future__ import annotations

import argparse
import json
import re
import select
import signal
import socket
import statistics
import sys
import time
import zlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from media import priority

COME_IN_S = 5.0
"""The viewers come in evenly over so long."""
RETRY_S = 0.5
NICE = 10
"""In the world they are elsewhere: whatever is measured comes before them."""
BUFFER = 1 << 18
END = b"\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
PART = re.compile(r'^#EXT-X-PART:.*URI="([^"]+)"')

Key = tuple[int, int]
"""Media sequence number and part."""


def newest(playlist: str) -> tuple[Key, str, Key]:
    """
    The newest part of a live playlist, its address, and what comes after it.

    Raises:
        ValueError: there is none.
    """
    number, index, found = 0, 0, None
    for line in playlist.splitlines():
        part = PART.match(line)
        if line.startswith("#EXT-X-MEDIA-SEQUENCE:"):
            number = int(line.partition(":")[2])
        elif part:
            found = ((number, index), part[1])
            index += 1
        elif line and not line.startswith("#"):
            number, index = number + 1, 0
    if found is None:
        raise ValueError("no parts")
    return *found, (number, index)


class Connection:
    """One kept connection: at most one request at a time."""

    __slots__ = ("body", "chunked", "head", "keep", "key", "last", "need", "socket", "viewer")

    def __init__(self, address: tuple[str, int], viewer: Viewer) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.viewer = viewer
        self.key: Key | None = None
        """What was asked for; None: a first playlist."""
        self.head = b""
        self.body = b""
        self.need = 0
        """Bytes that still come; 0: nothing was asked."""
        self.chunked = False
        """Varnish does not know the length of what it has only just got."""
        self.last = b""
        self.keep = False

    def ask(self, request: bytes, key: Key | None, *, keep: bool) -> None:
        """Send a request; its body is kept if somebody has to read it."""
        self.key, self.keep = key, keep
        self.need, self.head, self.body = -1, b"", b""
        self.chunked, self.last = False, b""
        self.socket.send(request)

    def take(self, data: memoryview) -> int | None:
        """Bytes came. Returns: the status, once the answer is whole."""
        if self.need < 0 and not self.chunked:
            self.head += bytes(data)
            cut = self.head.find(END)
            if cut < 0:
                return None
            rest = self.head[cut + len(END) :]
            length = LENGTH.search(self.head, 0, cut)
            self.chunked = length is None
            self.need = int(length[1]) - len(rest) if length else -1
        else:
            rest = bytes(data) if self.keep or self.chunked else b""
            self.need -= len(data)
        if self.keep:
            self.body += rest
        if self.chunked:
            self.last = (self.last + rest)[-len(LAST_CHUNK) :]
            if self.last != LAST_CHUNK:
                return None
            self.body = unchunked(self.body)
        elif self.need > 0:
            return None
        self.need = 0
        return int(self.head[9:12])


def unchunked(body: bytes) -> bytes:
    """What chunks hold (RFC 9112, 7.1)."""
    found = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        found += rest[:length]
        body = rest[length + 2 :]
    return found


@dataclass(slots=True, eq=False)
class Viewer:
    """One of them."""

    due_s: float
    """When it comes, or tries again."""
    playlist: Connection | None = None
    media: Connection | None = None
    came: bool = False


class Crowd:
    """All of them."""

    def __init__(self, url: str, viewers: int, *, compressed: bool) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self._address = (parts.hostname, parts.port)
        self._path = parts.path
        self._folder = parts.path.rpartition("/")[0]
        accepts = "gzip" if compressed else "identity"
        self._tail = f" HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept-Encoding: {accepts}\r\n\r\n"
        now = time.monotonic()
        self._idle = [Viewer(now + COME_IN_S * each / viewers) for each in range(viewers)]
        self._idle.reverse()
        self._epoll = select.epoll()
        self._connections: dict[int, Connection] = {}
        self._known: dict[Key, tuple[Key, bytes, Key]] = {}
        """By what was asked: the newest part, the request for it, and what comes after it."""
        self._first_s: dict[Key, float] = {}
        self._buffer = memoryview(bytearray(BUFFER))
        self.requests = self.bytes = self.bad = 0
        self.delays_s: list[float] = []
        """From the first viewer that had a part to each other one that had it."""
        self.stopped = False

    def run(self, seconds: float) -> float:
        """
        Watch, until `stopped` at the latest.

        Returns: the seconds of which the figures are: those after all have come in.
        """
        counted = time.monotonic() + COME_IN_S + 1
        counting = False
        while not self.stopped and (now := time.monotonic()) < counted + seconds:
            if not counting and now > counted:
                counting = True
                self.requests = self.bytes = self.bad = 0
                self.delays_s.clear()
            while self._idle and self._idle[-1].due_s <= now:
                self._come(self._idle.pop())
            for number, _ in self._epoll.poll(0.05):
                self._read(self._connections[number])
        return time.monotonic() - counted

    def _come(self, viewer: Viewer) -> None:
        if viewer.playlist is None or viewer.media is None:
            viewer.playlist, viewer.media = (Connection(self._address, viewer) for _ in range(2))
            for connection in (viewer.playlist, viewer.media):
                self._connections[connection.socket.fileno()] = connection
                self._epoll.register(connection.socket, select.EPOLLIN)
        viewer.playlist.ask(f"GET {self._path}{self._tail}".encode(), None, keep=True)

    def _read(self, connection: Connection) -> None:
        try:
            count = connection.socket.recv_into(self._buffer)
        except BlockingIOError:
            return
        if count == 0:
            raise ConnectionError("the edge closed a connection")
        self.bytes += count
        status = connection.take(self._buffer[:count])
        if status is None:
            return
        self.requests += 1
        viewer = connection.viewer
        if status != 200:
            self.bad += 1
            if connection is viewer.playlist:
                viewer.due_s = time.monotonic() + RETRY_S
                self._idle.insert(0, viewer)
                self._idle.sort(key=lambda one: -one.due_s)
        elif connection is viewer.playlist:
            self._has_playlist(viewer, connection)
        elif connection.key is not None:
            now = time.monotonic()
            self.delays_s.append(now - self._first_s.setdefault(connection.key, now))

    def _has_playlist(self, viewer: Viewer, connection: Connection) -> None:
        asked = connection.key
        known = self._known.get(asked) if asked is not None else None
        if known is None:
            body = connection.body
            if body[:2] == b"\x1f\x8b":
                body = zlib.decompress(body, 31)
            part, address, after = newest(body.decode())
            request = f"GET {self._folder}/{address}{self._tail}".encode()
            known = (part, request, after)
            if asked is not None:
                self._known[asked] = known
        part, request, after = known
        assert viewer.media is not None
        if viewer.media.need == 0:  # else it is behind: skips one, as a player does
            viewer.media.ask(request, part, keep=False)
        query = f"?_HLS_msn={after[0]}&_HLS_part={after[1]}"
        ask = f"GET {self._path}{query}{self._tail}".encode()
        connection.ask(ask, after, keep=after not in self._known)


def main() -> int:
    """Watch, and tell."""
    parser = argparse.ArgumentParser(prog="benchmarks.livestream.crowd", description=__doc__)
    parser.add_argument("url", help="of a live media playlist")
    parser.add_argument("--viewers", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--plain", action="store_true", help="take nothing compressed")
    options = parser.parse_args()
    priority.take(NICE)
    crowd = Crowd(options.url, options.viewers, compressed=not options.plain)

    def stop(*_: object) -> None:
        crowd.stopped = True

    signal.signal(signal.SIGTERM, stop)
    before = time.process_time()
    seconds = crowd.run(options.seconds)
    used = time.process_time() - before
    hundredths = statistics.quantiles(crowd.delays_s, n=100)
    told = {
        "viewers": options.viewers,
        "requests_s": round(crowd.requests / seconds),
        "mbyte_s": round(crowd.bytes / seconds / 1e6, 1),
        "bad": crowd.bad,
        "after_first_ms": [round(1e3 * hundredths[at], 1) for at in (49, 94, 98)],
        "own_cpu": round(used / (seconds + COME_IN_S), 3),
    }
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
