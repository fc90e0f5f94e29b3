"""
What happens in the demonstration's meeting.

Each part is played by a task with a socket of its own: the clerk who runs the agenda, the official
who asks for the floor, residents who comment, like and vote. It goes on for ever, and slower with
time, so that the record does not swell. As soon as somebody else runs the meeting the clerk lets
go: the others then react to whatever that host does.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from demo.seed import MATTERS, OFFICIAL, Matter, Wish
from meetings.commands import (
    CallFloor,
    CastBallot,
    CloseVote,
    Command,
    EndFloor,
    GiveFloorText,
    GrantFloor,
    LikeComment,
    MoveAgenda,
    OpenMeeting,
    OpenVote,
    PostComment,
    RecessMeeting,
    RequestFloor,
    ResumeMeeting,
    WithdrawFloor,
)
from meetings.people import Role
from meetings.sections import MeSection
from signaling.wire.frames import Refusal, Result, Sections

VOTES_MAX = 9
"""Votes that the clerk opens in all: the list of votes stays short however long the show runs."""
SETTLE_S = 5.0
"""How long the view may take to show an own command before the meeting counts as taken over."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds between things; tests play faster."""

    before_matter: float = 14.0
    before_grant: float = 5.0
    speech: float = 34.0
    between_speeches: float = 40.0
    vote: float = 50.0
    recess: float = 20.0
    comment: float = 8.0
    comment_later: float = 45.0
    """Once every comment was made."""
    resident_asks: float = 75.0
    resident_waits: float = 150.0
    writes: float = 8.0
    """How long a resident in the green room writes."""


class Seat(Protocol):
    """Somebody's place in the meeting; over the network it is a `demo.client.MeetingClient`."""

    @property
    def sections(self) -> Sections:
        """The newest view."""
        ...

    @property
    def offset(self) -> int:
        """Up to which entry of the record the view is known."""
        ...

    async def ask(self, command: Command) -> Result | Refusal:
        """Ask for something."""
        ...

    async def until(self, holds: Callable[[Sections], bool]) -> Sections:
        """Wait until the view is such that *holds*."""
        ...


def is_open(sections: Sections) -> bool:
    """Whether the meeting goes on."""
    return sections.meeting is not None and sections.meeting.state == "open"


def holds(sections: Sections) -> bool:
    """Whether this client's person has the floor."""
    return sections.me is not None and sections.me.holding


def holder(sections: Sections) -> str | None:
    """Who has the floor."""
    floor = sections.floor
    return floor.holder.person if floor is not None and floor.holder is not None else None


def _matter(sections: Sections) -> Matter:
    """What the meeting is about at this moment."""
    item = (sections.agenda.current if sections.agenda is not None else None) or 1
    return MATTERS[(item - 1) % len(MATTERS)]


def _newest_vote(sections: Sections) -> int:
    return max((v.id for v in sections.votes.votes), default=0) if sections.votes else 0


class Clerk:
    """Runs the meeting by the script, until somebody else does."""

    def __init__(self, client: Seat, tempo: Tempo) -> None:
        self._client = client
        self._tempo = tempo
        self._votes_left = VOTES_MAX
        self._state = "open"
        self._item: int | None = None
        self._vote = 0
        self._granted: str | None = None

    async def play(self) -> None:
        """Return when somebody else has taken over."""
        sections = await self._client.until(lambda s: None not in (s.meeting, s.agenda, s.votes))
        if sections.meeting is not None and sections.meeting.state == "scheduled":
            await self._client.ask(OpenMeeting())
        sections = await self._client.until(is_open)
        self._item = sections.agenda.current if sections.agenda is not None else None
        self._vote = _newest_vote(sections)
        self._granted = holder(sections)
        for number, matter in itertools.cycle(enumerate(MATTERS, 1)):
            if number == 1 and self._item == len(MATTERS) and not await self._recess():
                return
            if not await self._matter(number, matter):
                return

    async def _matter(self, number: int, matter: Matter) -> bool:
        tempo = self._tempo
        return (
            (self._item == number or await self._do(MoveAgenda(item=number), item=number))
            and await self._rest(tempo.before_matter)
            and await self._hear_official()
            and await self._rest(tempo.before_grant)
            and await self._hear_resident()
            and await self._rest(tempo.before_matter)
            and await self._put_to_vote(matter)
            and await self._rest(tempo.before_matter)
        )

    async def _recess(self) -> bool:
        return (
            await self._do(RecessMeeting(), state="recess")
            and await self._rest(self._tempo.recess)
            and await self._do(ResumeMeeting(), state="open")
        )

    async def _hear_official(self) -> bool:
        def asks(sections: Sections) -> bool:
            floor = sections.floor
            return floor is not None and any(w.person == OFFICIAL.id for w in floor.queue)

        try:
            async with asyncio.timeout(self._tempo.between_speeches * 2):
                await self._client.until(asks)
        except TimeoutError:
            return self._is_mine()  # the official is away
        if not await self._rest(self._tempo.before_grant):
            return False
        return await self._hear(OFFICIAL.id)

    async def _hear_resident(self) -> bool:
        """Call whoever is next to the green room, and give the floor when the text is there."""
        floor = self._client.sections.floor
        if floor is None or not floor.queue or floor.queue[0].role is not Role.VIEWER:
            return self._is_mine()
        person = floor.queue[0].person

        def ready(sections: Sections) -> bool:
            called = () if sections.floor is None else sections.floor.called
            return any(one.person == person and one.ready for one in called)

        if not await self._do(CallFloor(person=person)):
            return False
        try:
            async with asyncio.timeout(self._tempo.writes * 5):
                await self._client.until(ready)
        except TimeoutError:
            return self._is_mine()  # the resident is away; the call ends by itself
        return await self._hear(person)

    async def _hear(self, person: str) -> bool:
        if not await self._do(GrantFloor(person=person), granted=person):
            return False
        await self._client.until(lambda s: holder(s) != person)
        return self._is_mine()

    async def _put_to_vote(self, matter: Matter) -> bool:
        if self._votes_left == 0:
            return True
        self._votes_left -= 1
        question = OpenVote(question=matter.question, options=matter.options)
        answer = await self._client.ask(question)
        if isinstance(answer, Result):
            self._vote = answer.offset
        if not await self._settle(answer) or not await self._rest(self._tempo.vote):
            return False
        return await self._settle(await self._client.ask(CloseVote(vote=self._vote)))

    async def _do(
        self,
        command: Command,
        *,
        state: str | None = None,
        item: int | None = None,
        granted: str | None = None,
    ) -> bool:
        """Ask, and wait until it shows; False: this is somebody else's meeting now."""
        if not self._is_mine():
            return False
        answer = await self._client.ask(command)
        if isinstance(answer, Result):
            self._state = state or self._state
            self._item = item or self._item
            self._granted = granted or self._granted
        return await self._settle(answer)

    async def _rest(self, seconds: float) -> bool:
        await asyncio.sleep(seconds)
        return self._is_mine()

    async def _settle(self, answer: Result | Refusal) -> bool:
        """Wait until the view shows what was asked, and nothing that was not."""
        client, offset = self._client, answer.offset if isinstance(answer, Result) else 0
        try:
            async with asyncio.timeout(SETTLE_S):
                await client.until(lambda _: client.offset >= offset and self._is_mine())
        except TimeoutError:
            return False
        return True

    def _is_mine(self) -> bool:
        """Whether the meeting is as this script left it."""
        sections = self._client.sections
        if sections.meeting is None or sections.agenda is None or sections.votes is None:
            return True  # between two connections nothing can be told
        return (
            sections.meeting.state == self._state
            and sections.agenda.current == self._item
            and _newest_vote(sections) == self._vote
            and holder(sections) in {None, self._granted}
        )


async def official(client: Seat, tempo: Tempo) -> None:
    """Asks for the floor, speaks a while when it comes, yields, and does so again."""
    while True:
        await client.until(is_open)
        await asyncio.sleep(tempo.between_speeches)
        if not is_open(client.sections):
            continue
        await client.ask(RequestFloor(about=_matter(client.sections).asks))
        await client.until(holds)
        await asyncio.sleep(tempo.speech)
        await client.ask(EndFloor())  # refused if the time ran out or the host was quicker


async def curious_resident(client: Seat, tempo: Tempo, wish: Wish) -> None:
    """
    Asks for the floor, and thinks better of it after a long wait. In the green room writes the wish
    down, since there is no camera, and lets the host read it out.
    """

    def called(sections: Sections) -> bool:
        return sections.me is not None and (sections.me.called or sections.me.holding)

    while True:
        await client.until(is_open)
        await asyncio.sleep(tempo.resident_asks)
        await client.ask(RequestFloor(about=wish.about, side=wish.side))
        try:
            async with asyncio.timeout(tempo.resident_waits):
                await client.until(called)
                await asyncio.sleep(tempo.writes)
                await client.ask(GiveFloorText(text=wish.text))
                await client.until(holds)
        except TimeoutError:
            await client.ask(WithdrawFloor())
        else:
            await asyncio.sleep(tempo.speech / 2)
            await client.ask(EndFloor())


async def residents(clients: Sequence[Seat], tempo: Tempo, chance: random.Random) -> None:
    """Comment on the matter at hand, and like each other's comments."""
    waiting = {matter.title: list(matter.comments) for matter in MATTERS}
    while True:
        await clients[0].until(is_open)
        pause = tempo.comment if any(waiting.values()) else tempo.comment_later
        await asyncio.sleep(pause * chance.uniform(0.6, 1.4))
        matter = _matter(clients[0].sections)
        author, reader = chance.sample(clients, 2)
        if waiting[matter.title]:
            await author.ask(PostComment(text=waiting[matter.title].pop(0)))
        elif not any(waiting.values()):
            await author.ask(PostComment(text=chance.choice(matter.comments)))
        latest = reader.sections.comments.latest if reader.sections.comments is not None else ()
        liked = reader.sections.me.liked if reader.sections.me is not None else ()
        likeable = [c.id for c in latest[-12:] if c.id not in liked]
        if likeable and chance.random() < 0.7:
            await reader.ask(LikeComment(comment=chance.choice(likeable)))


def _voted(me: MeSection, vote: int) -> bool:
    return vote in me.votes and me.votes[vote].marks is not None


async def voter(client: Seat, tempo: Tempo, chance: random.Random) -> None:
    """Takes part in every vote, after thinking for a while."""

    def to_cast(sections: Sections) -> int | None:
        if sections.votes is None or sections.me is None:
            return None
        for vote in sections.votes.votes:
            if vote.state == "open" and vote.id not in tried and not _voted(sections.me, vote.id):
                return vote.id
        return None

    tried: set[int] = set()
    while True:
        sections = await client.until(lambda s: to_cast(s) is not None)
        vote = to_cast(sections)
        if vote is None or sections.votes is None:
            continue
        tried.add(vote)
        await asyncio.sleep(tempo.vote * chance.uniform(0.1, 0.7))
        options = next(len(v.options) for v in sections.votes.votes if v.id == vote)
        # The first option is the one that most of them came for.
        option = 0 if chance.random() < 0.65 else chance.randrange(options)
        marks = tuple(int(at == option) for at in range(options))
        await client.ask(CastBallot(vote=vote, marks=marks))
