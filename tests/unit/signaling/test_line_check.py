"""A check is answered in a room of its own, ends by itself, and there are few at a time."""

from __future__ import annotations

import asyncio

import pytest

from media.control import Disconnect, MediaCode, MediaRefused, OpenRoom, Publish, Request
from signaling import line_check
from signaling.line_check import CHECKS_MAX, ROOM, LineCheck

pytestmark = pytest.mark.anyio


class Plane:
    """Answers every offer, in rooms that are open."""

    def __init__(self) -> None:
        self.rooms: set[str] = set()
        self.peers: set[str] = set()
        self.asked: list[str] = []

    async def request(self, request: Request) -> str | None:
        self.asked.append(request.type)
        match request:
            case OpenRoom():
                self.rooms.add(request.room)
            case Publish():
                if request.room not in self.rooms:
                    raise MediaRefused(MediaCode.UNKNOWN_ROOM, request.room)
                if request.sdp == "bad":
                    raise MediaRefused(MediaCode.BAD_SDP, "bad")
                self.peers.add(request.peer)
                return f"answer to {request.sdp}"
            case Disconnect():
                self.peers.discard(request.peer)
            case _:
                raise AssertionError(request)
        return None


def made() -> tuple[LineCheck, Plane]:
    plane = Plane()
    return LineCheck(plane), plane  # type: ignore[arg-type]  # only `request` is used


async def test_the_room_is_opened_when_it_is_missing_and_nobody_is_let_through() -> None:
    check, plane = made()
    assert await check.answer("a") == "answer to a"
    plane.rooms.clear()  # the process was replaced
    assert await check.answer("b") == "answer to b"
    assert await check.answer("c") == "answer to c"
    first = ["publish", "open_room", "publish"]
    assert plane.asked == [*first, *first, "publish"]
    plane.rooms = {ROOM}


async def test_no_more_than_a_few_at_a_time_and_what_was_refused_does_not_count() -> None:
    check, _ = made()
    for _ in range(CHECKS_MAX + 1):
        with pytest.raises(MediaRefused, match="bad"):
            await check.answer("bad")
    for _ in range(CHECKS_MAX):
        await check.answer("good")
    with pytest.raises(MediaRefused) as caught:
        await check.answer("one too many")
    assert caught.value.code is MediaCode.TOO_MANY


async def test_a_check_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_check, "CHECK_S", 0.01)
    check, plane = made()
    running = asyncio.create_task(check.run())
    await check.answer("a")
    await check.answer("b")
    async with asyncio.timeout(5):
        while plane.peers:  # noqa: ASYNC110  # the plane tells of it in no other way
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
