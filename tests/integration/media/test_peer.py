"""The life of a peer, on loopback, against stock aiortc clients: it connects, and it ends."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest
from aiortc import RTCCertificate

from media.control import MediaCode, MediaRefused
from media.peers import ice, peer, sdp
from media.peers.peer import Peer, PeerMaker
from tests.integration.media.ends import LOOPBACK, Ends, Events, run, within
from tests.unit.media.peers.golden import golden

pytestmark = pytest.mark.usefixtures("on_loopback")


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
