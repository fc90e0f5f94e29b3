"""The HTTP application over a record in memory, asked in process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from meetings.ballots.memory import MemoryBox
from meetings.commands import CloseMeeting, Command, Join, OpenMeeting
from meetings.events import AgendaItem, MeetingCreated
from meetings.people import Person, Role
from meetings.record.memory import MemoryRecord
from meetings.service import Accepted, MeetingService
from web.app import build_app
from web.assets import Assets
from web.auth import Invitations
from web.links import Origins
from web.metrics import Metrics
from web.minutes import MinutesFiles
from web.moments import MomentsFiles
from web.revisions import Revisions
from web.routes import ballots, minutes, moments, operations, pages, rooms

HOST = Person(id="host", name="王秀兰", office="室长", role=Role.HOST)
MEMBER = Person(id="member", name="李梅", office="区住建局", role=Role.PARTICIPANT)
VIEWER = Person(id="viewer", name="刘桂芳", role=Role.VIEWER)
MEETING = "m1"
ROOM = "xingfuli"
METRICS_TOKEN = "m" * 32
ORIGINS = Origins(viewers="http://192.168.1.7:8000", members="https://192.168.1.7:8443")


@dataclass
class Site:
    """What a test has in its hands."""

    http: httpx.AsyncClient
    record: MemoryRecord
    meetings: MeetingService
    invitations: Invitations
    now_s: list[float]
    """The tokens' clock; one element."""
    health: dict[str, bool] = field(default_factory=lambda: {"record": True, "media": True})

    def bearer(self, person: Person, meeting: str = MEETING) -> dict[str, str]:
        """Header fields of a request by this person."""
        return {"authorization": f"Bearer {self.invitations.issue(meeting, person)}"}

    async def say(self, person: Person, *commands: Command) -> None:
        """These commands are carried out."""
        for number, command in enumerate(commands):
            answer = await self.meetings.submit(
                MEETING, person, f"command-{person.id}-{command.type}-{number}", command
            )
            assert isinstance(answer, Accepted), answer

    async def close(self) -> None:
        """The meeting is opened and closed."""
        await self.say(HOST, Join(), OpenMeeting(), CloseMeeting())


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """One scheduled meeting, a stub of the client, routes as they are assembled."""
    (tmp_path / "static" / "assets").mkdir(parents=True)
    (tmp_path / "static" / "index.html").write_text("<!doctype html><title>议事</title>")
    (tmp_path / "static" / "assets" / "index-C0ffee.js").write_text("let a = 1")
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    record, now_s, metrics = MemoryRecord(), [1_800_000_000.0], Metrics()
    meetings = MeetingService(
        record, lambda: int(now_s[0] * 1000), lambda _meeting, _offset: None, MemoryBox()
    )
    await meetings.create(
        MEETING,
        MeetingCreated(
            title="雨季积水协商会",
            room=ROOM,
            room_name="幸福里小区议事室",
            planned_ms=int(now_s[0] * 1000),
            agenda=(AgendaItem(id=1, title="积水治理"),),
        ),
        [HOST, MEMBER],
    )
    invitations = Invitations(b"0123456789abcdef0123456789abcdef", lambda: now_s[0])
    health = {"record": True, "media": True}

    async def record_works() -> bool:
        return health["record"]

    async def media_works() -> bool:
        if not health["media"]:
            raise OSError("gone")
        return True

    files = MinutesFiles(
        record,
        Revisions(tmp_path / "minutes"),
        timezone="Asia/Shanghai",
        viewers=ORIGINS.viewers,
    )
    app = build_app(
        [
            *pages.routes(Assets.load(tmp_path / "static")),
            *rooms.routes(record, invitations, ORIGINS),
            *ballots.routes(meetings, invitations),
            *minutes.routes(files, meetings, invitations),
            *moments.routes(MomentsFiles(record, "Asia/Shanghai"), meetings, invitations),
            *operations.routes(
                {"record": record_works, "media": media_works},
                metrics,
                METRICS_TOKEN,
                tmp_path / "ca.pem",
            ),
        ],
        metrics,
    )
    transport = httpx.ASGITransport(app=app, client=("198.51.100.7", 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://yishi.lan") as http:
        yield Site(http, record, meetings, invitations, now_s, health)
    await meetings.close()
