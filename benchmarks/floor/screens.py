"""What a page shows large, and since when."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Page

from benchmarks.floor.speakers import APART, Colour

WAIT_MS = 10_000

WATCH = f"""
() => {{
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 1
  const context = canvas.getContext('2d', {{ willReadFrequently: true }})
  window.shown = []
  let last = ''
  const look = () => {{
    const video = document.querySelector('[data-testid=video-tile][data-large=true] video')
    let colour = 'none'
    if (video && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {{
      context.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 8, 8, 0, 0, 1, 1)
      const [red, , blue] = context.getImageData(0, 0, 1, 1).data
      colour = Math.abs(red - blue) <= {APART} ? 'grey' : red > blue ? 'red' : 'blue'
    }}
    if (colour !== last) window.shown.push([Date.now(), (last = colour)])
    requestAnimationFrame(look)
  }}
  look()
}}
"""
"""Looks at the middle of the large tile at every screen refresh; notes when its colour changes."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A page with large tiles."""

    name: str
    page: Page

    async def watch(self) -> None:
        """Begin to look."""
        await self.page.evaluate(WATCH)

    async def shows(self, colour: Colour, since_ms: float) -> float:
        """
        Wait until a picture of this colour is large.

        Args:
            since_ms: an instant, wall clock.

        Returns: how long after the instant it was, ms.
        """
        found = "([colour, since]) => window.shown.find(([at, c]) => c === colour && at >= since)"
        first = await self.page.wait_for_function(found, arg=[colour, since_ms], timeout=WAIT_MS)
        at_ms: float = (await first.json_value())[0]
        return at_ms - since_ms

    async def shows_no(self, colour: Colour) -> None:
        """Wait until something else is large, or nothing."""
        gone = "colour => window.shown.at(-1)[1] !== colour"
        await self.page.wait_for_function(gone, arg=colour, timeout=WAIT_MS)
