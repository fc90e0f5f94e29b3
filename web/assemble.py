"""The one file that picks adapters: the record, bus, media plane, identity that we run on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.routing import BaseRoute, WebSocketRoute

from media.child import ChildMediaPlane
from media.settings import MediaSettings
from meetings.ballots.box import SqliteBox
from meetings.ballots.keys import KeyFolder
from meetings.proof.notary import Notary
from meetings.record.port import Record
from meetings.service import MeetingService
from signaling.bus.in_process import InProcessBus
from signaling.connection import endpoint
from signaling.counters import Counters
from signaling.direct import DirectLinks
from signaling.hubs import Hubs
from signaling.limits import Limits
from signaling.line_check import LineCheck
from signaling.media_bridge import MediaBridge
from signaling.nodes.static import StaticNodes
from web.assets import Assets
from web.auth import Invitations
from web.cameras import Cameras, read_rooms
from web.identity.invitations import Inviter, Revocations, Uses
from web.identity.provider import Provider
from web.identity.sessions import Sessions, derived
from web.identity.store import IdentityStore
from web.invite import clock_ms, opened
from web.line_metrics import add_line_metrics
from web.links import Origins
from web.livestreams import Livestreams
from web.media_metrics import add_media_metrics
from web.metrics import Kind, Labels, Metrics, Read
from web.minutes import minutes_files
from web.moments import MomentsFiles
from web.platforms import Entered, read_platforms
from web.programme_metrics import add_programme_metrics
from web.proof import record_key
from web.pushes import Pushes
from web.recognisers import Recognisers
from web.recordings import Recordings
from web.retention import read_retention
from web.routes import (
    ballots,
    captions,
    check,
    direct,
    livestream,
    minutes,
    moments,
    operations,
    pages,
    platforms,
    rooms,
)
from web.routes import recordings as recordings_routes
from web.routes.accounts import Accounts
from web.routes.people import People
from web.settings import Settings
from web.tls import Certificate

NODE = "local"
"""Name of the only node; several share a directory in a later step."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The assembled service, before it answers."""

    record: Record
    meetings: MeetingService
    hubs: Hubs
    unfinished: tuple[str, ...]
    """Meetings that were under way when the service last stopped."""
    routes: list[BaseRoute]
    metrics: Metrics
    cameras: Callable[[str], Cameras]
    """The rooms' IP cameras; they are told where this service listens."""
    pushes: Pushes
    """Passes programmes on to other platforms."""
    recognisers: Recognisers
    """Write captions, where there is a model."""


@asynccontextmanager
async def assemble(
    settings: Settings, origins: Origins, assets: Assets, certificate: Certificate | None
) -> AsyncIterator[Parts]:
    """
    Start the parts in order, and end them in reverse: commands that wait are carried out, running
    programmes finished, then the record is closed.

    Raises:
        RecordError: the record can't be opened.
        SettingsError: the word list, or the file of cameras or platforms, can't be used.
        OSError: the media process can't be started, or the data folder not be written.
    """
    programmes = settings.data.resolve() / "programmes"
    programmes.mkdir(parents=True, exist_ok=True)
    bus, counters, limits = InProcessBus(), Counters(), Limits()
    ip_cameras = read_rooms(settings.cameras)
    retention = read_retention(settings.recording_days, settings.room_days)
    known_platforms = read_platforms(settings.platforms)
    entered = Entered(settings.data.resolve() / "platforms")
    livestreams = Livestreams(programmes)
    grace_ms = round(settings.stream_grace_s * 1000)
    async with opened(settings) as record, _media(settings) as plane:
        store = IdentityStore(record)
        await store.prepare_tables()
        revocations = Revocations(store, lambda ids: hubs.end_invited(ids), time.time)
        await revocations.refresh()
        secret = settings.signing_secret()
        uses = Uses(store, time.time)
        invitations = Invitations(secret, time.time, revocations, uses.note)
        box = SqliteBox(record, KeyFolder(settings.data.resolve() / "ballot-keys"))
        await box.prepare_tables()
        meetings = MeetingService(
            record,
            clock_ms,
            bus.publish,
            box,
            stream_delay_ms=lambda meeting: grace_ms if livestreams.running(meeting) else 0,
            words=await asyncio.to_thread(settings.read_words),
        )
        appended = bus.subscribe()
        notary = Notary(
            record, meetings, record_key(settings), clock_ms=clock_ms, wake=appended.wake
        )
        listed = await record.meetings()
        bridge = MediaBridge(
            plane,
            StaticNodes(),
            node=NODE,
            programme=livestreams.programme,
            programmes=programmes,
            limits=limits,
            counters=counters,
            clock_ms=clock_ms,
        )
        hubs = Hubs(
            meetings,
            bus,
            bridge,
            limits,
            counters,
            clock_ms=clock_ms,
            monotonic=time.monotonic,
            ice_servers=settings.servers_for_clients(),
            room_secret=derived(secret, "check-in"),
        )
        recordings = Recordings(
            record,
            meetings,
            programmes,
            serving=lambda: hubs.serving,
            clock_ms=clock_ms,
            timezone=settings.timezone,
            retention=retention,
            download_days=settings.download_days,
            forget=livestreams.forget,
        )
        links = DirectLinks(hubs)
        line_check = LineCheck(plane)
        accounts = Accounts(
            store,
            Sessions(secret, store, time.time),
            meetings,
            invitations,
            revocations,
            origins,
            provider(settings),
            settings.oidc_name,
        )
        inviter = Inviter(store, invitations, origins.members, time.time)
        people = People(meetings, record, invitations, store, inviter, revocations, uses)
        metrics = _metrics(counters, plane, hubs)
        token = settings.metrics_token
        routes: list[BaseRoute] = [
            *ballots.routes(meetings, invitations),  # first: thousands come at once
            *pages.routes(assets),
            *rooms.routes(record, invitations, origins),
            *minutes.routes(minutes_files(record, settings, origins), meetings, invitations),
            *moments.routes(MomentsFiles(record, settings.timezone), meetings, invitations),
            *people.routes(),
            *platforms.routes(entered, meetings, invitations),
            *accounts.routes(derived(secret, "provider")),
            *captions.routes(livestreams.find, meetings.live),  # before what takes any file
            *livestream.routes(livestreams.find),
            *recordings_routes.routes(
                recordings, meetings, invitations, derived(secret, "recording")
            ),
            *direct.routes(links, invitations, settings.servers_for_clients()),
            *check.routes(line_check, settings.servers_for_clients(), clock_ms),
            *operations.routes(
                _checks(record, plane),
                metrics,
                token.get_secret_value() if token is not None else None,
                certificate.authority if certificate is not None else None,
            ),
            WebSocketRoute("/ws", endpoint(hubs, invitations)),
        ]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(meetings.run())
            carrying = tasks.create_task(links.run())
            checking = tasks.create_task(line_check.run())
            watching = tasks.create_task(revocations.run())
            noting = tasks.create_task(uses.run())
            signing = tasks.create_task(notary.run())
            keeping = tasks.create_task(recordings.run())
            try:
                yield Parts(
                    record=record,
                    meetings=meetings,
                    hubs=hubs,
                    unfinished=tuple(one.id for one in listed if one.state in {"open", "recess"}),
                    routes=routes,
                    metrics=metrics,
                    cameras=lambda url: Cameras(ip_cameras, hubs, invitations, url, clock_ms),
                    pushes=Pushes(known_platforms, entered, hubs, programmes, clock_ms),
                    recognisers=Recognisers(settings.captions_model, hubs, meetings, programmes),
                )
            finally:
                carrying.cancel()
                keeping.cancel()
                checking.cancel()
                await meetings.close()
                signing.cancel()
                watching.cancel()
                noting.cancel()
                await uses.finish()
                await notary.finish()
                appended.close()


def provider(settings: Settings) -> Provider | None:
    """The OpenID provider by the settings; None: single sign-on is not set up."""
    if settings.oidc_issuer is None:
        return None
    client_secret = settings.oidc_client_secret.get_secret_value()
    return Provider(
        settings.oidc_issuer, settings.oidc_client_id, client_secret, settings.oidc_claim
    )


@asynccontextmanager
async def _media(settings: Settings) -> AsyncIterator[ChildMediaPlane]:
    plane = await ChildMediaPlane.start(media_settings(settings))
    try:
        yield plane
    finally:
        await plane.close()


def media_settings(settings: Settings) -> MediaSettings:
    """What the media process is told; it asks STUN servers for itself, and needs no relay."""
    urls = [url for server in settings.ice_servers for url in server.urls]
    return MediaSettings(
        udp_port_min=settings.udp_port_min,
        udp_port_max=settings.udp_port_max,
        addresses=settings.udp_addresses,
        ice_loopback=settings.ice_loopback,
        public_address=settings.public_address,
        ice_servers=tuple(url for url in urls if url.startswith("stun:")),
        font=settings.font.resolve() if settings.font is not None else None,
        part_ms=settings.livestream_part_ms,
    )


def _checks(record: Record, plane: ChildMediaPlane) -> operations.Checks:
    async def record_answers() -> bool:
        await record.meetings(limit=1)
        return True

    async def media_runs() -> bool:
        return plane.pid is not None

    return {"record": record_answers, "media": media_runs}


def _metrics(counters: Counters, plane: ChildMediaPlane, hubs: Hubs) -> Metrics:
    metrics = Metrics()

    def by_label(label: str, counts: dict[str, int]) -> dict[Labels, float]:
        return {((label, key),): count for key, count in counts.items()}

    numbers: list[tuple[str, Kind, str, Read]] = [
        ("connections", "gauge", "Open meeting sockets.", lambda: counters.connections),
        ("frames_in_total", "counter", "Frames from clients.", lambda: counters.frames_in),
        ("frames_out_total", "counter", "Frames to clients.", lambda: counters.frames_out),
        ("updates_total", "counter", "Batches of sections sent.", lambda: counters.updates),
        (
            "closed_total",
            "counter",
            "Sockets that ended, by reason.",
            lambda: by_label("reason", counters.closed),
        ),
        (
            "media_refused_total",
            "counter",
            "Requests that the media plane refused, by code.",
            lambda: by_label("code", counters.media_refused),
        ),
        (
            "media_up",
            "gauge",
            "1 while a media process runs.",
            lambda: float(plane.pid is not None),
        ),
        (
            "link_freezes_total",
            "counter",
            "Pictures that stood still, as pages counted them.",
            lambda: counters.freezes,
        ),
        (
            "link_frozen_seconds_total",
            "counter",
            "How long pictures stood still.",
            lambda: counters.frozen_ms / 1000,
        ),
    ]
    for name, kind, help_text, read in numbers:
        metrics.add(f"yishi_{name}", kind, help_text, read)
    add_line_metrics(metrics, lambda: hubs.lines)
    add_media_metrics(metrics, lambda: plane.vitals)
    add_programme_metrics(metrics, lambda: hubs.alarms, lambda: hubs.recording)
    return metrics
