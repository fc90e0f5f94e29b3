"""
All meetings that this node serves, and all its connections.

`async with Hubs(...).running():` is the life of everything in this package. Meetings get a hub when
somebody connects, when the bus tells of them, and at the start if they are under way; a hub that
has nothing to do any more is let go.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from typing import Protocol

from meetings.record.port import RecordError
from meetings.service import MeetingService, ServiceClosed, UnknownMeeting
from signaling.bus.port import Bus
from signaling.clients import Overloaded
from signaling.counters import Counters
from signaling.hub import Hub
from signaling.limits import Limits
from signaling.media_bridge import MediaBridge
from signaling.relay import IceServers
from signaling.wire.codes import CloseCode
from signaling.wire.frames import AlarmView, CallView

log = logging.getLogger(__name__)


class ShuttingDown(Exception):
    """The service stops: come again, another will answer."""


class Ending(Protocol):
    """A connection that can be told to end."""

    def end(self, code: CloseCode, reason: str = "") -> None:
        """Close it."""
        ...


class Hubs:
    """One node's hubs."""

    def __init__(
        self,
        service: MeetingService,
        bus: Bus,
        media: MediaBridge,
        limits: Limits,
        counters: Counters,
        *,
        clock_ms: Callable[[], int],
        monotonic: Callable[[], float],
        ice_servers: IceServers | None = None,
        room_secret: bytes | None = None,
    ) -> None:
        """
        Args:
            service: announces to *bus*.
            clock_ms: wall clock, the same as the service's.
            monotonic: for grace times, seconds.
            ice_servers: for the clients; none on a local network.
            room_secret: from which the rooms' check-in codes follow, the same on every node;
                None: one of this process alone.
        """
        self.limits = limits
        self.counters = counters
        self.clock_ms = clock_ms
        self._service = service
        self._bus = bus
        self._media = media
        self._monotonic = monotonic
        self._ice_servers = ice_servers or IceServers()
        self._room_secret = room_secret or secrets.token_bytes(32)
        self._hubs: dict[str, Hub] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._resting: dict[str, float] = {}  # meeting -> since when, monotonic
        self._tasks: asyncio.TaskGroup | None = None
        self._connections: set[Ending] = set()
        self._all_gone = asyncio.Event()
        self._all_gone.set()

    @contextlib.asynccontextmanager
    async def running(self, unfinished: Iterable[str] = ()) -> AsyncIterator[None]:
        """
        Serve for the time of the context; at its end every connection is told to come again.

        Args:
            unfinished: meetings that were under way when the service stopped.
        """
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            serving = [
                tasks.create_task(self._follow_bus()),
                tasks.create_task(self._check_heads()),
                tasks.create_task(self._follow_media()),
            ]
            for meeting in unfinished:
                await self._wake(meeting)
            try:
                yield
            finally:
                self._tasks = None
                for connection in tuple(self._connections):
                    connection.end(CloseCode.SHUTTING_DOWN, "the service stops")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self.limits.close_s + 1.0):
                        await self._all_gone.wait()
                for task in (*serving, *self._running.values()):
                    task.cancel()

    # --- connections

    def add(self, connection: Ending) -> None:
        """
        A connection begins.

        Raises: ShuttingDown, Overloaded.
        """
        if self._tasks is None:
            raise ShuttingDown
        if len(self._connections) >= self.limits.connections_total:
            raise Overloaded("too many connections")
        self._connections.add(connection)
        self._all_gone.clear()

    def remove(self, connection: Ending) -> None:
        """It is over."""
        self._connections.discard(connection)
        if not self._connections:
            self._all_gone.set()

    # --- meetings

    def end_invited(self, invitations: Collection[str]) -> None:
        """Close the connections that came by these, which were withdrawn."""
        for hub in self._hubs.values():
            hub.end_invited(invitations)

    @property
    def lines(self) -> Iterator[CallView]:
        """How good the lines of all meetings are now."""
        return (line for hub in self._hubs.values() for line in hub.lines)

    @property
    def alarms(self) -> Iterator[AlarmView]:
        """What is the matter with the programmes of all meetings now."""
        return (alarm for hub in self._hubs.values() for alarm in hub.media.sections.alarms)

    @property
    def recording(self) -> int:
        """Meetings whose programme is being written at this moment."""
        return sum(hub.media.sections.recording for hub in self._hubs.values())

    @property
    def serving(self) -> tuple[str, ...]:
        """Meetings that have a hub now."""
        return tuple(self._hubs)

    async def hub(self, meeting: str) -> Hub:
        """
        The hub of a meeting; begins to serve it if need be.

        Raises: UnknownMeeting, RecordError, ServiceClosed, ShuttingDown.
        """
        known = self._hubs.get(meeting)
        if known is not None:
            return known
        live = await self._service.live(meeting)
        if self._tasks is None:
            raise ShuttingDown
        if meeting not in self._hubs:  # nobody else was faster
            hub = Hub(
                live,
                self._service,
                self._media,
                self.limits,
                self.counters,
                clock_ms=self.clock_ms,
                monotonic=self._monotonic,
                ice_servers=self._ice_servers,
                room_secret=self._room_secret,
            )
            self._hubs[meeting] = hub
            self._running[meeting] = self._tasks.create_task(self._run(hub))
        return self._hubs[meeting]

    async def _run(self, hub: Hub) -> None:
        """The edge of a meeting: a hub that fails takes its connections along, and no other hub."""
        try:
            await hub.run()
        except Exception:
            log.exception("the hub of meeting %s failed", hub.meeting)
            hub.end_all(CloseCode.INTERNAL, "internal error")
        finally:
            self._media.close(hub.media)
            if self._hubs.get(hub.meeting) is hub:
                del self._hubs[hub.meeting]
                del self._running[hub.meeting]

    async def _follow_bus(self) -> None:
        wakes = self._bus.subscribe()
        try:
            while True:
                for meeting, offset in (await wakes.wake()).items():
                    self._service.heard(meeting, offset)
                    await self._wake(meeting)
        finally:
            wakes.close()

    async def _wake(self, meeting: str) -> None:
        """An edge too: a meeting that can't be served must not stop the others."""
        try:
            hub = await self.hub(meeting)
            hub.wake()
        except (UnknownMeeting, ServiceClosed, ShuttingDown):
            pass
        except RecordError as error:
            log.warning("meeting %s can't be read: %s", meeting, error)
        except Exception:
            log.exception("meeting %s can't be served", meeting)

    async def _check_heads(self) -> None:
        """A lost wake costs this long at most; and meetings that rest are let go of."""
        while True:
            await asyncio.sleep(self.limits.head_check_s)
            for meeting in tuple(self._hubs):
                try:
                    await self._service.check(meeting)
                except RecordError as error:
                    log.warning("meeting %s can't be read: %s", meeting, error)
                if meeting in self._hubs:
                    await self._wake(meeting)
            self._let_go()

    def _let_go(self) -> None:
        """Hubs that have had nothing to do for a while, then their meetings."""
        now_s = self._monotonic()
        for hub in self._hubs.values():
            hub.rest()
        idle = {meeting for meeting, hub in self._hubs.items() if hub.idle}
        idle |= set(self._service.loaded) - self._hubs.keys()
        self._resting = {meeting: self._resting.get(meeting, now_s) for meeting in idle}
        for meeting, since_s in tuple(self._resting.items()):
            if now_s - since_s < self.limits.rest_s:
                continue
            if meeting in self._hubs:
                # Taken out at once, so that nobody is admitted to a hub that is ending.
                del self._hubs[meeting]
                self._running.pop(meeting).cancel()
            if self._service.release(meeting):
                del self._resting[meeting]

    async def _follow_media(self) -> None:
        """An edge: meetings go on without media."""
        try:
            await self._media.run()
        except Exception:
            log.exception("reports of the media plane are no longer read")
