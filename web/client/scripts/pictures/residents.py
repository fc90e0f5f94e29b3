"""A resident: from the code to the recording."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from pictures.album import LAPTOP, PHONE, RESIDENT, STEP_MS, Album, enter, pictures, playing
from pictures.demonstration import Links
from pictures.desk import close_vote, put_vote


def entries(album: Album, links: Links) -> None:
    for size in (PHONE, LAPTOP):
        with album.page(links.entry, size) as page:
            page.get_by_test_id("entry-code").wait_for()
            album.take(page, "entry")
        with album.page(links.viewer, size) as page:
            page.get_by_test_id("room-name").wait_for()
            album.take(page, "entry-room")


def watching(album: Album, links: Links, host: Page) -> None:
    for size in (PHONE, LAPTOP):
        with album.page(links.viewer, size) as page:
            enter(page)
            playing(page)
            album.take(page, "viewer")
            if size == PHONE:
                for tab in ("floor", "votes", "agenda", "comments"):
                    page.get_by_test_id(f"tab-{tab}").click()
                    album.take(page, f"viewer-{tab}")
            put_vote(host, "是否同意在东门空地增设二十个充电桩？")
            page.get_by_test_id("vote-option-0").check()
            playing(page)
            album.take(page, "viewer-vote")
            page.get_by_test_id("vote-cast").click()
            page.get_by_test_id("vote-receipt").wait_for()
            page.get_by_test_id("vote-receipt").scroll_into_view_if_needed()
            album.take(page, "viewer-receipt")
            close_vote(host)
            page.get_by_test_id("vote-result-0").first.wait_for()
            album.take(page, "viewer-result")
            page.get_by_test_id("vote-dismiss").click()
            page.get_by_test_id("ask-floor").click()
            page.get_by_test_id("ask-floor-about").fill("想问问充电桩的收费标准")
            album.take(page, "viewer-ask")
            page.get_by_test_id("ask-floor-send").click()
            page.get_by_test_id("floor-position").wait_for()
            person = page.get_by_test_id("floor-position")
            expect(person).to_be_visible()
            queue = host.locator("[data-testid=queue-item]", has_text=RESIDENT)
            queue.wait_for()
            album.take(page, "viewer-waiting")
            if size == LAPTOP:
                album.take(host, "host-queue")
            queue.locator("[data-testid^=grant-]").click()
            page.get_by_test_id("granted-both").wait_for()
            expect(page.get_by_test_id("granted-both")).to_be_enabled(timeout=STEP_MS)
            album.take(page, "viewer-granted")
            page.get_by_test_id("granted-both").click()
            pictures(page)
            album.take(page, "viewer-speaking")
            page.get_by_test_id("floor-yield").click()
            page.get_by_test_id("livestream").wait_for()


def ending(album: Album, links: Links, host: Page) -> None:
    host.get_by_test_id("meeting-recess").click()
    host.get_by_test_id("confirm-yes").click()
    host.get_by_test_id("meeting-resume").wait_for()
    with album.page(links.display, LAPTOP) as display:
        display.get_by_test_id("display-start").click()
        album.take(display, "display-recess")
    with album.page(links.viewer, PHONE) as page:
        enter(page)
        page.wait_for_timeout(4000)  # for the card to come through the livestream
        album.take(page, "viewer-recess")
    host.get_by_test_id("meeting-resume").click()
    host.get_by_test_id("meeting-close").wait_for()
    with album.page(links.viewer, PHONE) as page:
        enter(page)
        host.get_by_test_id("meeting-close").click()
        host.get_by_test_id("confirm-yes").click()
        page.get_by_test_id("minutes-later").wait_for()
        playing(page)
        album.take(page, "viewer-closed")
    album.take(host, "host-closed")
