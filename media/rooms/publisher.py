"""A peer that sends: one person's sound and picture into the room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal

from media.forwarding.ingress import Ingress
from media.forwarding.track import Later, Track
from media.limits import Limits
from media.peers.port import Inbound, Kind, PeerPort

Reason = Literal["failed", "silent", "closed"]


class Publisher:
    """
    The owner of one publishing peer (`PeerEvents`).

    Args:
        peer_id: the peer's name.
        person: whose media it is.
        limits: bounds.
        on_change: its tracks changed, or it is connected.
        on_end: it is over, by itself.
        later: as `media.forwarding.track.Track` takes it.
    """

    port: PeerPort
    """Set right after creation: the peer needs its owner first."""

    def __init__(
        self,
        peer_id: str,
        person: str,
        limits: Limits,
        on_change: Callable[[Publisher], None],
        on_end: Callable[[Publisher, Reason], None],
        later: Later,
    ) -> None:
        self.peer_id = peer_id
        self.person = person
        self.connected = False
        self.negotiating = asyncio.Lock()
        self.ingress = Ingress(self._send_rtcp, limits, later)
        # each packet passes here: without a call of ours between
        self.on_rtp = self.ingress.receive
        self.on_rtcp = self.ingress.receive_rtcp
        self._on_change = on_change
        self._on_end = on_end

    @property
    def tracks(self) -> dict[Kind, Track]:
        """The first track of each kind; others are never let through."""
        tracks: dict[Kind, Track] = {}
        for track in self.ingress.tracks:
            tracks.setdefault(track.kind, track)
        return tracks

    async def answer(self, sdp: str) -> str:
        """
        Take the client's offer.

        Raises:
            MediaRefused: as `PeerPort.answer`.
        """
        async with self.negotiating:
            return await self.port.answer(sdp)

    def _send_rtcp(self, packet: bytes) -> bool:
        return self.port.send_rtcp(packet)

    # --- PeerEvents

    def on_inbound(self, inbound: Sequence[Inbound]) -> None:
        self.ingress.update(inbound)
        self._on_change(self)

    def on_connected(self) -> None:
        self.connected = True
        self._on_change(self)

    def on_gone(self, reason: Reason) -> None:
        self._on_end(self, reason)
