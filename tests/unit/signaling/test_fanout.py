"""Who is shown what, and when."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from meetings import events as ev
from meetings.live import LiveMeeting
from meetings.people import Person
from meetings.sections import Audience
from signaling.counters import Counters
from signaling.fanout import SLICE, Fanout
from signaling.limits import Limits
from signaling.negotiation import Negotiation
from signaling.outbox import Batch
from signaling.wire.codes import CloseCode
from signaling.wire.frames import ServerFrame, Welcome
from tests.unit.meetings.given import NEIGHBOUR, OPEN, REGISTER, VIEWER, record

POLL = ev.VoteOpened(question="同意吗", options=("同意", "反对"), electors="everyone")
LIMITS = Limits(members_tick_s=0.001, viewers_tick_s=0.001, progress_tick_s=3600.0)
"""Nobody waits for the second showing of progress."""
WAIT_S = 10.0


class Screen:
    """A client that keeps what it is sent."""

    invitation, companion = "", False

    def __init__(self, person: str) -> None:
        self.person = REGISTER[person]
        self.negotiation = Negotiation("m1", person, person)
        self.batches: list[Batch] = []
        self._pushed = asyncio.Event()

    @property
    def updates(self) -> list[dict[str, Any]]:
        return [json.loads(batch.frame) for batch in self.batches]

    def push(self, batch: Batch) -> None:
        self.batches.append(batch)
        self._pushed.set()

    def begin(self, welcome: Welcome, batch: Batch) -> None:
        raise AssertionError("can't happen: nobody is welcomed here")

    def send(self, frame: ServerFrame) -> None:
        raise AssertionError("can't happen: nobody asks here")

    def end(self, code: CloseCode, reason: str = "") -> None:
        raise AssertionError("can't happen: nobody is closed here")

    def negotiate(self) -> None:
        raise AssertionError("can't happen: there are no links here")

    def newest(self, section: str) -> Any:
        """The section as it was sent last; None: it never was."""
        sent = (update["sections"] for update in reversed(self.updates))
        return next((sections[section] for sections in sent if section in sections), None)

    async def sees(self, seen: Callable[[Screen], object]) -> None:
        """Wait until what was sent makes that true."""
        async with asyncio.timeout(WAIT_S):
            while not seen(self):
                self._pushed.clear()
                await self._pushed.wait()


class Hall:
    """A meeting with a vote, two residents, and the fan-out to them."""

    def __init__(self, limits: Limits) -> None:
        first, *others = record((*OPEN, POLL))
        self.live = LiveMeeting("m1", "e", first)
        self.live.advance(others)
        self.live.register = REGISTER
        self.vote = self.live.meeting.offset
        self.wang, self.zhao = Screen(VIEWER.person), Screen(NEIGHBOUR.person)
        self.fanout = Fanout(self.live, limits, Counters(), lambda *_: {})
        self.fanout.seat(self.wang, Audience.VIEWER)
        self.fanout.seat(self.zhao, Audience.VIEWER)

    def happens(self, event: ev.Event, person: Person) -> None:
        """The record moves on, and the hub is woken."""
        offset = self.live.meeting.offset + 1
        self.live.advance([ev.Entry(offset=offset, at_ms=offset * 1000, event=event)])
        self.fanout.record_changed([person.id], urgent=not event.progress)

    def votes(self, screen: Screen) -> None:
        """Somebody casts a ballot."""
        self.happens(
            ev.BallotGiven(
                vote=self.vote, person=screen.person.id, marks=(1, 0), channel="electronic"
            ),
            screen.person,
        )


def run(scenario: Callable[[Hall], Awaitable[None]], limits: Limits = LIMITS) -> None:
    """Carry out *scenario* while the ticks run."""

    async def go() -> None:
        hall = Hall(limits)
        running = asyncio.create_task(hall.fanout.run())
        try:
            await scenario(hall)
        finally:
            running.cancel()

    asyncio.run(go())


def cast(screen: Screen) -> int | None:
    """How many ballots the screen shows."""
    section = screen.newest("votes")
    return None if section is None else section["votes"][0]["cast"]


def test_a_ballot_after_a_pause_is_shown_to_all_at_once() -> None:
    """With the next tick, as everything is; to the voter in the same update as the own part."""

    async def scenario(hall: Hall) -> None:
        hall.votes(hall.wang)
        await hall.zhao.sees(lambda screen: cast(screen) == 1)
        (update,) = hall.wang.updates
        assert update["offset"] == hall.live.meeting.offset
        assert set(update["sections"]) == {"votes", "me"}
        assert update["sections"]["me"]["votes"][str(hall.vote)]["marks"] == [1, 0]

    run(scenario)


def test_while_ballots_come_a_voter_sees_the_own_one_and_nobody_else_is_told() -> None:
    """The voter's offset stays where the other sections are."""

    async def scenario(hall: Hall) -> None:
        hall.votes(hall.wang)
        await hall.zhao.sees(lambda screen: cast(screen) == 1)
        before = hall.live.meeting.offset
        told = len(hall.wang.updates)
        hall.votes(hall.zhao)
        await hall.zhao.sees(lambda screen: screen.newest("me") is not None)
        assert set(hall.zhao.updates[-1]["sections"]) == {"me"}
        assert hall.zhao.updates[-1]["offset"] == before
        assert len(hall.wang.updates) == told

    run(scenario)


def test_whatever_else_happens_brings_the_progress_along() -> None:
    """An update is true up to its offset, so it holds all that changed before."""

    async def scenario(hall: Hall) -> None:
        hall.votes(hall.wang)
        await hall.wang.sees(lambda screen: cast(screen) == 1)
        hall.votes(hall.zhao)
        hall.happens(ev.MeetingRecessed(), REGISTER["chen"])
        await hall.wang.sees(lambda screen: screen.newest("meeting") is not None)
        assert cast(hall.wang) == 2
        assert hall.wang.updates[-1]["offset"] == hall.live.meeting.offset

    run(scenario)


def test_progress_that_was_kept_back_comes_by_itself() -> None:
    """The last ballot is shown although nothing follows it."""

    async def scenario(hall: Hall) -> None:
        hall.votes(hall.wang)
        await hall.wang.sees(lambda screen: cast(screen) == 1)
        hall.votes(hall.zhao)
        await hall.wang.sees(lambda screen: cast(screen) == 2)
        assert hall.wang.updates[-1]["offset"] == hall.live.meeting.offset

    run(scenario, replace(LIMITS, progress_tick_s=0.05))


def test_everybody_of_an_audience_gets_the_same_frame() -> None:
    """Encoded once, however many they are."""

    async def scenario(hall: Hall) -> None:
        hall.happens(ev.MeetingRecessed(), REGISTER["chen"])
        for screen in (hall.wang, hall.zhao):
            await screen.sees(lambda screen: screen.batches)
        assert hall.wang.batches[0].frame is hall.zhao.batches[0].frame

    run(scenario)


def test_whoever_waits_for_an_answer_comes_between_the_slices() -> None:
    """Of a crowd, fewer than a slice are told before others have their turn."""

    class Counting(Screen):
        def push(self, batch: Batch) -> None:
            super().push(batch)
            if len(told) == 0:
                asyncio.get_running_loop().call_soon(lambda: between.append(len(told)))
            told.append(self)

    told: list[Screen] = []
    between: list[int] = []

    async def scenario(hall: Hall) -> None:
        crowd = [Counting(NEIGHBOUR.person) for _ in range(3 * SLICE)]
        for screen in crowd:
            hall.fanout.seat(screen, Audience.VIEWER)
        hall.happens(ev.MeetingRecessed(), REGISTER["chen"])
        for screen in crowd:
            await screen.sees(lambda screen: screen.batches)
        assert between[0] < SLICE

    run(scenario)


def test_who_goes_while_a_crowd_is_told_is_told_no_more() -> None:
    class Leaving(Screen):
        """Whoever of them is told first sends the others away."""

        def push(self, batch: Batch) -> None:
            super().push(batch)
            for other in crowd:
                if other is not self:
                    fanouts[0].unseat(other)

    crowd = [Leaving(NEIGHBOUR.person) for _ in range(SLICE)]
    fanouts: list[Fanout] = []

    async def scenario(hall: Hall) -> None:
        fanouts.append(hall.fanout)
        for one in crowd:
            hall.fanout.seat(one, Audience.VIEWER)
        hall.happens(ev.MeetingRecessed(), REGISTER["chen"])
        for screen in (hall.wang, hall.zhao):
            await screen.sees(lambda screen: screen.batches)
        assert sum(len(one.batches) for one in crowd) == 1

    run(scenario)
