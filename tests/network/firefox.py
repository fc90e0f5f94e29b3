"""Debian's Firefox with its fake camera, driven by WebDriver BiDi: no driver program is needed."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import shutil
import socket
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.network.call import page_script
from tests.network.network import SERVICE
from tests.network.places import Place

START_S = 30.0
ANSWER_S = 20.0
MESSAGE_MAX = 16 << 20  # bytes; a run's samples are some 100 kB
_LISTENING = re.compile(rb"WebDriver BiDi listening on ws://127\.0\.0\.1:(\d+)")
_PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.devices.insecure.enabled": True,  # the page is blank, and no secure origin
    "media.getusermedia.insecure.enabled": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class FirefoxPage:
    """A page with page.js in it; see `call.Evaluates`. Made by `firefox`."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._numbers = itertools.count(1)
        self._context = ""
        self._turn = asyncio.Lock()  # one question at a time: answers are read by who asked

    async def begin(self, url: str) -> None:
        """Open the session, and put page.js into the blank page at *url*."""
        await self._ask("session.new", {"capabilities": {}})
        tree = await self._ask("browsingContext.getTree", {})
        self._context = tree["contexts"][0]["context"]
        await self._ask(
            "browsingContext.navigate",
            {"context": self._context, "url": url, "wait": "complete"},
        )
        await self.evaluate(f"(() => {{ {page_script()} }})()")

    async def evaluate(self, expression: str, arg: Any = None) -> Any:
        """See `call.Evaluates`."""
        asked = expression if arg is None else f"({expression})({json.dumps(arg)})"
        parameters = {
            "expression": f"Promise.resolve({asked}).then(got => JSON.stringify(got ?? null))",
            "target": {"context": self._context},
            "awaitPromise": True,
            "userActivation": True,
        }
        answer = await self._ask("script.evaluate", parameters)
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    async def _ask(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        asked = {"id": number, "method": method, "params": parameters}
        async with self._turn, asyncio.timeout(ANSWER_S):
            await self._line.send(json.dumps(asked))
            while True:
                message = json.loads(await self._line.recv())
                if message.get("id") != number:
                    continue  # an event
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
                result: dict[str, Any] = message["result"]
                return result


async def _answer_blank(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A page of its own: about:blank has no camera."""
    body = b"<!doctype html><meta charset=utf-8>"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
    writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
    await writer.drain()
    writer.close()


@asynccontextmanager
async def firefox(place: Place, folder: Path) -> AsyncIterator[FirefoxPage]:
    """
    A page of Firefox at a place.

    Raises:
        TimeoutError: it does not start.
    """
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        pytest.fail("Firefox is missing (Debian: apt-get install firefox-esr)")
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in _PREFERENCES.items()]
    (folder / "user.js").write_text("\n".join(lines))
    blank = await asyncio.start_server(_answer_blank, SERVICE, 0)
    process = await asyncio.create_subprocess_exec(
        *place.prefix(),
        *(program, "--headless", "--no-remote", "--profile", str(folder)),
        *("--remote-debugging-port", "0", "about:blank"),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin"},
    )
    assert process.stderr is not None
    reading: asyncio.Task[bytes] | None = None
    try:
        async with asyncio.timeout(START_S):
            while (found := _LISTENING.search(await process.stderr.readline())) is None:
                assert process.returncode is None, "Firefox ended"
        reading = asyncio.create_task(process.stderr.read())  # or it waits for somebody to read
        with place.entered():  # its port is there; a socket stays where it was made
            plug = socket.create_connection(("127.0.0.1", int(found[1])))
        uri = f"ws://127.0.0.1:{int(found[1])}/session"
        async with connect(uri, sock=plug, max_size=MESSAGE_MAX, proxy=None) as line:
            page = FirefoxPage(line)
            await page.begin(f"http://{SERVICE}:{blank.sockets[0].getsockname()[1]}/")
            yield page
    finally:
        process.kill()
        await process.wait()
        if reading is not None:
            await reading
        blank.close()
