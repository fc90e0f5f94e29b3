"""
Contract of `MediaPlane`, on its one adapter: the real media process.

The clients are stock ones of aiortc, on loopback.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator

import pytest

from media import child, priority
from media.child import ChildMediaPlane
from media.control import (
    Allow,
    Answer,
    CloseRoom,
    Disconnect,
    MediaCode,
    MediaRefused,
    Offered,
    OpenRoom,
    PeerGone,
    Publish,
    Restarted,
    Source,
    Subscribe,
)
from media.settings import MediaSettings
from tests.media_clients import Client, loopback
from tests.media_plane import WAIT_S, Plane, running


@pytest.fixture(autouse=True)
def _loopback() -> Iterator[None]:
    with loopback():
        yield


Scenario = Callable[[Plane], Awaitable[None]]


@pytest.fixture(scope="module")
def shared() -> Iterator[Callable[[Scenario], None]]:
    """Runs scenarios on one process, each in a room of its own: starting one takes a second."""
    rooms = itertools.count()
    with asyncio.Runner() as runner:
        running_plane = running()
        plane = runner.run(running_plane.__aenter__())

        async def play(scenario: Scenario) -> None:
            await plane.enter(f"room-{next(rooms)}")
            await scenario(plane)
            await plane.port.request(CloseRoom(room=plane.room))

        yield lambda scenario: runner.run(play(scenario))
        runner.run(running_plane.__aexit__(None, None, None))


def run(scenario: Scenario) -> None:
    """Runs a scenario on a process that it may kill."""

    async def whole() -> None:
        async with running() as plane:
            await scenario(plane)

    asyncio.run(whole())


def test_what_is_allowed_arrives_and_nothing_else(shared: Callable[[Scenario], None]) -> None:
    async def scenario(plane: Plane) -> None:
        one = await plane.publish("p1")
        await plane.port.request(Subscribe(room=plane.room, peer="p2/sub", hide=("p2",)))
        two = Client()
        answering = asyncio.create_task(answer_all(plane, two, "p2/sub"))
        await plane.allow("p1", sound=False, picture=True)
        await two.decoded("video", 5)
        assert two.frames["audio"] == 0
        await plane.report(Source, lambda s: s.picture and not s.sound and s.linked)
        await plane.allow("p1", sound=True, picture=True)
        await two.decoded("audio", 20)
        await plane.report(Source, lambda s: s.picture and s.sound)
        answering.cancel()
        await asyncio.gather(one.close(), two.close())

    shared(scenario)


async def answer_all(plane: Plane, client: Client, peer: str) -> None:
    """What a client does all its life."""
    while True:
        await plane.answer(client, peer)


def test_a_closed_floor_lets_no_sound_through(shared: Callable[[Scenario], None]) -> None:
    """What decides is the forwarder: the publisher goes on sending."""

    async def scenario(plane: Plane) -> None:
        one = await plane.publish("p1")
        await plane.port.request(Subscribe(room=plane.room, peer="p2/sub"))
        two = Client()
        answering = asyncio.create_task(answer_all(plane, two, "p2/sub"))
        await plane.allow("p1")
        await two.decoded("audio", 20)
        await plane.allow("p1", sound=False)
        await plane.report(Source, lambda s: s.picture and not s.sound)
        before = await packets_of(two, "audio")
        await two.decoded("video", 10)
        assert await packets_of(two, "audio") - before <= 2  # those on their way
        answering.cancel()
        await asyncio.gather(one.close(), two.close())

    shared(scenario)


async def packets_of(client: Client, kind: str) -> int:
    """RTP packets received of a kind, as the client counts them."""
    report = await client.pc.getStats()
    return sum(
        int(entry.packetsReceived)
        for entry in report.values()
        if entry.type == "inbound-rtp" and entry.kind == kind
    )


def test_nobody_gets_the_own_media(shared: Callable[[Scenario], None]) -> None:
    async def scenario(plane: Plane) -> None:
        one = await plane.publish("p1")
        await plane.allow("p1")
        await plane.report(Source, lambda s: s.person == "p1" and s.picture and s.sound)
        await plane.port.request(Subscribe(room=plane.room, peer="p1/sub", hide=("p1",)))
        two = await plane.publish("p2")
        offered = await plane.report(Offered)
        assert "a=msid:p2 " in offered.sdp
        assert "p1" not in offered.sdp
        await asyncio.gather(one.close(), two.close())

    shared(scenario)


def test_an_offer_is_answered_once_and_only_the_newest(shared: Callable[[Scenario], None]) -> None:
    async def scenario(plane: Plane) -> None:
        one = await plane.publish("p1")
        await plane.port.request(Subscribe(room=plane.room, peer="p2/sub"))
        two = Client()
        offered = await plane.report(Offered)
        answer = await two.answer(offered.sdp)

        def send(number: int, sdp: str = answer) -> Awaitable[object]:
            return plane.port.request(Answer(peer="p2/sub", offer=number, sdp=sdp))

        assert await plane.refused(send(offered.offer + 1)) is MediaCode.STALE_OFFER
        assert await plane.refused(send(offered.offer, "v=0")) is MediaCode.BAD_SDP
        await send(offered.offer)
        assert await plane.refused(send(offered.offer)) is MediaCode.STALE_OFFER
        await asyncio.gather(one.close(), two.close())

    shared(scenario)


@pytest.mark.parametrize("sdp", ["x", "v=0", "v=0\r\nm=audio", "会议", "v=0\r\n" * 9_000])
def test_a_broken_offer_is_refused_and_forgotten(
    shared: Callable[[Scenario], None], sdp: str
) -> None:
    async def scenario(plane: Plane) -> None:
        broken = Publish(room=plane.room, peer="p1/pub", person="p1", sdp=sdp)
        assert await plane.refused(plane.port.request(broken)) is MediaCode.BAD_SDP
        client = await plane.publish("p1")
        await plane.report(Source, lambda s: s.linked)
        await client.close()

    shared(scenario)


def test_what_does_not_exist_is_refused(shared: Callable[[Scenario], None]) -> None:
    async def scenario(plane: Plane) -> None:
        ask = plane.port.request
        nowhere = MediaCode.UNKNOWN_ROOM
        assert await plane.refused(ask(Subscribe(room="?", peer="p"))) is nowhere
        assert (
            await plane.refused(ask(Publish(room="?", peer="p", person="p", sdp="v=0"))) is nowhere
        )
        assert (
            await plane.refused(ask(Allow(room="?", person="p", sound=True, picture=True)))
            is nowhere
        )
        assert (
            await plane.refused(ask(Answer(peer="?", offer=1, sdp="v=0"))) is MediaCode.UNKNOWN_PEER
        )
        await ask(Disconnect(peer="?"))
        await ask(CloseRoom(room="?"))
        await ask(OpenRoom(room=plane.room))

    shared(scenario)


def test_a_client_that_leaves_is_reported(shared: Callable[[Scenario], None]) -> None:
    async def scenario(plane: Plane) -> None:
        client = await plane.publish("p1")
        await plane.allow("p1")
        await plane.report(Source, lambda s: s.linked and s.sound)
        await client.close()
        gone = await plane.report(PeerGone)
        assert (gone.room, gone.peer, gone.reason) == (plane.room, "p1/pub", "closed")
        await plane.report(Source, lambda s: not s.linked and not s.sound)

    shared(scenario)


def test_a_client_that_is_disconnected_hears_of_it(shared: Callable[[Scenario], None]) -> None:
    async def scenario(plane: Plane) -> None:
        client = await plane.publish("p1")
        await plane.report(Source, lambda s: s.linked)
        closed = asyncio.Event()
        client.pc.on("connectionstatechange", lambda: states(client, closed))
        await plane.port.request(Disconnect(peer="p1/pub"))
        async with asyncio.timeout(WAIT_S):
            await closed.wait()
        await client.close()

    shared(scenario)


def states(client: Client, closed: asyncio.Event) -> None:
    if client.pc.connectionState in ("closed", "failed"):
        closed.set()


def test_a_closed_room_is_gone(shared: Callable[[Scenario], None]) -> None:
    async def scenario(plane: Plane) -> None:
        client = await plane.publish("p1")
        await plane.port.request(CloseRoom(room=plane.room))
        again = Subscribe(room=plane.room, peer="p2/sub")
        assert await plane.refused(plane.port.request(again)) is MediaCode.UNKNOWN_ROOM
        await client.close()

    shared(scenario)


def test_foreign_packets_at_its_ports_disturb_nobody(
    shared: Callable[[Scenario], None], capfd: pytest.CaptureFixture[str]
) -> None:
    async def scenario(plane: Plane) -> None:
        client = await plane.publish("p1")
        await plane.allow("p1")
        await plane.report(Source, lambda s: s.sound and s.picture)
        throw_at(ports_of(client))
        await plane.port.request(Subscribe(room=plane.room, peer="p2/sub"))
        two = Client()
        await plane.answer(two, "p2/sub")
        await two.decoded("video", 3)
        await asyncio.gather(client.close(), two.close())

    shared(scenario)
    assert "Traceback" not in capfd.readouterr().err


def ports_of(client: Client) -> list[int]:
    """UDP ports of the service that a client was told."""
    lines = client.pc.remoteDescription.sdp.splitlines()
    return [int(line.split(" ")[5]) for line in lines if line.startswith("a=candidate")]


def throw_at(ports: list[int]) -> None:
    """STUN, DTLS, RTP, RTCP and noise of a stranger."""
    cookie = bytes.fromhex("2112a442")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for port in ports:
            for packet in (
                b"",
                b"\x00",
                b"\x00\x01\x00\x00" + cookie + b"t" * 12,
                b"\x01\x01\x00\x00" + cookie + b"t" * 12,
                b"\x00\x01\x00\x08" + cookie + b"t" * 12 + b"\x00\x24\x00\x02\x00\x00\x00\x00",
                b"\x16\xfe\xfd" + bytes(60),
                b"\x80\x60" + os.urandom(200),
                b"\x80\xc9" + os.urandom(60),
                b"\xff" * 1_472,
            ):
                stranger.sendto(packet, ("127.0.0.1", port))


def test_packets_come_before_other_work_where_that_is_allowed() -> None:
    async def scenario(plane: Plane) -> None:
        assert plane.child.pid is not None
        own = os.getpriority(os.PRIO_PROCESS, 0)
        expected = priority.FORWARDER if os.geteuid() == 0 else own
        assert os.getpriority(os.PRIO_PROCESS, plane.child.pid) == expected

    run(scenario)


def test_a_process_that_dies_is_replaced() -> None:
    async def scenario(plane: Plane) -> None:
        client = await plane.publish("p1")
        first = plane.child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        gap = Subscribe(room=plane.room, peer="p2/sub")
        codes = {await plane.refused(plane.port.request(gap)) for _ in range(3)}
        assert codes == {MediaCode.UNAVAILABLE}
        await plane.report(Restarted)
        assert plane.child.pid not in (None, first)
        # Everything is gone with it, and can be set up anew at once.
        assert await plane.refused(plane.port.request(gap)) is MediaCode.UNKNOWN_ROOM
        await plane.port.request(OpenRoom(room=plane.room))
        again = await plane.publish("p1")
        await plane.report(Source, lambda s: s.linked)
        await asyncio.gather(client.close(), again.close())

    run(scenario)


def test_another_process_waits_to_take_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time too, but not if it died itself; with the service it ends."""
    monkeypatch.setattr(child, "SPARE_AFTER_S", 0.0)

    async def ready(plane: Plane) -> int:
        async with asyncio.timeout(WAIT_S):
            while (spare := plane.child._spare._running) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return spare.process.pid

    async def scenario() -> None:
        async with running() as plane:
            for _ in range(2):
                spare, first = await ready(plane), plane.child.pid
                assert first is not None
                os.kill(first, signal.SIGKILL)
                await plane.report(Restarted)
                assert plane.child.pid == spare
                await plane.port.request(OpenRoom(room=plane.room))
            spare, last = await ready(plane), plane.child.pid
            assert last is not None
            os.kill(spare, signal.SIGKILL)
            async with asyncio.timeout(WAIT_S):
                while plane.child._spare._running is not None:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            os.kill(last, signal.SIGKILL)
            await plane.report(Restarted)
            assert plane.child.pid not in (None, spare, last)
            spare = await ready(plane)
        with pytest.raises(ProcessLookupError):
            os.kill(spare, 0)

    asyncio.run(scenario())


def test_a_request_that_was_under_way_when_it_died_is_refused() -> None:
    async def scenario(plane: Plane) -> None:
        pid = plane.child.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        asked = asyncio.create_task(plane.refused(plane.port.request(OpenRoom(room="m2"))))
        await asyncio.sleep(0)
        os.kill(pid, signal.SIGKILL)
        assert await asked is MediaCode.UNAVAILABLE
        await plane.report(Restarted)

    run(scenario)


def test_a_process_that_does_not_answer_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario(plane: Plane) -> None:
        monkeypatch.setattr(child, "ANSWER_S", 0.2)
        pid = plane.child.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        late = plane.port.request(OpenRoom(room="m2"))
        assert await plane.refused(late) is MediaCode.UNAVAILABLE
        os.kill(pid, signal.SIGCONT)

    run(scenario)


def test_reports_that_nobody_takes_end_in_a_new_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """They may not be lost silently: what was missed can't be told from what did not happen."""
    monkeypatch.setattr(child, "REPORTS_MAX", 1)

    async def scenario() -> None:
        plane = await ChildMediaPlane.start(MediaSettings(addresses=("127.0.0.1",)))
        first = plane.pid
        await plane.request(OpenRoom(room="m1"))
        client = Client()
        offer = Publish(room="m1", peer="p1/pub", person="p1", sdp=await client.offer())
        await client.accepted(await plane.request(offer) or "")
        with contextlib.suppress(MediaRefused):  # it may have come to that already
            await plane.request(Allow(room="m1", person="p1", sound=True, picture=True))
        async with asyncio.timeout(WAIT_S):
            while plane.pid in (None, first):  # noqa: ASYNC110  # nobody takes the reports
                await asyncio.sleep(0.02)
        await client.close()
        await plane.close()
        assert [report async for report in plane.reports()] in ([], [Restarted()])

    asyncio.run(scenario())


def test_after_the_close_the_reports_end_and_requests_are_refused() -> None:
    async def scenario() -> None:
        async with running() as plane:
            pid = plane.child.pid
            assert pid is not None
            await plane.end()
            await plane.end()
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
            closed = plane.port.request(OpenRoom(room="m2"))
            assert await plane.refused(closed) is MediaCode.UNAVAILABLE

    asyncio.run(scenario())


def test_the_process_ends_when_the_service_dies() -> None:
    """Nothing is left behind: the line ends, so does the process."""

    async def scenario() -> None:
        async with running() as plane:
            running_ = plane.child._running
            assert running_ is not None
            # As the kernel does for a process that is killed.
            running_.writer.transport.abort()
            async with asyncio.timeout(WAIT_S):
                assert await running_.process.wait() == 0

    asyncio.run(scenario())
