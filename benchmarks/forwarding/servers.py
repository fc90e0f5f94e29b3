"""The two forwarders under test, behind one small interface."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import socket
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol, Self

from media.child import ChildMediaPlane
from media.control import Allow, Answer, Offered, OpenRoom, Publish, Subscribe
from media.settings import MediaSettings

ROOM: Final = 1234
_WAIT_S: Final = 10.0
_START_S: Final = 60.0
_LOOK_S: Final = 0.3
_FIRST: Final = """
import os, sys
from media import priority
priority.take(priority.FORWARDER)
os.execvp(sys.argv[1], sys.argv[1:])
"""


class Server(Protocol):
    """A forwarder in a process of its own, with one room."""

    name: str
    pid: int

    async def publish(self, offer: str) -> str:
        """The answer to the publisher's offer."""
        ...

    async def subscribe(self, number: int) -> str:
        """An offer to a subscriber."""
        ...

    async def answer(self, number: int, answer: str) -> None:
        """A subscriber's answer."""
        ...

    async def close(self) -> None:
        """End the process."""
        ...


class Yishi:
    """The media process as the service runs it."""

    def __init__(self, plane: ChildMediaPlane, name: str) -> None:
        assert plane.pid is not None
        self.name = name
        self.pid: int = plane.pid
        self._plane = plane
        self._offers: dict[str, asyncio.Future[Offered]] = {}
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, address: str, name: str = "yishi") -> Self:
        """Start it; it listens on this address."""
        plane = await ChildMediaPlane.start(MediaSettings(addresses=(address,)))
        await plane.request(OpenRoom(room="m"))
        await plane.request(Allow(room="m", person="load", sound=True, picture=True))
        return cls(plane, name)

    async def _read(self) -> None:
        async for report in self._plane.reports():
            if isinstance(report, Offered):
                self._offers[report.peer].set_result(report)

    async def publish(self, offer: str) -> str:
        answer = await self._plane.request(
            Publish(room="m", peer="load/pub", person="load", sdp=offer)
        )
        assert answer is not None
        return answer

    async def subscribe(self, number: int) -> str:
        peer = f"{number}/sub"
        self._offers[peer] = asyncio.get_running_loop().create_future()
        await self._plane.request(Subscribe(room="m", peer=peer))
        async with asyncio.timeout(_WAIT_S):
            return (await self._offers[peer]).sdp

    async def answer(self, number: int, answer: str) -> None:
        offered = self._offers[f"{number}/sub"].result()
        await self._plane.request(Answer(peer=offered.peer, offer=offered.offer, sdp=answer))

    async def close(self) -> None:
        self._reading.cancel()
        await self._plane.close()


_JANUS: Final = """
general: {{
    plugins_folder = "/usr/lib/x86_64-linux-gnu/janus/plugins"
    transports_folder = "/usr/lib/x86_64-linux-gnu/janus/transports"
    debug_level = 4
    event_loops = {event_loops}
}}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
"""
_OTHER_TRANSPORTS: Final = ",".join(
    f"libjanus_{name}.so" for name in ("http", "mqtt", "nanomsg", "rabbitmq", "websockets")
)
_OTHER_PLUGINS: Final = ",".join(
    f"libjanus_{name}.so"
    for name in (
        "audiobridge",
        "duktape",
        "echotest",
        "lua",
        "nosip",
        "recordplay",
        "sip",
        "streaming",
        "textroom",
        "videocall",
        "voicemail",
    )
)


async def _start_janus(
    folder: Path, path: Path
) -> tuple[asyncio.subprocess.Process, socket.socket]:
    loop = asyncio.get_running_loop()
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.setblocking(False)
    async with asyncio.timeout(_START_S):
        while True:
            with (folder / "log").open("wb") as log:
                # At the priority that our media process takes, for a fair window.
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-c", _FIRST, "janus", "-F", str(folder)),
                    stdin=DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            # Now and then 1.1.2 asks its transport before that is ready, and gives up.
            while process.returncode is None:
                await asyncio.sleep(_LOOK_S)
                if b"Unix Sockets thread started" in (folder / "log").read_bytes():
                    await asyncio.sleep(_LOOK_S)
                    if process.returncode is None:
                        await loop.sock_connect(line, str(path))
                        return process, line


class Janus:
    """
    Debian's Janus with its VideoRoom, spoken to over its Unix socket.

    Args:
        process: it.
        line: to its API.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process, line: socket.socket) -> None:
        self.name = name
        self.pid: int = process.pid
        self._process = process
        self._line = line
        self._transactions = map(str, itertools.count())
        self._waiting: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._session = 0
        self._publishers: dict[int, int] = {}
        self._subscribers: dict[int, int] = {}
        self._tasks = [
            asyncio.create_task(self._read()),
            asyncio.create_task(self._keep_alive()),
        ]

    @classmethod
    async def start(cls, folder: Path, *, event_loops: int) -> Self:
        """Start it with a configuration in *folder*; it listens on every address but loopback."""
        path = folder / "api"
        (folder / "janus.jcfg").write_text(
            _JANUS.format(
                event_loops=event_loops, plugins=_OTHER_PLUGINS, transports=_OTHER_TRANSPORTS
            )
        )
        (folder / "janus.transport.pfunix.jcfg").write_text(
            f'general: {{ enabled = true\n json = "compact"\n path = "{path}" }}\n'
        )
        (folder / "janus.plugin.videoroom.jcfg").write_text("general: {}\n")
        process, line = await _start_janus(folder, path)
        name = f"janus event_loops={event_loops}" if event_loops else "janus"
        janus = cls(name, process, line)
        janus._session = (await janus._ask({"janus": "create"}))["data"]["id"]
        await janus._message(
            await janus._attach(),
            {"request": "create", "room": ROOM, "publishers": 8, "bitrate": 0},
        )
        return janus

    async def publish(self, offer: str, feed: int = 1) -> str:
        """The same feed's offer again restarts its ICE."""
        request = "configure"
        if feed not in self._publishers:
            request = "publish"
            self._publishers[feed] = await self._attach()
            join = {"request": "join", "ptype": "publisher", "room": ROOM, "id": feed}
            await self._message(self._publishers[feed], join)
        published = await self._message(
            self._publishers[feed], {"request": request}, {"type": "offer", "sdp": offer}
        )
        sdp: str = published["jsep"]["sdp"]
        return sdp

    async def subscribe(self, number: int, feed: int = 1) -> str:
        handle = self._subscribers[number] = await self._attach()
        join = {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": [{"feed": feed}]}
        for _ in range(20):
            with contextlib.suppress(RuntimeError):  # the feed is not known at once
                attached = await self._message(handle, join)
                break
            await asyncio.sleep(_LOOK_S)
        sdp: str = attached["jsep"]["sdp"]
        return sdp

    async def restart(self, number: int) -> str:
        """An offer to a subscriber that restarts ICE."""
        restart = {"request": "configure", "restart": True}
        sdp: str = (await self._message(self._subscribers[number], restart))["jsep"]["sdp"]
        return sdp

    async def answer(self, number: int, answer: str) -> None:
        await self._message(
            self._subscribers[number], {"request": "start"}, {"type": "answer", "sdp": answer}
        )

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._process.kill()  # told to end, it waits for peers that are gone already
        await self._process.wait()
        self._line.close()

    async def _attach(self) -> int:
        request = {"janus": "attach", "plugin": "janus.plugin.videoroom"}
        handle: int = (await self._ask(request))["data"]["id"]
        return handle

    async def _message(
        self, handle: int, body: Mapping[str, Any], jsep: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        request: dict[str, Any] = {"janus": "message", "handle_id": handle, "body": body}
        if jsep is not None:
            request["jsep"] = jsep
        answer = await self._ask(request)
        data = answer.get("plugindata", {}).get("data", {})
        if "error" in data:
            raise RuntimeError(f"Janus: {data['error']}")
        return answer

    async def _ask(self, request: dict[str, Any]) -> Mapping[str, Any]:
        transaction = next(self._transactions)
        answer: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = answer
        message = {**request, "transaction": transaction}
        if self._session:
            message["session_id"] = self._session
        await asyncio.get_running_loop().sock_sendall(self._line, json.dumps(message).encode())
        async with asyncio.timeout(_WAIT_S):
            return await answer

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while message := await loop.sock_recv(self._line, 1 << 17):
            answer = json.loads(message)
            if answer["janus"] == "ack":
                continue  # the event follows
            waiting = self._waiting.pop(answer.get("transaction", ""), None)
            if waiting is None:
                continue
            if answer["janus"] == "error":
                waiting.set_exception(RuntimeError(f"Janus: {answer['error']}"))
            else:
                waiting.set_result(answer)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(20)
            if self._session:
                request = {"janus": "keepalive", "session_id": self._session, "transaction": "-"}
                await asyncio.get_running_loop().sock_sendall(
                    self._line, json.dumps(request).encode()
                )
