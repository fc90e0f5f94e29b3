"""`media.process`: what waits to be said."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest
import uvloop

from media import line, process
from media.control import Offered, Restarted
from media.process import Outbox


def run(scenario: Callable[[Outbox, asyncio.StreamReader, list[str]], Awaitable[None]]) -> None:
    """With an outbox, the other end of its line, and what it complained of."""

    async def whole() -> None:
        ours, theirs = socket.socketpair()
        reader, far = await asyncio.open_unix_connection(sock=theirs)
        _, writer = await asyncio.open_unix_connection(sock=ours)
        complaints: list[str] = []
        outbox = Outbox(writer, lambda: complaints.append("overflow"))
        writing = asyncio.create_task(outbox.run())
        async with asyncio.timeout(5):
            await scenario(outbox, reader, complaints)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        for end in (far, writer):
            end.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the process does
        runner.run(whole())


def offered(number: int, size: int = 10) -> Offered:
    return Offered(peer="p", offer=number, sdp="x" * size)


def test_lines_come_whole_and_in_order() -> None:
    async def scenario(outbox: Outbox, reader: asyncio.StreamReader, _: list[str]) -> None:
        for number in range(100):
            outbox.put(offered(number))
        await outbox.flush()
        for number in range(100):
            assert line.decode_said(await reader.readline()) == offered(number)

    run(scenario)


def test_what_is_not_read_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "OUTBOX_MAX", 10_000)

    async def scenario(outbox: Outbox, _: asyncio.StreamReader, complaints: list[str]) -> None:
        for number in range(20):
            outbox.put(offered(number, 1_000))
        assert complaints == ["overflow"]

    run(scenario)


def test_without_a_reader_nothing_waits() -> None:
    async def scenario(outbox: Outbox, reader: asyncio.StreamReader, complaints: list[str]) -> None:
        reader._transport.abort()  # type: ignore[attr-defined]  # as a service that was killed
        await asyncio.sleep(0)
        for number in range(100):
            outbox.put(offered(number, 10_000))
        await outbox.flush()
        outbox.put(Restarted())
        await outbox.flush()
        assert complaints == []

    run(scenario)


def test_a_line_that_was_closed_meanwhile_is_no_fault() -> None:
    """A killed service resets the line: the loop closes it before the next report comes."""

    async def scenario(outbox: Outbox, _: asyncio.StreamReader, complaints: list[str]) -> None:
        outbox._writer.transport.abort()
        await asyncio.sleep(0)
        outbox.put(offered(1))
        await outbox.flush()
        assert complaints == []

    run(scenario)
