"""
One room: its publishers, its subscribers, what is let through of whom, and the programme's worker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol

from media.congestion.outflow import Wake, never
from media.control import Cue, MediaCode, MediaRefused, PeerGone, Quality, Report, Source, Tile
from media.control import Offered as OfferedReport
from media.control import Speakers as SpeakersReport
from media.forwarding.track import Later, Track, at_once
from media.limits import Limits
from media.peers.port import SEND_SIZE, Kind
from media.rooms.peers import MakePeer
from media.rooms.programme import Programme
from media.rooms.publisher import Publisher, Reason
from media.rooms.quality import Meter
from media.rooms.resting import RestingLayers
from media.rooms.slots import SourceKey
from media.rooms.speakers import Speakers
from media.rooms.subscriber import Subscriber
from media.rooms.watcher import Watchers

Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


class Chores(Protocol):
    """What is done again and again: see `media.peers.patience.Patience`."""

    def every(self, period_s: float, chore: Callable[[], None], /) -> None: ...

    def cease(self, chore: Callable[[], None], /) -> None: ...


class Room:
    """
    The owner of a room's state.

    Args:
        name: the room's id.
        make_peer: makes a peer for its owner.
        emit: takes reports.
        spawn: starts a task that outlives the call.
        chores: calls the room's tick.
        limits: bounds.
        clock: monotonic, seconds.
        later: as `media.forwarding.track.Track` takes it.
        wake: calls something after so many seconds, for packets that wait to be sent.
    """

    def __init__(
        self,
        name: str,
        make_peer: MakePeer,
        emit: Callable[[Report], None],
        spawn: Spawn,
        chores: Chores,
        limits: Limits,
        clock: Callable[[], float],
        later: Later = at_once,
        wake: Wake = never,
    ) -> None:
        self.name = name
        self._make_peer = make_peer
        self._emit = emit
        self._spawn = spawn
        self._chores = chores
        self._limits = limits
        self._clock = clock
        self._later = later
        self._wake = wake
        self._cue: Cue | None = None
        self._programme: Programme | None = None
        self._buffer = bytearray(SEND_SIZE)
        self._watchers = Watchers(
            name, make_peer, emit, spawn, limits, self._buffer, self._sources, clock
        )
        self._permissions: dict[str, Mapping[Kind, bool]] = {}
        self._publishers: dict[str, Publisher] = {}  # by person
        self._subscribers: dict[str, Subscriber] = {}  # by peer
        self._peers: dict[str, Publisher | Subscriber] = {}
        self._offering: dict[str, asyncio.Task[None]] = {}
        # of linked persons: whether sound, picture and screen were on at the last report
        self._reported: dict[str, tuple[bool, bool, bool]] = {}
        self._resting = RestingLayers(name, emit, limits)
        self._speakers = Speakers()
        self._meter = Meter()
        self._ticks = 0

    # --- life

    def start(self) -> None:
        """Tick from now on."""
        self._chores.every(self._limits.tick_s, self._tick)

    @property
    def has_programme(self) -> bool:
        """Whether a livestream is composed."""
        return self._programme is not None

    def begin_programme(self, programme: Programme) -> None:
        """Compose a livestream from now on, of whoever is here already and whoever comes."""
        self._programme = programme
        programme.sources_changed(self._sources())
        self._spawn(programme.run())

    def _tick(self) -> None:
        self.tick(self._clock())

    async def close(self) -> None:
        """Disconnect everybody and finish the programme, which takes `worker_finish_s` at most."""
        await self._empty()
        if self._programme is not None:
            await self._programme.finish()

    async def leave(self) -> None:
        """The process ends, the meeting doesn't: disconnect everybody, let the programme be."""
        await self._empty()
        if self._programme is not None:
            await self._programme.leave()

    async def _empty(self) -> None:
        self._chores.cease(self._tick)
        await asyncio.gather(
            self._watchers.close(), *(self.disconnect(peer) for peer in tuple(self._peers))
        )

    def has(self, peer_id: str) -> bool:
        """Whether a peer of this name is here."""
        return peer_id in self._peers or self._watchers.has(peer_id)

    # --- requests

    async def publish(self, peer_id: str, person: str, sdp: str) -> str:
        """
        Take a publisher's offer; a new peer of the same person takes over.

        Raises:
            MediaRefused: TOO_MANY, UNKNOWN_PEER (the name belongs to another), and as
                `PeerPort.answer`.
        """
        publisher = self._peers.get(peer_id)
        if publisher is None:
            self._admit()
            publisher = Publisher(
                peer_id, person, self._limits, self._changed, self._ended, self._later
            )
            publisher.port = self._make_peer(publisher, "publisher")
            self._peers[peer_id] = publisher
            try:
                answer = await publisher.answer(sdp)
            except BaseException:
                await self.disconnect(peer_id)
                raise
        elif isinstance(publisher, Publisher) and publisher.person == person:
            answer = await publisher.answer(sdp)
        else:
            raise MediaRefused(MediaCode.UNKNOWN_PEER, f"{peer_id} belongs to another")
        if self._peers.get(peer_id) is not publisher:
            raise MediaRefused(MediaCode.UNKNOWN_PEER, f"{peer_id} was disconnected")
        before = self._publishers.get(person)
        if before is not publisher:
            self._publishers[person] = publisher
            if before is not None:
                del self._peers[before.peer_id]
                self._emit(PeerGone(room=self.name, peer=before.peer_id, reason="closed"))
                self._spawn(before.port.close())
            self._changed(publisher)
        return answer

    async def subscribe(self, peer_id: str, hide: Sequence[str], *, deaf: bool = False) -> None:
        """
        Make a subscriber, or restart its ICE.

        Raises:
            MediaRefused: TOO_MANY, UNKNOWN_PEER (the name belongs to a publisher).
        """
        subscriber = self._peers.get(peer_id)
        if isinstance(subscriber, Subscriber):
            subscriber.restart(hide, deaf=deaf)
            return
        if subscriber is not None:
            raise MediaRefused(MediaCode.UNKNOWN_PEER, f"{peer_id} is a publisher")
        self._admit()
        subscriber = Subscriber(
            peer_id,
            hide,
            deaf,
            self._limits,
            self._buffer,
            self._sources,
            self._clock,
            self._wake,
            self._offered,
            self._ended,
        )
        subscriber.cue = self._cue
        subscriber.port = self._make_peer(subscriber, "subscriber")
        self._peers[peer_id] = subscriber
        self._subscribers[peer_id] = subscriber
        self._offering[peer_id] = self._spawn(subscriber.run())
        subscriber.sources_changed()

    async def watch(self, peer_id: str, hide: Sequence[str], sdp: str) -> str:
        """
        Take the offer of a peer that receives what the meeting is about.

        Raises:
            MediaRefused: TOO_MANY, UNKNOWN_PEER (the name belongs to another), and as
                `PeerPort.serve`.
        """
        if peer_id in self._peers:
            raise MediaRefused(MediaCode.UNKNOWN_PEER, f"{peer_id} is no watcher")
        if not self._watchers.has(peer_id):
            self._admit()
        return await self._watchers.watch(peer_id, hide, sdp)

    async def answer(self, peer_id: str, offer: int, sdp: str) -> None:
        """
        Take a subscriber's answer.

        Raises:
            MediaRefused: UNKNOWN_PEER, and as `PeerPort.accept`.
        """
        subscriber = self._subscribers.get(peer_id)
        if subscriber is None:
            raise MediaRefused(MediaCode.UNKNOWN_PEER, peer_id)
        await subscriber.answer(offer, sdp)

    def show(self, peer_id: str, tiles: Sequence[Tile]) -> None:
        """What a subscriber shows from now on; unknown ones are fine."""
        subscriber = self._subscribers.get(peer_id)
        if subscriber is not None:
            now_s = self._clock()
            heights = {SourceKey(tile.person, tile.kind): tile.height for tile in tiles}
            subscriber.shown.tell(heights, now_s)
            subscriber.work(now_s)
            self._rest_layers(now_s)

    async def disconnect(self, peer_id: str) -> None:
        """End a peer without a report; unknown ones are fine."""
        await self._watchers.disconnect(peer_id)
        member = self._peers.get(peer_id)
        if member is not None:
            self._forget(member)
            await member.port.close()

    def allow(self, person: str, *, sound: bool, picture: bool, screen: bool | None = None) -> None:
        """
        Open or close a person's gates, from the next packet on.

        Args:
            screen: None: as the picture.

        Raises:
            MediaRefused: TOO_MANY persons with a permission.
        """
        screen = picture if screen is None else screen
        if sound or picture or screen:
            if (
                person not in self._permissions
                and len(self._permissions) >= self._limits.persons_per_room
            ):
                raise MediaRefused(MediaCode.TOO_MANY, "persons")
            self._permissions[person] = {
                "sound": sound,
                "picture": picture,
                "screen": screen,
            }
        else:
            self._permissions.pop(person, None)
        publisher = self._publishers.get(person)
        if publisher is not None:
            self._set_gates(publisher)

    def cue(self, cue: Cue) -> None:
        """What the meeting is about from now on: for the programme, and for who receives."""
        self._cue = cue
        for subscriber in self._subscribers.values():
            subscriber.cue = cue
        self._watchers.cue(cue)
        if self._programme is not None:
            self._programme.cue(cue)

    def _admit(self) -> None:
        if len(self._peers) >= self._limits.peers_per_room:
            raise MediaRefused(MediaCode.TOO_MANY, "peers in the room")

    # --- what peers tell

    def _changed(self, publisher: Publisher) -> None:
        if self._publishers.get(publisher.person) is not publisher:
            return  # not answered yet, or replaced
        self._set_gates(publisher)
        self._sources_changed()
        self._report(publisher.person, self._clock())

    def _offered(self, subscriber: Subscriber, number: int, sdp: str) -> None:
        self._emit(OfferedReport(peer=subscriber.peer_id, offer=number, sdp=sdp))

    def _ended(self, member: Publisher | Subscriber, reason: Reason) -> None:
        if self._peers.get(member.peer_id) is not member:
            return  # we ended it ourselves
        self._forget(member)
        self._emit(PeerGone(room=self.name, peer=member.peer_id, reason=reason))
        self._spawn(member.port.close())

    def _forget(self, member: Publisher | Subscriber) -> None:
        del self._peers[member.peer_id]
        if isinstance(member, Subscriber):
            del self._subscribers[member.peer_id]
            self._offering.pop(member.peer_id).cancel()
            member.detach()
        elif self._publishers.get(member.person) is member:
            del self._publishers[member.person]
            self._sources_changed()
            self._report(member.person, self._clock())

    # --- sources

    def _sources(self) -> dict[SourceKey, Track]:
        return {
            SourceKey(person, kind): track
            for person, publisher in self._publishers.items()
            for kind, track in publisher.tracks.items()
        }

    def _sources_changed(self) -> None:
        for subscriber in self._subscribers.values():
            subscriber.sources_changed()
        self._watchers.show()
        if self._programme is not None:
            self._programme.sources_changed(self._sources())

    def _set_gates(self, publisher: Publisher) -> None:
        permission = self._permissions.get(publisher.person, {})
        now_s = self._clock()
        for kind, track in publisher.tracks.items():
            track.allow(permission.get(kind, False), now_s)

    def _report(self, person: str, now_s: float) -> None:
        publisher = self._publishers.get(person)
        if publisher is None or not publisher.connected:
            if self._reported.pop(person, None) is not None:
                self._emit(
                    Source(room=self.name, person=person, sound=False, picture=False, linked=False)
                )
            return
        tracks = publisher.tracks
        kinds: tuple[Kind, ...] = ("sound", "picture", "screen")
        sound, picture, screen = (kind in tracks and tracks[kind].live(now_s) for kind in kinds)
        if (sound, picture, screen) != self._reported.get(person):
            self._reported[person] = (sound, picture, screen)
            self._emit(
                Source(
                    room=self.name,
                    person=person,
                    sound=sound,
                    picture=picture,
                    screen=screen,
                    linked=True,
                )
            )

    def _report_speakers(self, now_s: float) -> None:
        levels = {
            person: voice.level(now_s, self._limits.silent_s)
            for person, publisher in self._publishers.items()
            if (track := publisher.tracks.get("sound")) is not None
            and track.allowed
            and (voice := track.layers[0].voice) is not None
        }
        speakers = self._speakers.update(levels, now_s)
        if speakers is not None:
            self._emit(SpeakersReport(room=self.name, persons=speakers))

    def _report_quality(self, now_s: float) -> None:
        peers = self._meter.look(self._publishers.values(), self._subscribers.values(), now_s)
        if peers:
            self._emit(Quality(room=self.name, peers=peers))

    def _rest_layers(self, now_s: float) -> None:
        self._resting.look(
            self._publishers.values(), self._subscribers.values(), self._composed, now_s
        )

    def _composed(self, track: Track) -> bool:
        """Whether it is watched as large as it comes, by the programme or by watchers."""
        programme = self._programme is not None and self._programme.watches(track)
        return programme or self._watchers.watch_track(track)

    # --- time

    def tick(self, now_s: float) -> None:
        """Do what is due; called every `tick_s`."""
        self._ticks += 1
        period = max(1, round(self._limits.report_s / self._limits.tick_s))
        for index, publisher in enumerate(self._publishers.values()):
            publisher.ingress.work(now_s)
            self._report(publisher.person, now_s)
            if (self._ticks + index) % period == 0:
                publisher.ingress.report(now_s)
        self._report_speakers(now_s)
        if self._ticks % max(1, round(self._limits.quality_s / self._limits.tick_s)) == 0:
            self._report_quality(now_s)
        if self._programme is not None:
            self._programme.settle(now_s)
        # spread over the period, so that sixty reports don't delay the packets behind them
        for index, subscriber in enumerate(self._subscribers.values()):
            subscriber.work(now_s)
            if (self._ticks + index) % period == 0:
                subscriber.egress.report(now_s)
        self._rest_layers(now_s)
        self._watchers.tick(report=self._ticks % period == 0)
