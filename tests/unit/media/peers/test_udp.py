"""`media.peers.udp`: sockets that the loop reads into one buffer."""

from __future__ import annotations

import asyncio
import socket

import pytest

from media.control import MediaCode, MediaRefused
from media.peers.udp import DATAGRAM_MAX, Address, UdpSocket, bind
from tests.media_clients import free_range


def test_ports_come_from_the_range_and_run_out() -> None:
    low, high = free_range(3)
    taken = [bind("127.0.0.1", low, high) for _ in range(3)]
    assert sorted(sock.getsockname()[1] for sock in taken) == list(range(low, high + 1))
    with pytest.raises(MediaRefused) as caught:
        bind("127.0.0.1", low, high)
    assert caught.value.code is MediaCode.NO_PORT
    taken.pop().close()
    bind("127.0.0.1", low, high).close()
    for sock in taken:
        sock.close()


def test_without_a_range_the_system_chooses() -> None:
    with bind("127.0.0.1", 0, 0) as sock:
        assert sock.getsockname()[1] > 0


def test_an_address_that_is_not_ours_can_not_be_used() -> None:
    with pytest.raises(OSError, match="assign"):
        bind("192.0.2.200", 0, 0)


def test_datagrams_come_in_order_into_the_shared_buffer() -> None:
    async def scenario() -> None:
        buffer = bytearray(DATAGRAM_MAX)
        got: list[tuple[bytes, Address]] = []
        done = asyncio.Event()

        def receive(_: UdpSocket, length: int, sender: Address) -> None:
            got.append((bytes(buffer[:length]), sender))
            if len(got) == 3:
                done.set()

        endpoint = UdpSocket(bind("127.0.0.1", 0, 0), buffer, receive)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            where = endpoint.get_extra_info("sockname")
            assert isinstance(where, tuple)
            for text in (b"a", b"", b"b", b"x" * 3_000):
                peer.sendto(text, where)
            async with asyncio.timeout(5):
                await done.wait()
            assert got == [
                (b"a", peer.getsockname()),
                (b"b", peer.getsockname()),
                (b"x" * DATAGRAM_MAX, peer.getsockname()),
            ]
        endpoint.close()
        endpoint.close()

    asyncio.run(scenario())


def test_what_can_not_be_sent_is_dropped() -> None:
    async def scenario() -> None:
        endpoint = UdpSocket(bind("127.0.0.1", 0, 0), bytearray(DATAGRAM_MAX), lambda *_: None)
        assert endpoint.sendto(b"x", ("127.0.0.1", 9))
        assert not endpoint.sendto(b"x" * 70_000, ("127.0.0.1", 9))
        endpoint.close()
        assert not endpoint.sendto(b"x", ("127.0.0.1", 9))

    asyncio.run(scenario())


def test_a_socket_closed_while_it_is_read_is_read_no_more() -> None:
    async def scenario() -> None:
        got: list[int] = []
        received = asyncio.Event()

        def receive(endpoint: UdpSocket, length: int, _: Address) -> None:
            got.append(length)
            received.set()
            endpoint.close()

        endpoint = UdpSocket(bind("127.0.0.1", 0, 0), bytearray(DATAGRAM_MAX), receive)
        where = endpoint.get_extra_info("sockname")
        assert isinstance(where, tuple)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.sendto(b"a", where)
            peer.sendto(b"b", where)
        async with asyncio.timeout(5):
            await received.wait()
        assert got == [1]

    asyncio.run(scenario())
