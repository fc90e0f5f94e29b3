"""
Captions from the keyboard at the desk to a resident's phone, the room's screen, the playlists, the
minutes and the recording; and the livestream to another platform.

One meeting, since it runs in real time: the second test ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.fixtures.browsers import launch, new_page
from tests.fixtures.people import SHOWN_MS, Host, Person, Viewer, shows
from tests.fixtures.service import Meeting, Service, free_port
from tests.fixtures.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

HOST = "王秀兰"
FIRST, SECOND, BETTER = "管网改造下个月开公", "请大家放心", "管网改造下个月开工"
ROOT = Path(__file__).parents[2]
SEEN_S = 30.0
HLS = ROOT / "web" / "client" / "node_modules" / "hls.js" / "dist" / "hls.min.js"
"""The whole library, which reads WebVTT; the pages fetch the light one."""
CUES_IN_HLS = """
(url) => new Promise((resolve, reject) => {
  const video = document.createElement('video')
  video.muted = true
  document.body.append(video)
  // All of it: it stands still at the beginning, and a slow machine's captions come late.
  const hls = new Hls({ maxBufferLength: 600, maxMaxBufferLength: 600 })
  hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) reject(new Error(data.details)) })
  const looking = setInterval(() => {
    // As somebody who chooses them in the player's menu, as soon as they are there.
    for (const track of video.textTracks) if (track.mode !== 'showing') track.mode = 'showing'
    const cues = [...video.textTracks].flatMap((track) => [...(track.cues ?? [])])
    if (cues.length < 2) return
    clearInterval(looking)
    resolve(cues.map((cue) => [cue.startTime, cue.endTime, cue.text]))
    hls.destroy()
    video.remove()
  }, 100)
  hls.loadSource(url)
  hls.attachMedia(video)
})
"""
SHOTS = os.environ.get("YISHI_SHOTS")
"""Folder for pictures of the pages, for whoever wants to look."""


@dataclass(frozen=True)
class Yard:
    """A meeting with its host at a desk and a resident on a phone."""

    service: Service
    meeting: Meeting
    browser: Browser
    host: Host
    phone: Viewer

    async def hls(self, file: str) -> str:
        """A file of the livestream; empty: it is not there."""
        status, body = self.service.get(f"/hls/{self.meeting.id}/{file}")
        return body.decode() if status == 200 else ""


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.fixture(scope="module")
async def yard(service: Service) -> AsyncIterator[Yard]:
    meeting = service.new_meeting("字幕协商会", host=HOST, participants=[], agenda=["积水治理"])
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        host = Host(await new_page(browser, width=1280, height=800))
        await host.page.goto(meeting.link(HOST))
        await host.press("meeting-open")
        await host.state("open")
        phone = Viewer(await new_page(browser, width=390, height=844))
        await phone.enter(meeting.viewers_link, "刘桂芳")
        await host.turn_to("room")
        yield Yard(service, meeting, browser, host, phone)
        assert (host.faults, phone.faults) == ([], [])
        await browser.close()


async def test_what_is_typed_is_read_by_everybody_and_corrected(yard: Yard) -> None:
    """On the phone at the moment of the stream, in the room at once, in WebVTT where it came."""
    host, phone = yard.host, yard.phone
    await host.part("captions-switch").click()
    await phone.part("livestream-captions").click()
    await phone.watches(1.0)
    display = Person(await new_page(yard.browser, width=1280, height=800))
    await display.page.goto(yard.meeting.link("display"))
    await display.part("display-start").click()

    field = host.part("captions-field")
    for line in (FIRST, SECOND):
        await field.fill(line)
        await field.press("Enter")
        await expect(host.part("captions-last")).to_contain_text(line, timeout=SHOWN_MS)
        await expect(field).to_have_value("")
    await expect(display.part("captions")).to_contain_text(SECOND, timeout=SHOWN_MS)
    await shot(display.page, "display")
    await expect(phone.part("captions")).to_contain_text(SECOND, timeout=SHOWN_MS)
    await shot(phone.page, "phone")
    await display.page.context.close()

    await field.press("ArrowUp")
    await expect(field).to_have_value(SECOND)
    await field.press("Escape")
    await host.part("captions-last").get_by_role("button").first.click()
    await field.fill(BETTER)
    await shot(host.page, "desk")
    await field.press("Enter")
    await expect(host.part("captions-last")).to_contain_text(BETTER, timeout=SHOWN_MS)

    async def written() -> bool:
        files = re.findall(r"captions-\d+\.vtt", await yard.hls("captions.m3u8"))
        return SECOND in "".join([await yard.hls(file) for file in files])

    await until(written, SEEN_S, "the caption in a segment")
    assert 'SUBTITLES="captions"' in await yard.hls("programme.m3u8")


async def test_the_livestream_goes_to_another_platform(yard: Yard) -> None:
    """The host enters an address, which nobody sees again, and the platform decodes pictures."""
    url = f"rtmp://127.0.0.1:{free_port()}/live/geheim"
    command = [sys.executable, "-m", "tests.integration.push.receiver", url]
    platform = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    try:
        host = yard.host
        await host.part("push-add").click()
        await host.part("push-name").fill("市电视台")
        await host.part("push-url").fill(url)
        await host.part("push-save").click()
        await host.part("push-start").click()
        await shows(host.part("push"), "data-state", "live")
        await host.part("push").scroll_into_view_if_needed()
        await shot(host.page, "push")
        assert platform.stdout is not None
        assert (await platform.stdout.readline()) == b"ready\n"
        assert re.fullmatch(rb"\d+\.\d+ (\d+|sound)\n", await platform.stdout.readline())
        assert "geheim" not in await host.page.content()
        await host.part("push-stop").click()
        await shows(host.part("push"), "data-state", "off")
    finally:
        with contextlib.suppress(ProcessLookupError):  # it ends with its connection
            platform.kill()
        await platform.wait()
    assert "geheim" not in yard.service.text()


async def test_the_recording_and_the_minutes_have_them(yard: Yard) -> None:
    """Where it was said, corrected; in the annex by name."""
    host = yard.host
    await host.press("meeting-close")
    await host.state("closed")
    status, body = yard.service.get(
        f"/api/meetings/{yard.meeting.id}/minutes/record.html", yard.meeting.people[HOST].token
    )
    assert status == 200
    assert f"{BETTER}。{SECOND}。" in body.decode()

    async def spoken() -> bool:
        return BETTER in await yard.hls("captions.vtt")

    await until(spoken, SEEN_S, "the whole recording's captions")
    phone = yard.phone
    await phone.recording_s()
    begin = re.search(r"00:(\d\d):(\d\d)\.(\d+) --> .*\n" + BETTER, await yard.hls("captions.vtt"))
    assert begin is not None
    at = int(begin[1]) * 60 + int(begin[2]) + 0.5
    await phone.replays()
    await phone.part("livestream-video").evaluate("(v, at) => { v.currentTime = at }", at)
    await expect(phone.part("captions")).to_contain_text(BETTER, timeout=SHOWN_MS)
    await shot(phone.page, "recording")
    await phone.part("livestream-video").evaluate("(v) => v.pause()")
    await phone.part("livestream-full").click()
    await phone.page.wait_for_function("document.fullscreenElement !== null")
    await expect(phone.part("captions")).to_be_in_viewport(ratio=1)
    assert await phone.part("captions").evaluate("(c) => document.fullscreenElement.contains(c)")
    await shot(phone.page, "recording-full")
    await phone.part("livestream-full").click()
    await phone.page.wait_for_function("document.fullscreenElement === null")


async def test_a_player_of_hls_reads_them_by_itself(yard: Yard) -> None:
    """From the group in the multivariant playlist, at the same times as the whole file has."""

    async def ended() -> bool:
        return "#EXT-X-ENDLIST" in await yard.hls("recording.m3u8")

    # The meeting closes before its programme does; until then a player begins at the live edge.
    await until(ended, SEEN_S, "the end of the programme")
    page = await new_page(yard.browser, width=1280, height=800)
    await page.goto(yard.meeting.viewers_link)
    await page.evaluate(HLS.read_text())
    async with asyncio.timeout(SEEN_S):
        cues = await page.evaluate(CUES_IN_HLS, f"/hls/{yard.meeting.id}/whole.m3u8")
    whole = await yard.hls("captions.vtt")
    times = re.findall(r"00:(\d\d):(\d\d\.\d+) --> 00:(\d\d):(\d\d\.\d+)\n(.*)", whole)
    expected = [
        (int(m) * 60 + float(s), int(n) * 60 + float(e), text) for m, s, n, e, text in times
    ]
    assert [text for *_, text in cues] == [text for *_, text in expected] == [BETTER, SECOND]
    for (begin, end, _), (right, ends, _) in zip(cues, expected, strict=True):
        assert begin == pytest.approx(right, abs=0.05)
        assert end == pytest.approx(ends, abs=0.05)
    await page.context.close()
