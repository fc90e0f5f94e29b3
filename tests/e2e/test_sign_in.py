"""A clerk signs in on the page for staff; whose invitation is withdrawn is shown out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.fixtures.browsers import launch, new_page
from tests.fixtures.people import SHOWN_MS
from tests.fixtures.service import Service

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

PASSWORD = "correct horse 9"


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One Chromium; each person has a context of their own in it."""
    async with async_playwright() as playwright:
        started = await launch(playwright)
        yield started
        await started.close()


async def test_a_clerk_signs_in_and_gets_to_the_desk(service: Service, chromium: Browser) -> None:
    """A wrong password is told; a reload asks nothing again; signing out ends it."""
    meeting = service.new_meeting("换届", host="王秀兰", participants=[], agenda=["选举"])
    service.command(
        *("account", "zhouxiao", "--name", "周晓", "--password", "--seat", meeting.id),
        typed=f"{PASSWORD}\n",
    )
    page = await new_page(chromium, width=1280, height=800)
    await page.goto(f"{service.url}/desk")
    await page.get_by_test_id("account-login").fill("zhouxiao")
    await page.get_by_test_id("account-password").fill("wrong horse 9")
    await page.get_by_test_id("account-submit").click()
    await expect(page.get_by_test_id("account-problem")).to_have_text("登录名或密码不对")
    await page.get_by_test_id("account-password").fill(PASSWORD)
    await page.get_by_test_id("account-submit").click()
    await expect(page.get_by_test_id("account-seat")).to_contain_text("换届")
    await page.reload()
    await page.get_by_test_id("account-seat").click()
    await expect(page.get_by_test_id("host-page")).to_be_visible(timeout=SHOWN_MS)
    await page.goto(f"{service.url}/desk")
    await page.get_by_test_id("account-leave").click()
    await expect(page.get_by_test_id("account-login")).to_be_visible()
    await page.context.close()


async def test_whose_invitation_is_withdrawn_is_shown_out(
    service: Service, chromium: Browser
) -> None:
    """By `yishi revoke` beside the running service; the page says why and stops."""
    made = json.loads(service.command("new", "换届", "--participant", "李梅", "--json"))
    (member,) = [one for one in made["invitations"] if one["name"] == "李梅"]
    page = await new_page(chromium, width=1280, height=800)
    await page.goto(f"{service.url}/join#t={member['link'].partition('#t=')[2]}")
    await expect(page.get_by_test_id("participant-page")).to_be_visible(timeout=SHOWN_MS)
    service.command("revoke", made["meeting"], member["id"])
    stopped = page.get_by_test_id("stopped")
    await expect(stopped).to_have_attribute("data-code", "4506", timeout=SHOWN_MS)
    await expect(stopped).to_contain_text("邀请已被撤回")
    await page.reload()
    await expect(stopped).to_have_attribute("data-code", "4506", timeout=SHOWN_MS)
    await page.context.close()
