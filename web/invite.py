"""What the command line makes without a running service: meetings, invitations, minutes."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from meetings.commands import EnterRoster
from meetings.events import AgendaItem, MeetingCreated, RosterLine
from meetings.people import Person, Role
from meetings.record.sqlite import SqliteRecord
from meetings.service import MeetingService
from web.auth import PLAIN_LETTERS, Invitations, new_meeting_id, new_person_id
from web.identity.invitations import Inviter
from web.identity.store import IdentityStore
from web.links import Origins, origins, room_code, room_link
from web.settings import Settings

ROOM_CODE_LENGTH = 6  # 31**6 = 8.9e8: rooms are public, their codes need no more


def clock_ms() -> int:
    """Wall clock, milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[SqliteRecord]:
    """The record of this data folder, also while a service uses it."""
    settings.data.mkdir(parents=True, exist_ok=True)
    record = await asyncio.to_thread(SqliteRecord, settings.data / "record.sqlite")
    try:
        yield record
    finally:
        await record.close()


@dataclass(frozen=True, slots=True)
class Plan:
    """A meeting to be made."""

    title: str
    room: str | None
    """Code of the room; None: a new room."""
    room_name: str
    planned_ms: int
    agenda: tuple[AgendaItem, ...]
    speech_s: int
    real_names: bool
    """Residents have to give their real name to come in."""
    host: tuple[str, str] | None
    """Name and office; None: the roster's, or a nameless one."""
    participants: tuple[tuple[str, str], ...]
    valid_s: float
    """How long the links hold, seconds."""
    roster: tuple[EnterRoster, ...] = ()
    """Who is expected; gets a link too."""
    lobby: bool = False
    """Whoever was invited waits to be let in."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A personal link."""

    id: str
    """By which it can be withdrawn."""
    person: str
    role: str
    name: str
    office: str
    link: str

    def as_json(self) -> str:
        """One line, for scripts."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Invited:
    """A new meeting and everybody's way in."""

    meeting: str
    title: str
    room: str
    room_name: str
    viewers: str
    """The link behind the room's QR code."""
    invitations: tuple[Invitation, ...]

    def as_json(self) -> str:
        """One line, for scripts."""
        return json.dumps(asdict(self), ensure_ascii=False)


async def new_meeting(settings: Settings, plan: Plan) -> Invited:
    """
    Make a meeting and the links to it.

    Raises:
        RecordError: the record can't be written.
        ValueError: title, code, names or agenda break the record's bounds.
    """
    expected = [(_expected(entry), entry) for entry in plan.roster]
    hosts = [] if plan.host is None else [_person(Role.HOST, *plan.host)]
    if not hosts and all(person.role is not Role.HOST for person, _ in expected):
        hosts = [_person(Role.HOST, "主持人", "")]
    people = [
        *hosts,
        *(person for person, _ in expected),
        *(_person(Role.PARTICIPANT, *one) for one in plan.participants),
        _person(Role.ROOM, plan.room_name[:40], ""),
        _person(Role.DISPLAY, "会场大屏", ""),
    ]
    created = MeetingCreated(
        title=plan.title,
        room=room_code(plan.room) if plan.room else new_room_code(),
        room_name=plan.room_name,
        planned_ms=plan.planned_ms,
        agenda=plan.agenda,
        speech_s=plan.speech_s,
        real_names=plan.real_names,
        roster=tuple(
            RosterLine(
                person=person.id, role=entry.role, weight=entry.weight, elector=entry.elector
            )
            for person, entry in expected
        ),
        lobby=plan.lobby,
    )
    meeting = new_meeting_id()
    async with opened(settings) as record:
        await MeetingService(record, clock_ms, lambda _meeting, _offset: None).create(
            meeting, created, people
        )
        invitations = await invite(record, settings, meeting, people, plan.valid_s)
    where = known_origins(settings)
    return Invited(
        meeting=meeting,
        title=created.title,
        room=created.room,
        room_name=created.room_name,
        viewers=room_link(where.viewers, created.room),
        invitations=invitations,
    )


async def invite(
    record: SqliteRecord,
    settings: Settings,
    meeting: str,
    people: Sequence[Person],
    valid_s: float,
) -> tuple[Invitation, ...]:
    """Personal links into a meeting. Raises: RecordError."""
    store = IdentityStore(record)
    await store.prepare_tables()
    tokens = Invitations(settings.signing_secret(), time.time)
    inviter = Inviter(store, tokens, known_origins(settings).members, time.time)
    return tuple(
        Invitation(
            id=given.invitation.id,
            person=given.person.id,
            role=given.person.role.value,
            name=given.person.name,
            office=given.person.office,
            link=given.link,
        )
        for given in await inviter.invite(meeting, people, valid_s)
    )


def new_room_code() -> str:
    """A code for a new room, as it stands under its QR picture."""
    return "".join(secrets.choice(PLAIN_LETTERS) for _ in range(ROOM_CODE_LENGTH))


def _person(role: Role, name: str, office: str) -> Person:
    return Person(id=new_person_id(), name=name, office=office, role=role)


def _expected(entry: EnterRoster) -> Person:
    return Person(
        id=new_person_id(),
        name=entry.name,
        office=entry.office,
        role=entry.role,
        real_name=entry.real_name,
        contact=entry.contact,
    )


def local_ms(text: str | None, timezone: str) -> int:
    """
    An instant as people write it, `2026-11-22 19:00`, in the setting's zone; None: now.

    Raises:
        ValueError: it is none.
    """
    if text is None:
        return clock_ms()
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return int(moment.timestamp() * 1000)


# --- where the service of this data folder is reached ---------------------------------------------

_ORIGINS_FILE = "origins.json"


def remember_origins(settings: Settings, where: Origins) -> None:
    """Written by a service that starts, so that `yishi new` beside it prints links that work."""
    path = settings.data / _ORIGINS_FILE
    draft = path.with_name(f".{_ORIGINS_FILE}.{secrets.token_hex(8)}")
    draft.write_text(json.dumps(asdict(where)))
    draft.replace(path)


def known_origins(settings: Settings) -> Origins:
    """By the settings, if they name a public URL; else as the service of this folder last said."""
    if settings.public_url is None:
        try:
            return Origins(**json.loads((settings.data / _ORIGINS_FILE).read_text()))
        except (OSError, ValueError, TypeError):
            pass  # no service has started here yet
    return origins(settings)
