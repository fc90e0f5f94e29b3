"""
A client of the meeting socket, as docs/protocol.md tells it.

It says hello, keeps the newest sections, sends commands again until they are answered, and comes
back with backoff when the socket is lost, as the browser's client does. Video links are not its
business: frames of a link are handed to `on_link`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
import ssl as tls
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import TypeAdapter, ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from meetings.commands import Command
from signaling.wire.codes import CloseCode
from signaling.wire.frames import (
    ClientFrame,
    CommandFrame,
    ErrorFrame,
    Hello,
    LinkOffer,
    LinkPublished,
    LinkReset,
    Ping,
    Pong,
    Position,
    Refusal,
    Result,
    Sections,
    ServerFrame,
    Update,
    Welcome,
)

BACKOFF_S = (0.2, 5.0)
"""First and longest wait before coming again; doubled each time, with jitter."""
PING_S = 10.0
HTTP_S = 10.0
RECEIVE_MAX = 4 * 1024 * 1024  # bytes of one frame from the service

LinkFrame = LinkPublished | LinkOffer | LinkReset
_SERVER_FRAMES: TypeAdapter[ServerFrame] = TypeAdapter(ServerFrame)


class TurnedAwayError(Exception):
    """The service said to stop: the token is of no use, or the person was replaced."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}".rstrip())
        self.code = code


class MeetingClient:
    """One person's connection. `run` is its task; the rest may be called from any other."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        ssl: tls.SSLContext | None = None,
        on_welcome: Callable[[Welcome], None] = lambda _: None,
        on_link: Callable[[LinkFrame], None] = lambda _: None,
        on_error: Callable[[ErrorFrame], None] = lambda _: None,
    ) -> None:
        """
        Args:
            url: where the service answers, http:// or https://.
            token: of an invitation link, or from `enter`.
            ssl: for https, whom to trust.
            on_welcome: called at every hello that was welcomed: links are to be made anew.
            on_link: called with every frame of a video link.
            on_error: called when the service dropped a frame.
        """
        self.url = socket_url(url)
        self.token = token
        self.sections = Sections()
        """The newest view."""
        self.welcome: Welcome | None = None
        self.errors: list[ErrorFrame] = []
        """The last hundred frames that the service dropped."""
        self.refusals: list[Refusal] = []
        """The last hundred commands that were refused, asked by `ask` or not."""
        self._ssl = ssl
        self._on_welcome = on_welcome
        self.on_link = on_link
        self._on_error = on_error
        self._socket: ClientConnection | None = None
        self._position: Position | None = None
        self._asked: dict[str, tuple[CommandFrame, asyncio.Future[Result | Refusal]]] = {}
        self._waiting: list[tuple[Callable[[Sections], bool], asyncio.Future[Sections]]] = []

    @property
    def offset(self) -> int:
        """Up to which entry of the record the sections are known; 0 before the first."""
        return self._position.offset if self._position is not None else 0

    async def run(self) -> None:
        """
        Stay connected until cancelled.

        Raises:
            TurnedAwayError: the service closed with a code that says so.
        """
        pause_s = BACKOFF_S[0]
        while True:
            before = self._position
            try:
                await self._connection()
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else 1006
                if code >= CloseCode.TOKEN_INVALID:  # 4500-4999: do not come again
                    raise TurnedAwayError(
                        code, closed.rcvd.reason if closed.rcvd else ""
                    ) from closed
            except (OSError, InvalidHandshake, TimeoutError):
                pass  # not there: the service is being restarted
            if self._position != before:
                pause_s = BACKOFF_S[0]
            await asyncio.sleep(pause_s * random.uniform(0.7, 1.3))  # noqa: S311 - not a secret
            pause_s = min(pause_s * 2, BACKOFF_S[1])

    async def ask(self, command: Command, *, command_id: str | None = None) -> Result | Refusal:
        """Ask once; sent again with the same id over reconnects until answered."""
        frame = CommandFrame(id=command_id or secrets.token_urlsafe(12), command=command)
        answer: asyncio.Future[Result | Refusal] = asyncio.get_running_loop().create_future()
        self._asked[frame.id] = (frame, answer)
        try:
            if self.welcome is not None:
                await self.send(frame)
            return await answer
        finally:
            self._asked.pop(frame.id, None)

    async def until(self, holds: Callable[[Sections], bool]) -> Sections:
        """Wait until the sections are such that *holds*; at once if they are."""
        if holds(self.sections):
            return self.sections
        future: asyncio.Future[Sections] = asyncio.get_running_loop().create_future()
        waiting = (holds, future)
        self._waiting.append(waiting)
        try:
            return await future
        finally:
            self._waiting.remove(waiting)

    async def send(self, frame: ClientFrame) -> None:
        """Send a frame if there is a connection; what must not be lost goes through `ask`."""
        if self._socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(frame.model_dump_json())

    async def send_text(self, text: str | bytes) -> None:
        """Send anything at all, as a broken or hostile client would."""
        if self._socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(text)

    async def drop(self) -> None:
        """Lose the socket without goodbye, as a lost network does."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _connection(self) -> None:
        async with connect(
            self.url,
            ssl=self._ssl,
            proxy=None,
            max_size=RECEIVE_MAX,
            ping_interval=None,
            close_timeout=1,
        ) as socket:
            hello = Hello(token=self.token, resume=self._position)
            await socket.send(hello.model_dump_json())
            self._socket = socket
            pings = asyncio.create_task(self._ping(socket))
            try:
                async for message in socket:
                    await self._receive(message)
            finally:
                self._socket = None
                self.welcome = None
                pings.cancel()

    async def _ping(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(PING_S)
                await socket.send(Ping(sent_ms=time.time() * 1000).model_dump_json())

    async def _receive(self, message: str | bytes) -> None:
        try:
            frame = _SERVER_FRAMES.validate_json(message)
        except ValidationError:
            return  # a newer service: what we do not know we do not need
        match frame:
            case Welcome():
                self.welcome = frame
                if not frame.resumed:
                    self.sections = Sections()
                self._on_welcome(frame)
                for asked, _ in list(self._asked.values()):
                    await self.send(asked)
            case Update():
                self._replace(frame)
            case Result() | Refusal():
                if isinstance(frame, Refusal):
                    self.refusals = [*self.refusals[-99:], frame]
                entry = self._asked.get(frame.id)
                if entry is not None and not entry[1].done():
                    entry[1].set_result(frame)
            case LinkPublished() | LinkOffer() | LinkReset():
                self.on_link(frame)
            case ErrorFrame():
                self.errors = [*self.errors[-99:], frame]
                self._on_error(frame)
            case Pong():
                pass

    def _replace(self, update: Update) -> None:
        changed = {
            name: value
            for name in Sections.model_fields
            if (value := getattr(update.sections, name))
        }
        self.sections = self.sections.model_copy(update=changed)
        if self.welcome is not None:
            self._position = Position(epoch=self.welcome.epoch, offset=update.offset)
        for holds, future in self._waiting:
            if not future.done() and holds(self.sections):
                future.set_result(self.sections)


def socket_url(url: str) -> str:
    """The meeting socket of the service at *url*."""
    parts = urlsplit(url)
    scheme = {"http": "ws", "https": "wss"}[parts.scheme]
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + "/ws", "", ""))


async def enter(
    url: str, room: str, name: str, *, token: str | None = None, ssl: tls.SSLContext | None = None
) -> dict[str, Any]:
    """
    Come in by a room's code, as a viewer does.

    Args:
        token: one from before, to stay the same person.

    Returns: {"token", "meeting", "person"}.

    Raises:
        OSError: nobody answers; urllib.error.HTTPError (an OSError) with the service's status.
    """
    body = {"name": name} | ({"token": token} if token else {})
    return await asyncio.to_thread(
        _post, f"{url.rstrip('/')}/api/rooms/{quote(room)}/enter", body, ssl
    )


def _post(url: str, body: dict[str, Any], ssl: tls.SSLContext | None) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - the service's own URL
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        *([urllib.request.HTTPSHandler(context=ssl)] if ssl else []),
    )
    with opener.open(request, timeout=HTTP_S) as answer:
        found: dict[str, Any] = json.load(answer)
        return found
