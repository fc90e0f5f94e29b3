"""
One WebSocket: the adapter between starlette and a session.

One task reads, one carries out what the video link needs; the first that ends ends all. Writing
needs none: what is to be sent goes out at once, or waits in the outbox until the socket takes more.
Whatever nobody foresaw is logged here, once, and closes this connection alone.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import assert_never

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from media.control import MediaRefused
from meetings.people import Person, Role
from meetings.record.port import RecordError, UnknownMeeting
from meetings.refusals import Refused
from meetings.service import ServiceClosed
from signaling.clients import Overloaded, Removed
from signaling.hub import Hub
from signaling.hubs import Hubs, ShuttingDown
from signaling.identity import Identity, TokenExpired, TokenInvalid, TokenRevoked
from signaling.negotiation import Negotiation
from signaling.outbox import Batch, Outbox
from signaling.session import Close, Enter, Link, LinkFrame, Measured, Send, Session, Submit
from signaling.transport import WIRE, Wire
from signaling.wire.codes import CloseCode
from signaling.wire.frames import Refusal, Result, ServerFrame, Welcome

log = logging.getLogger(__name__)

_NOBODY = Person(id="nobody", name="-", role=Role.DISPLAY)
_REASON_MAX = 123  # bytes
_GONE = Close(CloseCode.SHUTTING_DOWN, "gone")
"""The client closed first: there is nobody to send a code to."""


def endpoint(hubs: Hubs, identity: Identity) -> Callable[[WebSocket], Awaitable[None]]:
    """The function for a `starlette.routing.WebSocketRoute`."""

    async def meeting_socket(websocket: WebSocket) -> None:
        await Connection(websocket, hubs, identity).serve()

    return meeting_socket


def _brief(reason: str) -> str:
    """As much as a close frame can carry: 123 bytes (RFC 6455, 5.5 and 5.5.1)."""
    return reason.encode()[:_REASON_MAX].decode(errors="ignore")


class Connection:
    """One client. The hub's `Client`."""

    def __init__(self, websocket: WebSocket, hubs: Hubs, identity: Identity) -> None:
        self.id = secrets.token_urlsafe(9)
        self.person = _NOBODY
        self.companion = False
        self.invitation = ""
        self.negotiation = Negotiation("", self.id, _NOBODY.id)
        self._websocket = websocket
        self._wire: Wire = websocket.scope["extensions"][WIRE]
        self._wire.drained = self._drained
        self._hubs = hubs
        self._identity = identity
        self._limits = hubs.limits
        self._session = Session(hubs.limits)
        self._outbox = Outbox(hubs.limits.direct_max)
        self._hub: Hub | None = None
        self._something_to_ask = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._ending: asyncio.Future[Close] = self._loop.create_future()
        self._silent_since_s: float | None = self._loop.time()  # None: carries something out
        self._idle: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    # --- what the hub asks; nothing here blocks

    def send(self, frame: ServerFrame) -> None:
        """See `Client`. A client that lets too many answers wait is closed as too slow."""
        if self._outbox.put(frame.model_dump_json().encode()):
            self._flush()
        else:
            self.end(CloseCode.TOO_SLOW, "too many frames wait")

    def begin(self, welcome: Welcome, batch: Batch) -> None:
        """See `Client`."""
        if self._outbox.begin(welcome.model_dump_json().encode(), batch):
            self._flush()
        else:
            self.end(CloseCode.TOO_SLOW, "too many frames wait")

    def push(self, batch: Batch) -> None:
        """See `Client`."""
        self._outbox.push(batch)
        self._flush()

    def end(self, code: CloseCode, reason: str = "") -> None:
        """See `Client`. The first reason counts."""
        self._end(Close(code, reason))

    def negotiate(self) -> None:
        """See `Client`."""
        self._something_to_ask.set()

    def _end(self, close: Close) -> None:
        if not self._ending.done():
            self._ending.set_result(close)

    # --- life

    async def serve(self) -> None:
        """From the handshake to the close."""
        counters = self._hubs.counters
        try:
            await self._websocket.accept()
        except (WebSocketDisconnect, RuntimeError):
            return  # gone before we could answer
        counters.connections += 1
        close = _GONE
        try:
            self._hubs.add(self)
            self._watch()
            async with asyncio.TaskGroup() as tasks:
                running = [
                    tasks.create_task(self._guard(task())) for task in (self._read, self._negotiate)
                ]
                close = await self._ending
                for task in running:
                    task.cancel()
        except ShuttingDown:
            close = Close(CloseCode.SHUTTING_DOWN)
        except Overloaded as overloaded:
            close = Close(CloseCode.OVERLOADED, str(overloaded))
        finally:
            for timer in (self._idle, self._stalled):
                if timer is not None:
                    timer.cancel()
            counters.connections -= 1
            counters.closed["gone" if close is _GONE else close.code.name] += 1
            if self._hub is not None:
                self._hub.dismiss(self)
            try:
                await self._say_goodbye(close)
            finally:
                self._hubs.remove(self)

    async def _guard(self, task: Awaitable[None]) -> None:
        """The edge: whatever happens in a task ends this connection and nothing else."""
        try:
            await task
        except WebSocketDisconnect:
            self._end(_GONE)
        except Exception:
            log.exception(
                "connection %s of %s in meeting %s failed",
                self.id,
                self.person.id,
                self._hub.meeting if self._hub else None,
            )
            self.end(CloseCode.INTERNAL, "internal error")

    async def _say_goodbye(self, close: Close) -> None:
        """Send what still waits and the code; a client that doesn't take it is dropped."""
        if close is _GONE:
            return
        try:
            async with asyncio.timeout(self._limits.close_s):
                if close.code is not CloseCode.TOO_SLOW:
                    await self._wire.writable.wait()
                    self._flush()
                await self._websocket.close(close.code, _brief(close.reason))
        except TimeoutError:
            self._wire.abort()
        except (WebSocketDisconnect, RuntimeError):
            pass  # was faster

    # --- writing

    def _flush(self) -> None:
        """Write what waits; if the socket takes nothing now, `_drained` will, or it is too slow."""
        if self._wire.writable.is_set():
            if frames := self._outbox.take():
                self._wire.write(frames)
                self._hubs.counters.frames_out += len(frames)
        elif self._stalled is None:
            self._stalled = self._loop.call_later(
                self._limits.no_progress_s, self.end, CloseCode.TOO_SLOW, "takes nothing"
            )

    def _drained(self) -> None:
        """The socket takes more."""
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
            self._flush()

    # --- reading

    async def _read(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                self._end(_GONE)
                return
            self._hubs.counters.frames_in += 1
            text = message.get("text")
            data: str | bytes = message["bytes"] if text is None else text
            self._silent_since_s = None
            await self._take(data)
            self._silent_since_s = self._loop.time()
            # Many frames may be here already: others come in between.
            await asyncio.sleep(0)

    def _watch(self) -> None:
        """
        Close a connection on which nothing is said for too long.

        One timer that looks again when the silence would be over costs nothing for each frame.
        """
        now_s = self._loop.time()
        since_s = now_s if self._silent_since_s is None else self._silent_since_s
        left_s = since_s + self._session.patience_s - now_s
        if left_s > 0:
            self._idle = self._loop.call_later(left_s, self._watch)
        else:
            self.end(CloseCode.IDLE, "nothing said")

    async def _take(self, data: str | bytes) -> None:
        wall_ms = float(self._hubs.clock_ms())
        match self._session.receive(data, time.monotonic(), wall_ms):
            case Send(frame):
                self.send(frame)
            case Close() as close:
                self._end(close)
            case Enter() as enter:
                await self._enter(enter)
            case Submit() as submit:
                await self._submit(submit)
            case Link(frame):
                self._link(frame)
            case Measured(stats):
                assert self._hub is not None, "can't happen: stats before the welcome"
                self._hub.measured(self, stats)
            case unknown:
                assert_never(unknown)

    async def _enter(self, enter: Enter) -> None:
        try:
            claims = self._identity.verify(enter.token)
            self.person = claims.to_person()
            self.companion = enter.companion
            self.invitation = claims.invitation
            hub = await self._hubs.hub(claims.meeting)
            self.negotiation = Negotiation(hub.meeting, self.id, self.person.id)
            comments = hub.admit(self)
            self._hub = hub
            self.person = await hub.join(self.person)
            self._identity.verify(enter.token)  # may have been withdrawn meanwhile
        except TokenRevoked:
            self.end(CloseCode.TOKEN_REVOKED)
        except TokenExpired:
            self.end(CloseCode.TOKEN_EXPIRED)
        except (TokenInvalid, ValidationError):
            self.end(CloseCode.TOKEN_INVALID)
        except UnknownMeeting:
            self.end(CloseCode.MEETING_UNKNOWN)
        except Overloaded as overloaded:
            self.end(CloseCode.OVERLOADED, str(overloaded))
        except Removed as removed:
            self.end(CloseCode.REMOVED, str(removed))
        except (ShuttingDown, ServiceClosed):
            self.end(CloseCode.SHUTTING_DOWN)
        except RecordError:
            self.end(CloseCode.INTERNAL, "the record can't be reached")  # logged by the service
        else:
            self._session.entered(comments)
            hub.welcome(self, enter.resume)

    async def _submit(self, submit: Submit) -> None:
        assert self._hub is not None, "can't happen: a command before the welcome"
        try:
            answer = await self._hub.submit(self, submit.id, submit.command)
        except ServiceClosed:
            self.end(CloseCode.SHUTTING_DOWN)
        except RecordError:
            # Nothing was acknowledged; the client comes again and repeats it.
            self.end(CloseCode.INTERNAL, "the record can't be reached")
        else:
            if isinstance(answer, Refused):
                self.send(Refusal(id=submit.id, code=answer.code, detail=answer.detail))
            else:
                self.send(Result(id=submit.id, offset=answer.offset, paper=answer.paper))

    # --- the video link

    def _link(self, frame: LinkFrame) -> None:
        assert self._hub is not None, "can't happen: a link before the welcome"
        self._hub.link(self, frame)

    async def _negotiate(self) -> None:
        while True:
            await self._something_to_ask.wait()
            self._something_to_ask.clear()
            while self._hub is not None and (request := self.negotiation.next_request()):
                outcome: str | MediaRefused | None
                try:
                    outcome = await self._hub.media.request(request)
                except MediaRefused as refused:
                    outcome = refused
                frame = self.negotiation.done(outcome)
                if frame is not None:
                    self.send(frame)
