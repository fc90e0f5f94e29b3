"""Accounts, invitations and rosters over a record in a file, asked over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.routing import BaseRoute

from meetings.commands import Command, Join
from meetings.events import MeetingCreated
from meetings.people import Person, Role
from meetings.record.sqlite import SqliteRecord
from meetings.service import Accepted, MeetingService
from web.app import build_app
from web.auth import Invitations
from web.identity.invitations import Inviter, Revocations, Uses
from web.identity.passwords import hash_password
from web.identity.provider import Provider
from web.identity.sessions import Sessions
from web.identity.store import Account, IdentityStore, Seat
from web.links import Origins
from web.metrics import Metrics
from web.routes.accounts import Accounts
from web.routes.people import People

HOST = Person(id="host", name="王秀兰", office="室长", role=Role.HOST)
MEMBER = Person(id="member", name="李梅", office="区住建局", role=Role.PARTICIPANT)
MEETING = "m1"
SECRET = b"0123456789abcdef0123456789abcdef"
ZHOU = Account("a1", "zhouxiao", "周晓", "议事室书记员", hash_password("correct horse 9"))
NOW_S = 1_800_000_000.0


@dataclass
class Desk:
    """What a test has in its hands."""

    http: httpx.AsyncClient
    record: SqliteRecord
    meetings: MeetingService
    store: IdentityStore
    tokens: Invitations
    revocations: Revocations
    now_s: list[float]
    ended: list[str] = field(default_factory=list)
    """Invitations whose connections were ended."""
    somebody_ended: asyncio.Event = field(default_factory=asyncio.Event)
    on_end: list[Callable[[Collection[str]], None]] = field(default_factory=list)
    """Told as well."""

    def bearer(self, person: Person, meeting: str = MEETING) -> dict[str, str]:
        """Header fields of a request by this person."""
        return {"authorization": f"Bearer {self.tokens.issue(meeting, person)}"}

    async def say(self, person: Person, *commands: Command) -> None:
        """These commands are carried out."""
        for number, command in enumerate(commands):
            command_id = f"command-{person.id}-{command.type}-{number}"
            answer = await self.meetings.submit(MEETING, person, command_id, command)
            assert isinstance(answer, Accepted), answer


@asynccontextmanager
async def opened(
    folder: Path, provider: Provider | None = None, origin: str = "https://yishi.lan"
) -> AsyncIterator[Desk]:
    """One scheduled meeting whose host is there, one account with a seat as clerk."""
    record, now_s = SqliteRecord(folder / "record.sqlite"), [NOW_S]
    meetings = MeetingService(record, lambda: int(now_s[0] * 1000), lambda _meeting, _offset: None)
    created = MeetingCreated(
        title="雨季积水协商会", room="xingfuli", room_name="幸福里小区议事室", planned_ms=0
    )
    await meetings.create(MEETING, created, [HOST, MEMBER])
    store = IdentityStore(record)
    await store.prepare_tables()
    await store.add_account(ZHOU)
    await store.seat(Seat("a1", MEETING, "clerk-1", "clerk"))
    ended: list[str] = []
    somebody_ended = asyncio.Event()
    on_end: list[Callable[[Collection[str]], None]] = []

    def end(invitations: Collection[str]) -> None:
        ended.extend(invitations)
        somebody_ended.set()
        for told in on_end:
            told(invitations)

    revocations = Revocations(store, end, lambda: now_s[0])
    uses = Uses(store, lambda: now_s[0])
    tokens = Invitations(SECRET, lambda: now_s[0], revocations, uses.note)
    origins = Origins(viewers=origin, members=origin)
    sessions = Sessions(SECRET, store, lambda: now_s[0])
    accounts = Accounts(
        store, sessions, meetings, tokens, revocations, origins, provider, "统一身份认证"
    )
    inviter = Inviter(store, tokens, origin, lambda: now_s[0])
    people = People(meetings, record, tokens, store, inviter, revocations, uses)
    routes: list[BaseRoute] = [*accounts.routes(SECRET), *people.routes()]
    transport = httpx.ASGITransport(app=build_app(routes, Metrics()), client=("198.51.100.7", 1234))
    async with httpx.AsyncClient(transport=transport, base_url=origin) as http:
        desk = Desk(
            http, record, meetings, store, tokens, revocations, now_s, ended, somebody_ended, on_end
        )
        await desk.say(HOST, Join())
        yield desk
    await meetings.close()
    await record.close()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """See `opened`."""
    async with opened(tmp_path) as found:
        yield found
