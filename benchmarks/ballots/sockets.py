"""
Clients that cost little: one asyncio protocol a connection, frames made before they are sent.

They are no browsers: what arrives is looked at just as far as to know an answer. Measured is the
time from the instant at which a ballot is due to be sent to that at which its answer is here, on
the clock of this process.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, cast

DIGITS = 8  # of a ballot's number, in the command's id
_RESULT = b'{"type":"result","id":"'
_REFUSAL = b'{"type":"refusal"'
_WELCOME = b'{"type":"welcome"'


@dataclass(slots=True)
class Tally:
    """What came of the ballots of one measurement."""

    waits_ms: list[float] = field(default_factory=list)
    refused: int = 0
    sent: int = 0
    frames: int = 0
    """That arrived: answers, and what the service told besides."""
    bytes: int = 0

    @property
    def answered(self) -> int:
        """With success."""
        return len(self.waits_ms)

    async def settled(self) -> None:
        """Wait until every ballot is answered."""
        for pause_s in itertools.repeat(0.05):
            if self.answered + self.refused >= self.sent:
                return
            await asyncio.sleep(pause_s)


class Voter(Protocol):
    """One connection that casts ballots."""

    on_answer: Callable[[Voter], None]

    def cast(self, due_s: float) -> None:
        """Send the next ballot, which was due at this instant (`time.perf_counter`)."""
        ...


class _Connection(asyncio.Protocol):
    """What both kinds share: who waits since when, and whom to tell."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.on_answer: Callable[[Voter], None] = lambda _: None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionError("closed"))

    def write(self, data: bytes) -> None:
        """Send it."""
        assert self._transport is not None
        self._transport.write(data)

    def close(self) -> None:
        """Go away."""
        if self._transport is not None:
            self._transport.abort()

    def _answered(self, since_s: float, *, good: bool) -> None:
        if good:
            self.tally.waits_ms.append((time.perf_counter() - since_s) * 1000)
        else:
            self.tally.refused += 1


class SocketVoter(_Connection):
    """Named ballots over the meeting's socket, changed again and again."""

    def __init__(self, tally: Tally, number: int, token: str, vote: int, options: int) -> None:
        super().__init__(tally)
        self._waiting: dict[bytes, float] = {}
        self._count = 0
        name = f"b-{number:05}-"
        self._frames = [
            _frame(
                f'{{"type":"command","id":"{name}{"0" * DIGITS}","command":'
                f'{{"type":"vote.cast","vote":{vote},"marks":[{",".join(marks)}]}}}}'
            ).partition(b"0" * DIGITS)
            for marks in (
                ["1" if at == chosen else "0" for at in range(options)] for chosen in range(options)
            )
        ]
        self._answer = len(_RESULT) + len(name)
        self._hello = _frame(json.dumps({"type": "hello", "token": token, "resume": None}))
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.write(
            b"GET /ws HTTP/1.1\r\nHost: benchmark\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            b"Sec-WebSocket-Version: 13\r\n\r\n"
        )

    def cast(self, due_s: float) -> None:
        """See `Voter`."""
        self._count += 1
        count = b"%0*d" % (DIGITS, self._count)
        self._waiting[count] = due_s
        self.tally.sent += 1
        head, _, tail = self._frames[self._count % len(self._frames)]
        self.write(head + count + tail)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        self.tally.bytes += len(data)
        if not self._upgraded:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            assert buffer.startswith(b"HTTP/1.1 101"), bytes(buffer[:200])
            del buffer[: end + 4]
            self._upgraded = True
            self.write(self._hello)
        at = 0
        while len(buffer) - at >= 2:
            length, head = buffer[at + 1], 2
            if length == 126:
                length, head = int.from_bytes(buffer[at + 2 : at + 4]), 4
            elif length == 127:
                length, head = int.from_bytes(buffer[at + 2 : at + 10]), 10
            if len(buffer) - at < head + length:
                break
            start = at + head
            self._take(buffer, start)
            at = start + length
        del buffer[:at]

    def _take(self, buffer: bytearray, start: int) -> None:
        self.tally.frames += 1
        if buffer.startswith(_RESULT, start):
            begin = start + self._answer
            since_s = self._waiting.pop(bytes(buffer[begin : begin + DIGITS]))
            self._answered(since_s, good=True)
            self.on_answer(self)
        elif buffer.startswith(_REFUSAL, start):
            self._answered(0.0, good=False)
        elif buffer.startswith(_WELCOME, start) and not self.ready.done():
            self.ready.set_result(None)


class HttpVoter(_Connection):
    """Secret ballots, one after the other on a kept connection; the same paper, changed."""

    def __init__(self, tally: Tally, path: str, ballots: tuple[bytes, ...]) -> None:
        super().__init__(tally)
        self._requests = [
            f"POST {path} HTTP/1.1\r\nHost: benchmark\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
            for body in ballots
        ]
        self._waiting: list[float] = []
        self._count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.ready.set_result(None)

    def cast(self, due_s: float) -> None:
        """See `Voter`."""
        self._waiting.append(due_s)
        self.tally.sent += 1
        if len(self._waiting) == 1:
            self._send()

    def _send(self) -> None:
        self._count += 1
        self.write(self._requests[self._count % len(self._requests)])

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(buffer[:end]).lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        if len(buffer) < end + 4 + length:
            return
        self.tally.frames += 1
        self.tally.bytes += end + 4 + length
        del buffer[: end + 4 + length]
        self._answered(self._waiting.pop(0), good=head.startswith(b"http/1.1 200"))
        if self._waiting:
            self._send()
        self.on_answer(self)


def _frame(text: str) -> bytes:
    """A text frame, masked with a key of zeros, which changes nothing (RFC 6455, 5.3)."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return bytes([0x81, 0x80 | size]) + bytes(4) + payload
    return bytes([0x81, 0xFE]) + size.to_bytes(2) + bytes(4) + payload


def pin(cpu: int) -> None:
    """Keep this process on one processor, away from the service."""
    os.sched_setaffinity(0, {cpu})
