"""`media.peers.peer` and `transport`, on loopback, against stock aiortc clients."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import weakref
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Literal

import pytest
from aiortc import RTCCertificate

from media.control import MediaCode, MediaRefused
from media.peers import ice, peer, sdp
from media.peers.peer import Peer, PeerMaker
from media.peers.port import BURST_MAX, SEND_SIZE, SRTP_TRAILER, Inbound, Slot
from media.settings import MediaSettings
from tests.media_clients import Client, loopback
from tests.unit.media.peers.golden import golden

WAIT_S = 10.0
LOOPBACK = MediaSettings(addresses=("127.0.0.1",))
SLOTS = (
    Slot("0", "sound", "p1", "opus", 1111, None),
    Slot("1", "picture", "p1", "VP8", 2222, 2223),
)


@pytest.fixture(autouse=True)
def _loopback() -> Iterator[None]:
    with loopback():
        yield


class Events:
    """A `PeerEvents` that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.inbound: Sequence[Inbound] = ()
        self.connected = asyncio.Event()
        self.gone = asyncio.Event()
        self.rtp = asyncio.Event()
        self.rtcp = asyncio.Event()
        self.packet = b""
        self.forward: Callable[[memoryview], None] | None = None

    def on_rtp(self, packet: memoryview, now_s: float) -> None:
        assert not self.gone.is_set()
        self.packet = bytes(packet)
        self.rtp.set()
        if self.forward is not None:
            self.forward(packet)

    def on_rtcp(self, packet: memoryview, now_s: float) -> None:
        self.packet = bytes(packet)
        self.rtcp.set()

    def on_inbound(self, inbound: Sequence[Inbound]) -> None:
        self.inbound = inbound
        self.told.append("inbound")

    def on_connected(self) -> None:
        self.told.append("connected")
        self.connected.set()

    def on_gone(self, reason: Literal["failed", "silent", "closed"]) -> None:
        self.told.append(reason)
        self.gone.set()


class Ends:
    """Both ends of one peer."""

    def __init__(self, maker: PeerMaker, kind: Literal["publisher", "subscriber"]) -> None:
        self.maker = maker
        self.events = Events()
        self.peer: Peer = maker(self.events, kind)
        self.client = Client()

    async def up(self) -> None:
        """Connect, as publisher or subscriber."""
        async with asyncio.timeout(WAIT_S):
            if self.peer._controlling:
                number, offer = await self.peer.offer(SLOTS)
                await self.peer.accept(number, await self.client.answer(offer))
            else:
                await self.client.accepted(await self.peer.answer(await self.client.offer()))
            await self.events.connected.wait()


def run(
    scenario: Callable[[Ends], Awaitable[None]],
    kind: Literal["publisher", "subscriber"] = "publisher",
    settings: MediaSettings = LOOPBACK,
) -> None:
    """Do the scenario, close everything, and see that no task is left."""

    async def whole() -> None:
        maker = PeerMaker(settings)
        ends = Ends(maker, kind)
        try:
            await scenario(ends)
        finally:
            await ends.client.close()
            await ends.peer.close()
            await maker.close()
        assert ends.peer._connections == set()
        for _ in range(2):  # cancelled tasks end in the turn after
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(whole())


async def within(event: asyncio.Event) -> None:
    async with asyncio.timeout(WAIT_S):
        await event.wait()


# --- connecting


def test_a_publisher_connects_and_is_heard() -> None:
    async def scenario(ends: Ends) -> None:
        await ends.up()
        await within(ends.events.rtp)
        await within(ends.events.rtcp)
        assert ends.events.told == ["inbound", "connected"]
        assert [(i.mid, i.kind) for i in ends.events.inbound] == [("0", "sound"), ("1", "picture")]
        assert ends.peer.counters.packets_in > 0
        assert ends.peer.counters.bytes_in > 0
        assert ends.peer.counters.dropped == {}

    run(scenario)


def test_a_subscriber_decodes_what_is_sent() -> None:
    async def scenario(ends: Ends) -> None:
        await ends.up()
        source = Ends(ends.maker, "publisher")
        buffer = bytearray(1_600)

        def forward(packet: memoryview) -> None:
            length = len(packet)
            buffer[:length] = packet
            sound, picture = source.events.inbound
            ssrc = int.from_bytes(packet[8:12])
            if ssrc == sound.ssrcs[0]:
                payload_type, ssrc = 111, 1111
            elif ssrc == picture.ssrcs[0]:
                payload_type, ssrc = 96, 2222
            else:
                return
            buffer[1] = packet[1] & 0x80 | payload_type
            buffer[8:12] = ssrc.to_bytes(4)
            ends.peer.send_rtp(buffer, (length,))

        source.events.forward = forward
        await source.up()
        await ends.client.decoded("audio", 10)
        await ends.client.decoded("video", 3)
        assert ends.peer.counters.packets_out > 0
        await source.client.close()
        await source.peer.close()

    run(scenario, "subscriber")


def test_the_clients_certificate_must_be_the_one_it_described() -> None:
    async def scenario(ends: Ends) -> None:
        offer = await ends.client.offer()
        real = sdp.transport_of(sdp.parse(offer)).fingerprints[0].value
        forged = ":".join(reversed(real.split(":")))
        await ends.client.accepted(await ends.peer.answer(offer.replace(real, forged)))
        await within(ends.events.gone)
        assert ends.events.told == ["inbound", "failed"]

    run(scenario)


def test_a_client_that_never_checks_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer, "CONNECT_S", 0.1)

    async def scenario(ends: Ends) -> None:
        await ends.peer.answer(golden("safari-like-publish"))
        await within(ends.events.gone)
        assert ends.events.told == ["inbound", "failed"]

    run(scenario)


def test_a_client_that_never_shakes_hands_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer, "CONNECT_S", 0.5)

    async def scenario(ends: Ends) -> None:
        monkeypatch.setattr("aiortc.RTCPeerConnection._RTCPeerConnection__connect", _no_connect)
        answer = await ends.peer.answer(await ends.client.offer())
        await ends.client.accepted(answer)
        await within(ends.events.gone)
        assert ends.events.told == ["inbound", "failed"]

    run(scenario)


async def _no_connect(_: object) -> None:
    """A client that takes the answer and does nothing."""


# --- negotiating


def test_what_is_refused_changes_nothing() -> None:
    async def scenario(ends: Ends) -> None:
        for text in ("", "v=0", golden("firefox-publish").replace("a=mid:1", "a=mid:0")):
            with pytest.raises(MediaRefused) as caught:
                await ends.peer.answer(text)
            assert caught.value.code is MediaCode.BAD_SDP
        assert ends.peer._connections == set()
        await ends.up()

    run(scenario)


def test_a_changed_offer_is_answered_over_the_same_path() -> None:
    async def scenario(ends: Ends) -> None:
        await ends.up()
        before = ends.peer._path
        again = ends.client.pc.localDescription.sdp.replace("a=sendrecv", "a=inactive")
        ends.events.inbound = ()
        answer = sdp.parse(await ends.peer.answer(again))
        assert all(section.has("inactive") for section in answer.sections)
        assert sdp.transport_of(answer).ufrag == before.local_username if before else False
        assert answer.version == 1
        assert ends.peer._path is before

    run(scenario)


def test_another_certificate_needs_another_peer() -> None:
    async def scenario(ends: Ends) -> None:
        await ends.up()
        other = golden("aiortc-publish")
        with pytest.raises(MediaRefused) as caught:
            await ends.peer.answer(other)
        assert caught.value.code is MediaCode.BAD_SDP

    run(scenario)


def test_only_the_newest_offer_may_be_answered() -> None:
    async def scenario(ends: Ends) -> None:
        first, _ = await ends.peer.offer(SLOTS[:1])
        second, offer = await ends.peer.offer(SLOTS)
        assert second > first
        answer = await ends.client.answer(offer)
        for number in (first, 0, second + 1):
            with pytest.raises(MediaRefused) as caught:
                await ends.peer.accept(number, answer)
            assert caught.value.code is MediaCode.STALE_OFFER
        accepted = await ends.peer.accept(second, answer)
        assert [o.mid for o in accepted] == ["0", "1"]
        with pytest.raises(MediaRefused):
            await ends.peer.accept(second, answer)
        await within(ends.events.connected)

    run(scenario, "subscriber")


def test_a_broken_answer_may_be_followed_by_a_right_one() -> None:
    async def scenario(ends: Ends) -> None:
        number, offer = await ends.peer.offer(SLOTS)
        answer = await ends.client.answer(offer)
        for broken in ("", answer.replace("a=setup:active", "a=setup:actpass")):
            with pytest.raises(MediaRefused) as caught:
                await ends.peer.accept(number, broken)
            assert caught.value.code is MediaCode.BAD_SDP
        await ends.peer.accept(number, answer)
        await within(ends.events.connected)

    run(scenario, "subscriber")


def test_a_slot_more_is_offered_over_the_same_path() -> None:
    async def scenario(ends: Ends) -> None:
        await ends.up()
        more = (*SLOTS, Slot("2", "picture", "p2", "VP8", 3333, 3334))
        number, offer = await ends.peer.offer(more)
        accepted = await ends.peer.accept(number, await ends.client.answer(offer))
        assert [o.mid for o in accepted] == ["0", "1", "2"]
        assert ends.peer._next is None

    run(scenario, "subscriber")


def test_a_restart_offers_new_credentials_and_keeps_the_old_path() -> None:
    """That media goes on is shown with a browser: aiortc's client can't restart."""

    async def scenario(ends: Ends) -> None:
        await ends.up()
        path = ends.peer._path
        assert path is not None
        await ends.peer.restart()
        _, offer = await ends.peer.offer(SLOTS)
        assert sdp.transport_of(sdp.parse(offer)).ufrag != path.local_username
        assert ends.peer._path is path
        _, again = await ends.peer.offer(SLOTS)
        assert sdp.transport_of(sdp.parse(again)).ufrag == sdp.transport_of(sdp.parse(offer)).ufrag

    run(scenario, "subscriber")


def test_a_used_up_port_range_is_a_refusal() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        async def scenario(ends: Ends) -> None:
            with pytest.raises(MediaRefused) as caught:
                await ends.peer.answer(golden("chromium-publish"))
            assert caught.value.code is MediaCode.NO_PORT

        settings = MediaSettings(addresses=("127.0.0.1",), udp_port_min=port, udp_port_max=port)
        run(scenario, settings=settings)


# --- sending


def test_before_it_is_connected_nothing_is_sent() -> None:
    async def scenario(ends: Ends) -> None:
        assert not ends.peer.send_rtp(bytearray(200), (100,))
        assert not ends.peer.send_rtcp(b"\x80\xc9\x00\x01" + bytes(4))
        assert ends.peer.counters.dropped == {"send": 2}

    run(scenario, "subscriber")


def test_a_packet_that_does_not_fit_its_buffer_is_dropped() -> None:
    """Protecting it would write behind the buffer."""

    async def scenario(ends: Ends) -> None:
        await ends.up()
        buffer = bytearray(b"\x80\x6f" + bytes(198))
        room = len(buffer) - SRTP_TRAILER
        assert ends.peer.send_rtp(buffer, (room,))
        for length in (room + 1, len(buffer), 11, -1):
            assert not ends.peer.send_rtp(buffer, (length,))
        assert ends.peer.counters.dropped == {"oversized": 4}
        assert not ends.peer.send_rtcp(b"x" * 3_000)
        assert ends.peer.counters.dropped["srtp"] == 1

    run(scenario, "subscriber")


def burst(peer: Peer, *sequences: int) -> int:
    """Send packets of 100 bytes with these numbers."""
    buffer, at = bytearray(SEND_SIZE), 0
    for sequence in sequences:
        buffer[at : at + 4] = b"\x80\x6f" + sequence.to_bytes(2)
        at += 100 + peer.overhead
    return peer.send_rtp(buffer, (100,) * len(sequences))


def test_a_burst_has_a_bound() -> None:
    async def scenario(ends: Ends) -> None:
        assert ends.peer.overhead == 0
        await ends.up()
        assert ends.peer.overhead == 16, "AES-GCM"
        assert burst(ends.peer, *range(BURST_MAX)) == BURST_MAX
        assert burst(ends.peer, *range(100, 101 + BURST_MAX)) == 0
        assert ends.peer.counters.dropped == {"oversized": BURST_MAX + 1}

    run(scenario, "subscriber")


def test_what_srtp_refuses_does_not_hold_up_the_rest_of_a_burst() -> None:
    """A number so old that libsrtp no longer knows whether it was used."""

    async def scenario(ends: Ends) -> None:
        await ends.up()
        assert burst(ends.peer, 2_000, 1, 2_001) == 2
        assert ends.peer.counters.dropped == {"srtp": 1}
        assert ends.peer.counters.packets_out == 2

    run(scenario, "subscriber")


def test_forged_media_from_the_clients_address_is_counted() -> None:
    async def scenario(ends: Ends) -> None:
        await ends.up()
        await within(ends.events.rtp)
        client = ends.client.pc.getTransceivers()[0].sender.transport.transport._connection
        forged = [b"\x80\x60" + os.urandom(60), b"\x80\xc8" + os.urandom(60), b"\x80"]
        for packet in forged:
            await client.send(packet)
        ends.events.rtp.clear()
        await within(ends.events.rtp)
        assert ends.peer.counters.dropped == {"srtp": 2, "foreign": 1}

    run(scenario)


def test_streams_of_one_client_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """libsrtp keeps state for every SSRC it has seen."""
    monkeypatch.setattr("media.peers.transport.SSRCS_MAX", 1)

    async def scenario(ends: Ends) -> None:
        await ends.up()
        await within(ends.events.rtp)
        async with asyncio.timeout(WAIT_S):
            while not ends.peer.counters.dropped:  # noqa: ASYNC110  # a counter, nothing tells it
                await asyncio.sleep(0.01)
        assert set(ends.peer.counters.dropped) == {"foreign"}

    run(scenario)


# --- the end


def test_a_client_that_closes_is_gone_at_once() -> None:
    async def scenario(ends: Ends) -> None:
        await ends.up()
        await ends.client.close()
        await within(ends.events.gone)
        assert ends.events.told == ["inbound", "connected", "closed"]

    run(scenario)


def test_a_client_that_falls_silent_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ice, "SILENT_S", 0.2)
    monkeypatch.setattr(ice, "QUIET_S", 0.1)

    async def scenario(ends: Ends) -> None:
        await ends.up()
        # As if the power went: no goodbye.
        connection = ends.client.pc.getTransceivers()[0].sender.transport.transport._connection
        for protocol in connection._protocols:
            protocol.transport.abort()
        await within(ends.events.gone)
        assert ends.events.told == ["connected", "silent"]

    run(scenario, "subscriber")


def test_closing_is_told_once_and_ends_everything() -> None:
    async def scenario(ends: Ends) -> None:
        await ends.up()
        await asyncio.gather(ends.peer.close(), ends.peer.close())
        await ends.peer.close()
        await within(ends.events.gone)
        assert ends.events.told == ["inbound", "connected", "closed"]
        assert not ends.peer.send_rtp(bytearray(200), (100,))
        with pytest.raises(MediaRefused) as caught:
            await ends.peer.answer(golden("chromium-publish"))
        assert caught.value.code is MediaCode.UNKNOWN_PEER

    run(scenario)


def test_a_peer_closed_while_it_connects_leaves_nothing() -> None:
    async def scenario(ends: Ends) -> None:
        await ends.peer.answer(golden("chromium-publish"))
        await ends.peer.close()
        assert ends.events.told[-1] == "closed"

    run(scenario)


def test_peers_of_a_process_share_its_certificate() -> None:
    async def scenario(ends: Ends) -> None:
        other = ends.maker(Events(), "publisher")
        texts = [await p.answer(golden("chromium-publish")) for p in (ends.peer, other)]
        prints = {sdp.transport_of(sdp.parse(text)).fingerprints for text in texts}
        assert prints == {ends.maker.fingerprints}
        assert isinstance(ends.maker.certificate, RTCCertificate)
        await other.close()

    run(scenario)


def test_peers_that_are_over_leave_nothing_behind() -> None:
    """Not even what only the collector finds, which the process lets come by very rarely."""

    async def whole() -> None:
        maker = PeerMaker(LOOPBACK)
        over: list[weakref.ref[Peer]] = []
        for _ in range(64):
            made = maker(Events(), "publisher")
            over.append(weakref.ref(made))
            await made.close()
        del made
        await maker.close()
        assert sum(each() is not None for each in over) < 24

    gc.collect()
    gc.disable()
    try:
        asyncio.run(whole())
    finally:
        gc.enable()
