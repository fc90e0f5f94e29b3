"""Patient sockets and chores wake nobody, and are never forgotten."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from media.peers.patience import GATHER_S, Patience

WAIT_S = 5.0


class Socket:
    """One end of a pair, which keeps what it read."""

    def __init__(self) -> None:
        self.end, self.far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.end.setblocking(False)
        self.got: asyncio.Queue[bytes] = asyncio.Queue()

    def read(self) -> None:
        self.got.put_nowait(self.end.recv(100))

    def close(self) -> None:
        self.end.close()
        self.far.close()


@pytest.fixture
def pair() -> Iterator[Socket]:
    made = Socket()
    yield made
    made.close()


def test_it_is_read_when_something_else_woke_the_process(
    pair: Socket,
) -> None:
    async def scenario() -> None:
        patient = Patience(gather_s=3_600.0, patience_s=3_600.0)
        patient._looked_s = float("-inf")
        order: list[str] = []

        def read() -> None:
            pair.read()
            order.append("report")

        patient.add(pair.end.fileno(), read)
        pair.far.send(b"report")
        patient.reading()
        patient.later(lambda: order.append("media"))
        assert not order, "the socket is not read to its end"
        patient.awake()
        assert order == ["media", "report"]
        pair.far.send(b"another")
        patient.awake()
        assert len(order) == 2, "a look so soon would find little"
        patient._looked_s = float("-inf")
        patient.awake()
        assert len(order) == 3
        patient.remove(pair.end.fileno())
        patient.close()

    asyncio.run(scenario())


def test_it_is_read_though_nothing_wakes_the_process(pair: Socket) -> None:
    async def scenario() -> None:
        patient = Patience()
        patient.add(pair.end.fileno(), pair.read)
        async with asyncio.timeout(WAIT_S):
            for word in (b"one", b"two"):
                pair.far.send(word)
                assert await pair.got.get() == word
        patient.remove(pair.end.fileno())
        assert patient._timer is None
        patient.close()

    asyncio.run(scenario())


def test_all_that_waits_is_read_at_once_but_of_a_flood() -> None:
    """Of one socket `rounds_max` datagrams; more are read when one looks again."""

    async def scenario() -> None:
        calm, flood = Socket(), Socket()
        patient = Patience(rounds_max=4)
        for each in (calm, flood):
            patient.add(each.end.fileno(), each.read)
        for _ in range(3):
            calm.far.send(b"report")
        for _ in range(5):
            flood.far.send(b"flood")
        patient._read()
        assert (calm.got.qsize(), flood.got.qsize()) == (3, 4)
        patient._read()
        assert flood.got.qsize() == 5
        for each in (calm, flood):
            patient.remove(each.end.fileno())
            each.close()
        patient.close()

    asyncio.run(scenario())


def test_what_is_left_for_later_while_nothing_is_read_is_done_at_once() -> None:
    async def scenario() -> None:
        patient = Patience()
        done: list[int] = []
        patient.later(lambda: done.append(1))
        assert done == [1]
        patient.close()

    asyncio.run(scenario())


def test_if_one_thing_fails_the_others_are_done_the_next_time() -> None:
    async def scenario() -> None:
        patient = Patience()
        done: list[int] = []
        patient.reading()
        patient.later(lambda: done.append(1 // 0))
        patient.later(lambda: done.append(1))
        with pytest.raises(ZeroDivisionError):
            patient.awake()
        patient.awake()
        assert done == [1]
        patient.close()

    asyncio.run(scenario())


def test_one_that_another_takes_off_is_not_read(pair: Socket) -> None:
    """Both have something to read; the first to be read ends both."""

    async def scenario() -> None:
        other = Socket()
        patient = Patience()
        read: list[Socket] = []

        def end(which: Socket) -> None:
            read.append(which)
            for each in (pair, other):
                patient.remove(each.end.fileno())

        for each in (pair, other):
            patient.add(each.end.fileno(), lambda each=each: end(each))  # type: ignore[misc]
            each.far.send(b"report")
        patient._read()
        assert len(read) == 1
        patient.close()
        other.close()

    asyncio.run(scenario())


def test_a_chore_is_done_by_whoever_is_awake() -> None:
    async def scenario() -> None:
        patient = Patience(patience_s=3_600.0)
        done: list[str] = []
        patient.every(0.9 * GATHER_S, lambda: done.append("due"))
        patient.every(3_600.0, lambda: done.append("not yet"))
        patient.reading()
        patient.later(lambda: done.append("media"))
        patient.awake()
        assert done == ["media", "due"]
        patient.close()

    asyncio.run(scenario())


def test_a_chore_is_done_though_nothing_wakes_the_process() -> None:
    async def scenario() -> None:
        patient = Patience()
        done = asyncio.Event()
        patient.every(0.01, done.set)
        async with asyncio.timeout(WAIT_S):
            for _ in range(2):
                await done.wait()
                done.clear()
        patient.cease(done.set)
        assert patient._timer is None
        patient.close()

    asyncio.run(scenario())


def test_the_timer_goes_off_only_when_no_media_comes() -> None:
    """Each turn puts it off, but not those that follow so soon that nothing is looked at."""

    async def scenario() -> None:
        patient = Patience(gather_s=0.0)
        patient.every(3_600.0, lambda: None)
        first = patient._timer
        patient.awake()
        assert patient._timer is first, "it has long to go"
        patient._wound_s = float("-inf")
        patient.awake()
        second = patient._timer
        assert first is not None
        assert first.cancelled()
        assert second is not None
        patient._gather_s = 3_600.0
        patient._wound_s = float("-inf")
        patient.awake()
        assert patient._timer is second
        patient.close()
        assert second.cancelled()

    asyncio.run(scenario())
