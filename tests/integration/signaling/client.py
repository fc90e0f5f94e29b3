"""A client that keeps sections as a page would, and checks the order of things while it reads."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket as sockets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import pytest
from pydantic import TypeAdapter
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from meetings.commands import Command
from meetings.people import Person
from signaling.wire.frames import ServerFrame
from tests.integration.signaling.service import WAIT_S, token

RECORDED = {"meeting", "agenda", "floor", "votes", "comments", "people"}

_FRAMES: TypeAdapter[ServerFrame] = TypeAdapter(ServerFrame)
_NUMBERS = itertools.count(1)


class Client:
    """State of one page; lives over several connections."""

    def __init__(
        self, person: Person, url: str, *, companion: bool = False, invitation: str = ""
    ) -> None:
        self.person = person
        self.url = url
        self.companion = companion
        self.invitation = invitation
        self.epoch = ""
        self.audience = ""
        self.offset = 0
        self.sections: dict[str, Any] = {}
        self.frames: list[dict[str, Any]] = []
        """All but updates, of this connection."""
        self.updates = 0
        self._socket: ClientConnection | None = None

    @property
    def token(self) -> str:
        """What the person was invited with."""
        return token(self.person, invitation=self.invitation)

    @property
    def socket(self) -> ClientConnection:
        """The connection."""
        assert self._socket is not None
        return self._socket

    # --- connections

    async def connect(self, *, greet: bool = True, sock: sockets.socket | None = None) -> Self:
        """
        Come, or come back; returns once the first update is here.

        Args:
            sock: read from it only when the test reads.
        """
        self._socket = await connect(
            self.url,
            sock=sock,
            max_size=None,
            max_queue=None if sock is None else 4,
            compression=None,
            ping_interval=None,
        )
        self.frames.clear()
        if greet:
            await self.greet()
        return self

    async def greet(self) -> None:
        """Say hello, with the position if there is one."""
        seen = {"epoch": self.epoch, "offset": self.offset, "audience": self.audience}
        hello = {"type": "hello", "token": self.token, "companion": self.companion}
        before = self.updates
        await self.say({**hello, "resume": seen if self.epoch else None})
        await self.until(lambda: self.updates > before)

    async def close(self) -> None:
        """Go away politely."""
        await self.socket.close()

    def drop(self) -> None:
        """Lose the network: no close frame, nothing more is read."""
        self.socket.transport.abort()

    # --- reading

    async def read(self) -> dict[str, Any]:
        """
        Take one frame in.

        Raises: ConnectionClosed.
        """
        async with asyncio.timeout(WAIT_S):
            text = await self.socket.recv()
        assert isinstance(text, str)
        _FRAMES.validate_json(text)
        frame: dict[str, Any] = json.loads(text)
        if frame["type"] == "update":
            self._take_update(frame)
        else:
            self.frames.append(frame)
            if frame["type"] == "welcome":
                self._take_welcome(frame)
        return frame

    def _take_welcome(self, welcome: dict[str, Any]) -> None:
        if not welcome["resumed"]:
            self.sections.clear()
            self.offset = 0
        self.epoch = welcome["epoch"]
        self.audience = welcome["audience"]

    def _take_update(self, update: dict[str, Any]) -> None:
        self.updates += 1
        if RECORDED & update["sections"].keys():
            assert update["offset"] > self.offset, "seen already"
        assert update["offset"] >= self.offset, "going back"
        self.offset = update["offset"]
        self.sections |= update["sections"]

    async def until(self, condition: Callable[[], object]) -> None:
        """Read until something is true."""
        while not condition():
            await self.read()

    async def shown(self, section: str, condition: Callable[[Any], object]) -> None:
        """Read until a section is there and fulfils something."""
        await self.until(lambda: section in self.sections and condition(self.sections[section]))

    async def answer(self, kind: str, frame_id: str | None = None) -> dict[str, Any]:
        """Read until a frame of this type, and with this id, is here; take it."""

        def found() -> dict[str, Any] | None:
            return next(
                (f for f in self.frames if f["type"] == kind and f.get("id") == frame_id), None
            )

        await self.until(found)
        frame = found()
        assert frame is not None
        self.frames.remove(frame)
        return frame

    async def closed(self) -> int:
        """Read to the end; returns the close code, 1006 if there was none (RFC 6455, 7.1.5)."""
        with pytest.raises(ConnectionClosed) as end:
            await self.until(lambda: False)
        return end.value.rcvd.code if end.value.rcvd is not None else 1006

    # --- speaking

    async def say(self, frame: dict[str, Any] | str | bytes) -> None:
        """Send anything."""
        await self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def ask(self, command: Command, command_id: str | None = None) -> dict[str, Any]:
        """Send a command; returns its result or refusal."""
        command_id = command_id or f"client-{next(_NUMBERS):08}"
        await self.say(
            {"type": "command", "id": command_id, "command": command.model_dump(mode="json")}
        )

        def found() -> dict[str, Any] | None:
            return next((f for f in self.frames if f.get("id") == command_id), None)

        await self.until(found)
        frame = found()
        assert frame is not None
        self.frames.remove(frame)
        return frame

    async def publish(self) -> None:
        """Offer to send, and read the answer."""
        await self._offer()
        await self.answer("link.published")

    async def publish_refused(self) -> str:
        """Offer to send; returns the code of the refusal."""
        await self._offer()
        return str((await self.answer("error"))["code"])

    async def _offer(self) -> None:
        await self.say({"type": "link.publish", "sdp": "v=0"})


@asynccontextmanager
async def connected(person: Person, url: str) -> AsyncIterator[Client]:
    """A client for the time of the context."""
    client = await Client(person, url).connect()
    try:
        yield client
    finally:
        await client.close()


async def snapshot(person: Person, url: str) -> dict[str, Any]:
    """All sections, as somebody who comes now sees them."""
    async with connected(person, url) as client:
        return dict(client.sections)
