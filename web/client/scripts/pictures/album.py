"""Takes pictures of pages, looks for what no picture shows, and has the waits of every walk."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from pictures.demonstration import ROOT

AXE = ROOT / "web/client/node_modules/axe-core/axe.min.js"
PHONE, LAPTOP, SCREEN = (390, 844), (1280, 800), (1920, 1080)
STEP_MS = 60_000  # for a page to come into the state that is pictured
RESIDENT = "李桂英"
NAMED_DEVICES = """
const list = navigator.mediaDevices?.enumerateDevices.bind(navigator.mediaDevices)
if (list) navigator.mediaDevices.enumerateDevices = async () => (await list()).map((one) => ({
  deviceId: one.deviceId, groupId: one.groupId, kind: one.kind,
  label: one.kind === 'videoinput' ? '内置摄像头' : '内置麦克风',
}))
"""  # Chromium calls a fake camera by the path of its clip


@dataclass
class Album:
    """Takes pictures and remembers what was wrong with a page."""

    browser: Browser
    out: Path
    axe: bool
    english: bool = False
    faults: list[str] = field(default_factory=list)

    @contextlib.contextmanager
    def page(self, url: str, size: tuple[int, int]) -> Iterator[Page]:
        """A page of its own, as on a device of its own."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            permissions=["camera", "microphone"],
            is_mobile=size == PHONE,
            has_touch=size == PHONE,
        )
        context.set_default_timeout(STEP_MS)
        context.add_init_script(NAMED_DEVICES)
        if self.english:
            context.add_init_script("localStorage.setItem('yishi.language', 'en')")
        page = context.new_page()
        page.on("pageerror", lambda error: self.fault(f"{url.split('#')[0]}: {error}"))
        page.on("console", lambda said: self._console(said))
        page.goto(url)
        yield page
        context.close()

    def pages(self, url: str) -> Iterator[Page]:
        """The page on a phone, then on a laptop."""
        for size in (PHONE, LAPTOP):
            with self.page(url, size) as page:
                yield page

    def _console(self, said: ConsoleMessage) -> None:
        """What a page complains of; a request that is answered by a refusal is none."""
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self.fault(f"console: {said.text[:300]}")

    def fault(self, words: str) -> None:
        """Something is wrong; said at once, once."""
        if words not in self.faults:
            self.faults.append(words)
            print(f"! {words}", file=sys.stderr, flush=True)

    def take_form(self, page: Page, button: str, name: str) -> None:
        """Open a form by its button, save the picture of it, and close it again."""
        page.get_by_test_id(button).click()
        self.take(page, name)
        page.keyboard.press("Escape")

    def take(self, page: Page, name: str) -> None:
        """Save the picture of this state and check the page in it."""
        size = page.viewport_size or {"width": 0, "height": 0}
        page.wait_for_timeout(700)  # for a toast or a bar to come to rest; nothing depends on it
        file = self.out / f"{name}-{size['width']}x{size['height']}.png"
        page.screenshot(path=file)
        # A third of the size: they are kept with the code.
        few = Image.open(file).convert("RGB").quantize(256, dither=Image.Dither.NONE)
        few.save(file, optimize=True)
        print(f"{name} {size['width']}x{size['height']}", flush=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            self.fault(f"{name}: {wide} wide at {size['width']}")
        if not self.axe:
            return
        page.evaluate(AXE.read_text())
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
        for violation in found["violations"]:
            nodes = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:4])
            self.fault(f"{name} {size['width']}: {violation['id']}: {nodes}")


def enter(page: Page) -> None:
    """Come in as a resident."""
    page.get_by_test_id("entry-name").fill(RESIDENT)
    page.get_by_test_id("entry-submit").click()
    page.get_by_test_id("viewer-page").wait_for()


def playing(page: Page) -> None:
    """Wait until the livestream moves."""
    expect(page.get_by_test_id("livestream")).to_have_attribute(
        "data-playing", "playing", timeout=STEP_MS
    )


def pictures(page: Page) -> None:
    """Wait until every tile that has a picture shows one."""
    page.wait_for_function(
        """() => {
          const videos = [...document.querySelectorAll('[data-testid=video-tile] video')]
          return videos.length && videos.every((video) => video.videoWidth > 0)
        }"""
    )
    page.wait_for_timeout(500)  # the first picture is decoded; the next ones are sharp
