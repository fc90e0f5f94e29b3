"""Officials sign in at an OpenID provider: npm's certified `oidc-provider`, really running."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest

from tests.fixtures.provider import CLIENT, CLIENT_SECRET, issuing
from tests.integration.web.identity.conftest import MEETING, Desk, opened
from web.identity.provider import Provider
from web.identity.store import Account

pytestmark = pytest.mark.anyio

ORIGIN = "http://127.0.0.1:8999"
BACK = f"{ORIGIN}/api/account/provider/back"


@asynccontextmanager
async def desk_with(
    folder: Path, issuer: str, claim: str = "preferred_username"
) -> AsyncIterator[Desk]:
    """The service, with this provider."""
    provider = Provider(issuer, CLIENT, CLIENT_SECRET, claim)
    async with opened(folder, provider, ORIGIN) as desk:
        yield desk


async def consented(start: str, login: str) -> str:
    """Do at the provider what a person does; returns the address that it sends the browser to."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(start)
        for _ in range(20):
            while answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if target.startswith(BACK):
                    return target
                answer = await browser.get(target)
            assert answer.status_code == 200, answer.text
            form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            assert form is not None, answer.text
            kind = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert kind is not None
            answer = await browser.post(
                urljoin(str(answer.url), unescape(form.group(1))),
                data={"prompt": kind.group(1), "login": login, "password": "any"},
            )
    raise AssertionError("the provider never sent the browser back")


async def started(desk: Desk) -> str:
    """The address at the provider where signing in begins."""
    leaving = await desk.http.get("/api/account/provider/")
    assert leaving.status_code == 302
    return leaving.headers["location"]


async def signed_in(desk: Desk, login: str) -> str:
    """Sign in with this login at the provider; returns where the browser ends up."""
    back = await consented(await started(desk), login)
    arrived = await desk.http.get(back)
    assert arrived.status_code == 303
    return arrived.headers["location"]


async def test_an_official_signs_in_and_finds_the_meetings(tmp_path: Path) -> None:
    """Code flow with PKCE, state and nonce; the login is told by the user info alone."""
    async with issuing(BACK) as issuer, desk_with(tmp_path, issuer) as desk:
        asked = parse_qs(urlsplit(await started(desk)).query)
        assert asked["response_type"] == ["code"]
        assert asked["code_challenge_method"] == ["S256"]
        assert len(asked["code_challenge"][0]) == 43
        assert asked["state"][0]
        assert asked["nonce"][0]
        assert await signed_in(desk, "zhouxiao") == "/desk"
        shown = (await desk.http.get("/api/account")).json()
        assert [seat["meeting"] for seat in shown["seats"]] == [MEETING]
        account = await desk.store.account_of("zhouxiao")
        assert account is not None
        assert (account.issuer, account.subject) == (issuer, "zhouxiao")


async def test_who_has_no_account_is_not_let_in(tmp_path: Path) -> None:
    async with issuing(BACK) as issuer, desk_with(tmp_path, issuer) as desk:
        assert await signed_in(desk, "stranger") == "/desk#error=account.unknown"
        assert (await desk.http.get("/api/account")).status_code == 401


async def test_a_login_that_another_person_got_later_is_no_way_in(tmp_path: Path) -> None:
    """The account is bound to the subject that came first."""
    async with issuing(BACK) as issuer, desk_with(tmp_path, issuer) as desk:
        bound = await desk.store.bind("zhouxiao", issuer, "the-former-one")
        assert bound is not None
        assert await signed_in(desk, "zhouxiao") == "/desk#error=account.unknown"


async def test_a_person_whose_login_changed_stays_the_same(tmp_path: Path) -> None:
    """Found by the subject."""
    async with issuing(BACK) as issuer, desk_with(tmp_path, issuer) as desk:
        assert await desk.store.bind("zhouxiao", issuer, "zhou.xiao") is not None
        assert await signed_in(desk, "zhou.xiao") == "/desk"
        assert (await desk.http.get("/api/account")).json()["login"] == "zhouxiao"


async def test_a_provider_that_does_not_tell_the_claim_binds_nobody(tmp_path: Path) -> None:
    async with (
        issuing(BACK) as issuer,
        desk_with(tmp_path, issuer, claim="employee_number") as desk,
    ):
        await desk.store.add_account(Account("a2", "none", "无名", ""))
        assert await signed_in(desk, "zhouxiao") == "/desk#error=account.unknown"


async def test_an_answer_that_this_browser_did_not_ask_for_is_refused(tmp_path: Path) -> None:
    """Another state, none at all, or one that was used already (RFC 6749, 10.12)."""
    failed = "/desk#error=account.provider_failed"
    async with issuing(BACK) as issuer, desk_with(tmp_path, issuer) as desk:
        back = await consented(await started(desk), "zhouxiao")
        for strange in (
            re.sub(r"state=[^&]+", "state=other", back),
            re.sub(r"&?state=[^&]+", "", back),
            f"{BACK}?error=access_denied",
            BACK,
        ):
            answer = await desk.http.get(strange)
            assert (answer.status_code, answer.headers["location"]) == (303, failed)
        cookies = dict(desk.http.cookies)
        desk.http.cookies.clear()
        assert (await desk.http.get(back)).headers["location"] == failed
        desk.http.cookies.update(cookies)
        assert (await desk.http.get(back)).headers["location"] == "/desk"
        assert (await desk.http.get(back)).headers["location"] == failed


async def test_a_forged_code_is_refused(tmp_path: Path) -> None:
    async with issuing(BACK) as issuer, desk_with(tmp_path, issuer) as desk:
        back = await consented(await started(desk), "zhouxiao")
        forged = re.sub(r"code=[^&]+", "code=forged", back)
        answer = await desk.http.get(forged)
        assert answer.headers["location"] == "/desk#error=account.provider_failed"


async def test_a_wrong_client_secret_is_refused_by_the_provider(tmp_path: Path) -> None:
    async with issuing(BACK, "t" * 32) as issuer, desk_with(tmp_path, issuer) as desk:
        assert await signed_in(desk, "zhouxiao") == "/desk#error=account.provider_failed"


async def test_a_provider_that_is_away_is_told(tmp_path: Path) -> None:
    """And local passwords still work."""
    async with desk_with(tmp_path, "http://127.0.0.1:9") as desk:
        leaving = await desk.http.get("/api/account/provider/")
        assert leaving.headers["location"] == "/desk#error=account.provider_failed"
        right = {"login": "zhouxiao", "password": "correct horse 9"}
        assert (await desk.http.post("/api/account/sign-in", json=right)).status_code == 200
        ways = (await desk.http.get("/api/account/ways")).json()
        assert (ways["password"], ways["provider"]) == (True, "统一身份认证")
