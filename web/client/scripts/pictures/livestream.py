"""The livestream at the desk and to a resident: scenes, captions, platforms, faults, replay."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect

from pictures.album import LAPTOP, PHONE, STEP_MS, Album, enter, playing
from pictures.demonstration import Links

CAPTIONS = ("东门空地先划出二十个车位，", "充电桩由专业公司安装和维护。")
NOWHERE = "rtmp://127.0.0.1:9/live/none"
OFFICIAL = "陈建国"


def conducting(album: Album, links: Links, host: Page) -> None:
    """What the host does with the livestream and the link, on both sizes."""
    _room(album, host, "tab")
    _captions(album, links, host)
    _platforms(album, host)
    _order(album, host)
    with worker_stopped():
        host.locator("[data-kind=no_bytes]").wait_for()
        album.take(host, "host-alarm")
        with album.page(links.host, PHONE) as phone:
            phone.locator("[data-kind=no_bytes]").wait_for()
            album.take(phone, "host-alarm")
    with album.page(links.host, PHONE) as phone:
        phone.get_by_test_id("floor-holder").wait_for()
        _room(album, phone, "part")
        phone.get_by_test_id("captions-desk").scroll_into_view_if_needed()
        album.take(phone, "host-captions")
        phone.get_by_test_id("push-desk").scroll_into_view_if_needed()
        album.take(phone, "host-push")
        phone.get_by_test_id("part-people").click()
        phone.get_by_test_id("tab-link").click()
        phone.get_by_test_id("line").first.wait_for()
        album.take(phone, "host-link")
    host.get_by_test_id("link-take-back").click()


def _room(album: Album, host: Page, tabs: str) -> None:
    host.get_by_test_id(f"{tabs}-room").click()
    host.get_by_test_id("scene-room").click()
    expect(host.get_by_test_id("programme-scenes")).to_have_attribute("data-layout", "room")
    album.take(host, "host-scenes")
    host.get_by_test_id("scene-auto").click()


def _captions(album: Album, links: Links, host: Page) -> None:
    host.get_by_test_id("captions-switch").click()
    field = host.get_by_test_id("captions-field")
    for line in CAPTIONS:
        field.fill(line)
        field.press("Enter")
        expect(host.get_by_test_id("captions-last")).to_contain_text(line)
    field.fill("第一批")
    host.get_by_test_id("captions-desk").scroll_into_view_if_needed()
    album.take(host, "host-captions")
    field.fill("")
    for page in album.pages(links.viewer):
        enter(page)
        page.get_by_test_id("livestream-captions").click()
        playing(page)
        field.fill("二十个车位，全部带快充。")
        field.press("Enter")
        page.get_by_test_id("captions").get_by_text("全部带快充").wait_for()
        album.take(page, "viewer-captions")
        page.get_by_test_id("livestream-quality").click()
        album.take(page, "viewer-quality")
        page.get_by_test_id("livestream-choice-sound").click()
        page.get_by_test_id("livestream-sound-only").wait_for()
        album.take(page, "viewer-sound")
        page.get_by_test_id("livestream-pictures").click()
        page.get_by_test_id("livestream-from-start").click()
        expect(page.get_by_test_id("livestream")).to_have_attribute("data-behind", "true")
        playing(page)
        album.take(page, "viewer-behind")


def _platforms(album: Album, host: Page) -> None:
    host.get_by_test_id("push-add").click()
    host.get_by_test_id("push-name").fill("市电视台")
    host.get_by_test_id("push-url").fill(NOWHERE)
    host.get_by_test_id("push-desk").scroll_into_view_if_needed()
    album.take(host, "host-push-form")
    host.get_by_test_id("push-save").click()
    host.get_by_test_id("push-start").click()
    expect(host.get_by_test_id("push")).to_have_attribute("data-state", "reconnecting")
    album.take(host, "host-push")


def _order(album: Album, host: Page) -> None:
    host.get_by_test_id("tab-people").click()
    host.get_by_test_id("tab-link").click()
    line = host.get_by_test_id("line").filter(has_text=OFFICIAL)
    line.locator("[data-testid^=mute-]").click()
    line.get_by_test_id("line-muted").wait_for()
    line.locator("button.more").click()
    album.take(host, "host-link")
    line.locator("[data-testid^=remove-]").click()
    album.take(host, "host-remove")
    host.keyboard.press("Escape")
    line.locator("[data-testid^=mute-]").click()


@contextlib.contextmanager
def worker_stopped() -> Iterator[None]:
    """The process that writes the livestream hangs."""
    worker = next(
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit()
        and b"media.programme" in (folder / "cmdline").read_bytes().split(b"\0")
    )
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


def replaying(album: Album, links: Links, host: Page) -> None:
    """The recording with its chapters, to who was there and to who follows a link."""
    for size in (PHONE, LAPTOP):
        with album.page(links.viewer, size) as page:
            enter(page)
            page.get_by_test_id("replay").wait_for()
            playing(page)
            album.take(page, "viewer-replay")
            page.get_by_test_id("tab-replay").click()
            page.get_by_test_id("replay-list").wait_for()
            album.take(page, "viewer-replay-list")
            page.get_by_test_id("replay-share").click()
            link = page.get_by_test_id("replay-link").input_value()
        with album.page(link, size) as page:
            page.get_by_test_id("recording-page").wait_for()
            playing(page)
            album.take(page, "recording")
    expect(host.get_by_test_id("recording-desk")).to_be_visible(timeout=STEP_MS)
    album.take(host, "host-recording")
