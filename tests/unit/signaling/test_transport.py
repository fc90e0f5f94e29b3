"""What is added to uvicorn's WebSocket protocol; its bounds at their edges."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from uvicorn.server import ServerState
from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.uri import parse_uri

from signaling.transport import AHEAD_MAX, WIRE, MeetingSocket, Wire


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = bytearray()
        self.writes = 0
        self.reading = True
        self.closing = self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += data
        self.writes += 1

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.aborted = True


class Talk:
    """One accepted WebSocket: the client's end, the transport, and what the application has."""

    def __init__(self) -> None:
        self.transport = Transport()
        self.client = ClientProtocol(parse_uri("ws://here/"), max_size=None)
        self.accepted = asyncio.Event()
        self.wire: Wire
        self.receive: Callable[[], Awaitable[Any]]
        self._over = asyncio.Event()
        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            log_config=None,
            ws_per_message_deflate=False,
            ws_ping_interval=None,
        )
        self.socket = MeetingSocket(config, ServerState(), {})

    async def begin(self) -> None:
        """Shake hands."""
        self.socket.connection_made(self.transport)
        self.client.send_request(self.client.connect())
        self.upload()
        async with asyncio.timeout(5):
            await self.accepted.wait()
        self.heard()

    def say(self, text: str) -> None:
        """A message of the client's arrives."""
        self.client.send_text(text.encode())
        self.upload()

    def upload(self) -> None:
        """What the client has to send arrives."""
        self.socket.data_received(b"".join(self.client.data_to_send()))

    def heard(self) -> list[str]:
        """What arrived at the client meanwhile."""
        self.client.receive_data(bytes(self.transport.sent))
        self.transport.sent.clear()
        frames = [event for event in self.client.events_received() if isinstance(event, Frame)]
        return [bytes(frame.data).decode() for frame in frames]

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.wire, self.receive = scope["extensions"][WIRE], receive
        await receive()
        await send({"type": "websocket.accept"})
        self.accepted.set()
        await self._over.wait()


def run(scenario: Callable[[Talk], Awaitable[None]]) -> None:
    """Carry out *scenario* with a fresh socket."""

    async def go() -> None:
        talk = Talk()
        await talk.begin()
        await scenario(talk)

    asyncio.run(go())


def test_frames_written_together_leave_in_one_piece() -> None:
    """And arrive as they were, whatever their length says in the frame's head."""

    async def scenario(talk: Talk) -> None:
        payloads = ["", "短", "x" * 125, "x" * 126, "议" * 30_000]
        writes = talk.transport.writes
        talk.wire.write([payload.encode() for payload in payloads])
        assert talk.transport.writes == writes + 1
        assert talk.heard() == payloads

    run(scenario)


def test_nothing_is_written_to_a_socket_that_is_closing() -> None:
    """It would come after the close frame."""

    async def scenario(talk: Talk) -> None:
        talk.transport.close()
        talk.wire.write([b"late"])
        assert talk.heard() == []

    run(scenario)


def test_reading_stops_when_as_many_messages_wait_as_may() -> None:
    """Not one earlier; it goes on when all were taken."""

    async def scenario(talk: Talk) -> None:
        for n in range(AHEAD_MAX - 1):
            talk.say(str(n))
        assert talk.transport.reading
        talk.say("last")
        assert not talk.transport.reading
        taken = [(await talk.receive())["text"] for _ in range(AHEAD_MAX - 1)]
        assert not talk.transport.reading
        taken.append((await talk.receive())["text"])
        assert talk.transport.reading
        assert taken == [*map(str, range(AHEAD_MAX - 1)), "last"]

    run(scenario)


def test_whoever_waits_is_told_when_the_socket_takes_more() -> None:
    async def scenario(talk: Talk) -> None:
        told: list[bool] = []
        talk.wire.drained = lambda: told.append(talk.wire.writable.is_set())
        talk.socket.pause_writing()
        assert not talk.wire.writable.is_set()
        talk.socket.resume_writing()
        assert told == [True]

    run(scenario)


def test_an_abort_drops_the_connection_at_once() -> None:
    async def scenario(talk: Talk) -> None:
        talk.wire.abort()
        assert talk.transport.aborted

    run(scenario)
