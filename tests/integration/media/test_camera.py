"""A camera's packets, from a real RTSP server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import av
import pytest

from media.camera.job import Fault
from media.camera.source import BLOCK, RATE, Camera, CameraError
from tests.fixtures.ip_camera import HEIGHT, NAME, PASSWORD, WIDTH, film, ip_camera
from tests.fixtures.service import free_port

WAIT_S = 20.0


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Host and port of a camera that is on."""
    port = free_port()
    with ip_camera(film(tmp_path_factory.mktemp("film") / "film.mp4", seconds=8), port):
        yield f"127.0.0.1:{port}"


@pytest.mark.parametrize("path", ["live", "g711"])
def test_pictures_come_as_they_were_coded_and_sound_as_blocks(address: str, path: str) -> None:
    """
    H264 with its parameter sets before the first picture, whatever the description said; AAC and
    G.711 as 20 ms of stereo.
    """

    async def read() -> None:
        camera = Camera(f"rtsp://{NAME}:{PASSWORD}@{address}/{path}", sound=True)
        try:
            async with asyncio.timeout(WAIT_S):
                profile = await camera.open()
                pictures = [await camera.pictures.get() for _ in range(5)]
                sound = await camera.sounds.get()
        finally:
            camera.close()
        assert profile.startswith("4d"), "main profile"
        assert camera.has_sound
        decoder = av.CodecContext.create("h264", "r")
        assert isinstance(decoder, av.VideoCodecContext)
        frames = []
        for packet in pictures:
            assert isinstance(packet, av.Packet)
            frames += decoder.decode(av.Packet(bytes(packet)))
        frames += decoder.decode(None)
        assert {(frame.width, frame.height) for frame in frames} == {(WIDTH, HEIGHT)}
        assert isinstance(sound, av.AudioFrame)
        assert (sound.sample_rate, sound.samples, len(sound.layout.channels)) == (RATE, BLOCK, 2)

    asyncio.run(read())


@pytest.mark.parametrize(
    ("name", "path", "fault"),
    [("nobody", "live", Fault.FORBIDDEN), (NAME, "nothing", Fault.UNREACHABLE)],
)
def test_a_wrong_password_is_told_from_a_wrong_address(
    address: str, name: str, path: str, fault: Fault
) -> None:
    """The desk has to know whom to ask."""

    async def read() -> None:
        camera = Camera(f"rtsp://{name}:{PASSWORD}@{address}/{path}", sound=False)
        with pytest.raises(CameraError) as refused:
            async with asyncio.timeout(WAIT_S):
                await camera.open()
        assert refused.value.fault is fault

    asyncio.run(read())


def test_pictures_that_are_not_in_the_order_of_their_display_are_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """B pictures would be shown forth and back; the desk is told to switch them off."""
    port = free_port()
    file = film(tmp_path_factory.mktemp("film") / "film.mp4", seconds=8, b_pictures=True)

    async def read() -> Fault:
        camera = Camera(f"rtsp://{NAME}:{PASSWORD}@127.0.0.1:{port}/live", sound=False)
        async with asyncio.timeout(WAIT_S):
            await camera.open()
            return await camera.ended

    with ip_camera(file, port):
        assert asyncio.run(read()) is Fault.REORDERED
