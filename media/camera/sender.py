"""
Sends a camera's packets by WHIP, with aiortc's own peer connection.

aiortc packs what was coded elsewhere as it is. It names the two plain profiles of H264 alone, so
the camera's true one is written into the offer, and taken out of the answer again.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Final
from urllib.parse import urljoin

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from media.camera.job import Fault, Job
from media.camera.source import Camera, CameraError, Item, Queue

PLAIN: Final = "42e01f"
"""Constrained baseline, as aiortc writes it."""
ASK_S: Final = 20.0
CONNECT_S: Final = 15.0


class Track(MediaStreamTrack):
    """What comes of one queue of a camera; None in it is the end."""

    def __init__(self, kind: str, queue: Queue) -> None:
        super().__init__()
        self.kind = kind
        self._queue = queue

    async def recv(self) -> Item:
        """
        The next one.

        Raises:
            MediaStreamError: the camera has ended.
        """
        item = await self._queue.get()
        if item is None:
            self.stop()
            raise MediaStreamError
        return item


async def send(camera: Camera, profile: str, job: Job, connected: Callable[[], None]) -> Fault:
    """
    Publish a camera that is open, until it or the link ends.

    Args:
        connected: called when the service has the link.

    Returns: why it ended.

    Raises:
        CameraError: the service took no link.
    """
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    state: asyncio.Queue[str] = asyncio.Queue()
    peer.on("connectionstatechange", lambda: state.put_nowait(peer.connectionState))
    resource = None
    try:
        video = peer.addTransceiver(Track("video", camera.pictures), "sendonly")
        video.setCodecPreferences(
            [
                codec
                for codec in RTCRtpSender.getCapabilities("video").codecs
                if codec.name == "rtx" or codec.parameters.get("profile-level-id") == PLAIN
            ]
        )
        if camera.has_sound:
            peer.addTransceiver(Track("audio", camera.sounds), "sendonly")
        await peer.setLocalDescription(await peer.createOffer())
        offer = peer.localDescription.sdp.replace(PLAIN, profile)
        resource, answer = await asyncio.to_thread(_post, job, offer)
        await peer.setRemoteDescription(
            RTCSessionDescription(answer.replace(profile, PLAIN), "answer")
        )
        async with asyncio.timeout(CONNECT_S):
            while await state.get() != "connected":
                pass
        connected()
        return await _until_over(camera, state)
    except TimeoutError:
        return Fault.LOST
    finally:
        await peer.close()
        if resource is not None:
            await asyncio.to_thread(_delete, job, resource)


async def _until_over(camera: Camera, state: asyncio.Queue[str]) -> Fault:
    link = asyncio.create_task(_broken(state))
    done, _ = await asyncio.wait((link, camera.ended), return_when=asyncio.FIRST_COMPLETED)
    link.cancel()
    return camera.ended.result() if camera.ended in done else Fault.LOST


async def _broken(state: asyncio.Queue[str]) -> None:
    while await state.get() not in ("failed", "closed", "disconnected"):
        pass


def _post(job: Job, offer: str) -> tuple[str, str]:
    """The resource's address and the answer. Raises: CameraError."""
    request = urllib.request.Request(  # noqa: S310 - the service's own address
        job.whip, offer.encode(), _headers(job, "application/sdp"), method="POST"
    )
    try:
        with _opener(job).open(request, timeout=ASK_S) as made:
            return urljoin(job.whip, made.headers["Location"]), made.read().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise CameraError(Fault.REFUSED) from error


def _delete(job: Job, resource: str) -> None:
    request = urllib.request.Request(resource, headers=_headers(job), method="DELETE")  # noqa: S310 - as above
    with contextlib.suppress(OSError):  # it was over already, or the service is
        _opener(job).open(request, timeout=ASK_S).close()


def _headers(job: Job, media_type: str | None = None) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {job.token.get_secret_value()}"}
    return headers if media_type is None else {**headers, "Content-Type": media_type}


def _opener(job: Job) -> urllib.request.OpenerDirector:
    trust = ssl.create_default_context(cafile=job.ca)
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
    )
