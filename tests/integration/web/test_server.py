"""Listening for real: HTTP and HTTPS side by side, bounds of a request's head, bad input."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from web import http as bounds
from web.app import build_app
from web.limits import read_body
from web.metrics import Metrics
from web.server import PortTaken, listen, serving
from web.tls import Certificate, local_certificate, names_of_this_machine

pytestmark = pytest.mark.anyio


async def whoami(request: Request) -> PlainTextResponse:
    """Scheme and address, as the application sees them."""
    host = request.client.host if request.client is not None else "?"
    return PlainTextResponse(f"{request.url.scheme} {host}")


async def echo(request: Request) -> PlainTextResponse:
    """The body's length."""
    return PlainTextResponse(str(len(await read_body(request))))


async def fail(_: Request) -> PlainTextResponse:
    """What nobody foresaw."""
    raise LookupError("a secret")


@asynccontextmanager
async def answering(certificate: Certificate | None = None) -> AsyncIterator[tuple[int, int]]:
    """A small application on free ports; yields those of HTTP and HTTPS."""
    routes = [
        Route("/", whoami),
        Route("/echo", echo, methods=["POST"]),
        Route("/fail", fail),
    ]
    plain = listen("127.0.0.1", 0)
    secure = listen("127.0.0.1", 0) if certificate is not None else None
    ports = plain.getsockname()[1], secure.getsockname()[1] if secure is not None else 0
    async with serving(
        build_app(routes, Metrics()),
        plain,
        secure,
        certificate,
        trusted_proxies="127.0.0.1",
        frame_max=1000,
    ):
        yield ports


async def exchange(port: int, *pieces: bytes) -> bytes:
    """Send the pieces; everything that comes until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_https_is_verified_under_the_local_authority(tmp_path: Path) -> None:
    """A client that trusts the authority accepts the certificate; HTTP answers beside."""
    names = names_of_this_machine([])
    certificate = local_certificate(tmp_path, names, dt.datetime.now(dt.UTC))
    trust = ssl.create_default_context(cafile=certificate.authority)
    async with answering(certificate) as (plain, secure), httpx.AsyncClient(verify=trust) as http:
        assert (await http.get(f"https://localhost:{secure}/")).text == "https 127.0.0.1"
        assert (await http.get(f"https://127.0.0.1:{secure}/")).text == "https 127.0.0.1"
        assert (await http.get(f"http://127.0.0.1:{plain}/")).text == "http 127.0.0.1"


async def test_without_trust_the_certificate_is_refused(tmp_path: Path) -> None:
    """It is no public one."""
    names = names_of_this_machine([])
    certificate = local_certificate(tmp_path, names, dt.datetime.now(dt.UTC))
    async with answering(certificate) as (_, secure), httpx.AsyncClient() as http:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await http.get(f"https://localhost:{secure}/")


async def test_a_trusted_proxy_tells_the_real_address() -> None:
    """So that rates count people, not the proxy; and that pages know they are secure."""
    async with answering() as (port, _), httpx.AsyncClient() as http:
        told = {"x-forwarded-for": "198.51.100.9", "x-forwarded-proto": "https"}
        answer = await http.get(f"http://127.0.0.1:{port}/", headers=told)
        assert answer.text == "https 198.51.100.9"


async def test_what_nobody_foresaw_is_answered_without_a_word_about_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The client learns a code, the log everything."""
    async with answering() as (port, _), httpx.AsyncClient() as http:
        answer = await http.get(f"http://127.0.0.1:{port}/fail")
    assert (answer.status_code, answer.json()) == (500, {"code": "internal", "detail": ""})
    assert "a secret" in caplog.text


@pytest.mark.parametrize(
    "pieces",
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",),
        (b"GET\r\n\r\n",),
        (b"GET / HTTP/9.9\r\n\r\n",),
        (b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: -5\r\n\r\n",),
        (b"GET / HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",),
    ],
)
async def test_what_is_no_request_is_answered_400(
    pieces: tuple[bytes, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """And never ends in a traceback."""
    async with answering() as (port, _):
        answer = await exchange(port, *pieces)
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 426"))
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * (bounds.HEAD_MAX + 100_000),
        b"GET / HTTP/1.1\r\nx: " + b"a" * (bounds.HEAD_MAX + 100_000),
        b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 50_000,
    ],
)
async def test_a_head_without_end_is_cut(head: bytes) -> None:
    """One connection can't fill the memory: it is closed soon after the bound."""
    async with answering() as (port, _):
        assert b" 200 " not in await exchange(port, head)


async def test_a_silent_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before its first byte, in the middle of a head; but not one that waits for an answer."""
    monkeypatch.setattr(bounds, "HEAD_S", 0.2)
    async with answering() as (port, _):
        assert await exchange(port) == b""
        assert await exchange(port, b"GET / HTTP/1.1\r\nhost:") == b""
        whole = await exchange(port, b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        assert whole.startswith(b"HTTP/1.1 200")


async def test_a_body_that_ends_too_early_is_nobodys_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The client went away in the middle: nothing to log."""
    async with answering() as (port, _), httpx.AsyncClient() as http:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert (await http.post(f"http://127.0.0.1:{port}/echo", content=b"abc")).text == "3"
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_a_port_in_use_is_named() -> None:
    """Not with a traceback."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"127.0.0.1:{port}: Address already in use"):
            listen("127.0.0.1", port)


async def test_both_families_are_answered_on_every_address() -> None:
    """`--host ::` is for IPv4 too, where the machine can."""
    with listen("::", 0) as listener:
        port = listener.getsockname()[1]
        for host in ("127.0.0.1", "::1"):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            await writer.wait_closed()
