"""
A UDP socket that the loop reads for us, without a copy and without a task.

asyncio's own datagram transport makes a bytes object and a call chain of each packet; this one
receives into one buffer that all sockets of the process share, and hands over a length.
"""

from __future__ import annotations

import asyncio
import errno
import random
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from media.control import MediaCode, MediaRefused
from media.peers.patience import Patience
from media.peers.runs import SOL_UDP, UDP_SEGMENT, Run

if TYPE_CHECKING:
    from aioice.ice import StunProtocol

DATAGRAM_MAX = 2_048  # bytes; larger than what fits an Ethernet frame, so that more shows as more
BURST_MAX = 64  # datagrams read at once; then other sockets and timers have their turn
RECEIVE_BUFFER = 1 << 20  # bytes in the kernel: 1 s of 8 Mbit/s; it may give less

_TIMESTAMPS = 35  # asm-generic/socket.h: SO_TIMESTAMPNS; likewise without a name
_TIMESPEC = struct.Struct("@ll")  # seconds and nanoseconds of the wall clock
_ANCILLARY = socket.CMSG_SPACE(_TIMESPEC.size)
_WAITED_MAX_S = 1.0  # more is a wall clock that was set
_NO_SEGMENTS = (errno.EIO, errno.EINVAL, errno.EMSGSIZE, errno.EOPNOTSUPP)
"""What the system says if a path can't do it: a device without checksums, or a small MTU."""

Address = tuple[str, int]

Receive = Callable[["UdpSocket", int, Address], None]
"""Told for each datagram: the socket, its length in the shared buffer, the sender."""


class UdpSocket:
    """
    A bound socket. To aioice's `StunProtocol` it looks like an asyncio transport.

    Args:
        buffer: shared by all sockets, at least `DATAGRAM_MAX` bytes; what is in it is valid only
            during the call of *receive*.
        patience: shared by all sockets, for those that come to have it.
    """

    def __init__(
        self, sock: socket.socket, buffer: bytearray, receive: Receive, patience: Patience
    ) -> None:
        self._socket = sock
        self._patience = patience
        self._patient = False
        self._buffer = buffer
        self._receive = receive
        self._stamped = False
        self.waited_s = 0.0
        """How long the datagram of *receive* waited to be read, as far as it is known."""
        self._two = sock.family == socket.AF_INET
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self.protocol: StunProtocol | None = None
        """Set by whoever runs STUN on this socket; told when it is closed."""
        self.send = sock.sendto
        """The system call itself, for the hot path. Raises OSError."""
        self._segments = _can_segment(sock)
        self._loop.add_reader(sock, self._readable)

    def be_patient(self) -> None:
        """What comes from now on can wait a little (`media.peers.patience`)."""
        if not self._patient and not self._closed:
            self._patient = True
            self._loop.remove_reader(self._socket)
            self._patience.add(self._socket.fileno(), self._read_one)

    def be_exact(self) -> None:
        """
        Tell of each datagram from now on how long it waited (`waited_s`).

        A busy process reads late. Who is told by it when packets came must not take that for a
        queue on the way.
        """
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _TIMESTAMPS, 1)
        except OSError:
            return  # closed meanwhile, or no such option: as before
        self._stamped = True

    def _readable(self) -> None:
        self._patience.reading()
        if self._stamped:
            self._read_stamped()
        else:
            self._read()
        self._patience.awake()

    def _read(self) -> None:
        receive_into, buffer, receive = self._socket.recvfrom_into, self._buffer, self._receive
        for _ in range(BURST_MAX):
            try:
                length, sender = receive_into(buffer, DATAGRAM_MAX)
            except OSError:  # nothing more, or an ICMP error of an earlier packet
                return
            if length:
                receive(self, length, sender if self._two else sender[:2])
            if self._closed:
                return

    def _read_one(self) -> None:
        """What is patient is asked again if there is more."""
        try:
            length, sender = self._socket.recvfrom_into(self._buffer, DATAGRAM_MAX)
        except OSError:
            return
        if length:
            self._receive(self, length, sender if self._two else sender[:2])

    def _read_stamped(self) -> None:
        receive_into, receive = self._socket.recvmsg_into, self._receive
        into = (memoryview(self._buffer)[:DATAGRAM_MAX],)
        for _ in range(BURST_MAX):
            try:
                length, ancillary, _flags, sender = receive_into(into, _ANCILLARY)
            except OSError:
                return
            waited_s = 0.0
            for level, kind, value in ancillary:
                if level == socket.SOL_SOCKET and kind == _TIMESTAMPS:
                    seconds, nanoseconds = _TIMESPEC.unpack_from(value)
                    waited_s = (time.time_ns() - seconds * 1_000_000_000 - nanoseconds) / 1e9
            self.waited_s = waited_s if 0 < waited_s < _WAITED_MAX_S else 0.0
            if length:
                receive(self, length, sender if self._two else sender[:2])
            if self._closed:
                return

    def sendto(self, data: bytes, address: Address) -> bool:
        """Send, or drop if the system won't take it."""
        try:
            self.send(data, address)
        except OSError:
            return False
        return True

    def send_burst(self, runs: Sequence[Run], address: Address) -> int:
        """
        Send packets, each a datagram of its own, in order. Hot path.

        Returns: how many the system took; where one fails, those behind it are not tried.
        """
        taken = 0
        for run in runs:
            part, size, count = run.part, run.size, run.count
            if count > 1 and self._segments:
                try:
                    self._socket.sendmsg(run.parts, run.ancillary, 0, address)
                except OSError as error:
                    if error.errno not in _NO_SEGMENTS:
                        return taken
                    self._segments = False  # from now on one by one
                else:
                    taken += count
                    continue
            for at in range(0, size * count, size):
                try:
                    self.send(part[at : at + size] if count > 1 else part, address)
                except OSError:
                    return taken
                taken += 1
        return taken

    def get_extra_info(self, name: str) -> object:
        return self._socket.getsockname()[:2] if name == "sockname" else None

    def close(self) -> None:
        """Close at once; the protocol is told soon."""
        if self._closed:
            return
        self._closed = True
        if self._patient:
            self._patience.remove(self._socket.fileno())
        else:
            self._loop.remove_reader(self._socket)
        self._socket.close()
        if self.protocol is not None:
            self._loop.call_soon(self.protocol.connection_lost, None)


def _can_segment(sock: socket.socket) -> bool:
    """A system that doesn't know the option would ignore it, and send all as one datagram."""
    try:
        sock.getsockopt(SOL_UDP, UDP_SEGMENT)
    except OSError:
        return False
    return True


def bind(address: str, port_min: int, port_max: int) -> socket.socket:
    """
    A socket on a free port of a range, begun at random so that a port is not used again at once.

    Args:
        address: local IPv4 or IPv6 address.
        port_min, port_max: both included; 0 and 0 for any port.

    Raises:
        MediaRefused: NO_PORT, if every port is taken.
        OSError: the address can't be used.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    ports = list(range(port_min, port_max + 1))
    start = random.randrange(len(ports))  # noqa: S311 - no secret
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        for port in ports[start:] + ports[:start]:
            try:
                sock.bind((address, port))
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
            else:
                return sock
    except BaseException:
        sock.close()
        raise
    sock.close()
    raise MediaRefused(MediaCode.NO_PORT, f"no free UDP port in {port_min}..{port_max}")
