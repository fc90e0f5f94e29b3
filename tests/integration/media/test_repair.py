"""
Loss on both lines, with real ICE, DTLS and SRTP: packets that get lost on the way to the forwarder
or from it are asked for and sent again, and nothing is missing at the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Literal

from media.control import Allow, Answer, Offered, OpenRoom, Publish, Report, Subscribe
from media.peers.peer import PeerMaker
from media.peers.port import SEND_SIZE, Inbound, Slot
from media.rooms.server import RoomServer
from media.rtp import rtx
from media.rtp.packet import HEADER, parse_header
from media.rtp.rtcp import Nack, Pli, SenderReport, parse
from media.settings import MediaSettings

SOUND_SSRC, PICTURE_SSRC, RTX_SSRC = 0x5001, 0x5002, 0x5003
VP8, VP8_RTX, OPUS = 96, 97, 111  # payload types in our offers
PACKETS = 600
PACKET_S = 0.004
WAIT_S = 30.0


class Client:
    """What a publisher and a subscriber have in common (`PeerEvents`)."""

    def __init__(self) -> None:
        self.connected = asyncio.Event()

    def on_rtp(self, packet: memoryview, now_s: float) -> None:
        raise AssertionError("nothing was expected")

    def on_rtcp(self, packet: memoryview, now_s: float) -> None:
        raise AssertionError("nothing was expected")

    def on_inbound(self, inbound: Sequence[Inbound]) -> None:
        """The other side's m-lines."""

    def on_connected(self) -> None:
        self.connected.set()

    def on_gone(self, reason: Literal["failed", "silent", "closed"]) -> None:
        """The test is over."""


class LossyPublisher(Client):
    """Sends numbered pictures; every seventh packet is lost at first."""

    def __init__(self, maker: PeerMaker) -> None:
        super().__init__()
        self.peer = maker(self, "subscriber")
        self.repeated = 0
        self._buffer = bytearray(SEND_SIZE)
        self._payloads: list[bytes] = []
        self._keyframe = True

    def on_rtcp(self, packet: memoryview, now_s: float) -> None:
        for report in parse(packet):
            if isinstance(report, Pli):
                self._keyframe = True
            elif isinstance(report, Nack):
                for sequence in report.sequences:
                    self._repeat(sequence)

    def _repeat(self, sequence: int) -> None:
        length = rtx.wrap(
            self._buffer,
            self._payloads[sequence],
            marker=0,
            payload_type=VP8_RTX,
            sequence=self.repeated,
            timestamp=sequence * 90,
            ssrc=RTX_SSRC,
            original=sequence,
        )
        self.repeated += 1
        self.peer.send_rtp(self._buffer, (length,))

    def send(self, number: int) -> None:
        """The next packet of the picture."""
        self._payloads.append((b"\x10\x00" if self._keyframe else b"\x10\x01") + _bytes(number))
        self._keyframe = False
        if number % 7 == 3:
            return
        HEADER.pack_into(self._buffer, 0, 0x80, VP8, number, number * 90, PICTURE_SSRC)
        end = HEADER.size + len(self._payloads[-1])
        self._buffer[HEADER.size : end] = self._payloads[-1]
        self.peer.send_rtp(self._buffer, (end,))

    def report(self, wall_s: float, number: int) -> None:
        """Tell both clocks, as they are when a packet is sent."""
        ntp = int(wall_s * (1 << 32))
        self.peer.send_rtcp(SenderReport(PICTURE_SSRC, ntp, number * 90, 1, 1).pack())
        self.peer.send_rtcp(SenderReport(SOUND_SSRC, ntp, number * 48, 1, 1).pack())


class LossySubscriber(Client):
    """Takes pictures; every fifth packet is lost at first, and asked for again."""

    def __init__(self, maker: PeerMaker) -> None:
        super().__init__()
        self.peer = maker(self, "publisher")
        self.numbers: dict[int, int] = {}
        """Our sequence number -> the publisher's, of all that came."""
        self.reports: list[SenderReport] = []
        self.changed = asyncio.Event()
        self._ssrc = 0
        self._asked: set[int] = set()

    def on_rtp(self, packet: memoryview, now_s: float) -> None:
        header = parse_header(packet)
        if header.payload_type == VP8:
            self._ssrc = header.ssrc
            if header.sequence % 5 == 2:
                self._ask(header.sequence)
            else:
                self._take(header.sequence, bytes(packet[header.start : header.end]))
        elif header.payload_type == VP8_RTX:
            original = rtx.unwrap(packet, header)
            assert original is not None
            self._take(original, bytes(packet[header.start + rtx.OSN_SIZE : header.end]))

    def _ask(self, sequence: int) -> None:
        if sequence not in self._asked:
            self._asked.add(sequence)
            self.peer.send_rtcp(Nack(1, self._ssrc, (sequence,)).pack())

    def _take(self, sequence: int, payload: bytes) -> None:
        assert sequence not in self.numbers, "sent twice"
        self.numbers[sequence] = int.from_bytes(payload[2:], "big")
        self.changed.set()

    def on_rtcp(self, packet: memoryview, now_s: float) -> None:
        self.reports += [r for r in parse(packet) if isinstance(r, SenderReport)]
        self.changed.set()

    async def until(self, count: int) -> None:
        """Wait until that many packets came, and a sender report."""
        async with asyncio.timeout(WAIT_S):
            while len(self.numbers) < count or not self.reports:
                self.changed.clear()
                await self.changed.wait()


def _bytes(number: int) -> bytes:
    return number.to_bytes(4, "big")


@asynccontextmanager
async def meeting() -> AsyncIterator[tuple[LossyPublisher, LossySubscriber]]:
    """One who sends and one who gets, connected through real peers on loopback."""
    settings = MediaSettings(addresses=("127.0.0.1",))
    ours, theirs = PeerMaker(settings), PeerMaker(settings)
    offered: asyncio.Queue[Offered] = asyncio.Queue()

    def emit(report: Report) -> None:
        if isinstance(report, Offered):
            offered.put_nowait(report)

    rooms = RoomServer(ours, emit, ours.patience, later=asyncio.get_running_loop().call_soon)
    publisher, subscriber = LossyPublisher(theirs), LossySubscriber(theirs)
    try:
        await rooms.handle(OpenRoom(room="m"))
        await rooms.handle(Allow(room="m", person="a", sound=True, picture=True))
        slots = (
            Slot("0", "sound", "a", "opus", SOUND_SSRC, None),
            Slot("1", "picture", "a", "VP8", PICTURE_SSRC, RTX_SSRC),
        )
        number, sdp = await publisher.peer.offer(slots)
        answer = await rooms.handle(Publish(room="m", peer="a/pub", person="a", sdp=sdp))
        assert answer is not None
        await publisher.peer.accept(number, answer)
        await rooms.handle(Subscribe(room="m", peer="b/sub"))
        async with asyncio.timeout(WAIT_S):
            offer = await offered.get()
            answer = await subscriber.peer.answer(offer.sdp)
            await rooms.handle(Answer(peer="b/sub", offer=offer.offer, sdp=answer))
            await publisher.connected.wait()
            await subscriber.connected.wait()
        yield publisher, subscriber
    finally:
        await rooms.close()
        await asyncio.gather(publisher.peer.close(), subscriber.peer.close())
        await ours.close()
        await theirs.close()


def test_what_is_lost_on_either_line_is_repaired() -> None:
    async def scenario() -> None:
        async with meeting() as (publisher, subscriber):
            loop = asyncio.get_running_loop()
            start = loop.time()
            for number in range(PACKETS):
                publisher.send(number)
                if number == 40:
                    publisher.report(1_000.0, number)
                # paced by the clock: a fixed number of packets in a fixed time
                await asyncio.sleep(max(0.0, start + number * PACKET_S - loop.time()))
            # The last ones can't be noticed as missing: nothing came after them.
            first = min(subscriber.numbers.values())
            await subscriber.until(PACKETS - first - 10)

            ours = sorted(subscriber.numbers)
            theirs = [subscriber.numbers[sequence] for sequence in ours]
            whole = [n for n in theirs if n < PACKETS - 10]
            assert whole == list(range(first, PACKETS - 10)), "no gap, in the publisher's order"
            assert ours[: len(whole)] == list(range(1, len(whole) + 1))
            assert publisher.repeated >= (PACKETS - first) // 7 - 2

    asyncio.run(scenario())
