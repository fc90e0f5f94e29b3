"""
A camera's packets, read by FFmpeg over RTSP and TCP in a thread (RFC 2326, 10.12: interleaved).

Pictures come out as they were coded, in Annex B, with the parameter sets before each keyframe: a
camera often names them in its description alone.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

import av
import av.audio.stream
import av.container
import av.video.stream
from av.bitstream import BitStreamFilterContext

from media.camera.job import Fault

OPEN_S: Final = 10.0  # a camera that sleeps takes some seconds to answer
SILENT_S: Final = 5.0  # without a packet the camera is gone
QUEUE: Final = 128  # packets between the reader and the sender; about a second
RATE: Final = 48_000
BLOCK: Final = 960  # samples, 20 ms

_log = logging.getLogger(__name__)

Item: TypeAlias = "av.Packet[Any] | av.AudioFrame"
Queue: TypeAlias = "asyncio.Queue[Item | None]"
"""None is the end."""


class CameraError(Exception):
    """The camera can't be used, or no longer."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def profile_of(extradata: bytes | None) -> str | None:
    """
    The profile-level-id of H264's sequence parameter set (RFC 6184, 8.1), six hex digits.

    Args:
        extradata: parameter sets in Annex B; None or without one: not known.
    """
    for unit in (extradata or b"").split(b"\0\0\1"):
        if len(unit) >= 4 and unit[0] & 0x1F == 7:
            return unit[1:4].hex()
    return None


class Camera:
    """
    One connection to a camera. `open` it, then read `pictures` and `sounds`.

    What is not read in time is dropped, oldest first: a picture that is late is of no use.
    """

    def __init__(self, url: str, *, sound: bool) -> None:
        self._url = url
        self._sound = sound
        self._loop = asyncio.get_running_loop()
        self._stop = threading.Event()
        self._opened: asyncio.Future[str] = self._loop.create_future()
        self.pictures: Queue = asyncio.Queue(QUEUE)
        """Coded pictures."""
        self.sounds: Queue = asyncio.Queue(QUEUE)
        """Decoded sound, blocks of 20 ms."""
        self.has_sound = False
        self.ended: asyncio.Future[Fault] = self._loop.create_future()
        self._thread = threading.Thread(target=self._read, name="camera", daemon=True)

    async def open(self) -> str:
        """
        Connect, and wait for the description.

        Returns: H264's profile-level-id.

        Raises:
            CameraError: with the reason.
        """
        self._thread.start()
        return await self._opened

    def close(self) -> None:
        """Let the camera go; the thread ends with its next packet or time-out."""
        self._stop.set()

    # --- in the thread

    def _read(self) -> None:
        fault = Fault.NO_PICTURE
        try:
            options = {
                "rtsp_transport": "tcp",
                "timeout": str(int(SILENT_S * 1e6)),
                "fflags": "nobuffer",
                "analyzeduration": "1000000",
            }
            with av.open(self._url, options=options, timeout=(OPEN_S, SILENT_S)) as container:
                self._pass_on(container)
        except CameraError as error:
            fault = error.fault
        except (av.HTTPUnauthorizedError, av.HTTPForbiddenError):
            fault = Fault.FORBIDDEN
        except (OSError, ValueError, av.FFmpegError) as error:
            # Not the message: it holds the address, and that the password.
            _log.info("the camera's line ended: %s", type(error).__name__)
            fault = Fault.UNREACHABLE
        self._tell(lambda: self._end(fault))

    def _pass_on(self, container: av.container.InputContainer) -> None:
        video = next(iter(container.streams.video), None)
        audio = next(iter(container.streams.audio), None) if self._sound else None
        if video is None:
            raise CameraError(Fault.NO_PICTURE)
        if video.codec_context.name != "h264":
            raise CameraError(Fault.CODEC)
        sets = BitStreamFilterContext("dump_extra=freq=keyframe", video)
        profile = profile_of(video.codec_context.extradata) or "42e01f"
        self.has_sound = audio is not None
        self._tell(lambda: self._opened.set_result(profile))
        streams = [video] if audio is None else [video, audio]
        resampler = av.AudioResampler("s16", "stereo", RATE, frame_size=BLOCK)
        highest = -1
        for packet in container.demux(streams):
            if self._stop.is_set():
                return
            if packet.size == 0:
                continue  # FFmpeg's end of a stream
            if isinstance(packet.stream, av.audio.stream.AudioStream):
                self._put_all(self.sounds, _sound(packet, resampler))
                continue
            # "nobuffer" drops what was read to learn the format, and the first keyframe with it.
            if packet.pts is None or (highest < 0 and not packet.is_keyframe):
                continue
            if packet.pts < highest:
                raise CameraError(Fault.REORDERED)
            highest = packet.pts
            for whole in sets.filter(packet):
                self._put_all(self.pictures, [whole])

    def _put_all(self, queue: Queue, items: list[Item]) -> None:
        def put() -> None:
            for item in items:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(item)

        self._tell(put)

    def _tell(self, what: Callable[[], object]) -> None:
        try:
            self._loop.call_soon_threadsafe(what)
        except RuntimeError:
            self._stop.set()  # the loop is closed: nobody is there to be told

    # --- on the loop

    def _end(self, fault: Fault) -> None:
        if not self._opened.done():
            self._opened.set_exception(CameraError(fault))
        if not self.ended.done():
            self.ended.set_result(fault)
        for queue in (self.pictures, self.sounds):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)


def _sound(packet: av.Packet[Any], resampler: av.AudioResampler) -> list[Item]:
    def blocks() -> Iterator[Item]:
        for frame in packet.decode():
            if isinstance(frame, av.AudioFrame):
                yield from resampler.resample(frame)

    try:
        return list(blocks())
    except av.FFmpegError:
        return []  # a broken packet; the next may be whole
