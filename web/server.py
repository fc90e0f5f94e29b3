"""
Listening: uvicorn inside our own event loop, on sockets that we open.

Opening them ourselves tells the real port where the setting says 0, makes a port in use a plain
message, and lets HTTP and HTTPS answer side by side with one application.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Generator

import uvicorn
from starlette.types import ASGIApp

from signaling.transport import MeetingSocket
from web.http import BoundedHttp
from web.tls import Certificate

BACKLOG = 2_048  # connections that wait to be accepted: a hall that scans a code at once
KEEP_ALIVE_S = 30  # seconds an idle HTTP connection is kept: players ask every half second
FAREWELL_S = 5  # seconds for answers under way when the service stops


class PortTaken(Exception):
    """Another program listens there, or we may not."""


class _Server(uvicorn.Server):
    """
    Leaves the signals to us: two servers share them, and the sockets end before the server.

    Ends as soon as it is told and nobody is connected: uvicorn's own looks every tenth of a second
    whether it is to end, and then waits another one, for whomever there may be.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    def end(self) -> None:
        """Take no more connections, wait for answers under way, and be over."""
        self.should_exit = True
        self._told.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def main_loop(self) -> None:
        """The hand of the clock for date fields, until it is to end."""
        async with asyncio.TaskGroup() as tasks:
            ticking = tasks.create_task(super().main_loop())
            await self._told.wait()
            ticking.cancel()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close; wait only if there is somebody to wait for."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """
    A listening TCP socket.

    Args:
        port: 0 for any free one.

    Raises:
        PortTaken: another program listens there, or we may not.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(
            (host, port), family=family, backlog=BACKLOG, dualstack_ipv6=both
        )
    except OSError as error:
        raise PortTaken(f"{host}:{port}: {error.strerror or error}") from error


@contextlib.asynccontextmanager
async def serving(
    app: ASGIApp,
    plain: socket.socket,
    secure: socket.socket | None = None,
    certificate: Certificate | None = None,
    *,
    trusted_proxies: str,
    frame_max: int,
) -> AsyncIterator[None]:
    """
    Answer on these sockets for the time of the context; they are closed with it.

    Args:
        secure: socket for HTTPS, with *certificate*.
        trusted_proxies: addresses whose X-Forwarded-* headers are believed, with commas.
        frame_max: bytes; larger WebSocket messages close their connection (1009).
    """
    pairs: list[tuple[socket.socket, Certificate | None]] = [(plain, None)]
    if secure is not None:
        pairs.append((secure, certificate))
    servers: list[_Server] = []
    async with asyncio.TaskGroup() as tasks:
        for listener, pair in pairs:
            config = uvicorn.Config(
                app,
                http=BoundedHttp,
                ws=MeetingSocket,
                ws_max_size=frame_max,
                # 26 us a message and 59 kB a connection, measured; sections are small and many.
                ws_per_message_deflate=False,
                lifespan="off",
                log_config=None,
                log_level="warning",  # starting and stopping is told by ourselves
                access_log=False,  # it would log addresses of people, and tokens of nobody
                server_header=False,
                proxy_headers=True,
                forwarded_allow_ips=trusted_proxies.split(","),
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=FAREWELL_S,
            )
            config.load()
            config.ssl = _context(pair) if pair is not None else None
            server = _Server(config)
            servers.append(server)
            tasks.create_task(server.serve(sockets=[listener]))
        try:
            yield
        finally:
            for server in servers:
                server.end()


def _context(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate.chain, certificate.key)
    return context


@contextlib.contextmanager
def stop_signals() -> Generator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set; a second one ends the process at once."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()

    def on_signal(number: int) -> None:
        stopping.set()
        loop.remove_signal_handler(number)  # the default action comes back

    numbers = (signal.SIGTERM, signal.SIGINT)
    for number in numbers:
        loop.add_signal_handler(number, on_signal, number)
    try:
        yield stopping
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
