"""`media.peers.udp`: sockets that the loop reads into one buffer."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
import time

import pytest

from media.control import MediaCode, MediaRefused
from media.peers.patience import Patience
from media.peers.runs import runs
from media.peers.udp import ALONE_MAX, DATAGRAM_MAX, Address, UdpSocket, bind
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

        endpoint = UdpSocket(bind("127.0.0.1", 0, 0), buffer, receive, Patience())
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
        endpoint = UdpSocket(
            bind("127.0.0.1", 0, 0), bytearray(DATAGRAM_MAX), lambda *_: None, Patience()
        )
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

        endpoint = UdpSocket(bind("127.0.0.1", 0, 0), bytearray(DATAGRAM_MAX), receive, Patience())
        where = endpoint.get_extra_info("sockname")
        assert isinstance(where, tuple)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.sendto(b"a", where)
            peer.sendto(b"b", where)
        async with asyncio.timeout(5):
            await received.wait()
        assert got == [1]

    asyncio.run(scenario())


MEDIA = bytes((0x80, 96))
"""Begins like media (RFC 7983, section 7)."""


class Ear:
    """A socket, and what it hears."""

    def __init__(self) -> None:
        self.media: list[tuple[object, int, float]] = []
        self.other: list[int] = []
        self.heard = asyncio.Event()
        self.buffer = bytearray(DATAGRAM_MAX)
        self.socket = UdpSocket(bind("127.0.0.1", 0, 0), self.buffer, self._receive, Patience())
        self.peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.peer.bind(("127.0.0.1", 0))

    def hand_over(self, *senders: Address) -> None:
        self.socket.hand_over(self._take, self, set(senders), time.monotonic)

    def _take(self, owner: object, length: int, now_s: float) -> None:
        self.media.append((owner, length, now_s))
        self.heard.set()

    def _receive(self, _: UdpSocket, length: int, __: Address) -> None:
        self.other.append(length)
        self.heard.set()

    async def say(self, *packets: bytes, late_s: float = 0.0) -> None:
        """Have them come while the loop is busy for so long; wait until the last is heard."""
        where = self.socket.get_extra_info("sockname")
        assert isinstance(where, tuple)
        count = len(self.media) + len(self.other) + len(packets)
        for packet in packets:
            self.peer.sendto(packet, where)
            time.sleep(late_s)  # noqa: ASYNC251  # the loop is busy: that is what is tested
        async with asyncio.timeout(5):
            while len(self.media) + len(self.other) < count:
                self.heard.clear()
                await self.heard.wait()

    def close(self) -> None:
        self.peer.close()
        self.socket.close()


def test_media_of_known_senders_goes_past_the_rest() -> None:
    async def scenario() -> None:
        ear = Ear()
        await ear.say(MEDIA)
        assert ear.other == [2], "nobody takes media yet"
        ear.hand_over()
        await ear.say(MEDIA)
        assert ear.other == [2, 2], "its sender is not known"
        ear.hand_over(ear.peer.getsockname())
        await ear.say(MEDIA, bytes(3), b"\xc0" * 4, b"\x7f" * 5, b"\xbf" * 6)
        assert [(owner, length) for owner, length, _ in ear.media] == [(ear, 2), (ear, 6)]
        assert ear.other[2:] == [3, 4, 5]
        ear.close()

    asyncio.run(scenario())


def test_of_media_that_is_read_late_it_is_known_when_it_came() -> None:
    async def scenario() -> None:
        ear = Ear()
        ear.hand_over(ear.peer.getsockname())
        began_s = time.monotonic()
        await ear.say(MEDIA, late_s=0.1)
        assert ear.media[-1][2] >= began_s + 0.1, "unknown: it counts when it was read"
        ear.socket.be_exact()
        async with asyncio.timeout(5):
            # The system begins to note when packets come a little after it was asked to.
            while ear.media[-1][2] >= began_s + 0.02:
                began_s = time.monotonic()
                await ear.say(MEDIA, late_s=0.02)
        big = MEDIA + bytes(ALONE_MAX)
        began_s = time.monotonic()
        await ear.say(big, big, MEDIA, big, late_s=0.05)
        came_s = [now_s - began_s for _, _, now_s in ear.media[-4:]]
        for number, moment_s in enumerate(came_s):
            assert 0.05 * number <= moment_s < 0.05 * number + 0.045
        ear.close()
        ear.socket.be_exact()

    asyncio.run(scenario())


TAG = 2  # bytes that protecting has added to each packet


class Narrow(socket.socket):
    """Keeps what it is asked to send; fails as a system without segments, or when it is full."""

    room = 100
    segments = True

    def __init__(self) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", 0))
        self.calls: list[list[int]] = []

    def sendto(self, data: memoryview, address: Address) -> int:  # type: ignore[override]
        return self._take(data, len(data))

    def sendmsg(  # type: ignore[override]
        self, data: tuple[memoryview], ancillary: list[tuple[int, int, bytes]], *_: object
    ) -> int:
        if not self.segments:
            raise OSError(errno.EIO, "no checksums")
        return self._take(data[0], int.from_bytes(ancillary[0][2], sys.byteorder))

    def _take(self, data: memoryview, size: int) -> int:
        packets = [len(data[at : at + size]) for at in range(0, len(data), size)]
        if len(packets) > self.room:
            raise BlockingIOError
        self.room -= len(packets)
        self.calls.append(packets)
        return 0


def send_burst(sock: Narrow, *sizes: int) -> int:
    async def scenario() -> int:
        endpoint = UdpSocket(sock, bytearray(DATAGRAM_MAX), lambda *_: None, Patience())
        lengths = [size - TAG for size in sizes]
        sent = endpoint.send_burst(
            runs(memoryview(bytes(sum(sizes))), lengths, TAG), ("127.0.0.1", 9)
        )
        endpoint.close()
        return sent

    return asyncio.run(scenario())


def test_packets_of_one_size_and_a_shorter_one_go_out_in_one_call() -> None:
    sock = Narrow()
    assert send_burst(sock, 50, 50, 40, 40, 60, 9, 8) == 7
    assert sock.calls == [[50, 50, 40], [40], [60, 9], [8]]


def test_a_system_that_can_not_cut_gets_one_packet_a_call() -> None:
    sock = Narrow()
    sock.segments = False
    assert send_burst(sock, 50, 50, 40) == 3
    assert sock.calls == [[50], [50], [40]]


def test_behind_what_a_full_socket_did_not_take_nothing_is_tried() -> None:
    sock = Narrow()
    sock.room = 3
    assert send_burst(sock, 50, 50, 60, 60, 7) == 2
    assert sock.calls == [[50, 50]]


def test_a_burst_arrives_as_the_datagrams_that_it_was_made_of() -> None:
    async def scenario() -> None:
        endpoint = UdpSocket(
            bind("127.0.0.1", 0, 0), bytearray(DATAGRAM_MAX), lambda *_: None, Patience()
        )
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            peer.settimeout(5)
            packets = [bytes([n]) * size for n, size in enumerate((900, 900, 300, 301))]
            lengths = [len(packet) - TAG for packet in packets]
            data = memoryview(b"".join(packets))
            assert endpoint.send_burst(runs(data, lengths, TAG), peer.getsockname()) == 4
            assert [peer.recv(DATAGRAM_MAX) for _ in packets] == packets
            assert endpoint.send_burst(runs(data[:0], [], TAG), peer.getsockname()) == 0
        endpoint.close()

    asyncio.run(scenario())


def test_a_patient_socket_still_hands_over_what_comes() -> None:
    async def scenario() -> None:
        buffer = bytearray(DATAGRAM_MAX)
        got: asyncio.Queue[bytes] = asyncio.Queue()
        patience = Patience()
        endpoint = UdpSocket(
            bind("127.0.0.1", 0, 0),
            buffer,
            lambda _, length, __: got.put_nowait(bytes(buffer[:length])),
            patience,
        )
        where = endpoint.get_extra_info("sockname")
        assert isinstance(where, tuple)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            for word in (b"urgent", b"patient"):
                peer.sendto(word, where)
                async with asyncio.timeout(5):
                    assert await got.get() == word
                endpoint.be_patient()
        endpoint.close()
        endpoint.be_patient()
        assert patience._readable == {}
        patience.close()

    asyncio.run(scenario())
