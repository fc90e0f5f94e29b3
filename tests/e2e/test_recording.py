"""The recording on the screens: the red light, the alarm in words, the file at the end."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import av
import pytest
from playwright.async_api import expect

from tests.fixtures.desk import at_desk
from tests.fixtures.people import SHOWN_MS
from tests.fixtures.service import Service

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


def worker_of(meeting: str) -> int:
    """Process id of the worker that records a meeting."""
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"media.programme" in words and meeting.encode() in words:
            return int(folder.name)
    raise AssertionError("nobody records it")


async def test_the_light_is_lit_by_bytes_alone_and_the_recording_is_had_as_one_file(
    service: Service, tmp_path: Path
) -> None:
    """
    A worker that hangs writes nothing: the light is dark within two seconds and the host reads so
    within five; when it goes on, both are as before. At the close there is one MP4.
    """
    async with at_desk(
        service, "积水治理", host="王秀兰", members=["陈建国", "赵敏"], agenda=["通报情况"]
    ) as desk:
        light = desk.host.part("recording-light")
        alarm = desk.host.page.locator("[data-testid=programme-alarms] li[data-kind=no_bytes]")
        await expect(light).to_be_visible(timeout=SHOWN_MS)
        worker = worker_of(desk.meeting.id)
        os.kill(worker, signal.SIGSTOP)
        try:
            stopped_s = time.monotonic()
            await expect(light).to_be_hidden(timeout=SHOWN_MS)
            dark_s = time.monotonic() - stopped_s
            await expect(alarm).to_contain_text("没有在录制", timeout=SHOWN_MS)
            told_s = time.monotonic() - stopped_s
        finally:
            os.kill(worker, signal.SIGCONT)
        assert dark_s < 2.5
        assert told_s < 5.5
        await expect(light).to_be_visible(timeout=SHOWN_MS)
        await expect(alarm).to_be_hidden(timeout=SHOWN_MS)

        await desk.host.press("meeting-close")
        await desk.host.state("closed")
        await expect(light).to_be_hidden(timeout=SHOWN_MS)
        async with desk.host.page.expect_download(timeout=SHOWN_MS) as downloading:
            await desk.host.part("recording-download").click()
        await (await downloading.value).save_as(tmp_path / "m.mp4")
        with av.open(str(tmp_path / "m.mp4")) as container:
            assert container.chapters()
            shown_s = [picture.time for picture in container.decode(video=0)]
            assert shown_s[-1] - shown_s[0] > 2, "cards are few pictures, each shown for long"
