"""
Watchers: peers that receive what the meeting is about, as one sound and one picture (WHEP).

Who is seen changes behind the same two tracks: whoever holds the floor, or what is shared on a
screen, else the room. The cue says who that is, the forwarder's gates what may be seen of them, and
only what really arrives is shown.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Final, Literal

from media.congestion.announced import Announced
from media.control import Cue, MediaCode, MediaRefused, PeerGone, Report
from media.forwarding.egress import Egress
from media.forwarding.subscription import Subscription
from media.forwarding.track import Track
from media.limits import Limits
from media.peers.port import Inbound, Kind, PeerPort, Served, Stream
from media.rooms.peers import MakePeer
from media.rooms.seen import Sources, codec_for, layer_for, shown

Reason = Literal["failed", "silent", "closed"]
Spawn = Callable[[Coroutine[object, object, None]], object]

NAME: Final = "programme"
"""CNAME of both tracks (RFC 3550, 6.5.1)."""


class Watcher:
    """The owner of one such peer (`PeerEvents`)."""

    port: PeerPort
    """Set right after creation: the peer needs its owner first."""

    def __init__(
        self,
        peer_id: str,
        hide: Sequence[str],
        limits: Limits,
        buffer: bytearray,
        on_end: Callable[[Watcher, Reason], None],
    ) -> None:
        self.peer_id = peer_id
        self.hide = frozenset(hide)
        self.connected = False
        self.egress = Egress(self._send_rtcp, limits)
        self._announced = Announced()
        self._buffer = buffer
        self._on_end = on_end
        self._turn = asyncio.Lock()
        sound, picture, repair = _ssrcs(3)
        self._streams: Mapping[Kind, Stream] = {
            "sound": Stream(sound, None),
            "picture": Stream(picture, repair),
        }
        self._lines: dict[Kind, tuple[Served, Subscription]] = {}

    async def answer(self, sdp: str) -> str:
        """
        Take the client's offer.

        Raises:
            MediaRefused: as `PeerPort.serve`.
        """
        async with self._turn:
            answer, served = await self.port.serve(sdp, self._streams)
            for line in served:
                known = self._lines.get(line.kind)
                if known is None:
                    stream = self._streams[line.kind]
                    subscription = Subscription(
                        stream.ssrc,
                        stream.rtx_ssrc,
                        line.codecs[0],
                        buffer=self._buffer,
                        outlet=self.port,
                    )
                    self.egress.add(NAME, subscription)
                else:
                    subscription = known[1]
                self._lines[line.kind] = (line, subscription)
            return answer

    def show(self, cue: Cue | None, sources: Sources, now_s: float) -> None:
        """Carry what is to be seen and heard at this moment."""
        for kind, (line, subscription) in self._lines.items():
            track, codec = None, None
            if self.connected:
                for one in shown(cue, sources, kind, self.hide):
                    # Silence is not missing: of sound the permission counts.
                    there = one.allowed if kind == "sound" else one.live(now_s)
                    codec = codec_for(one.codec, line.codecs) if there else None
                    if codec is not None:
                        track = one
                        break
            if track is not subscription.track:
                subscription.attach(None, now_s)
                if codec is not None:
                    subscription.recode(codec)
                subscription.attach(track, now_s)
            elif track is not None and len(track.layers) > 1:
                octets = sum(one.counters.octets for _, one in self._lines.values())
                self._announced.sent(octets, now_s)
                takes = self._announced.bound_bps(self.egress.counters.remb, now_s)
                best = layer_for(track.rates(now_s), takes, subscription.layer)
                subscription.wish(best, now_s)
                subscription.settle(now_s)  # layers come and go

    def carries(self, track: Track) -> bool:
        """Whether it is sent this track now."""
        return any(subscription.track is track for _, subscription in self._lines.values())

    def detach(self, now_s: float) -> None:
        """It is over: no track sends to it any more."""
        for _, subscription in self._lines.values():
            subscription.attach(None, now_s)
        self._lines.clear()

    def _send_rtcp(self, packet: bytes) -> bool:
        return self.port.send_rtcp(packet)

    # --- PeerEvents

    def on_rtp(self, packet: memoryview, now_s: float) -> None:
        """A receiver has nothing to send; the peer counts what comes."""

    def on_rtcp(self, packet: memoryview, now_s: float) -> None:
        self.egress.receive_rtcp(packet, now_s)

    def on_inbound(self, inbound: Sequence[Inbound]) -> None:
        """A receiver only receives."""

    def on_connected(self) -> None:
        self.connected = True

    def on_gone(self, reason: Reason) -> None:
        self._on_end(self, reason)


class Watchers:
    """
    All watchers of a room.

    Args:
        room: the room's name, for reports.
        make_peer: makes a peer for its owner.
        emit: takes reports.
        spawn: starts a task that outlives the call.
        limits: bounds.
        buffer: to send from; shared by the room.
        sources: what there is in the room at this moment.
        clock: monotonic, seconds.
    """

    def __init__(
        self,
        room: str,
        make_peer: MakePeer,
        emit: Callable[[Report], None],
        spawn: Spawn,
        limits: Limits,
        buffer: bytearray,
        sources: Callable[[], Sources],
        clock: Callable[[], float],
    ) -> None:
        self._room = room
        self._make_peer = make_peer
        self._emit = emit
        self._spawn = spawn
        self._limits = limits
        self._buffer = buffer
        self._sources = sources
        self._clock = clock
        self._cue: Cue | None = None
        self._watchers: dict[str, Watcher] = {}

    def has(self, peer_id: str) -> bool:
        """Whether a watcher of this name is here."""
        return peer_id in self._watchers

    async def watch(self, peer_id: str, hide: Sequence[str], sdp: str) -> str:
        """
        Take a watcher's offer; again: its ICE restarts, or what it takes changes.

        Raises:
            MediaRefused: TOO_MANY, UNKNOWN_PEER (it was disconnected meanwhile), and as
                `PeerPort.serve`.
        """
        watcher = self._watchers.get(peer_id)
        if watcher is not None:
            return await watcher.answer(sdp)
        if len(self._watchers) >= self._limits.watchers_per_room:
            raise MediaRefused(MediaCode.TOO_MANY, "watchers in the room")
        watcher = Watcher(peer_id, hide, self._limits, self._buffer, self._ended)
        watcher.port = self._make_peer(watcher, "publisher")
        self._watchers[peer_id] = watcher
        try:
            answer = await watcher.answer(sdp)
        except BaseException:
            await self.disconnect(peer_id)
            raise
        if self._watchers.get(peer_id) is not watcher:
            raise MediaRefused(MediaCode.UNKNOWN_PEER, f"{peer_id} was disconnected")
        return answer

    async def disconnect(self, peer_id: str) -> None:
        """End a watcher without a report; unknown ones are fine."""
        watcher = self._watchers.pop(peer_id, None)
        if watcher is not None:
            watcher.detach(self._clock())
            await watcher.port.close()

    async def close(self) -> None:
        """End all."""
        await asyncio.gather(*(self.disconnect(peer) for peer in tuple(self._watchers)))

    def cue(self, cue: Cue) -> None:
        """What the meeting is about from now on."""
        self._cue = cue
        self.show()

    def show(self) -> None:
        """Tracks came or went, or another one is to be seen."""
        if not self._watchers:
            return
        sources, now_s = self._sources(), self._clock()
        for watcher in self._watchers.values():
            watcher.show(self._cue, sources, now_s)

    def watch_track(self, track: Track) -> bool:
        """Whether anybody is sent this track now."""
        return any(watcher.carries(track) for watcher in self._watchers.values())

    def tick(self, *, report: bool) -> None:
        """Do what is due; *report*: sender reports too."""
        self.show()
        if report:
            now_s = self._clock()
            for watcher in self._watchers.values():
                watcher.egress.report(now_s)

    def _ended(self, watcher: Watcher, reason: Reason) -> None:
        if self._watchers.get(watcher.peer_id) is not watcher:
            return  # we ended it ourselves
        del self._watchers[watcher.peer_id]
        watcher.detach(self._clock())
        self._emit(PeerGone(room=self._room, peer=watcher.peer_id, reason=reason))
        self._spawn(watcher.port.close())


def _ssrcs(count: int) -> list[int]:
    """Different ones, none of them a reporter's (0, 1)."""
    found: set[int] = set()
    while len(found) < count:
        found.add(2 + secrets.randbelow(2**32 - 2))
    return list(found)
