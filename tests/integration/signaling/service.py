"""A meeting service on a real port, with a media plane that does as the test says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from media.control import (
    Allow,
    MediaRefused,
    Part,
    ProgrammeState,
    Publish,
    Report,
    Request,
    Watch,
)
from meetings import events as ev
from meetings.people import Person, Role
from meetings.record.memory import MemoryRecord
from meetings.record.port import MeetingExists, Record
from meetings.service import MeetingService
from signaling.bus.in_process import InProcessBus
from signaling.connection import endpoint
from signaling.counters import Counters
from signaling.hubs import Hubs
from signaling.identity import Claims, TokenExpired, TokenInvalid, TokenRevoked
from signaling.limits import Limits, Rate
from signaling.media_bridge import MediaBridge
from signaling.nodes.static import StaticNodes
from web.server import listen, serving

Asked = TypeVar("Asked", bound=Request)

MEETING = "m1"
WAIT_S = 20.0
"""For what happens at once: generous, since machines are busy."""

FAST = Limits(
    frames=Rate(burst=10_000, per_s=10_000.0),
    comments=Rate(burst=10_000, per_s=10_000.0),
    members_tick_s=0.002,
    viewers_tick_s=0.005,
    grace_s=60.0,
    head_check_s=0.2,
    media_retry_s=0.1,
    closing_card_s=0.0,
)
"""Nothing is slow or forbidden unless the test says so."""

CREATED = ev.MeetingCreated(
    title="加装电梯",
    room="1234",
    room_name="幸福里议事室",
    planned_ms=1_000,
    agenda=(ev.AgendaItem(id=1, title="方案说明"), ev.AgendaItem(id=2, title="表决")),
)

HOST = Person(id="host", name="周明", office="室长", role=Role.HOST)
LI = Person(id="li", name="李娟", office="住建局", role=Role.PARTICIPANT)
WANG = Person(id="wang", name="王伯", role=Role.VIEWER)
ZHAO = Person(id="zhao", name="赵姨", role=Role.VIEWER)
CAMERA = Person(id="cam", name="会场", role=Role.ROOM)
SCREEN = Person(id="screen", name="大屏", role=Role.DISPLAY)


def token(person: Person, meeting: str = MEETING, invitation: str = "") -> str:
    """What `Tokens` takes for this person's."""
    return f"{meeting}|{person.id}|{person.role}|{person.name}|{person.office}|{invitation}"


class Tokens:
    """Believes everything that is written plainly."""

    def verify(self, token: str) -> Claims:
        """See the port."""
        if token == "expired":
            raise TokenExpired
        parts = token.split("|")
        if len(parts) != 6:
            raise TokenInvalid
        meeting, person, role, name, office, invitation = parts
        if invitation == "withdrawn":
            raise TokenRevoked
        return Claims(meeting, person, Role(role), name, office, invitation)


class Plane:
    """A media plane without media: remembers requests, reports what it is given."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.refusal: MediaRefused | None = None
        self.refuses: type | tuple[type, ...] = object
        """Kinds of requests that are refused, while there is a refusal."""
        self.refused = 0
        self._reports: asyncio.Queue[Report] = asyncio.Queue()
        self._moved = asyncio.Condition()

    async def request(self, request: Request) -> str | None:
        """See the port."""
        if self.refusal is not None and isinstance(request, self.refuses):
            self.refused += 1
            raise self.refusal
        async with self._moved:
            self.requests.append(request)
            self._moved.notify_all()
        return f"answer to {request.sdp}" if isinstance(request, Publish | Watch) else None

    async def reports(self) -> AsyncIterator[Report]:
        """See the port."""
        while True:
            yield await self._reports.get()

    async def close(self) -> None:
        """See the port."""

    def report(self, report: Report) -> None:
        """Something happened."""
        self._reports.put_nowait(report)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until requests have made something true."""
        async with asyncio.timeout(WAIT_S), self._moved:
            await self._moved.wait_for(lambda: bool(condition()))

    def of(self, kind: type[Asked]) -> list[Asked]:
        """All requests of one kind."""
        return [request for request in self.requests if isinstance(request, kind)]

    def heard(self) -> set[str]:
        """Whose sound is let through."""
        now: dict[str, bool] = {}
        for request in self.requests:
            if isinstance(request, Allow):
                now[request.person] = request.sound
        return {person for person, sound in now.items() if sound}


def sender(plane: Plane, person: str) -> str:
    """The newest peer on which this person sends."""
    return next(one.peer for one in reversed(plane.of(Publish)) if one.person == person)


class Stream:
    """A programme that remembers nothing but its state."""

    def __init__(self) -> None:
        self.state: str = "starting"
        self.since_ms: int | None = None
        self.ended = False

    def feed(self, report: Part | ProgrammeState) -> None:
        """See `Programme`."""
        if isinstance(report, Part):
            self.since_ms = self.since_ms or report.at_ms
            self.state = "live"
        else:
            self.state = report.state
            self.ended = report.state == "ended"


def part(n: int) -> Part:
    """The n-th part of the programme."""
    return Part(
        room=MEETING,
        init="i",
        segment=0,
        part=n,
        file="f",
        start=n,
        length=1,
        duration_s=0.2,
        independent=True,
        last=False,
        at_ms=5_000 + n,
    )


@dataclass(frozen=True, slots=True)
class Service:
    """What a test needs of a running service."""

    url: str
    meetings: MeetingService
    hubs: Hubs
    plane: Plane
    counters: Counters

    async def ask(self, person: Person, command: object, command_id: str) -> object:
        """Submit a command without a connection."""
        return await self.meetings.submit(MEETING, person, command_id, command)  # type: ignore[arg-type]


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for something inside the service that nobody is told of."""
    for _ in range(int(WAIT_S / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("it never came true")


def clock_ms() -> int:
    """Wall clock."""
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def running(
    limits: Limits = FAST,
    *,
    record: Record | None = None,
    port: int = 0,
    people: Sequence[Person] = (HOST, LI, WANG),
) -> AsyncIterator[Service]:
    """A service with one scheduled meeting, which is made if it isn't in the record."""
    record = MemoryRecord() if record is None else record
    bus, counters, plane = InProcessBus(), Counters(), Plane()
    meetings = MeetingService(record, clock_ms, bus.publish)
    with suppress(MeetingExists):
        await meetings.create(MEETING, CREATED, people)
    streams: dict[str, Stream] = {}
    bridge = MediaBridge(
        plane,
        StaticNodes(),
        node="here",
        programme=lambda meeting: streams.setdefault(meeting, Stream()),  # type: ignore[arg-type,return-value]
        programmes=Path("/programmes"),
        limits=limits,
        counters=counters,
        clock_ms=clock_ms,
    )
    hubs = Hubs(
        meetings, bus, bridge, limits, counters, clock_ms=clock_ms, monotonic=time.monotonic
    )
    app = Starlette(routes=[WebSocketRoute("/ws", endpoint(hubs, Tokens()))])
    listener = listen("127.0.0.1", port)
    url = f"ws://127.0.0.1:{listener.getsockname()[1]}/ws"
    unfinished = [one.id for one in await record.meetings() if one.state in {"open", "recess"}]
    with listener:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(meetings.run())
            async with (
                serving(app, listener, trusted_proxies="", frame_max=limits.transport_max),
                hubs.running(unfinished),
            ):
                yield Service(url, meetings, hubs, plane, counters)
            await meetings.close()
