"""Whose link does not hold any more is shown out of an open socket, and stays out."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from signaling.bus.in_process import InProcessBus
from signaling.connection import endpoint
from signaling.counters import Counters
from signaling.hubs import Hubs
from signaling.media_bridge import MediaBridge
from signaling.nodes.static import StaticNodes
from signaling.wire.codes import CloseCode
from tests.integration.signaling.service import FAST, Plane, Stream, clock_ms
from tests.integration.web.identity.conftest import HOST, MEETING, Desk
from web.identity.passwords import hash_password
from web.server import listen, serving

pytestmark = pytest.mark.anyio

BASE = f"/api/meetings/{MEETING}"
RIGHT = {"login": "zhouxiao", "password": "correct horse 9"}


@asynccontextmanager
async def sockets(desk: Desk) -> AsyncIterator[str]:
    """The same meetings and tokens on a real port; the address."""
    counters = Counters()
    bridge = MediaBridge(
        Plane(),
        StaticNodes(),
        node="here",
        programme=lambda _: Stream(),  # type: ignore[arg-type,return-value]
        programmes=Path("/programmes"),
        limits=FAST,
        counters=counters,
        clock_ms=clock_ms,
    )
    hubs = Hubs(
        desk.meetings,
        InProcessBus(),
        bridge,
        FAST,
        counters,
        clock_ms=clock_ms,
        monotonic=time.monotonic,
    )
    desk.on_end.append(hubs.end_invited)
    app = Starlette(routes=[WebSocketRoute("/ws", endpoint(hubs, desk.tokens))])
    with listen("127.0.0.1", 0) as listener:
        address = f"ws://127.0.0.1:{listener.getsockname()[1]}/ws"
        async with (
            serving(app, listener, trusted_proxies="", frame_max=FAST.transport_max),
            hubs.running(),
        ):
            yield address


async def come(address: str, link: str) -> ClientConnection:
    """Open a socket by a link, and say hello."""
    socket = await connect(address, proxy=None)
    await socket.send(json.dumps({"type": "hello", "token": link.partition("#t=")[2]}))
    return socket


async def welcomed(address: str, link: str) -> ClientConnection:
    """The same; it is let in."""
    socket = await come(address, link)
    assert json.loads(await socket.recv())["type"] == "welcome"
    return socket


async def closed(socket: ClientConnection) -> int:
    """The code with which the service ends it."""
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()
    assert socket.close_code is not None
    return socket.close_code


async def holds(socket: ClientConnection) -> bool:
    """Whether the service still answers on it."""
    await socket.send(json.dumps({"type": "ping", "sent_ms": 1}))
    async for text in socket:
        if json.loads(text)["type"] == "pong":
            return True
    return False


async def invited(desk: Desk) -> tuple[str, str]:
    """A new link for the member: id and link."""
    answer = await desk.http.post(
        f"{BASE}/invitations", json={"person": "member"}, headers=desk.bearer(HOST)
    )
    return answer.json()["id"], answer.json()["link"]


async def signed_in(desk: Desk) -> str:
    """The link into the meeting that a new session of the clerk's has."""
    answer = await desk.http.post("/api/account/sign-in", json=RIGHT)
    link: str = answer.json()["seats"][0]["link"]
    return link


async def test_a_withdrawn_invitation_ends_the_socket_that_came_by_it(desk: Desk) -> None:
    """And no other of the same person; and it is no way back."""
    (first, link), (_, other) = await invited(desk), await invited(desk)
    async with sockets(desk) as address:
        gone, stays = await welcomed(address, link), await welcomed(address, other)
        path = f"{BASE}/invitations/{first}/revoke"
        assert (await desk.http.post(path, headers=desk.bearer(HOST))).status_code == 204
        assert await closed(gone) == CloseCode.TOKEN_REVOKED
        assert await holds(stays)
        assert await closed(await come(address, link)) == CloseCode.TOKEN_REVOKED
        await stays.close()


async def test_signing_out_ends_the_console_that_was_opened_in_the_session(desk: Desk) -> None:
    """One that was opened in another session of the same account holds on."""
    elsewhere = await signed_in(desk)
    desk.http.cookies.clear()
    here = await signed_in(desk)
    async with sockets(desk) as address:
        stays, gone = await welcomed(address, elsewhere), await welcomed(address, here)
        await desk.http.post("/api/account/sign-out")
        assert await closed(gone) == CloseCode.TOKEN_REVOKED
        assert await holds(stays)
        assert await closed(await come(address, here)) == CloseCode.TOKEN_REVOKED
        await stays.close()


@pytest.mark.parametrize("how", ["password", "removed"])
async def test_another_password_and_removal_end_every_console(desk: Desk, how: str) -> None:
    """On the command line beside the service, which hears of it."""
    link, now_s = await signed_in(desk), int(desk.now_s[0])
    async with sockets(desk) as address:
        socket = await welcomed(address, link)
        if how == "password":
            await desk.store.set_password("zhouxiao", hash_password("another horse 1"), now_s)
        else:
            await desk.store.remove_account("zhouxiao", now_s)
        await desk.revocations.refresh()
        assert await closed(socket) == CloseCode.TOKEN_REVOKED


async def test_who_came_by_a_link_is_noted(desk: Desk) -> None:
    used, link = await invited(desk)
    async with sockets(desk) as address:
        await (await welcomed(address, link)).close()
    answer = await desk.http.get(f"{BASE}/invitations", headers=desk.bearer(HOST))
    (line,) = [one for one in answer.json() if one["id"] == used]
    assert line["last_s"] == int(desk.now_s[0])
