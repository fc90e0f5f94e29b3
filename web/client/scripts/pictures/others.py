"""Everybody but residents and the host: members, the room, staff who sign in."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from pictures.album import LAPTOP, PHONE, SCREEN, STEP_MS, Album, pictures
from pictures.demonstration import CLERK, PASSWORD, Links
from pictures.desk import close_vote, put_vote


def signing_in(album: Album, links: Links) -> None:
    for page in album.pages(links.staff):
        page.get_by_test_id("account-login").fill(CLERK)
        page.get_by_test_id("account-password").fill(PASSWORD[:-1])
        page.get_by_test_id("account-submit").click()
        page.get_by_test_id("account-problem").wait_for()
        album.take(page, "sign-in")
        page.get_by_test_id("account-password").fill(PASSWORD)
        page.get_by_test_id("account-submit").click()
        page.get_by_test_id("account-seat").wait_for()
        album.take(page, "staff")


def participating(album: Album, links: Links, host: Page) -> None:
    for size in (PHONE, LAPTOP):
        with album.page(links.participant, size) as page:
            expect(page.get_by_test_id("device-join")).to_be_enabled(timeout=STEP_MS)
            page.wait_for_timeout(1000)  # the preview's first pictures are black
            album.take(page, "participant-check")
            page.get_by_test_id("device-join").click()
            pictures(page)
            album.take(page, "participant")
            page.get_by_test_id("ask-floor").click()
            page.get_by_test_id("ask-floor-send").click()
            host.get_by_test_id("grant-demo-member").click()
            page.get_by_test_id("floor-yield").wait_for()
            expect(page.get_by_test_id("mic-words")).to_have_class(re.compile("live"))
            album.take(page, "participant-speaking")
            if size == LAPTOP:
                with album.page(links.display, SCREEN) as display:
                    display.get_by_test_id("display-start").click()
                    pictures(display)
                    album.take(display, "display-member")
            page.get_by_test_id("floor-yield").click()
            page.get_by_test_id("ask-floor").wait_for()


def displaying(album: Album, links: Links, host: Page) -> None:
    for size in (LAPTOP, SCREEN, PHONE):
        with album.page(links.display, size) as page:
            page.get_by_test_id("display-start").wait_for()
            if size == LAPTOP:
                album.take(page, "display-start")
            page.get_by_test_id("display-start").click()
            pictures(page)
            album.take(page, "display")
            if size != SCREEN:
                continue
            put_vote(host, "是否同意在东门空地集中建设充电桩？")
            page.locator("[data-testid=display-vote][data-state=open]").wait_for()
            album.take(page, "display-vote")
            close_vote(host)
            page.locator("[data-testid=display-vote][data-state=closed]").wait_for()
            album.take(page, "display-result")


def room_device(album: Album, links: Links) -> None:
    for page in album.pages(links.room):
        expect(page.get_by_test_id("room-start")).to_be_enabled(timeout=STEP_MS)
        page.wait_for_timeout(1000)  # as above
        album.take(page, "room-check")
        page.get_by_test_id("room-start").click()
        expect(page.get_by_test_id("room-picture")).to_have_attribute(
            "data-ok", "true", timeout=STEP_MS
        )
        pictures(page)
        album.take(page, "room")


def checking(album: Album, links: Links) -> None:
    for page in album.pages(f"{links.entry}check"):
        page.get_by_test_id("check-start").wait_for()
        album.take(page, "check")
        page.get_by_test_id("check-start").click()
        expect(page.get_by_test_id("check")).to_have_attribute("data-state", "done")
        album.take(page, "check-done")


def accompanying(album: Album, links: Links) -> None:
    """A second device of a member, and a device of somebody who sits in the room."""
    for size in (PHONE, LAPTOP):
        with album.page(links.participant, size) as page:
            expect(page.get_by_test_id("device-join")).to_be_enabled(timeout=STEP_MS)
            page.get_by_test_id("device-join").click()
            pictures(page)
            with album.page(links.participant, size) as second:
                second.get_by_test_id("linked-elsewhere").wait_for()
                album.take(second, "participant-elsewhere")
                second.get_by_test_id("companion-join").click()
                second.get_by_test_id("companion").wait_for()
                album.take(second, "companion")
            with album.page(links.display, LAPTOP) as display:
                display.get_by_test_id("display-start").click()
                shown = display.get_by_test_id("display-check-in").inner_text()
            code = re.findall(r"\d{4}", shown)[-1]
            page.get_by_test_id("check-in-open").click()
            page.get_by_test_id("check-in-code").fill(code)
            album.take(page, "check-in")
            page.get_by_test_id("check-in-send").click()
            page.get_by_test_id("check-out").wait_for()
            album.take(page, "in-room")
            page.get_by_test_id("check-out").click()
            page.get_by_test_id("check-in-open").wait_for()
