"""
All rooms of a media process: carries out the requests of `media.control`, emits its reports.

    rooms = RoomServer(make_peer, emit, chores)
    answer = await rooms.handle(request)
    await rooms.close()
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, assert_never

from media.control import (
    Allow,
    Answer,
    CloseRoom,
    CueProgramme,
    Disconnect,
    MediaCode,
    MediaRefused,
    OpenRoom,
    Publish,
    Report,
    Request,
    Show,
    Subscribe,
    Watch,
)
from media.forwarding.track import Later, at_once
from media.limits import Limits
from media.rooms.peers import MakePeer
from media.rooms.programme import Programme
from media.rooms.room import Chores, Room
from media.rooms.worker import Launch, launch_worker

_log = logging.getLogger(__name__)


class RoomServer:
    """
    Args:
        make_peer: makes a peer for its owner.
        emit: takes reports, in order; must not block.
        chores: calls the rooms' ticks.
        limits: bounds.
        launch: starts a programme worker.
        clock: monotonic, seconds; the one that peers stamp packets with.
        later: calls something once the sockets were read; as `media.forwarding.track.Track`
            takes it.
    """

    def __init__(
        self,
        make_peer: MakePeer,
        emit: Callable[[Report], None],
        chores: Chores,
        limits: Limits | None = None,
        *,
        launch: Launch = launch_worker,
        clock: Callable[[], float] = time.monotonic,
        later: Later = at_once,
    ) -> None:
        self._make_peer = make_peer
        self._emit = emit
        self._chores = chores
        self._limits = limits if limits is not None else Limits()
        self._launch = launch
        self._clock = clock
        self._later = later
        self._rooms: dict[str, Room] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """
        Leave every room, and end what still runs.

        Only what was closed is finished: an open meeting goes on in the process that comes next.
        """
        rooms = tuple(self._rooms.values())
        self._rooms.clear()
        await asyncio.gather(*(room.leave() for room in rooms), *self._closing)
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def handle(self, request: Request) -> str | None:
        """
        Carry out one request. Requests may overlap; those about one peer are done in their order.

        Returns: the answer for `Publish` and `Watch`, else None.

        Raises:
            MediaRefused: with the reason.
        """
        match request:
            case OpenRoom():
                self._open(request)
            case CloseRoom():
                room = self._rooms.pop(request.room, None)
                if room is not None:
                    # Finishing the recording takes seconds; its end is reported.
                    closing = self._spawn(room.close())
                    self._closing.add(closing)
                    closing.add_done_callback(self._closing.discard)
            case Publish():
                room = self._room_for(request.room, request.peer)
                return await room.publish(request.peer, request.person, request.sdp)
            case Subscribe():
                await self._room_for(request.room, request.peer).subscribe(
                    request.peer, request.hide, deaf=request.deaf
                )
            case Watch():
                room = self._room_for(request.room, request.peer)
                return await room.watch(request.peer, request.hide, request.sdp)
            case Show():
                room = self._room_of(request.peer)
                if room is not None:
                    room.show(request.peer, request.tiles)
            case Answer():
                room = self._room_of(request.peer)
                if room is None:
                    raise MediaRefused(MediaCode.UNKNOWN_PEER, request.peer)
                await room.answer(request.peer, request.offer, request.sdp)
            case Disconnect():
                room = self._room_of(request.peer)
                if room is not None:
                    await room.disconnect(request.peer)
            case Allow():
                self._room(request.room).allow(
                    request.person,
                    sound=request.sound,
                    picture=request.picture,
                    screen=request.screen,
                )
            case CueProgramme():
                self._room(request.room).cue(request.cue)
            case _:
                assert_never(request)
        return None

    def _open(self, request: OpenRoom) -> None:
        room = self._rooms.get(request.room)
        if room is None:
            if len(self._rooms) >= self._limits.rooms:
                raise MediaRefused(MediaCode.TOO_MANY, "rooms")
            room = self._rooms[request.room] = Room(
                request.room,
                self._make_peer,
                self._emit,
                self._spawn,
                self._chores,
                self._limits,
                self._clock,
                self._later,
                _wake,
            )
            room.start()
        if request.programme is not None and not room.has_programme:
            room.begin_programme(
                Programme(
                    request.room,
                    request.programme,
                    self._launch,
                    self._emit,
                    self._limits,
                    self._clock,
                )
            )

    def _room(self, name: str) -> Room:
        room = self._rooms.get(name)
        if room is None:
            raise MediaRefused(MediaCode.UNKNOWN_ROOM, name)
        return room

    def _room_for(self, name: str, peer: str) -> Room:
        room = self._room(name)
        if self._room_of(peer) not in (None, room):
            raise MediaRefused(MediaCode.UNKNOWN_PEER, f"{peer} is in another room")
        return room

    def _room_of(self, peer: str) -> Room | None:
        return next((room for room in self._rooms.values() if room.has(peer)), None)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(_guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _guarded(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:  # noqa: BLE001 - the edge of a task: one room's fault must not end the others
        _log.exception("a task of the media rooms failed")


def _wake(after_s: float, call: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(after_s, call)
