"""Desk people sign in with a password, and find their meetings."""

from __future__ import annotations

from pathlib import Path

import pytest

from meetings.commands import AppointPerson, ForgetPerson, Join, SignIn
from meetings.people import Person, Role
from signaling.identity import TokenExpired, TokenRevoked
from tests.integration.web.identity.conftest import HOST, MEETING, SECRET, ZHOU, Desk, opened
from web.identity.passwords import PASSWORD_MAX, PASSWORD_MIN, PasswordUnfit, hash_password
from web.identity.sessions import COOKIE, LINK_S, SESSION_S, Sessions
from web.identity.store import SESSIONS_MAX, Account, Seat, Session, StoreRefused

pytestmark = pytest.mark.anyio

RIGHT = {"login": "zhouxiao", "password": "correct horse 9"}
WRONG = {"login": "zhouxiao", "password": "correct horse 8"}
CLERK = Person(id="clerk-1", name="周晓", office="议事室书记员", role=Role.CLERK)


def token_of(link: str) -> str:
    return link.partition("#t=")[2]


async def test_who_signs_in_finds_a_way_into_each_meeting(desk: Desk) -> None:
    answer = await desk.http.post("/api/account/sign-in", json=RIGHT)
    assert answer.status_code == 200
    (seat,) = answer.json()["seats"]
    assert (seat["meeting"], seat["title"], seat["role"]) == (MEETING, "雨季积水协商会", "clerk")
    assert desk.tokens.verify(token_of(seat["link"])).to_person() == CLERK
    again = await desk.http.get("/api/account")
    assert again.json()["name"] == "周晓"


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(desk: Desk) -> None:
    answer = await desk.http.post("/api/account/sign-in", json=RIGHT)
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=")
    for word in ("httponly", "samesite=lax", "secure", "path=/api/account", "max-age=43200"):
        assert word in cookie
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("body", [WRONG, {"login": "nobody", "password": "correct horse 9"}])
async def test_a_wrong_password_and_an_unknown_login_look_alike(
    desk: Desk, body: dict[str, str]
) -> None:
    answer = await desk.http.post("/api/account/sign-in", json=body)
    assert answer.status_code == 401
    assert answer.json() == {"code": "account.wrong", "detail": ""}
    assert "set-cookie" not in answer.headers


async def test_an_account_without_a_password_has_none_that_is_right(desk: Desk) -> None:
    """It signs in at the provider only."""
    await desk.store.add_account(Account("a2", "sso-only", "陈建国", ""))
    for password in ("", " ", "nobody has this password"):
        body = {"login": "sso-only", "password": password or "x"}
        answer = await desk.http.post("/api/account/sign-in", json=body)
        assert answer.json()["code"] == "account.wrong"


async def test_a_form_of_another_site_can_not_sign_in(desk: Desk) -> None:
    """Without asking first it can say text/plain and forms, but not JSON."""
    text = '{"login": "zhouxiao", "password": "correct horse 9"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = await desk.http.post(
            "/api/account/sign-in", content=text, headers={"content-type": kind}
        )
        assert answer.status_code == 415


async def test_nobody_is_signed_in_without_a_cookie_or_with_a_forged_one(desk: Desk) -> None:
    for cookies in ({}, {COOKIE: ""}, {COOKIE: "WyJhMSIsMSwxXQ.x"}, {COOKIE: "x" * 4000}):
        desk.http.cookies.clear()
        desk.http.cookies.update(cookies)
        answer = await desk.http.get("/api/account")
        assert (answer.status_code, answer.json()["code"]) == (401, "account.signed_out")


async def link_of_seat(desk: Desk) -> str:
    """Sign in; the token of the link into the meeting."""
    answer = await desk.http.post("/api/account/sign-in", json=RIGHT)
    return token_of(answer.json()["seats"][0]["link"])


async def test_signing_out_ends_it(desk: Desk) -> None:
    """Also for whoever copied the cookie, or a link that was given out meanwhile."""
    token = await link_of_seat(desk)
    session = desk.tokens.verify(token).invitation
    copied = dict(desk.http.cookies)
    assert (await desk.http.post("/api/account/sign-out")).status_code == 204
    assert (await desk.http.get("/api/account")).status_code == 401
    desk.http.cookies.update(copied)
    assert (await desk.http.get("/api/account")).json()["code"] == "account.signed_out"
    with pytest.raises(TokenRevoked):
        desk.tokens.verify(token)
    assert desk.ended == [session]
    assert (await desk.http.post("/api/account/sign-out")).status_code == 204  # again


async def test_signing_out_here_ends_nothing_elsewhere(desk: Desk) -> None:
    there = await link_of_seat(desk)
    desk.http.cookies.clear()
    here = await link_of_seat(desk)
    await desk.http.post("/api/account/sign-out")
    assert desk.tokens.verify(there).to_person() == CLERK
    with pytest.raises(TokenRevoked):
        desk.tokens.verify(here)


async def test_an_account_has_a_bound_of_sessions(desk: Desk) -> None:
    """One more ends the oldest."""
    tokens = []
    for _ in range(SESSIONS_MAX):
        session = (await sign_in_quietly(desk)).id
        tokens.append(session)
        desk.now_s[0] += 1
    now_s = int(desk.now_s[0])
    assert await desk.store.revoked(now_s) == frozenset()
    await sign_in_quietly(desk)
    assert await desk.store.revoked(now_s) == {tokens[0]}
    assert await desk.store.session(tokens[1], now_s) is not None


async def sign_in_quietly(desk: Desk) -> Session:
    """Without the password, which takes its time."""
    return await Sessions(SECRET, desk.store, lambda: desk.now_s[0]).begin(ZHOU)


async def test_the_meeting_goes_on_when_the_session_is_over(desk: Desk) -> None:
    """A link that was given out at its last moment holds for a day; then both are forgotten."""
    await desk.http.post("/api/account/sign-in", json=RIGHT)
    desk.now_s[0] += SESSION_S - 1
    token = token_of((await desk.http.get("/api/account")).json()["seats"][0]["link"])
    desk.now_s[0] += LINK_S - 1
    assert desk.tokens.verify(token).to_person() == CLERK
    desk.now_s[0] += 1
    with pytest.raises(TokenExpired):
        desk.tokens.verify(token)


async def test_the_answer_says_when_the_session_ends(desk: Desk) -> None:
    answer = await desk.http.post("/api/account/sign-in", json=RIGHT)
    assert answer.json()["ends_ms"] == (desk.now_s[0] + SESSION_S) * 1000
    desk.now_s[0] += 60
    assert (await desk.http.get("/api/account")).json()["ends_ms"] == answer.json()["ends_ms"]


async def test_a_session_ends_after_a_long_day(desk: Desk) -> None:
    """The second before it holds."""
    await desk.http.post("/api/account/sign-in", json=RIGHT)
    desk.now_s[0] += SESSION_S - 1
    assert (await desk.http.get("/api/account")).status_code == 200
    desk.now_s[0] += 1
    assert (await desk.http.get("/api/account")).status_code == 401


async def test_another_password_ends_all_sessions(desk: Desk) -> None:
    """And the links that were given out in them; another process may have set it."""
    token, now_s = await link_of_seat(desk), int(desk.now_s[0])
    assert await desk.store.set_password("zhouxiao", hash_password("another horse 1"), now_s)
    assert (await desk.http.get("/api/account")).status_code == 401
    await desk.revocations.refresh()
    with pytest.raises(TokenRevoked):
        desk.tokens.verify(token)
    assert not await desk.store.set_password("nobody", "", now_s)


async def test_a_removed_account_is_signed_out(desk: Desk) -> None:
    token, now_s = await link_of_seat(desk), int(desk.now_s[0])
    assert await desk.store.remove_account("zhouxiao", now_s)
    assert not await desk.store.remove_account("zhouxiao", now_s)
    assert (await desk.http.get("/api/account")).status_code == 401
    await desk.revocations.refresh()
    with pytest.raises(TokenRevoked):
        desk.tokens.verify(token)
    assert await desk.store.seats("a1") == ()


async def test_guessing_at_one_login_is_slowed_down(desk: Desk) -> None:
    """Ten tries; then not even the right password, until half a minute has passed."""
    codes = [
        (await desk.http.post("/api/account/sign-in", json=WRONG)).status_code for _ in range(10)
    ]
    assert codes == [401] * 10
    answer = await desk.http.post("/api/account/sign-in", json=RIGHT)
    assert (answer.status_code, answer.json()["code"]) == (429, "account.too_many_tries")
    assert answer.headers["retry-after"] == "30"


async def test_guessing_from_one_address_is_slowed_down(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty tries at as many logins; the next one is not looked at. (The hashing is left out.)"""

    async def wrong(*_: object) -> bool:
        return False

    monkeypatch.setattr("web.identity.passwords.Passwords.right", wrong)
    codes = [
        (await desk.http.post("/api/account/sign-in", json={**WRONG, "login": f"n{n}"})).json()
        for n in range(31)
    ]
    assert {one["code"] for one in codes[:30]} == {"account.wrong"}
    assert codes[30]["code"] == "account.too_many_tries"


async def test_a_seat_follows_the_appointment(desk: Desk) -> None:
    await desk.say(CLERK, Join())
    await desk.say(HOST, AppointPerson(person="clerk-1", role=Role.DEPUTY))
    answer = await desk.http.post("/api/account/sign-in", json=RIGHT)
    assert [seat["role"] for seat in answer.json()["seats"]] == ["deputy"]


async def test_seats_of_those_forgotten_and_of_unknown_meetings_are_not_shown(desk: Desk) -> None:
    await desk.store.seat(Seat("a1", "unknown", "clerk-2", "clerk"))
    await desk.say(CLERK, Join(), SignIn())
    await desk.say(HOST, ForgetPerson(person="clerk-1"))
    answer = await desk.http.post("/api/account/sign-in", json=RIGHT)
    assert answer.json()["seats"] == []


async def test_an_account_is_one_person_in_a_meeting(desk: Desk) -> None:
    """A second seat changes the role alone."""
    seat = await desk.store.seat(Seat("a1", MEETING, "somebody-else", "deputy"))
    assert seat == Seat("a1", MEETING, "clerk-1", "deputy")


async def test_a_login_is_taken_once(desk: Desk) -> None:
    with pytest.raises(StoreRefused, match="taken"):
        await desk.store.add_account(Account("a9", "zhouxiao", "别人", ""))
    assert [account.id for account in await desk.store.accounts()] == ["a1"]


@pytest.mark.parametrize("length", [PASSWORD_MIN - 1, PASSWORD_MAX + 1])
def test_passwords_have_bounds(length: int) -> None:
    hash_password("密" * PASSWORD_MIN)
    hash_password("密" * PASSWORD_MAX)
    with pytest.raises(PasswordUnfit):
        hash_password("密" * length)


def test_passwords_are_hashed_with_argon2id() -> None:
    """RFC 9106, 4: 64 MiB, three passes, four lanes; salted."""
    first, second = hash_password("correct horse 9"), hash_password("correct horse 9")
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second


async def test_the_ways_to_sign_in_are_told(desk: Desk) -> None:
    """And where the page has HTTPS, for whoever came without."""
    answer = await desk.http.get("/api/account/ways")
    secure = "https://yishi.lan/desk"
    assert answer.json() == {"password": True, "provider": None, "secure": secure}


async def test_without_https_there_is_no_page_that_has_it(tmp_path: Path) -> None:
    async with opened(tmp_path, origin="http://127.0.0.1:8000") as plain:
        answer = await plain.http.get("/api/account/ways")
        assert answer.json()["secure"] is None
