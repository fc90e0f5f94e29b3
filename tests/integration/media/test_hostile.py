"""
A client that keeps to no rule, at a real media process: what it does reaches nobody, is counted or
refused with a code, and the others in its room notice nothing.

It has proper keys, so every packet gets past SRTP: what is tested is what stands behind. All the
time it sends sound besides, though it is muted.
"""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Awaitable, Callable, Iterator
from struct import pack, unpack_from

import pytest
from aiortc import RTCDtlsTransport

from media.control import CloseRoom, MediaCode, Publish, Subscribe
from media.rtp.rtcp import Nack, Pli, ReceiverReport, ReportBlock, compound
from tests.media_clients import PICTURE_HZ, Client
from tests.media_plane import WAIT_S, Plane, running

pytestmark = pytest.mark.usefixtures("on_loopback")

ATTACK_S = 1.2
SOUND_HZ = 50
BURST = 50  # packets, then the event loop of the tests gets a turn


class Scene:
    """Somebody decent, somebody who listens, and the hostile one: seen, but muted."""

    def __init__(self, plane: Plane) -> None:
        self.plane = plane
        self.ear = Client()
        self.good = Client()
        self.bad = Client()
        self.listening = Client()
        self.arrived: dict[int, list[int]] = {}
        """At the listener: SSRC -> sequence numbers, as they came."""
        self._answering: list[asyncio.Task[None]] = []

    async def set(self) -> None:
        self.good = await self.plane.publish("good")
        self.bad = await self.plane.publish("bad")
        await self.plane.allow("good")
        await self.plane.allow("bad", sound=False)
        for client, peer in ((self.ear, "ear/sub"), (self.listening, "bad/sub")):
            hide = (peer.partition("/")[0],)
            await self.plane.port.request(Subscribe(room=self.plane.room, peer=peer, hide=hide))
            self._answering.append(asyncio.create_task(self._answer(client, peer)))
        await self.ear.decoded("audio")
        self._tap(self.ear.pc.getTransceivers()[0].receiver.transport)
        async with asyncio.timeout(WAIT_S):
            while len([one for one in self.arrived.values() if len(one) > 10]) < 3:
                await self.ear.decoded("audio")

    def _tap(self, transport: RTCDtlsTransport) -> None:
        handle = transport._handle_rtp_data

        async def tapped(data: bytes, arrival_time_ms: int) -> None:
            sequence, ssrc = unpack_from("!H4xI", data, 2)
            self.arrived.setdefault(ssrc, []).append(sequence)
            await handle(data, arrival_time_ms)

        transport._handle_rtp_data = tapped  # type: ignore[method-assign]

    async def _answer(self, client: Client, peer: str) -> None:
        while True:
            await self.plane.answer(client, peer)

    async def end(self) -> None:
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*(c.close() for c in (self.ear, self.good, self.bad, self.listening)))


Attack = Callable[[Scene], Awaitable[None]]


@pytest.fixture(scope="module")
def play() -> Iterator[Callable[[Attack], None]]:
    """Runs an attack on one process, each in a room of its own."""
    rooms = itertools.count()
    with asyncio.Runner() as runner:
        running_plane = running()
        plane = runner.run(running_plane.__aenter__())

        async def whole(attack: Attack) -> None:
            await plane.enter(f"room-{next(rooms)}")
            scene = Scene(plane)
            try:
                await scene.set()
                await _unnoticed(scene, attack)
            finally:
                await scene.end()
            await plane.port.request(CloseRoom(room=plane.room))

        yield lambda attack: runner.run(whole(attack))
        runner.run(running_plane.__aexit__(None, None, None))


async def _unnoticed(scene: Scene, attack: Attack) -> None:
    """
    Everybody else's sound and pictures go on at their pace, nothing of them is lost, and the
    attacker's microphone stays closed.
    """
    streams = {ssrc: len(one) for ssrc, one in scene.arrived.items()}
    begun_s = asyncio.get_running_loop().time()
    await attack(scene)
    left_s = begun_s + ATTACK_S - asyncio.get_running_loop().time()
    await asyncio.sleep(max(0.0, left_s))  # the others' pace is measured over a time
    passed_s = asyncio.get_running_loop().time() - begun_s
    # the good one's sound and picture, and the hostile one's picture: three, before and after
    assert scene.arrived.keys() == streams.keys(), "a stream that nobody may hear"
    came = sorted(len(one) - streams[ssrc] for ssrc, one in scene.arrived.items())
    pace = [0.4 * PICTURE_HZ, 0.4 * PICTURE_HZ, 0.6 * SOUND_HZ]  # the attacker costs CPU here
    assert all(n >= hz * passed_s for n, hz in zip(came, pace, strict=True)), (came, passed_s)
    for sequences in scene.arrived.values():
        first, last = min(sequences), max(sequences)
        assert sorted(sequences) == list(range(first, last + 1)), "lost, or sent twice"


def transport(client: Client) -> RTCDtlsTransport:
    return client.pc.getTransceivers()[0].sender.transport


async def shoot(packets: list[bytes], send: Callable[[bytes], Awaitable[None]]) -> None:
    for n, packet in enumerate(packets):
        await send(packet)
        if n % BURST == BURST - 1:
            await asyncio.sleep(0.002)


def rtp(ssrc: int, sequence: int, payload_type: int) -> bytes:
    return pack("!BBHII", 0x80, payload_type, sequence & 0xFFFF, 960 * sequence, ssrc) + b"\0" * 160


def test_streams_that_nobody_announced_reach_nobody(play: Callable[[Attack], None]) -> None:
    """A thousand SSRCs, and the good one's as a subscriber sees it, with every payload type."""

    async def attack(scene: Scene) -> None:
        theirs = list(scene.arrived)
        ssrcs = [int.from_bytes(os.urandom(4)) for _ in range(1_000)] + theirs * 20
        packets = [rtp(ssrc, n, 96 + n % 30) for n, ssrc in enumerate(ssrcs)]
        await shoot(packets, transport(scene.bad)._send_rtp)

    play(attack)


def test_packets_that_are_sent_again_reach_nobody(play: Callable[[Attack], None]) -> None:
    """Each datagram forty times: SRTP knows them, and the listener gets each once."""

    async def attack(scene: Scene) -> None:
        path = transport(scene.bad).transport
        taken: list[bytes] = []
        send = path._send

        async def tap(data: bytes) -> None:
            if len(taken) < BURST and 128 <= data[0] < 192:
                taken.append(data)
            await send(data)

        path._send = tap
        async with asyncio.timeout(10):
            while len(taken) < BURST // 2:  # noqa: ASYNC110  # its own packets, 60 a second
                await asyncio.sleep(0.02)
        path._send = send
        await shoot(taken * 40, send)

    play(attack)


def test_a_flood_of_feedback_disturbs_nobody(play: Callable[[Attack], None]) -> None:
    """From both of its connections: reports, NACKs of everything, keyframes without end."""

    async def attack(scene: Scene) -> None:
        ssrcs = [
            one.ssrc
            for one in (await scene.listening.pc.getStats()).values()
            if one.type == "inbound-rtp"
        ]
        flood = [
            compound(
                (
                    ReceiverReport(7, (ReportBlock(ssrc, 255, 9, 9, 9),)),
                    Nack(7, ssrc, tuple(range(n % 60_000, n % 60_000 + 40))),
                    Pli(7, ssrc),
                )
            )
            for n in range(1_500)
            for ssrc in ssrcs
        ]
        await shoot(flood[: len(flood) // 2], transport(scene.bad)._send_rtp)
        receiver = scene.listening.pc.getTransceivers()[0].receiver.transport
        await shoot(flood, receiver._send_rtp)

    play(attack)


def test_a_thousand_tracks_are_refused_with_a_code(play: Callable[[Attack], None]) -> None:
    """Of an offer that is otherwise in order, for a new peer and for the one that is there."""

    async def attack(scene: Scene) -> None:
        stranger = Client()
        offer = await stranger.offer(picture=False)
        await stranger.close()
        more = "".join(f"m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:more{n}\r\n" for n in range(999))
        for peer in ("bad/pub", "bad/more"):
            publish = Publish(room=scene.plane.room, peer=peer, person="bad", sdp=offer + more)
            refused = await scene.plane.refused(scene.plane.port.request(publish))
            assert refused is MediaCode.TOO_MANY

    play(attack)
