"""What fails within the service ends connections with a code by which clients come again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from meetings.commands import OpenMeeting, PostComment
from meetings.record.memory import MemoryRecord
from meetings.record.port import RecordError
from signaling.fanout import Fanout
from signaling.wire.codes import CloseCode
from tests.integration.signaling.client import Client
from tests.integration.signaling.service import HOST, WANG, Service, running


class Failing(MemoryRecord):
    """A store that can be made to fail."""

    full = False

    async def append(self, *given: Any, **named: Any) -> Any:
        """See the port."""
        if self.full:
            raise RecordError("the disk is full")
        return await super().append(*given, **named)


def play(scenario: Callable[[Service, Failing], Awaitable[None]]) -> None:
    async def go() -> None:
        record = Failing()
        async with running(record=record) as service:
            await scenario(service, record)

    asyncio.run(go())


def expect_logged(caplog: pytest.LogCaptureFixture, words: str) -> None:
    """One error was logged, and says so; nothing else was."""
    (error,) = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert words in f"{error.getMessage()} {error.exc_text}"
    caplog.clear()


def test_who_asks_while_nothing_can_be_recorded_comes_again_and_is_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing was acknowledged; the same command is carried out once the store works."""

    async def scenario(service: Service, record: Failing) -> None:
        host = await Client(HOST, service.url).connect()
        record.full = True
        command = OpenMeeting().model_dump(mode="json")
        await host.say({"type": "command", "id": "open-meeting-1", "command": command})
        assert await host.closed() == CloseCode.INTERNAL
        record.full = False
        await host.connect()
        assert (await host.ask(OpenMeeting(), "open-meeting-1"))["type"] == "result"
        await host.close()

    play(scenario)
    expect_logged(caplog, "the disk is full")


def test_a_meeting_that_fails_takes_its_own_connections_along_and_is_served_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Logged once; who comes again finds everything as it was recorded."""

    async def scenario(service: Service, _: Failing) -> None:
        host = await Client(HOST, service.url).connect()
        await host.ask(OpenMeeting())
        wang = await Client(WANG, service.url).connect()

        def fail(*_: object) -> None:
            raise LookupError("nobody foresaw this")

        with monkeypatch.context() as broken:
            broken.setattr(Fanout, "fragment", fail)
            command = PostComment(text="有人吗").model_dump(mode="json")
            await wang.say({"type": "command", "id": "post-comment-1", "command": command})
            assert await host.closed() == CloseCode.INTERNAL
        await host.connect()
        await host.shown("comments", lambda comments: comments["total"] == 1)
        await host.close()

    play(scenario)
    expect_logged(caplog, "nobody foresaw this")
