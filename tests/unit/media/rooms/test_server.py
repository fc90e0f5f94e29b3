"""Requests find their room and their peer, or are refused with a code."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest

from media.control import (
    Allow,
    Answer,
    CloseRoom,
    Cue,
    CueProgramme,
    Disconnect,
    MediaRefused,
    Offered,
    OpenRoom,
    PeerGone,
    ProgrammeState,
    Publish,
    Request,
    Subscribe,
)
from media.limits import Limits
from media.peers.patience import Patience
from media.peers.port import PeerEvents
from media.programme.feed import CueNote, Finish, SourceUp
from media.rooms.server import RoomServer
from tests.unit.media.rooms.fakes import FakePeer, FakeWorker, Reports, on_loop, settle
from tests.unit.media.wire import picture_line, rtp, sound_line

CUE = Cue(mode="opening", title="会议")


class Process:
    """A server with fake peers and workers."""

    def __init__(self) -> None:
        self.reports = Reports()
        self.peers: list[FakePeer] = []
        self.workers: list[FakeWorker] = []
        self.patience = Patience()
        self.server = RoomServer(
            self._make,
            self.reports,
            self.patience,
            Limits(rooms=2, gather_s=0),
            launch=self._launch,
        )

    def _make(self, events: PeerEvents, kind: Literal["publisher", "subscriber"]) -> FakePeer:
        peer = FakePeer(events, kind)
        peer.inbound = (sound_line(), picture_line())
        self.peers.append(peer)
        return peer

    async def _launch(self, room: str, folder: str, line: socket.socket) -> FakeWorker:
        worker = FakeWorker(room, folder, line)
        self.workers.append(worker)
        return worker

    async def ask(self, *requests: Request) -> str | None:
        """Carry out requests one after the other; the last answer."""
        answer = None
        for request in requests:
            answer = await self.server.handle(request)
            await settle()
        return answer


@asynccontextmanager
async def process() -> AsyncIterator[Process]:
    opened = Process()
    try:
        yield opened
    finally:
        for worker in opened.workers:
            worker.exit()
        await opened.server.close()
        opened.patience.close()


PUBLISH = Publish(room="m", peer="a/pub", person="a", sdp="offer")
SUBSCRIBE = Subscribe(room="m", peer="b/sub", hide=("b",))


@on_loop
async def test_a_meeting_from_its_opening_to_its_close() -> None:
    async with process() as p:
        answer = await p.ask(
            OpenRoom(room="m"), Allow(room="m", person="a", sound=True, picture=True), PUBLISH
        )
        assert answer == "answer to offer"
        await p.ask(SUBSCRIBE)
        (offered,) = p.reports.of(Offered)
        await p.ask(Answer(peer="b/sub", offer=offered.offer, sdp=""))
        a, b = p.peers
        b.events.on_connected()
        a.events.on_rtp(rtp(1, ssrc=20, payload_type=111), 0.0)
        assert len(b.wire.sent) == 1
        await p.ask(CloseRoom(room="m"))
        assert a.closed
        assert b.closed
        assert p.reports.of(PeerGone) == []
        with pytest.raises(MediaRefused, match="unknown_room"):
            await p.ask(SUBSCRIBE)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (PUBLISH, "unknown_room"),
        (SUBSCRIBE, "unknown_room"),
        (Allow(room="m", person="a", sound=True, picture=True), "unknown_room"),
        (CueProgramme(room="m", cue=CUE), "unknown_room"),
        (Answer(peer="b/sub", offer=1, sdp=""), "unknown_peer"),
    ],
)
def test_what_is_not_there_is_refused(request_: Request, code: str) -> None:
    async def ask() -> None:
        async with process() as p:
            with pytest.raises(MediaRefused, match=code):
                await p.ask(request_)

    asyncio.run(ask())


@on_loop
async def test_closing_and_disconnecting_what_is_not_there_is_fine() -> None:
    async with process() as p:
        await p.ask(CloseRoom(room="m"), Disconnect(peer="nobody"))


@on_loop
async def test_opening_twice_changes_nothing() -> None:
    async with process() as p:
        await p.ask(OpenRoom(room="m"), PUBLISH, OpenRoom(room="m"), Disconnect(peer="a/pub"))
        assert p.peers[0].closed


@on_loop
async def test_rooms_are_bounded() -> None:
    async with process() as p:
        await p.ask(OpenRoom(room="m"), OpenRoom(room="n"))
        with pytest.raises(MediaRefused, match="too_many"):
            await p.ask(OpenRoom(room="o"))
        await p.ask(CloseRoom(room="n"), OpenRoom(room="o"))


@on_loop
async def test_a_peer_is_in_one_room() -> None:
    async with process() as p:
        await p.ask(OpenRoom(room="m"), OpenRoom(room="n"), PUBLISH)
        with pytest.raises(MediaRefused, match="unknown_peer"):
            await p.ask(PUBLISH.model_copy(update={"room": "n"}))


@on_loop
async def test_a_room_with_a_folder_has_a_programme() -> None:
    async with process() as p:
        await p.ask(OpenRoom(room="m", programme="/folder"), CueProgramme(room="m", cue=CUE))
        (worker,) = p.workers
        assert worker.notes() == [CueNote(cue=CUE)]
        await p.ask(CloseRoom(room="m"))
        assert worker.notes() == [Finish()]
        assert p.reports.of(ProgrammeState)[-1].state == "starting", "the reply did not wait"
        worker.exit()
        await p.reports.next(ProgrammeState, 2)
        assert p.reports.of(ProgrammeState)[-1].state == "ended"


@on_loop
async def test_a_programme_begins_in_a_room_that_has_been_there() -> None:
    """Members link before the meeting opens; what is recorded begins with the opening."""
    async with process() as p:
        await p.ask(OpenRoom(room="m"), PUBLISH)
        assert p.workers == []
        again = OpenRoom(room="m", programme="/folder")
        await p.ask(again, CueProgramme(room="m", cue=CUE), again)
        (worker,) = p.workers
        assert worker.folder == "/folder"
        ups = [note.person for note in worker.notes() if isinstance(note, SourceUp)]
        assert ups == ["a", "a"]


@on_loop
async def test_a_meeting_that_is_open_goes_on_after_the_server() -> None:
    async with process() as p:
        await p.ask(OpenRoom(room="m", programme="/folder"))
        (worker,) = p.workers
        closing = asyncio.create_task(p.server.close())
        await settle()
        assert worker.notes() == [], "no word of finishing"
        worker.exit()
        await closing
        assert p.reports.of(ProgrammeState)[-1].state == "interrupted"


@on_loop
async def test_closing_the_server_waits_for_programmes_that_are_being_finished() -> None:
    async with process() as p:
        await p.ask(OpenRoom(room="m", programme="/folder"), CloseRoom(room="m"))
        (worker,) = p.workers
        closing = asyncio.create_task(p.server.close())
        await settle()
        assert not worker.killed
        worker.exit()
        await closing
        assert p.reports.of(ProgrammeState)[-1].state == "ended"
