"""`yishi demo` is a living meeting, and a newcomer may take it over."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import seed
from demo.client import MeetingClient
from meetings.commands import MoveAgenda
from signaling.wire.frames import Result, Sections
from tests.fixtures.links import Received, WatchLink
from tests.fixtures.service import Service, served
from tests.fixtures.waiting import running, until
from web.demonstration import KEPT

pytestmark = pytest.mark.anyio


@pytest.fixture
def demonstration(tmp_path: Path) -> Iterator[Service]:
    """A demonstration that has just begun."""
    yield from served(tmp_path, "demo")


async def printed_token(service: Service, person: str) -> str:
    """The token in the link that stands under this word in the terminal."""

    async def found() -> str:
        match = re.search(rf"{person}\n\s+\S+#t=(\S+)", service.text())
        return match[1] if match else ""

    return await until(found, 15.0, f"a link for the {person}")


async def test_the_demonstration_lives_and_can_be_taken_over(demonstration: Service) -> None:
    """
    Links are printed; room and official send pictures, the room's sound is heard, residents
    comment, the livestream is on. When a host moves the agenda, the demonstration's clerk lets go.
    """
    service = demonstration
    host = MeetingClient(service.url, await printed_token(service, "host"))
    member = WatchLink(service.url, await printed_token(service, "participant"))
    assert f"{service.url}/r/{seed.ROOM}" in service.text()
    assert f"只保留最近 {KEPT} 次演示" in service.text()

    def arrives(received: Received) -> bool:
        return (
            received[seed.CAMERA.id, "video"] >= 30
            and received[seed.CAMERA.id, "audio"] >= 50
            and received[seed.OFFICIAL.id, "video"] >= 30
        )

    def lives(sections: Sections) -> bool:
        return (
            sections.comments is not None
            and sections.comments.total >= 1
            and sections.livestream is not None
            and sections.livestream.state == "live"
        )

    async def let_go() -> bool:
        return "lets go" in service.text()

    async with asyncio.timeout(90), running(host, member):
        await member.until_received(arrives, 30.0, "pictures and sound of the room")
        await host.until(lives)
        assert isinstance(await host.ask(MoveAgenda(item=3)), Result)
        await until(let_go, 40.0, "the clerk lets go")
