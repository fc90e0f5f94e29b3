"""
The livestream's player in a resident's browser: on lines that get worse and better, with less than
everything, and back in time.

One meeting goes on behind all tests; each leaves the player at the livestream, by itself on a good
line.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import CDPSession, async_playwright, expect

from demo.client import MeetingClient
from meetings.commands import OpenMeeting
from tests.fixtures.axe import barriers
from tests.fixtures.browsers import launch, new_page
from tests.fixtures.desk import done
from tests.fixtures.people import SHOWN_MS, Viewer, shows
from tests.fixtures.service import Service
from tests.fixtures.stage import room_camera
from tests.fixtures.waiting import running, until

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

HOST, RESIDENT = "王秀兰", "刘桂芳"
SEEN_S = 90.0
"""For a player to find out about a line, on a busy machine."""
SMALL_LINE = 400_000
"""bit/s: enough for this room's small rendition (260 kbit/s), not for its large one (550)."""
WEAK_LINE = 150_000
"""bit/s: enough for the sound."""


COVERED = """
(video) => {
  const { left, top, width, height } = video.getBoundingClientRect()
  const faded = (one) => getComputedStyle(one).opacity === '0'
  const unseen = (one) => one && (faded(one) || unseen(one.parentElement))
  const found = new Set()
  for (let x = 0.5; x < 20; x += 1) for (let y = 0.5; y < 20; y += 1) {
    const there = document.elementsFromPoint(left + (x * width) / 20, top + (y * height) / 20)
    const over = there.slice(0, there.indexOf(video)).filter((one) => !unseen(one))
    over.forEach((one) => found.add(one.outerHTML))
  }
  return [...found]
}
"""
"""What can be seen over the picture, on a net of 400 points."""

KEEP_SOURCE = """
const add = MediaSource.prototype.addSourceBuffer
MediaSource.prototype.addSourceBuffer = function (type) {
  window.mediaSource = this
  return add.call(this, type)
}
"""
BREAK_DECODER = """
async () => {
  const source = window.mediaSource
  const busy = () => [...source.sourceBuffers].find((one) => one.updating)
  for (let one; (one = busy()); )
    await new Promise((done) => one.addEventListener('updateend', done, { once: true }))
  source.endOfStream('decode')
}
"""
"""As if something could not be decoded (W3C Media Source Extensions, 3.15.7)."""


@dataclass(frozen=True)
class Seat:
    """A resident at a laptop, and the line to it."""

    viewer: Viewer
    network: CDPSession

    async def line(self, bitrate: int | None) -> None:
        """Let so many bit/s through; None: all."""
        rate = -1 if bitrate is None else bitrate / 8
        await self.network.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 0, "downloadThroughput": rate, "uploadThroughput": -1},
        )

    async def video(self, what: str) -> float:
        """A number of the video element."""
        found: Any = await self.viewer.part("livestream-video").evaluate(f"v => v.{what}")
        return float(found)

    async def sees_lines(self, height: int) -> None:
        """Wait until the picture is of this height, and moves."""

        async def so_high() -> bool:
            return await self.video("videoHeight") == height

        await until(so_high, SEEN_S, f"a picture of {height} lines")
        await self.moves()

    async def moves(self) -> None:
        """Wait until half a second more was played."""
        before = await self.video("currentTime")

        async def moved() -> bool:
            return await self.video("currentTime") - before > 0.5

        await until(moved, SEEN_S, "the player goes on")

    async def hears_only(self) -> None:
        """Wait until there is sound, and no picture."""
        await expect(self.viewer.part("livestream-sound-only")).to_be_visible(
            timeout=SEEN_S * 1_000
        )
        before = await self.video("webkitAudioDecodedByteCount")

        async def sounds() -> bool:
            more = await self.video("webkitAudioDecodedByteCount") > before
            return more and await self.video("videoHeight") == 0

        await until(sounds, SEEN_S, "sound alone")

    async def bar(self, *, shown: bool) -> None:
        """Wait until what can be pressed over the picture is shown, or is not."""
        await shows(self.viewer.part("livestream-controls"), "data-shown", str(shown).lower())

    async def looks(self) -> None:
        """Nothing moves over the picture any more."""
        await self.viewer.page.mouse.move(0, 0)
        await self.bar(shown=False)

    async def touch(self, part: str) -> None:
        """With a finger."""
        box = await self.viewer.part(part).bounding_box()
        assert box is not None
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        await self.network.send(
            "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]}
        )
        await self.network.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    async def choose(self, choice: str) -> None:
        """By the menu."""
        await self.viewer.part("livestream-quality").click()
        await self.viewer.part(f"livestream-choice-{choice}").click()
        await shows(self.viewer.part("livestream-quality"), "data-choice", choice)


@pytest.fixture(scope="module")
async def seat(service: Service) -> AsyncIterator[Seat]:
    """The livestream plays; at the end the page has thrown nothing."""
    meeting = service.new_meeting("看直播的会", host=HOST, participants=[], agenda=["积水治理"])
    host = MeetingClient(service.url, meeting.people[HOST].token)
    async with async_playwright() as playwright, running(host):
        with room_camera(service, meeting):
            await done(host, OpenMeeting())
            browser = await launch(playwright)
            viewer = Viewer(await new_page(browser, width=1280, height=800))
            await viewer.page.add_init_script(KEEP_SOURCE)
            network = await viewer.page.context.new_cdp_session(viewer.page)
            await network.send("Network.enable")
            await viewer.enter(meeting.viewers_link, RESIDENT)
            found = Seat(viewer, network)
            await found.sees_lines(720)
            yield found
            assert viewer.faults == []
            await browser.close()


async def test_nothing_lies_over_the_picture_that_one_looks_at(seat: Seat) -> None:
    """The programme's clock, title and name straps are in its corners."""
    video = seat.viewer.part("livestream-video")
    await video.hover()
    await seat.bar(shown=True)
    assert await video.evaluate(COVERED)
    await seat.looks()

    async def free() -> bool:  # it fades
        return not await video.evaluate(COVERED)

    await until(free, SEEN_S, "the whole picture")


async def test_the_keyboard_finds_what_is_not_shown(seat: Seat) -> None:
    """It is shown while the keyboard is in it."""
    await seat.looks()
    await seat.viewer.part("livestream-unmute").focus()
    await seat.viewer.page.keyboard.press("Tab")
    await expect(seat.viewer.part("livestream-quality")).to_be_focused()
    await seat.bar(shown=True)
    await seat.viewer.page.mouse.move(0, 0)
    await seat.viewer.part("livestream-quality").evaluate("button => button.blur()")
    await seat.bar(shown=False)


async def test_a_first_touch_only_shows_what_can_be_pressed(seat: Seat) -> None:
    """Nobody turns the sound on by what can't be seen."""
    unmute = seat.viewer.part("livestream-unmute")
    await seat.network.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    await seat.looks()
    await seat.touch("livestream-unmute")
    await seat.bar(shown=True)
    await shows(unmute, "data-muted", "true")
    await seat.touch("livestream-unmute")
    await shows(unmute, "data-muted", "false")
    await seat.touch("livestream-video")
    await seat.bar(shown=False)
    await seat.network.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


async def test_axe_has_nothing_against_the_player(seat: Seat) -> None:
    """Nor against its menu."""
    page, player = seat.viewer.page, "[data-testid=livestream]"
    await seat.viewer.part("livestream-video").hover()
    await seat.bar(shown=True)
    assert await barriers(page, player) == []
    await seat.viewer.part("livestream-quality").click()
    assert await barriers(page, player) == []
    await page.keyboard.press("Escape")
    await expect(seat.viewer.part("livestream-quality")).to_be_focused()


async def test_the_picture_goes_by_the_line(seat: Seat) -> None:
    """A smaller one on a line that is too narrow for the large one, which comes back."""
    await seat.line(SMALL_LINE)
    await seat.sees_lines(360)
    await seat.line(None)
    await seat.sees_lines(720)


async def test_what_was_chosen_holds_and_is_remembered(seat: Seat) -> None:
    """The small picture on a line that could have the large one, also when the page comes anew."""
    await seat.choose("save")
    await seat.sees_lines(360)
    await seat.viewer.page.reload()
    await shows(seat.viewer.part("livestream-quality"), "data-choice", "save")
    await seat.sees_lines(360)
    await seat.choose("clear")
    await seat.sees_lines(720)
    await seat.choose("auto")


async def test_sound_alone_is_a_choice(seat: Seat) -> None:
    """No picture, the sound is on, and a button brings the picture back."""
    await seat.choose("sound")
    await seat.hears_only()
    await shows(seat.viewer.part("livestream-sound-only"), "data-weak", "false")
    await shows(seat.viewer.part("livestream-unmute"), "data-muted", "false")
    await seat.viewer.part("livestream-pictures").click()
    await seat.sees_lines(720)


async def test_a_weak_line_keeps_the_sound(seat: Seat) -> None:
    """What can't carry pictures comes down to sound by itself, says so, and can be asked again."""
    await seat.line(WEAK_LINE)
    await seat.hears_only()
    await shows(seat.viewer.part("livestream-sound-only"), "data-weak", "true")
    await shows(seat.viewer.part("livestream-quality"), "data-choice", "auto")
    await seat.line(None)
    await seat.viewer.part("livestream-pictures").click()
    await expect(seat.viewer.part("livestream-sound-only")).to_have_count(0, timeout=SHOWN_MS)
    await seat.sees_lines(720)


async def test_what_can_not_be_decoded_is_passed_over(seat: Seat) -> None:
    """The player takes a new decoder by itself, and goes on."""
    await seat.viewer.page.evaluate(BREAK_DECODER)

    async def anew() -> bool:
        return bool(await seat.viewer.page.evaluate("window.mediaSource.readyState === 'open'"))

    await until(anew, SEEN_S, "another decoder")
    await seat.sees_lines(720)


async def test_back_to_the_start_and_to_what_happens_now(seat: Seat) -> None:
    """The livestream's first pictures while it goes on; another moment; and live again."""
    bar = seat.viewer.part("livestream-seek")

    async def shown_after_start() -> float:
        """Wall clock of what is shown after the first picture, seconds."""
        return (float(await bar.input_value()) - float(await bar.get_attribute("min") or 0)) / 1_000

    async def shown_between(low: float, high: float) -> None:
        async def there() -> bool:
            return low <= await shown_after_start() <= high

        await until(there, SEEN_S, f"between {low} and {high} s after the start")
        await seat.moves()

    await seat.viewer.part("livestream-from-start").click()
    await shows(seat.viewer.part("livestream"), "data-behind", "true")
    await shown_between(0.5, 8)
    await bar.evaluate(
        "bar => { bar.value = Number(bar.min) + 9000; bar.dispatchEvent(new Event('change')) }"
    )
    await shown_between(9, 16)
    await seat.viewer.part("livestream-to-edge").click()
    await shows(seat.viewer.part("livestream"), "data-behind", "false")
    await seat.sees_lines(720)
