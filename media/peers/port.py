"""
What the rooms see of a peer: one WebRTC connection to one client, in one direction.

A *publisher* peer answers the client's offers and hands over what arrives. A *subscriber* peer
offers the slots it is given and sends what it is told. `media.peers.peer` is the real thing;
`media.rooms` and `media.forwarding` know only this file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

Kind = Literal["sound", "picture", "screen"]
"""What a person sends: of the microphone, of the camera, of what is shown on the own screen."""
CodecName = Literal["opus", "VP8", "VP9", "H264", "AV1"]

RTP_MAX: Final = 1_400  # bytes of a plain RTP packet; larger ones are counted and dropped
SRTP_TRAILER: Final = 64  # bytes behind the last packet of a burst: libsrtp may write there
BURST_MAX: Final = 16  # packets sent in one call: a picture of 2 Mbit/s has about eight
SEND_SIZE: Final = 2_048 * BURST_MAX  # bytes of a buffer to send from; RTX takes two more each


@dataclass(frozen=True, slots=True)
class Codec:
    """One negotiated codec of one m-line."""

    name: CodecName
    payload_type: int
    clock_hz: int
    rtx_payload_type: int | None = None
    fmtp: str = ""
    red_payload_type: int | None = None
    """Of redundant audio (RFC 2198) with this codec in it: preferred to the codec alone."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """An m-line on which the client sends."""

    mid: str
    kind: Kind
    codecs: tuple[Codec, ...]
    """All that were accepted, in the client's order."""
    ssrcs: tuple[int, ...]
    """From a=ssrc lines; empty when the client names none, then MID tells (RFC 8843, 9.2)."""
    rtx_ssrcs: Mapping[int, int]
    """Media SSRC -> RTX SSRC, from a=ssrc-group:FID."""
    extensions: Mapping[str, int]
    """Header extension URI -> id, as negotiated."""
    rids: tuple[str, ...] = ()
    """
    Names of the layers (simulcast, RFC 8853), small to large; empty: one layer. Their packets tell
    by RID (RFC 8852) where they belong, whatever `ssrcs` says.
    """


@dataclass(frozen=True, slots=True)
class Slot:
    """
    An m-line on which we want to send. A slot is never taken away, only emptied and used again.
    """

    mid: str
    kind: Kind
    person: str
    """
    Becomes the stream id (a=msid), so that the client knows whose it is; for a screen with
    "screen." before it. Empty: inactive.
    """
    codec: CodecName
    ssrc: int
    rtx_ssrc: int | None
    fmtp: str = ""
    """The publisher's parameters, for H264's profile."""
    red: bool = False
    """The publisher sends redundant audio."""


@dataclass(frozen=True, slots=True)
class Outbound:
    """A slot that the client accepted."""

    mid: str
    codec: Codec
    extensions: Mapping[str, int] = field(default_factory=dict)
    """Header extension URI -> id that the client takes: transport-wide numbers, or none."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What we send one kind under, to a client that offers."""

    ssrc: int
    rtx_ssrc: int | None


@dataclass(frozen=True, slots=True)
class Served:
    """An m-line of a client's offer on which we send."""

    mid: str
    kind: Kind
    codecs: tuple[Codec, ...]
    """All that the client takes, in its order."""


class PeerEvents(Protocol):
    """
    Told to a peer's owner, on the loop, never re-entrantly.

    `on_rtp` and `on_rtcp` are the hot path: they must not block or raise.
    """

    def on_rtp(self, packet: memoryview, now_s: float) -> None:
        """
        A plain RTP packet; the view is valid only during the call.

        Args:
            packet: header and payload, 12..RTP_MAX bytes, at least a valid version field.
            now_s: monotonic clock, seconds.
        """
        ...

    def on_rtcp(self, packet: memoryview, now_s: float) -> None:
        """A plain compound RTCP packet; the view is valid only during the call."""
        ...

    def on_inbound(self, inbound: Sequence[Inbound]) -> None:
        """A negotiation ended: all m-lines on which the client sends now."""
        ...

    def on_connected(self) -> None:
        """ICE and DTLS are up (once); media may flow."""
        ...

    def on_gone(self, reason: Literal["failed", "silent", "closed"]) -> None:
        """The peer is over; called once, nothing follows."""
        ...


@dataclass(slots=True)
class PeerCounters:
    """Plain integers, read when somebody asks."""

    packets_in: int = 0
    bytes_in: int = 0
    packets_out: int = 0
    bytes_out: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    """Reason -> packets: "srtp", "foreign", "oversized", "malformed", "send"."""


class PeerPort(Protocol):
    """
    One peer. Methods may be called at any time after its creation.

    After the end `answer`, `offer` and `accept` raise `MediaRefused` with UNKNOWN_PEER, the others
    do nothing.
    """

    counters: PeerCounters

    @property
    def overhead(self) -> int:
        """Bytes that SRTP adds to a packet; 0 until DTLS has agreed on a cipher."""
        ...

    async def answer(self, offer_sdp: str) -> str:
        """
        Publisher: take the client's offer (first, changed, or with an ICE restart).

        Raises:
            MediaRefused: BAD_SDP, NO_PORT, TOO_MANY (m-lines).
        """
        ...

    async def serve(
        self, offer_sdp: str, streams: Mapping[Kind, Stream]
    ) -> tuple[str, tuple[Served, ...]]:
        """
        Publisher, turned round: answer a client that offers to receive, and send under these.

        Returns: the answer, and the m-lines on which we send.

        Raises:
            MediaRefused: as `answer`.
        """
        ...

    async def offer(self, slots: Sequence[Slot]) -> tuple[int, str]:
        """
        Subscriber: offer these slots, all that were ever offered among them, in the same order.

        Returns: the offer's number (rising) and its description. A newer offer replaces one that
        was not answered yet.

        Raises:
            MediaRefused: NO_PORT.
        """
        ...

    async def accept(self, offer: int, answer_sdp: str) -> tuple[Outbound, ...]:
        """
        Subscriber: take the client's answer.

        Raises:
            MediaRefused: BAD_SDP, STALE_OFFER.
        """
        ...

    async def restart(self) -> None:
        """Subscriber: the next offer restarts ICE; media goes on over the old path until then."""
        ...

    def send_rtp(self, buffer: bytearray, lengths: Sequence[int]) -> int:
        """
        Protect and send a burst of packets; hot path.

        Args:
            buffer: plain RTP, `overhead` free bytes behind each packet, SRTP_TRAILER behind the
                last; overwritten. Callers use few buffers, and keep them.
            lengths: of the packets, bytes; at most BURST_MAX.

        Returns: how many were sent; the others (not connected, socket full) are counted.
        """
        ...

    def send_rtcp(self, packet: bytes) -> bool:
        """Protect and send a compound RTCP packet."""
        ...

    async def close(self) -> None:
        """End it; `on_gone("closed")` follows unless it was gone already."""
        ...
