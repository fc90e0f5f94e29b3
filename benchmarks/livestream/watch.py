"""Reads the clock out of the picture that a page plays."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from playwright.async_api import Page

from benchmarks.livestream import barcode

WATCH = (
    """
() => {
  const read = """
    + barcode.READ
    + """
  const canvas = document.createElement('canvas')
  window.latencies = []
  window.unread = 0
  window.waits = 0
  window.small = 0
  let watched = null
  let turn = 0
  const look = () => {
    const video = [...document.querySelectorAll('video')].find((v) => v.videoWidth > 0)
    if (!video) return setTimeout(look, 50)
    if (video !== watched) {
      watched = video
      video.addEventListener('waiting', () => { window.waits += 1 })
    }
    video.requestVideoFrameCallback(() => {
      // Reading takes as long as showing: all of them would be most of the browser's work.
      if (turn++ % 3) return look()
      const time = read(canvas, video)
      if (video.videoWidth < 1280) window.small += 1
      if (time === null) window.unread += 1
      else window.latencies.push([Date.now(), (Date.now() % 2 ** 32) - time])
      look()
    })
  }
  look()
}
"""
)


@dataclass(frozen=True)
class Latency:
    """What one viewer saw."""

    median_ms: float
    p95_ms: float
    worst_ms: float
    pictures: int
    """Every third one that was shown was read."""
    unread: int
    """Pictures without a readable clock: cards, and those before the source came."""
    waits: int
    """How often the player ran dry."""
    small: int
    """Pictures of a smaller rendition."""


async def watch(page: Page, settle_s: float, seconds: float) -> Latency:
    """
    Watch what the page plays.

    Args:
        page: it has, or gets, a video.
        settle_s: how long the player may take to find its place; not counted.
        seconds: how long to measure.
    """
    await page.evaluate(WATCH)
    await page.wait_for_function("() => window.latencies.length > 10", timeout=60_000)
    await page.wait_for_timeout(settle_s * 1_000)
    await page.evaluate(
        "() => { window.latencies = []; window.unread = 0; window.waits = 0; window.small = 0 }"
    )
    await page.wait_for_timeout(seconds * 1_000)
    rows, unread, waits, small = await page.evaluate(
        "() => [window.latencies, window.unread, window.waits, window.small]"
    )
    latencies = [float(latency) for _, latency in rows]
    hundredths = statistics.quantiles(latencies, n=100)
    return Latency(
        median_ms=statistics.median(latencies),
        p95_ms=hundredths[94],
        worst_ms=max(latencies),
        pictures=len(latencies),
        unread=unread,
        waits=waits,
        small=small,
    )
