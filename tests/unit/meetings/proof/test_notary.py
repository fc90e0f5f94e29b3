"""The notary signs in time, at the close, and what an earlier process left unsigned."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import pytest

from meetings import commands as cmd
from meetings.people import Person, Role
from meetings.proof.contents import CheckpointSays
from meetings.proof.keys import CHECKPOINT, signed
from meetings.proof.notary import SIGN_S, Notary
from meetings.record.memory import MemoryRecord
from meetings.record.port import Checkpoint, RecordError
from meetings.service import MeetingService
from tests.unit.meetings.given import CREATED
from tests.unit.meetings.proof.sample import KEY, checked, exported

CHEN = Person(id="chen", name="陈主任", role=Role.HOST)
SOON = 0.02  # seconds


class FailingRecord(MemoryRecord):
    """Checkpoints fail so many times, and are noticed."""

    def __init__(self) -> None:
        super().__init__()
        self.failing = 0
        self.kept = asyncio.Event()

    async def put_checkpoint(self, meeting: str, checkpoint: Checkpoint) -> None:
        if self.failing:
            self.failing -= 1
            raise RecordError("disk is full")
        await super().put_checkpoint(meeting, checkpoint)
        self.kept.set()


class Office:
    """A service, its notary, and the wire between them."""

    def __init__(self, sign_s: float) -> None:
        self.record = FailingRecord()
        self._news: dict[str, int] = {}
        self._told = asyncio.Event()
        self.service = MeetingService(self.record, lambda: 1000, self._tell)
        self.notary = Notary(
            self.record,
            self.service,
            KEY,
            clock_ms=lambda: 5000,
            wake=self._wake,
            sign_s=sign_s,
        )
        self._asked = 0

    def _tell(self, meeting: str, offset: int) -> None:
        self._news[meeting] = offset
        self._told.set()

    async def _wake(self) -> Mapping[str, int]:
        await self._told.wait()
        self._told.clear()
        news, self._news = self._news, {}
        return news

    async def ask(self, *commands: cmd.Command) -> None:
        for command in commands:
            self._asked += 1
            await self.service.submit("m1", CHEN, f"command-{self._asked}", command)

    async def offsets(self) -> list[int]:
        return [one.offset for one in await self.record.checkpoints("m1")]

    async def signed(self, offset: int) -> None:
        """Wait until the record is signed up to there."""
        while offset not in await self.offsets():
            self.record.kept.clear()
            await self.record.kept.wait()


def play(scenario: Callable[[Office], Awaitable[None]], sign_s: float = 1000.0) -> None:
    async def go() -> None:
        office = Office(sign_s)
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            signing = tasks.create_task(office.notary.run())
            await office.service.create("m1", CREATED, [CHEN])
            await scenario(office)
            await office.service.close()
            signing.cancel()

    asyncio.run(go())


def test_the_longest_wait_is_within_the_minute() -> None:
    assert SIGN_S < 60


def test_what_comes_is_signed_in_time() -> None:
    """One checkpoint for all that came meanwhile, and another for what comes later."""

    async def scenario(office: Office) -> None:
        await office.ask(cmd.Join(), cmd.OpenMeeting(), cmd.PostComment(text="好"))
        await office.signed(4)
        await office.ask(cmd.PostComment(text="好"))
        await office.signed(5)

    play(scenario, SOON)


def test_a_checkpoint_says_where_the_record_stood() -> None:
    async def scenario(office: Office) -> None:
        await office.ask(cmd.Join())
        await office.signed(2)
        one = (await office.record.checkpoints("m1"))[-1]
        head = await office.record.head("m1")
        assert signed(KEY.public, one.signature, CHECKPOINT, one.body)
        assert CheckpointSays.model_validate_json(one.body) == CheckpointSays(
            meeting="m1", offset=2, link=head.link.hex(), at_ms=5000
        )

    play(scenario, SOON)


def test_the_close_is_signed_at_once() -> None:
    """Once; who comes and goes afterwards is signed in time, like everything."""

    async def scenario(office: Office) -> None:
        await office.ask(cmd.Join(), cmd.OpenMeeting(), cmd.CloseMeeting())
        await office.signed(4)
        await office.ask(cmd.Leave())
        assert (await office.offsets())[-1] == 4

    play(scenario)


def test_what_a_killed_process_left_is_signed_at_the_start() -> None:
    async def scenario() -> None:
        office = Office(1000.0)
        await office.service.create("m1", CREATED, [CHEN])
        await office.ask(cmd.Join())
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            signing = tasks.create_task(office.notary.run())
            await office.signed(2)
            signing.cancel()
        await office.service.close()

    asyncio.run(scenario())


def test_what_waits_at_the_end_is_signed() -> None:
    async def scenario() -> None:
        office = Office(1000.0)
        await office.service.create("m1", CREATED, [CHEN])
        await office.ask(cmd.Join())
        await office.service.close()
        await office.notary.finish()
        assert await office.offsets() == [2]
        assert await office.record.unsigned() == []
        assert checked(await exported(office.record)).sound

    asyncio.run(scenario())


def test_a_store_that_fails_is_asked_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told in a line, and nothing else stops."""
    monkeypatch.setattr("meetings.proof.notary.RETRY_S", SOON)

    async def scenario(office: Office) -> None:
        office.record.failing = 2
        await office.ask(cmd.Join())
        await office.signed(2)

    play(scenario, SOON)
    assert [r.message for r in caplog.records if r.levelno == logging.ERROR] == [
        "checkpoints were not written: disk is full"
    ] * 2
