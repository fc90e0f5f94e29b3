"""The way in for residents."""

from __future__ import annotations

import pytest

from meetings.events import MeetingCreated
from meetings.people import Role
from tests.integration.web.conftest import MEETING, MEMBER, Site
from web.limits import ENTER
from web.routes import rooms

pytestmark = pytest.mark.anyio

ENTER_PATH = "/api/rooms/xingfuli/enter"


async def test_a_room_tells_its_meeting(site: Site) -> None:
    """What the entry page shows before a name is given."""
    answer = await site.http.get("/api/rooms/xingfuli")
    assert answer.json() == {
        "room": "xingfuli",
        "room_name": "幸福里小区议事室",
        "meeting": {"id": MEETING, "title": "雨季积水协商会", "state": "scheduled"},
        "real_names": False,
        "link": "http://192.168.1.7:8000/r/xingfuli",
        "secure_link": "https://192.168.1.7:8443/r/xingfuli",
    }
    assert answer.headers["cache-control"] == "no-store"


async def test_a_code_is_typed_from_paper(site: Site) -> None:
    """Capitals and spaces don't matter."""
    assert (await site.http.get("/api/rooms/Xing FULI")).status_code == 200


@pytest.mark.parametrize("code", ["nobody", "x", "a" * 33, "%00", "甲乙", "..%2f..", "a;b"])
async def test_an_unknown_room_is_refused(site: Site, code: str) -> None:
    """The same for what can't be a code."""
    for path in (f"/api/rooms/{code}", f"/qr/{code}.svg"):
        answer = await site.http.get(path)
        assert answer.status_code == 404
    entered = await site.http.post(f"/api/rooms/{code}/enter", json={"name": "甲"})
    assert entered.status_code == 404
    assert entered.json()["code"] == ("http.not_found" if "%2f" in code else "room.unknown")


async def test_a_name_is_enough_to_enter(site: Site) -> None:
    """The token stands for a new viewer of the room's meeting."""
    answer = (await site.http.post(ENTER_PATH, json={"name": " 刘  桂芳 "})).json()
    claims = site.invitations.verify(answer["token"])
    assert (claims.meeting, claims.person) == (MEETING, answer["person"])
    assert (claims.role, claims.name) == (Role.VIEWER, "刘 桂芳")


async def test_where_real_names_are_demanded_nobody_enters_without(site: Site) -> None:
    """It goes to the register with the join; who comes again need not give it again."""
    created = MeetingCreated(
        title="协商会", room="shiming", room_name="实名议事室", planned_ms=0, real_names=True
    )
    await site.meetings.create("m2", created)
    assert (await site.http.get("/api/rooms/shiming")).json()["real_names"] is True
    path = "/api/rooms/shiming/enter"
    for body in ({"name": "夏天的风"}, {"name": "夏天的风", "real_name": "  "}):
        refused = await site.http.post(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "real_name.missing")
    garbled = await site.http.post(path, json={"name": "风", "real_name": "王\u202e秀"})
    assert (garbled.status_code, garbled.json()["code"]) == (422, "name.invalid")
    entered = await site.http.post(path, json={"name": "夏天的风", "real_name": " 王 秀兰"})
    token = entered.json()["token"]
    person = site.invitations.verify(token).to_person()
    assert (person.name, person.real_name) == ("夏天的风", "王 秀兰")
    again = await site.http.post(path, json={"name": "秋天的风", "token": token})
    back = site.invitations.verify(again.json()["token"]).to_person()
    assert (back.id, back.name, back.real_name) == (person.id, "秋天的风", "王 秀兰")


async def test_where_nobody_asks_a_real_name_is_not_kept(site: Site) -> None:
    entered = await site.http.post(ENTER_PATH, json={"name": "风", "real_name": "王秀兰"})
    assert site.invitations.verify(entered.json()["token"]).real_name == ""


async def test_everybody_is_somebody_else(site: Site) -> None:
    """Two with one name are two."""
    first = (await site.http.post(ENTER_PATH, json={"name": "甲"})).json()
    second = (await site.http.post(ENTER_PATH, json={"name": "甲"})).json()
    assert first["person"] != second["person"]


async def test_who_shows_the_earlier_token_stays_the_same_person(site: Site) -> None:
    """After a reload, or under a corrected name."""
    first = (await site.http.post(ENTER_PATH, json={"name": "甲"})).json()
    again = (await site.http.post(ENTER_PATH, json={"name": "乙", "token": first["token"]})).json()
    assert again["person"] == first["person"]
    assert site.invitations.verify(again["token"]).name == "乙"


async def test_a_token_of_somebody_else_gives_nothing(site: Site) -> None:
    """Neither a member's, nor another meeting's, nor an expired or forged one."""
    viewer = MEMBER.model_copy(update={"role": Role.VIEWER})
    ended = site.invitations.issue(MEETING, viewer, valid_s=-1)
    for token in (
        site.invitations.issue(MEETING, MEMBER),
        site.invitations.issue("m2", viewer),
        ended,
        "forged",
    ):
        answer = (await site.http.post(ENTER_PATH, json={"name": "甲", "token": token})).json()
        assert answer["person"] != MEMBER.id
        assert site.invitations.verify(answer["token"]).role is Role.VIEWER


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "body.invalid"),
        (b"{", 400, "body.invalid"),
        (b"[]", 400, "body.invalid"),
        (b"\xff\xfe", 400, "body.invalid"),
        (b'{"name": 7}', 400, "body.invalid"),
        (b'{"name": "a", "role": "host"}', 400, "body.invalid"),
        (b'{"name": "  "}', 422, "name.invalid"),
        (b'{"name": "' + b"a" * 41 + b'"}', 422, "name.invalid"),
        (b'{"name": "' + b"a" * 10_000 + b'"}', 413, "body.too_large"),
    ],
)
async def test_a_bad_body_has_its_refusal(site: Site, body: bytes, status: int, code: str) -> None:
    """And asks for nothing: nobody is made a host by asking."""
    answer = await site.http.post(ENTER_PATH, content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_one_address_can_not_enter_without_end(site: Site) -> None:
    """A burst goes through; whoever goes on at full speed is told to wait."""
    taken = 0
    while (answer := await site.http.post(ENTER_PATH, content=b"{")).status_code == 400:
        taken += 1
        assert taken < 5 * ENTER.burst
    assert (answer.status_code, answer.json()["code"]) == (429, "request.too_frequent")
    assert taken >= ENTER.burst


async def test_the_room_has_a_qr_picture(site: Site) -> None:
    """For the display and for print; the link is the viewers' one."""
    answer = await site.http.get("/qr/XINGFULI.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content == rooms.qr_svg("http://192.168.1.7:8000/r/xingfuli")
