"""The whole service: sockets opened, parts assembled, requests answered, until it is told."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import logging
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from web.addresses import WILDCARDS, local_addresses
from web.app import build_app
from web.assemble import Parts, assemble
from web.assets import Assets
from web.invite import remember_origins
from web.links import Origins, origins
from web.server import listen, serving, stop_signals
from web.settings import Settings
from web.tls import Certificate, local_certificate, names_of_this_machine

log = logging.getLogger(__name__)

SWITCH_S = 0.0005
"""
How long a busy event loop may keep the interpreter's lock from the record's thread, which needs it
again after every statement. Python's usual 5 ms make a commit of many ballots wait for seconds.
"""
GARBAGE = (50_000, 10, 10)
"""
Objects after which the collector looks for cycles, some 10 MB. At Python's usual 700 it walks all
that was imported and every state of a meeting again and again, tens of milliseconds at a time.
"""


@dataclass(frozen=True, slots=True)
class Running:
    """A service that answers."""

    settings: Settings
    parts: Parts
    origins: Origins
    local_url: str
    """How programs on this machine reach it, over HTTP."""
    authority: Path | None
    """Certificate of the local authority, with HTTPS."""


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Running]:
    """
    The service, for the time of the context. Recordings of open meetings can be continued.

    Raises:
        ClientMissing: the web client was not built.
        PortTaken: another program listens there.
        RecordError: the record can't be opened.
        OSError: the data folder can't be written.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()  # what was imported stays
    gc.set_threshold(*GARBAGE)
    assets = Assets.load()
    settings.data.mkdir(parents=True, exist_ok=True)
    plain = listen(settings.host, settings.port)
    secure = listen(settings.host, settings.tls_port) if settings.tls else None
    where = origins(settings, _port(plain), _port(secure) if secure is not None else None)
    certificate = _certificate(settings) if secure is not None else None
    async with assemble(settings, where, assets, certificate) as parts:
        remember_origins(settings, where)
        app = build_app(parts.routes, parts.metrics)
        async with (
            serving(
                app,
                plain,
                secure,
                certificate,
                trusted_proxies=settings.trusted_proxies,
                frame_max=parts.hubs.limits.transport_max,
            ),
            # Inside: clients are told to come again before the server stops to carry words.
            parts.hubs.running(parts.unfinished),
            asyncio.TaskGroup() as tasks,
        ):
            local_url = f"http://{local_host(settings.host)}:{_port(plain)}"
            cameras = tasks.create_task(parts.cameras(local_url).run())
            pushes = tasks.create_task(parts.pushes.run())
            recognisers = tasks.create_task(parts.recognisers.run())
            try:
                yield Running(
                    settings=settings,
                    parts=parts,
                    origins=where,
                    local_url=local_url,
                    authority=certificate.authority if certificate is not None else None,
                )
            finally:
                cameras.cancel()
                pushes.cancel()
                recognisers.cancel()


async def run_until_stopped(
    settings: Settings, beside: Callable[[Running], Awaitable[None]]
) -> None:
    """
    Run the service until SIGTERM or SIGINT; *beside* is started with it and cancelled at the end.

    Raises: as `running`; and what *beside* raises ends the service.
    """
    with stop_signals() as stopping:
        async with running(settings) as service, asyncio.TaskGroup() as tasks:

            async def until_stopped() -> None:
                await stopping.wait()
                company.cancel()

            async def accompany() -> None:
                await beside(service)

            company = tasks.create_task(accompany())
            await until_stopped()
        log.info("stopped")


def _certificate(settings: Settings) -> Certificate:
    addresses = [*local_addresses()]
    if settings.host not in WILDCARDS:
        addresses.append(settings.host)
    if settings.public_address is not None:
        addresses.append(settings.public_address)
    names = names_of_this_machine(addresses)
    return local_certificate(settings.data / "tls", names, dt.datetime.now(dt.UTC))


def _port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def local_host(host: str) -> str:
    """What a program on this machine connects to when the service listens on *host*."""
    if host in WILDCARDS:
        return "[::1]" if host == "::" else "127.0.0.1"
    return f"[{host}]" if ":" in host else host
