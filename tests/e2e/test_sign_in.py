"""
Staff sign in on their page, here or at the provider, and open the desk; whose invitation is
withdrawn is shown out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.fixtures.browsers import new_page
from tests.fixtures.people import SHOWN_MS
from tests.fixtures.provider import CLIENT, CLIENT_SECRET, issuing
from tests.fixtures.service import Service
from web.identity.sessions import SESSION_S

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

PASSWORD = "correct horse 9"


async def test_a_clerk_signs_in_and_gets_to_the_desk(service: Service, chromium: Browser) -> None:
    """
    A wrong password is told; a reload asks nothing again; signing out ends it, and the desk that
    was opened in it.
    """
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
    await expect(page.get_by_test_id("seats-coming")).to_contain_text("换届")
    await expect(page.get_by_test_id("account-until")).to_contain_text("登录有效至")
    await page.reload()
    await page.get_by_test_id("account-seat").click()
    await expect(page.get_by_test_id("host-page")).to_be_visible(timeout=SHOWN_MS)
    second = await page.context.new_page()
    await second.goto(f"{service.url}/desk")
    await second.get_by_test_id("account-leave").click()
    await second.get_by_test_id("confirm-yes").click()
    await expect(second.get_by_test_id("account-notice")).to_contain_text("已退出登录")
    stopped = page.get_by_test_id("stopped")
    await expect(stopped).to_have_attribute("data-code", "4506", timeout=SHOWN_MS)
    await expect(stopped).to_contain_text("已经退出登录")
    await page.context.close()


async def test_too_many_tries_are_told_with_the_time_to_wait(
    service: Service, chromium: Browser
) -> None:
    """Ten at one login; then the button waits, too."""
    wrong = {"login": "liuhong", "password": "wrong horse 9"}
    for _ in range(10):
        status, _ = await asyncio.to_thread(service.ask, "POST", "/api/account/sign-in", body=wrong)
        assert status == 401
    page = await new_page(chromium, width=390, height=844)
    await page.goto(f"{service.url}/desk")
    await page.get_by_test_id("account-login").fill("liuhong")
    await page.get_by_test_id("account-password").fill("wrong horse 9")
    await page.get_by_test_id("account-submit").click()
    await expect(page.get_by_test_id("account-problem")).to_contain_text("试得太多")
    await expect(page.get_by_test_id("account-wait")).to_contain_text("还要等 0:")
    await expect(page.get_by_test_id("account-submit")).to_be_disabled()
    await page.context.close()


async def test_a_session_that_is_over_is_told(service: Service, chromium: Browser) -> None:
    """
    Another password ends it; the page finds out when somebody comes back to it. The end of a long
    day it tells by itself.
    """
    service.command("account", "sunli", "--name", "孙丽", "--password", typed=f"{PASSWORD}\n")
    page = await new_page(chromium, width=390, height=844)
    await page.goto(f"{service.url}/desk")
    await page.get_by_test_id("account-login").fill("sunli")
    await page.get_by_test_id("account-password").fill(PASSWORD)
    await page.get_by_test_id("account-password").press("Enter")
    await expect(page.get_by_test_id("account")).to_contain_text("目前没有您的会议")
    service.command("account", "sunli", "--password", typed="another horse 1\n")
    await page.get_by_test_id("account-refresh").click()
    await expect(page.get_by_test_id("account-notice")).to_contain_text("登录已失效")
    await page.clock.install()
    await page.get_by_test_id("account-login").fill("sunli")
    await page.get_by_test_id("account-password").fill("another horse 1")
    await page.get_by_test_id("account-submit").click()
    await expect(page.get_by_test_id("account")).to_be_visible()
    await page.clock.fast_forward(f"{SESSION_S // 3600}:00:00")
    await expect(page.get_by_test_id("account-notice")).to_contain_text("登录已过期")
    await page.context.close()


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """A service whose staff sign in at a provider."""
    service = Service(tmp_path_factory.mktemp("office"))
    async with issuing(f"{service.url}/api/account/provider/back") as issuer:
        service.environment = {
            "YISHI_OIDC_ISSUER": issuer,
            "YISHI_OIDC_CLIENT_ID": CLIENT,
            "YISHI_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "YISHI_OIDC_NAME": "区统一认证",
        }
        service.start()
        yield service
        service.stop()
    assert not service.unforeseen(), service.text()


async def test_an_official_signs_in_at_the_provider(office: Service, chromium: Browser) -> None:
    """By the button, over the provider's own pages, to the desk."""
    meeting = office.new_meeting("换届", host="王秀兰", participants=[], agenda=["选举"])
    office.command("account", "lijuan", "--name", "李娟", "--seat", meeting.id)
    page = await at_provider(chromium, office, "lijuan")
    await expect(page.get_by_test_id("account")).to_contain_text("李娟", timeout=SHOWN_MS)
    await page.get_by_test_id("account-seat").click()
    await expect(page.get_by_test_id("host-page")).to_be_visible(timeout=SHOWN_MS)
    await page.context.close()


async def test_who_has_no_account_comes_back_from_the_provider_with_words(
    office: Service, chromium: Browser
) -> None:
    page = await at_provider(chromium, office, "stranger")
    notice = page.get_by_test_id("account-notice")
    await expect(notice).to_contain_text("没有对应的账号", timeout=SHOWN_MS)
    await expect(page.get_by_test_id("account-login")).to_be_visible()
    await page.context.close()


async def at_provider(chromium: Browser, service: Service, login: str) -> Page:
    """Go to the provider and sign in there; the page, on its way back."""
    page = await new_page(chromium, width=390, height=844)
    await page.goto(f"{service.url}/desk")
    button = page.get_by_test_id("account-provider")
    await expect(button).to_have_text("用区统一认证登录")
    await button.click()
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[name=password]").fill("any")
    await page.locator("button[type=submit]").click()
    await page.locator("input[name=prompt][value=consent]").wait_for(state="attached")
    await page.locator("button[type=submit]").click()
    return page


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
