"""
DTLS and SRTP of one peer, over whatever ICE path it has at the moment.

The only file that reaches into aiortc 1.16's `RTCDtlsTransport` (`_rx_srtp`, `_tx_srtp`, `_ssl`,
and the three names that it calls on its transport) and into pylibsrtp 1.0's binding, for
unprotecting and protecting in place. `tests/contracts/test_private_hooks.py` asserts every name.

An ICE restart changes the path under it; keys, sequence numbers and the replay window stay.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, Protocol, cast

import pylibsrtp
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceTransport,
)
from pylibsrtp._binding import ffi, lib

from media.peers.ice import IceConnection
from media.peers.port import BURST_MAX, RTP_MAX, SRTP_TRAILER, PeerCounters
from media.peers.runs import Run, runs
from media.peers.sdp import Fingerprint
from media.peers.udp import UdpSocket

DTLS_QUEUE: Final = 32  # DTLS packets that wait for the handshake; a flight has fewer than ten
SSRCS_MAX: Final = 64  # streams of one client; libsrtp keeps state for each and forgets none
SEND_BUFFERS_MAX: Final = 64  # as many as rooms; more than that are looked up again now and then

TAGS: Final = {  # bytes
    b"SRTP_AEAD_AES_256_GCM": 16,  # RFC 7714, section 12
    b"SRTP_AEAD_AES_128_GCM": 16,
    b"SRTP_AES128_CM_SHA1_80": 10,  # RFC 5764, section 4.1.2
}

# looked up once
_protect: Final = lib.srtp_protect
_unprotect: Final = lib.srtp_unprotect
_unprotect_rtcp: Final = lib.srtp_unprotect_rtcp

Role = Literal["client", "server"]


class TransportSink(Protocol):
    """Who gets what arrives. The views are valid only during the call."""

    def on_rtp(self, packet: memoryview, now_s: float) -> None: ...

    def on_rtcp(self, packet: memoryview, now_s: float) -> None: ...


class ReceiveBuffer:
    """The one buffer into which all sockets of the process receive, and its C side."""

    def __init__(self, size: int) -> None:
        self.bytes = bytearray(size)
        self.view = memoryview(self.bytes)
        self.words = self.view.cast("I")
        """As numbers of 32 bits, in the machine's order: to tell one from another."""
        self.data = ffi.from_buffer(self.bytes)
        self.length = ffi.new("int *")


class Layout:
    """Where the packets of a burst lie in a buffer: the same for all whom it goes to."""

    def __init__(self, out: SendBuffer, lengths: Sequence[int], overhead: int) -> None:
        """
        Args:
            lengths: of the packets, bytes; kept, and not to be changed.
            overhead: bytes that protecting adds to each.
        """
        self.lengths = lengths
        self.overhead = overhead
        self.packets: list[tuple[Any, int]] = []
        """Each packet's C side, and its length."""
        at = 0
        for length in lengths:
            if length < 12 or at + length > out.room:
                self.packets.clear()  # libsrtp would write behind the buffer
                break
            self.packets.append((out.data + at, length))
            at += length + overhead
        self.size = at
        self.runs = runs(out.view[:at], lengths, overhead) if self.packets else []


class SendBuffer:
    """A caller's buffer, and its C side, which is slow to look up."""

    def __init__(self, buffer: bytearray) -> None:
        self.bytes = buffer
        self.view = memoryview(buffer)
        self.data = ffi.from_buffer(buffer)
        self.room = len(buffer) - SRTP_TRAILER
        """Up to where a packet may reach before it is protected."""
        self.layout = Layout(self, (), 0)
        """Of the last burst."""


class SendBuffers:
    """Those of all callers of the process. Few: a room has one."""

    def __init__(self) -> None:
        self._known: deque[SendBuffer] = deque(maxlen=SEND_BUFFERS_MAX)

    def of(self, buffer: bytearray) -> SendBuffer:
        """The one that stands for this buffer."""
        for known in self._known:
            if known.bytes is buffer:
                return known
        made = SendBuffer(buffer)
        self._known.append(made)
        return made


class _Shim:
    """Stands in for the `RTCIceTransport` that RTCDtlsTransport wants."""

    def __init__(self, owner: Transport) -> None:
        self._owner = owner
        self.role = "controlled"
        """RTCDtlsTransport is the DTLS server if this is "controlling"; nothing else reads it."""

    async def _recv(self) -> bytes:
        packet = await self._owner.dtls_packets.get()
        if packet is None:
            raise ConnectionError("closed")
        return packet

    async def _send(self, packet: bytes) -> None:
        self._owner.send_dtls(packet)


class Transport:
    """
    Args:
        sink: gets packets from the first to the `stop`.
        on_closed: called when the client ended DTLS (a page that closes its connection does).
    """

    def __init__(
        self,
        certificate: RTCCertificate,
        buffer: ReceiveBuffer,
        buffers: SendBuffers,
        counters: PeerCounters,
        sink: TransportSink,
        on_closed: Callable[[], None],
    ) -> None:
        self.dtls_packets: asyncio.Queue[bytes | None] = asyncio.Queue(DTLS_QUEUE)
        self._buffer = buffer
        self._buffers = buffers
        self._counters = counters
        self._sink: TransportSink | None = sink
        self._on_rtp, self._on_rtcp = sink.on_rtp, sink.on_rtcp
        self._on_closed = on_closed
        self._shim = _Shim(self)
        self._dtls = RTCDtlsTransport(cast("RTCIceTransport", self._shim), [certificate])
        self._dtls.on("statechange", self._state_changed)
        self._connection: IceConnection | None = None
        # The path's socket and address; None while there is none.
        self._endpoint: UdpSocket | None = None
        self._address: tuple[str, int] = ("", 0)
        # libsrtp's sessions; None until DTLS is up.
        self._rx: Any = None
        self._tx: Any = None
        self._ssrcs: set[int] = set()
        self.overhead = 0
        """Bytes of the tag behind a protected packet; 0 until DTLS is up."""
        # of the last burst: callers use one
        self._out: SendBuffer | None = None
        self._length = ffi.new("int *")

    @property
    def up(self) -> bool:
        """DTLS is done and media may pass."""
        return self._tx is not None

    def use(self, connection: IceConnection) -> None:
        """Send over this path from now on. Receiving works over any connection of this owner."""
        self._connection = connection
        self.refresh(connection)

    def refresh(self, connection: IceConnection) -> None:
        """The path of a connection changed."""
        if connection is self._connection and connection.path is not None:
            self._endpoint, self._address = connection.path

    async def start(self, role: Role, fingerprints: tuple[Fingerprint, ...]) -> None:
        """
        Shake hands. Once, on a path that is up; wrap in a timeout.

        Raises:
            ConnectionError: refused, or the certificate has not one of these fingerprints.
        """
        self._shim.role = "controlling" if role == "server" else "controlled"
        await self._dtls.start(
            RTCDtlsParameters(
                fingerprints=[RTCDtlsFingerprint(f.algorithm, f.value) for f in fingerprints]
            )
        )
        # start() tells a refused certificate by its state alone.
        if self._dtls.state != "connected":
            raise ConnectionError("the DTLS handshake failed")
        self._rx = self._dtls._rx_srtp._srtp[0]
        self._tx = self._dtls._tx_srtp._srtp[0]
        ssl = self._dtls._ssl
        assert ssl is not None, "it is connected"
        self.overhead = TAGS[ssl.get_selected_srtp_profile()]

    def _state_changed(self) -> None:
        if self._dtls.state == "closed" and self._sink is not None:
            self._on_closed()

    def mute(self) -> None:
        """Hand over nothing any more."""
        self._sink = None

    async def stop(self) -> None:
        """Say goodbye to the client and stop; twice is fine. The owner closes the paths."""
        self._sink = self._rx = None
        await self._dtls.stop()
        self._tx = self._endpoint = self._out = None
        await asyncio.sleep(0)  # the task that was cancelled ends in this turn of the loop

    # --- receiving -----------------------------------------------------------------------------

    def on_dtls(self, packet: bytes) -> None:
        """A DTLS packet from any path; dropped if nobody takes them, the client repeats them."""
        if self.dtls_packets.full():
            self._drop("foreign")
        else:
            self.dtls_packets.put_nowait(packet)

    def on_media(self, connection: IceConnection, length: int, now_s: float) -> None:
        """SRTP or SRTCP in the shared buffer. Hot path."""
        buffer = self._buffer
        rx = self._rx
        if rx is None or self._sink is None or length < 12:
            self._drop("foreign")
            return
        second: int = buffer.bytes[1]
        rtcp = 192 <= second < 224  # RFC 5761, section 4
        ssrc: int = buffer.words[1 if rtcp else 2]
        known = ssrc in self._ssrcs
        if not known and len(self._ssrcs) >= SSRCS_MAX:
            self._drop("foreign")
            return
        length_p = buffer.length
        length_p[0] = length
        unprotect = _unprotect_rtcp if rtcp else _unprotect
        if unprotect(rx, buffer.data, length_p):
            self._drop("srtp")  # forged, damaged or repeated
            return
        if not known:
            self._ssrcs.add(ssrc)
        connection.heard_s = now_s
        counters = self._counters
        counters.packets_in += 1
        counters.bytes_in += length
        length = length_p[0]
        if rtcp:
            self._on_rtcp(buffer.view[:length], now_s)
        elif length <= RTP_MAX:
            self._on_rtp(buffer.view[:length], now_s)
        else:
            self._drop("oversized")

    # --- sending -------------------------------------------------------------------------------

    def send_dtls(self, packet: bytes) -> None:
        """Drop it if it can't be sent; DTLS repeats."""
        if self._endpoint is not None and not self._endpoint.sendto(packet, self._address):
            self._drop("send")

    def send_rtp(self, buffer: bytearray, lengths: Sequence[int]) -> int:
        """See `PeerPort.send_rtp`. Hot path."""
        endpoint, tx = self._endpoint, self._tx
        if endpoint is None or tx is None:
            self._drop("send", len(lengths))
            return 0
        out = self._out
        if out is None or out.bytes is not buffer:
            out = self._out = self._buffers.of(buffer)
        layout = out.layout
        if layout.lengths is not lengths or layout.overhead != self.overhead:
            layout = out.layout = Layout(out, lengths, self.overhead)
        packets, length_p = layout.packets, self._length
        count = len(packets)
        if not 0 < count <= BURST_MAX:
            self._drop("oversized", len(lengths))
            return 0
        failed = []
        for data, length in packets:
            length_p[0] = length
            if _protect(tx, data, length_p):
                failed.append(data)
        if failed:
            return self._send_others(out, layout, failed)
        sent = endpoint.send_burst(layout.runs, self._address)
        counters = self._counters
        if sent == count:
            counters.packets_out += count
            counters.bytes_out += layout.size
        else:
            self._count_out(lengths, sent)
        return sent

    def _send_others(self, out: SendBuffer, layout: Layout, failed: Sequence[Any]) -> int:
        """Send a burst without those packets, which libsrtp refused."""
        self._drop("srtp", len(failed))
        assert self._endpoint is not None, "asked before"
        at = sent = 0
        for data, length in layout.packets:
            end = at + length + self.overhead
            if data not in failed:
                alone = Run(out.view[at:end], end - at, 1)
                took = self._endpoint.send_burst((alone,), self._address)
                self._count_out((length,), took)
                sent += took
            at = end
        return sent

    def _count_out(self, lengths: Sequence[int], sent: int) -> None:
        if sent < len(lengths):  # the socket is full, or the network is down for the moment
            self._drop("send", len(lengths) - sent)
            lengths = lengths[:sent]
        counters = self._counters
        counters.packets_out += sent
        counters.bytes_out += sum(lengths) + sent * self.overhead

    def send_rtcp(self, packet: bytes) -> bool:
        """See `PeerPort.send_rtcp`."""
        endpoint = self._endpoint
        if endpoint is None or self._tx is None:
            self._drop("send")
            return False
        try:
            protected = self._dtls._tx_srtp.protect_rtcp(packet)
        except (pylibsrtp.Error, ValueError):
            self._drop("srtp")
            return False
        if not endpoint.sendto(protected, self._address):
            self._drop("send")
            return False
        self._counters.packets_out += 1
        self._counters.bytes_out += len(protected)
        return True

    def _drop(self, reason: str, count: int = 1) -> None:
        dropped = self._counters.dropped
        dropped[reason] = dropped.get(reason, 0) + count
