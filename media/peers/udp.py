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
from fcntl import ioctl
from typing import TYPE_CHECKING, Any, Final

from media.control import MediaCode, MediaRefused
from media.peers.patience import Patience
from media.peers.runs import SOL_UDP, UDP_SEGMENT, Run

if TYPE_CHECKING:
    from aioice.ice import StunProtocol

DATAGRAM_MAX: Final = 2_048  # bytes; more than an Ethernet frame holds: more shows as more
BURST_MAX: Final = 64  # datagrams read at once; then other sockets and timers have their turn
RECEIVE_BUFFER: Final = 1 << 20  # bytes in the kernel: 1 s of 8 Mbit/s; it may give less

ALONE_MAX: Final = 300  # bytes; what is smaller is no part of a picture, and comes alone
LATE_S: Final = 0.002  # of the first datagram that is read: behind it others wait that came later

_TIMESTAMP: Final = 0x8907  # asm-generic/sockios.h: SIOCGSTAMPNS; without a name in Python
_TIMESPEC: Final = struct.Struct("@ll")  # seconds and nanoseconds of the wall clock
_unpack_stamp: Final = _TIMESPEC.unpack
_ioctl: Final = ioctl  # looked up once, as what follows
_wall_clock: Final = time.time
_WAITED_MAX_S: Final = 1.0  # more is a wall clock that was set
_NO_SEGMENTS: Final = (errno.EIO, errno.EINVAL, errno.EMSGSIZE, errno.EOPNOTSUPP)
"""What the system says if a path can't do it: a device without checksums, or a small MTU."""

Address = tuple[str, int]

Receive = Callable[["UdpSocket", int, Address], None]
"""Told for each datagram: the socket, its length in the shared buffer, the sender."""
Media = Callable[[Any, int, float], None]
"""Told for each that bears media: whose socket it is, its length, and when it came."""


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
        self._file = sock.fileno()
        self._patience = patience
        self._patient = False
        self._buffer = buffer
        self._receive = receive
        self._stamped = False
        self._stamp = bytearray(_TIMESPEC.size)
        # who gets media, whose socket it is for them, and whom it may come from
        self._media: Media | None = None
        self._owner: Any = None
        self._senders: set[Address] = set()
        self._clock: Callable[[], float] = time.monotonic
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
        Tell of media from now on when it came, not when it was read.

        A busy process reads late. Who is told by it when packets came must not take that for a
        queue on the way.
        """
        if self._closed:
            return
        try:
            ioctl(self._file, _TIMESTAMP, self._stamp)
        except OSError as error:
            if error.errno != errno.ENOENT:  # there is none yet: from now on there will be
                return  # a system that can't tell: as before
        self._stamped = True

    def hand_over(
        self, media: Media, owner: object, senders: set[Address], clock: Callable[[], float]
    ) -> None:
        """
        Lead media from these senders past *receive*; hot path.

        Args:
            owner: handed to *media* with each packet.
            senders: may change.
            clock: monotonic, seconds.
        """
        self._owner, self._senders, self._clock = owner, senders, clock
        self._media = media

    def _readable(self) -> None:
        self._patience.reading()
        self._read()
        self._patience.awake()

    def _read(self) -> None:
        receive_into, buffer = self._socket.recvfrom_into, self._buffer
        waited_s = 0.0
        stamped = self._stamped
        for _ in range(BURST_MAX):
            try:
                length, sender = receive_into(buffer, DATAGRAM_MAX)
            except OSError:  # nothing more, or an ICMP error of an earlier packet
                return
            if stamped:
                waited_s = self._waited_s()
                stamped = waited_s > LATE_S
            if length:
                self._take(length, sender, waited_s)
            # To read in vain takes longer than to be told by the loop that there is more.
            if length < ALONE_MAX or self._closed:
                return

    def _take(self, length: int, sender: Any, waited_s: float) -> None:
        """What begins like media is media (RFC 7983, section 7)."""
        address: Address = sender if self._two else sender[:2]
        media = self._media
        first: int = self._buffer[0]
        if media is not None and 128 <= first < 192 and address in self._senders:
            media(self._owner, length, self._clock() - waited_s)
        else:
            self._receive(self, length, address)

    def _waited_s(self) -> float:
        """How long the datagram that was read last waited for it."""
        try:
            _ioctl(self._file, _TIMESTAMP, self._stamp)
        except OSError:
            return 0.0  # it came before there were any
        seconds, nanoseconds = _unpack_stamp(self._stamp)
        waited_s: float = _wall_clock() - seconds - nanoseconds / 1e9
        return waited_s if 0 < waited_s < _WAITED_MAX_S else 0.0

    def _read_one(self) -> None:
        """What is patient is asked again if there is more."""
        try:
            length, sender = self._socket.recvfrom_into(self._buffer, DATAGRAM_MAX)
        except OSError:
            return
        if length:
            self._take(length, sender, 0.0)

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
            try:
                if count == 1:
                    self.send(part, address)
                    taken += 1
                    continue
                for at in range(0, size * count, size):
                    self.send(part[at : at + size], address)
                    taken += 1
            except OSError:
                return taken
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
