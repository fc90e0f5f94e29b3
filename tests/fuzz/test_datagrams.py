"""Datagrams that nobody sent: counted and dropped, whatever is in them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from media.peers.ice import IceConnection
from media.peers.patience import Patience
from media.peers.peer import PeerMaker
from media.peers.port import PeerCounters
from media.peers.transport import ReceiveBuffer, Transport
from media.peers.udp import DATAGRAM_MAX
from media.settings import MediaSettings
from tests.integration.media.ends import Ends
from tests.media_clients import loopback

NOWHERE = ("127.0.0.1", 9)  # the discard port: a reply to it disturbs nobody


class Silence:
    """An owner and a sink that must hear of nothing."""

    def on_media(self, _: IceConnection, length: int, now_s: float) -> None:
        pytest.fail("media from a stranger")

    def on_dtls(self, packet: bytes) -> None:
        pytest.fail("DTLS from a stranger")

    def on_path(self, _: IceConnection) -> None:
        pytest.fail("a path without a check")

    def on_silent(self, _: IceConnection) -> None:
        pytest.fail("silence without a path")

    def on_rtp(self, packet: memoryview, now_s: float) -> None:
        pytest.fail("RTP that is not authentic")

    def on_rtcp(self, packet: memoryview, now_s: float) -> None:
        pytest.fail("RTCP that is not authentic")


@dataclass
class Port:
    """An ICE connection that waits for its client."""

    runner: asyncio.Runner
    connection: IceConnection
    counters: PeerCounters
    buffer: bytearray

    def receive(self, packet: bytes) -> None:
        """As the socket does; every packet must be counted."""
        before = sum(self.counters.dropped.values())
        self.buffer[: len(packet)] = packet

        async def arrive() -> None:
            self.connection._receive(self.connection._sockets[0], len(packet), NOWHERE)

        self.runner.run(arrive())
        assert sum(self.counters.dropped.values()) <= before + 1
        assert set(self.counters.dropped) <= {"foreign", "malformed"}


@pytest.fixture(scope="module")
def port() -> Iterator[Port]:
    with asyncio.Runner() as runner:
        counters, buffer = PeerCounters(), bytearray(DATAGRAM_MAX)

        async def begin() -> IceConnection:
            connection = IceConnection(
                MediaSettings(addresses=("127.0.0.1",)),
                Silence(),
                counters,
                buffer,
                Patience(),
                controlling=False,
            )
            await connection.gather_candidates()
            return connection

        connection = runner.run(begin())
        yield Port(runner, connection, counters, buffer)
        runner.run(connection.close())


@given(packet=st.binary(min_size=1, max_size=1_500))
def test_noise_is_counted(port: Port, packet: bytes) -> None:
    port.receive(packet)


@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from([0x0001, 0x0011, 0x0101, 0x0111, 0x0003, 0x3FFF]),
    transaction=st.binary(min_size=12, max_size=12),
    length=st.none() | st.integers(0, 0xFFFF),
)
def test_anything_that_looks_like_stun_is_counted(
    port: Port, body: bytes, kind: int, transaction: bytes, length: int | None
) -> None:
    size = len(body) if length is None else length
    head = kind.to_bytes(2) + size.to_bytes(2) + stun.COOKIE.to_bytes(4) + transaction
    port.receive(head + body)


@given(data=st.data())
def test_a_check_that_is_damaged_gets_past_nothing(port: Port, data: st.DataObject) -> None:
    """It bears the right user name, so it is parsed; without the password it stays a stranger's."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{port.connection.local_username}:x"
    message.attributes["PRIORITY"] = data.draw(st.integers(0, 2**32 - 1))
    message.attributes["ICE-CONTROLLING"] = 1
    message.add_message_integrity(b"wrong")
    packet = bytearray(bytes(message))
    for _ in range(data.draw(st.integers(0, 4))):
        packet[data.draw(st.integers(20, len(packet) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(packet) - 20))
    port.receive(bytes(packet[: len(packet) - cut]))
    assert not port.connection._checked


@pytest.fixture(scope="module")
def srtp() -> Iterator[tuple[Transport, ReceiveBuffer, PeerCounters]]:
    """A transport whose keys are agreed upon with a real client, which then says nothing more."""
    with loopback(), asyncio.Runner() as runner:

        async def begin() -> Ends:
            ends = Ends(PeerMaker(MediaSettings(addresses=("127.0.0.1",))), "subscriber")
            await ends.up()
            return ends

        ends = runner.run(begin())
        ends.peer._transport._sink = Silence()
        yield ends.peer._transport, ends.maker.buffer, ends.peer.counters

        async def end() -> None:
            await ends.client.close()
            await ends.peer.close()
            await ends.maker.close()

        runner.run(end())


@given(
    first=st.integers(128, 191),
    second=st.integers(0, 255),
    rest=st.binary(max_size=DATAGRAM_MAX - 2),
)
def test_media_that_is_not_authentic_is_counted(
    srtp: tuple[Transport, ReceiveBuffer, PeerCounters], first: int, second: int, rest: bytes
) -> None:
    transport, buffer, counters = srtp
    packet = bytes((first, second)) + rest
    before = sum(counters.dropped.values())
    buffer.bytes[: len(packet)] = packet
    transport.on_media(None, len(packet), 0.0)  # type: ignore[arg-type]  # nothing is heard
    assert sum(counters.dropped.values()) == before + 1
    assert set(counters.dropped) <= {"foreign", "srtp"}
