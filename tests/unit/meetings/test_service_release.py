"""A meeting is let go of while nothing goes on in it, and only then; nobody notices."""

from __future__ import annotations

import asyncio

from meetings import commands as cmd
from meetings import events as ev
from meetings.service import Accepted
from tests.unit.meetings.given import OPEN
from tests.unit.meetings.hall import COMMENT, LI, WANG, Hall, play

ROUNDS = 10  # of the event loop: more than a command needs to reach the store


async def released(hall: Hall) -> None:
    """Let go of the meeting; its writer falls asleep within some rounds."""
    for _ in range(ROUNDS):
        await asyncio.sleep(0)
    assert hall.service.release("m1")
    assert not hall.service.loaded


def test_a_meeting_at_rest_is_let_go_of_and_read_again_when_asked_for() -> None:
    async def scenario(hall: Hall) -> None:
        assert await hall.submit(WANG, COMMENT) == Accepted(8)
        before = await hall.service.live("m1")
        await released(hall)
        assert await hall.submit(WANG, COMMENT, "command-2") == Accepted(9)
        assert await hall.submit(WANG, COMMENT) == Accepted(8)  # answered as the first time
        after = await hall.service.live("m1")
        assert (before.meeting.offset, after.meeting.offset) == (8, 9)
        assert hall.service.loaded == ("m1",)

    play(scenario)


def test_a_meeting_with_a_waiting_command_stays() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.service.live("m1")
        hall.record.gate.clear()
        asked = asyncio.ensure_future(hall.submit(WANG, COMMENT))
        for _ in range(ROUNDS):  # on its way to the writer, in the queue, at the store
            await asyncio.sleep(0)
            assert not hall.service.release("m1")
        hall.record.gate.set()
        assert await asked == Accepted(8)

    play(scenario)


def test_a_meeting_whose_clock_runs_stays_until_it_has_run_down() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.submit(LI, cmd.RequestFloor())
        await hall.until(lambda: len(hall.announced) == 1)
        live = await hall.service.live("m1")
        assert live.meeting.floor.holder is not None
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
            assert not hall.service.release("m1")

    play(scenario, *OPEN, ev.FloorGranted(person="wang", until_ms=1_060_000))


def test_a_meeting_that_others_brought_forward_stays_until_it_was_read() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.service.live("m1")
        await released(hall)
        await hall.service.live("m1")
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
        hall.service.heard("m1", 8)
        assert not hall.service.release("m1")

    play(scenario)


def test_a_meeting_that_nobody_asked_for_is_let_go_of_already() -> None:
    async def scenario(hall: Hall) -> None:
        assert hall.service.release("m1")

    play(scenario)
