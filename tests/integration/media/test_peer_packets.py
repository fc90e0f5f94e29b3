"""What a peer sends and takes, on loopback, against stock aiortc clients."""

from __future__ import annotations

import asyncio
import os

import pytest

from media.peers.peer import Peer
from media.peers.port import BURST_MAX, SEND_SIZE, SRTP_TRAILER
from tests.integration.media.ends import WAIT_S, Ends, run, within

pytestmark = pytest.mark.usefixtures("on_loopback")


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
