"""The demonstration's client against a service of a few lines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve

from demo.client import MeetingClient, TurnedAwayError, socket_url
from meetings import views
from meetings.commands import RequestFloor
from meetings.sections import Audience
from signaling.wire.codes import CloseCode
from tests.unit.meetings.given import OPEN, REGISTER, meeting

Handler = Callable[[ServerConnection], Awaitable[None]]

WAIT_S = 5.0


def welcome(*, resumed: bool = False) -> str:
    return json.dumps(
        {
            "type": "welcome",
            "meeting": "m",
            "person": "p",
            "audience": "viewer",
            "epoch": "e",
            "offset": 7,
            "resumed": resumed,
            "server_ms": 0,
            "ice_servers": [],
            "companion": False,
            "linked_elsewhere": False,
        }
    )


def update(offset: int, **sections: Any) -> str:
    return json.dumps({"type": "update", "offset": offset, "sections": sections})


def shown(name: str) -> dict[str, Any]:
    """A section as the service sends it."""
    made = views.section(name, meeting(*OPEN), REGISTER, Audience.VIEWER)
    return made.model_dump(mode="json")


def comments(total: int) -> dict[str, Any]:
    return shown("comments") | {"total": total}


async def told(socket: ServerConnection) -> dict[str, Any]:
    async with asyncio.timeout(WAIT_S):
        frame: dict[str, Any] = json.loads(await socket.recv())
        return frame


def with_service(handler: Handler, scene: Callable[[str], Coroutine[Any, Any, None]]) -> None:
    """Run *scene* with the address of a service that treats every connection by *handler*."""

    async def run() -> None:
        server: Server
        async with serve(handler, "127.0.0.1", 0) as server, asyncio.timeout(WAIT_S):
            port = next(iter(server.sockets)).getsockname()[1]
            await scene(f"http://127.0.0.1:{port}")

    asyncio.run(run())


def test_a_command_is_sent_again_with_its_id_until_it_is_answered() -> None:
    """The socket dies between command and answer; the same id comes over the next one."""
    seen: list[dict[str, Any]] = []

    async def service(socket: ServerConnection) -> None:
        seen.append(await told(socket))
        first = len(seen) == 1
        await socket.send(welcome(resumed=not first))
        await socket.send(update(7, comments=comments(1)))
        seen.append(await told(socket))
        if first:
            socket.transport.abort()
            return
        await socket.send(json.dumps({"type": "result", "id": seen[-1]["id"], "offset": 8}))
        await socket.wait_closed()

    async def scene(url: str) -> None:
        client = MeetingClient(url, "token")
        running = asyncio.create_task(client.run())
        await client.until(lambda s: s.comments is not None)
        answer = await client.ask(RequestFloor())
        running.cancel()
        assert answer.type == "result"
        assert answer.offset == 8

    with_service(service, scene)
    hello, command, again, repeated = seen
    assert hello["resume"] is None
    assert again["resume"] == {"epoch": "e", "offset": 7, "audience": None}
    assert repeated == command


def test_sections_are_replaced_whole_and_the_others_stay() -> None:
    """An update changes what it carries and nothing else."""

    async def service(socket: ServerConnection) -> None:
        await told(socket)
        await socket.send(welcome())
        await socket.send(update(7, comments=comments(1), floor=shown("floor")))
        await socket.send(update(8, comments=comments(2)))
        await socket.wait_closed()

    async def scene(url: str) -> None:
        client = MeetingClient(url, "token")
        running = asyncio.create_task(client.run())
        sections = await client.until(lambda s: s.comments is not None and s.comments.total == 2)
        running.cancel()
        assert sections.floor is not None

    with_service(service, scene)


def test_a_final_close_code_ends_the_client() -> None:
    """4500 and above say: do not come again."""

    async def service(socket: ServerConnection) -> None:
        await told(socket)
        await socket.close(CloseCode.TOKEN_EXPIRED, "expired")

    async def scene(url: str) -> None:
        with pytest.raises(TurnedAwayError) as raised:
            await MeetingClient(url, "token").run()
        assert raised.value.code == CloseCode.TOKEN_EXPIRED

    with_service(service, scene)


def test_the_socket_stands_beside_the_pages() -> None:
    """http becomes ws, https becomes wss."""
    assert socket_url("http://127.0.0.1:8000") == "ws://127.0.0.1:8000/ws"
    assert socket_url("https://yishi.example.cn/") == "wss://yishi.example.cn/ws"
