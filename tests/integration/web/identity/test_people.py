"""The desk brings in a roster, gives out personal links and withdraws them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from meetings.commands import AppointPerson, ForgetPerson, Join, RemoveFromRoster
from meetings.people import Person, Role
from meetings.record.port import RecordError
from meetings.record.sqlite import SqliteRecord
from signaling.identity import TokenExpired, TokenRevoked
from tests.integration.web.identity.conftest import HOST, MEETING, MEMBER, Desk, opened
from web.identity.invitations import Uses
from web.identity.roster_file import FILE_MAX
from web.identity.store import IdentityStore, Invitation, StoreRefused, Used

pytestmark = pytest.mark.anyio

ROSTER = "姓名,单位职务,权重,联系方式\n吴代表,人大,2,13800000000\n郑委员,政协,,\n".encode()
BASE = f"/api/meetings/{MEETING}"


def token_of(link: str) -> str:
    return link.partition("#t=")[2]


async def test_a_roster_comes_in_with_a_link_for_each_person(desk: Desk) -> None:
    answer = await desk.http.post(f"{BASE}/roster", content=ROSTER, headers=desk.bearer(HOST))
    assert answer.status_code == 200
    wu, zheng = answer.json()
    assert (wu["name"], wu["office"], zheng["name"]) == ("吴代表", "人大", "郑委员")
    claims = desk.tokens.verify(token_of(wu["link"]))
    assert (claims.person, claims.name, claims.role) == (wu["person"], "吴代表", Role.PARTICIPANT)
    live = await desk.meetings.live(MEETING)
    assert live.meeting.attendance.roster.order == (wu["person"], zheng["person"])
    assert live.meeting.attendance.roster.lines[wu["person"]].weight == 2
    assert live.register[wu["person"]].contact == "13800000000"
    assert "13800000000" not in answer.text


async def test_the_same_file_again_adds_nobody(desk: Desk) -> None:
    """The answer may have been lost."""
    first = await desk.http.post(f"{BASE}/roster", content=ROSTER, headers=desk.bearer(HOST))
    again = await desk.http.post(f"{BASE}/roster", content=ROSTER, headers=desk.bearer(HOST))
    assert [one["person"] for one in again.json()] == [one["person"] for one in first.json()]
    assert len((await desk.meetings.live(MEETING)).meeting.attendance.roster.order) == 2


async def test_a_file_is_looked_at_before_anything_changes(desk: Desk) -> None:
    """Its right lines with what would come of them, its wrong ones by number; nothing is said of
    contacts.
    """
    await desk.http.post(f"{BASE}/roster", content=ROSTER, headers=desk.bearer(HOST))
    before = (await desk.meetings.live(MEETING)).meeting
    text = (
        "姓名,单位职务,权重,联系方式\n吴代表,人大,5,13800000000\n郑委员,政协,,\n钱工,,,\n孙工,,x,\n"
    )
    answer = await desk.http.post(
        f"{BASE}/roster/check", content=text.encode(), headers=desk.bearer(HOST)
    )
    assert answer.status_code == 200
    lines = answer.json()["lines"]
    assert [(one["line"], one["name"], one["change"]) for one in lines] == [
        (2, "吴代表", "changed"),
        (3, "郑委员", "same"),
        (4, "钱工", "new"),
    ]
    assert (lines[0]["weight"], lines[0]["elector"], lines[0]["role"]) == (5, True, "participant")
    assert [one["line"] for one in answer.json()["problems"]] == [5]
    assert "13800000000" not in answer.text
    assert (await desk.meetings.live(MEETING)).meeting is before


async def test_a_longer_file_adds_those_who_are_new(desk: Desk) -> None:
    """Whoever is known by name and office stays the same person, with the line of the new file."""
    await desk.say(MEMBER, Join())
    first = await desk.http.post(f"{BASE}/roster", content=ROSTER, headers=desk.bearer(HOST))
    text = "姓名,单位职务,权重\n吴代表,人大,7\n郑委员,政协,1\n李梅,区住建局,4\n吴代表,政协,1\n"
    answer = await desk.http.post(
        f"{BASE}/roster", content=text.encode(), headers=desk.bearer(HOST)
    )
    wu, zheng, li, other = [one["person"] for one in answer.json()]
    assert [wu, zheng] == [one["person"] for one in first.json()]
    assert li == "member"  # came by an invitation before there was a roster
    roster = (await desk.meetings.live(MEETING)).meeting.attendance.roster
    assert roster.order == (wu, zheng, "member", other)
    assert [roster.lines[person].weight for person in roster.order] == [7, 1, 4, 1]


async def test_a_resident_of_that_name_is_somebody_else(desk: Desk) -> None:
    """Residents choose their names: none becomes an elector by it."""
    await desk.say(Person(id="viewer", name="郑委员", role=Role.VIEWER), Join())
    text = "姓名\n郑委员\n".encode()
    answer = await desk.http.post(f"{BASE}/roster", content=text, headers=desk.bearer(HOST))
    assert answer.json()[0]["person"] != "viewer"


async def test_who_was_taken_off_the_roster_is_brought_in_again(desk: Desk) -> None:
    first = await desk.http.post(f"{BASE}/roster", content=ROSTER, headers=desk.bearer(HOST))
    wu = first.json()[0]["person"]
    await desk.say(HOST, RemoveFromRoster(person=wu))
    await desk.http.post(f"{BASE}/roster", content=ROSTER, headers=desk.bearer(HOST))
    roster = (await desk.meetings.live(MEETING)).meeting.attendance.roster
    register = (await desk.meetings.live(MEETING)).register
    assert sorted(register[person].name for person in roster.order) == ["吴代表", "郑委员"]


async def test_the_same_file_twice_at_once_adds_nobody_twice(desk: Desk) -> None:
    """A second tap, or a request that was sent again."""
    sent = [
        desk.http.post(f"{BASE}/roster", content=ROSTER, headers=desk.bearer(HOST))
        for _ in range(2)
    ]
    one, two = [answer.json() for answer in await asyncio.gather(*sent)]
    assert [line["person"] for line in one] == [line["person"] for line in two]
    assert len((await desk.meetings.live(MEETING)).meeting.attendance.roster.order) == 2


@pytest.mark.parametrize(("days", "status"), [("366", 200), ("366.1", 400), ("0", 400), ("x", 400)])
async def test_links_of_a_roster_hold_as_long_as_asked(desk: Desk, days: str, status: int) -> None:
    answer = await desk.http.post(
        f"{BASE}/roster?days={days}", content=ROSTER, headers=desk.bearer(HOST)
    )
    assert answer.status_code == status
    if status == 200:
        assert answer.json()[0]["ends_s"] == desk.now_s[0] + 366 * 86_400


async def test_there_is_a_roster_to_begin_with(desk: Desk) -> None:
    """It can be taken as it is."""
    answer = await desk.http.get("/api/roster-sample.xlsx")
    assert "attachment" in answer.headers["content-disposition"]
    checked = await desk.http.post(
        f"{BASE}/roster/check", content=answer.content, headers=desk.bearer(HOST)
    )
    assert checked.json()["problems"] == []
    roles = [one["role"] for one in checked.json()["lines"]]
    assert roles == ["host", "clerk", "participant", "viewer"]


async def test_a_file_with_mistakes_brings_in_nobody(desk: Desk) -> None:
    bad = ROSTER + "钱工,,x,\n".encode()
    answer = await desk.http.post(f"{BASE}/roster", content=bad, headers=desk.bearer(HOST))
    assert answer.status_code == 422
    assert answer.json()["code"] == "roster.invalid"
    assert answer.json()["problems"] == [
        {
            "line": 4,
            "words": "权重须是正整数，不是“x”",
            "english": "a weight is a positive whole number, not “x”",
        }
    ]
    assert (await desk.meetings.live(MEETING)).meeting.attendance.roster.order == ()


async def test_too_large_a_file_is_not_read(desk: Desk) -> None:
    large = b"x" * (FILE_MAX + 1)
    answer = await desk.http.post(f"{BASE}/roster", content=large, headers=desk.bearer(HOST))
    assert (answer.status_code, answer.json()["code"]) == (413, "body.too_large")


async def test_only_the_desk_brings_in_and_invites(desk: Desk) -> None:
    """By the role of now, not by that of the invitation; and in its own meeting."""
    await desk.say(MEMBER, Join())
    for headers, status in (
        (desk.bearer(MEMBER), 403),
        (desk.bearer(HOST, "m2"), 403),
        ({}, 401),
    ):
        for path in ("roster", "invitations"):
            answer = await desk.http.post(f"{BASE}/{path}", content=ROSTER, headers=headers)
            assert answer.status_code == status
        assert (await desk.http.get(f"{BASE}/invitations", headers=headers)).status_code == status
    await desk.say(HOST, AppointPerson(person="member", role=Role.CLERK))
    answer = await desk.http.get(f"{BASE}/invitations", headers=desk.bearer(MEMBER))
    assert answer.status_code == 200


async def test_a_desk_that_is_not_there_is_told_so(desk: Desk) -> None:
    """The record refuses it like any command."""
    absent = Person(id="sun", name="孙副室长", role=Role.DEPUTY)
    answer = await desk.http.post(f"{BASE}/roster", content=ROSTER, headers=desk.bearer(absent))
    assert (answer.status_code, answer.json()["code"]) == (409, "person.not_present")


async def test_somebody_gets_one_more_link_with_a_qr_picture(desk: Desk) -> None:
    answer = await desk.http.post(
        f"{BASE}/invitations", json={"person": "member", "days": 2.0}, headers=desk.bearer(HOST)
    )
    given = answer.json()
    assert desk.tokens.verify(token_of(given["link"])).to_person() == MEMBER
    assert given["qr"].startswith("<svg")
    desk.now_s[0] += 2 * 86_400
    with pytest.raises(TokenExpired):
        desk.tokens.verify(token_of(given["link"]))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"person": "nobody"}, 404),
        ({"person": "member", "days": 0}, 400),
        ({"person": "member", "days": 366.1}, 400),
        ({}, 400),
    ],
)
async def test_nonsense_is_refused(desk: Desk, body: dict[str, object], status: int) -> None:
    answer = await desk.http.post(f"{BASE}/invitations", json=body, headers=desk.bearer(HOST))
    assert answer.status_code == status


async def _invited(desk: Desk) -> tuple[str, str]:
    """A new link of the member's: its id and token."""
    answer = await desk.http.post(
        f"{BASE}/invitations", json={"person": "member"}, headers=desk.bearer(HOST)
    )
    return answer.json()["id"], token_of(answer.json()["link"])


async def test_a_withdrawn_link_holds_no_more_and_its_connections_end(desk: Desk) -> None:
    """Others of the same person hold on."""
    invitation, token = await _invited(desk)
    _, other = await _invited(desk)
    path = f"{BASE}/invitations/{invitation}/revoke"
    assert (await desk.http.post(path, headers=desk.bearer(HOST))).status_code == 204
    with pytest.raises(TokenRevoked):
        desk.tokens.verify(token)
    assert desk.ended == [invitation]
    assert desk.tokens.verify(other).person == "member"
    assert (await desk.http.post(path, headers=desk.bearer(HOST))).status_code == 204  # again
    answer = await desk.http.get(
        f"{BASE}/invitations", headers={"authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "token.revoked")


CLERK = Person(id="clerk-1", name="周晓", office="议事室书记员", role=Role.CLERK)


async def test_a_clerk_gives_out_no_link_of_those_who_run_the_meeting(desk: Desk) -> None:
    """With it the clerk could open, close and appoint; nor is theirs withdrawn by the clerk."""
    await desk.say(MEMBER, Join())
    own = await desk.http.post(
        f"{BASE}/invitations", json={"person": "host"}, headers=desk.bearer(HOST)
    )
    path = f"{BASE}/invitations/{own.json()['id']}/revoke"
    for role, status in ((Role.PARTICIPANT, 200), (Role.DEPUTY, 403)):
        await desk.meetings.submit(
            MEETING, HOST, f"command-{role}", AppointPerson(person="member", role=role)
        )
        answer = await desk.http.post(
            f"{BASE}/invitations", json={"person": "member"}, headers=desk.bearer(CLERK)
        )
        assert answer.status_code == status
    for request in ({"url": f"{BASE}/invitations", "json": {"person": "host"}}, {"url": path}):
        answer = await desk.http.post(**request, headers=desk.bearer(CLERK))
        assert (answer.status_code, answer.json()["code"]) == (403, "authority.forbidden")
    assert desk.ended == []


async def test_a_roster_that_the_clerk_brings_in_gives_the_hosts_no_links(desk: Desk) -> None:
    """They are on it; the host gives them theirs."""
    await desk.say(CLERK, Join())
    text = "姓名,角色\n孙副室长,副主持人\n郑委员,委员\n王主任,主持人\n".encode()
    answer = await desk.http.post(f"{BASE}/roster", content=text, headers=desk.bearer(CLERK))
    assert [one["name"] for one in answer.json()] == ["郑委员"]
    assert len((await desk.meetings.live(MEETING)).meeting.attendance.roster.order) == 3


async def test_what_is_not_there_is_not_withdrawn(desk: Desk) -> None:
    path = f"{BASE}/invitations/nothing/revoke"
    answer = await desk.http.post(path, headers=desk.bearer(HOST))
    assert (answer.status_code, answer.json()["code"]) == (404, "invitation.unknown")


async def test_the_list_tells_whose_and_whether_withdrawn_and_no_link(desk: Desk) -> None:
    """Links are not kept: the list could be photographed."""
    invitation, token = await _invited(desk)
    await desk.store.revoke(MEETING, invitation, 1_800_000_009)
    answer = await desk.http.get(f"{BASE}/invitations", headers=desk.bearer(HOST))
    (line,) = answer.json()
    assert (line["id"], line["name"], line["office"]) == (invitation, "李梅", "区住建局")
    assert line["revoked_s"] == 1_800_000_009
    assert token not in answer.text


async def test_the_list_tells_who_came_by_which_link(desk: Desk) -> None:
    """When first and when last; written by and by, and with the list at the latest."""
    used, token = await _invited(desk)
    unused, _ = await _invited(desk)
    first_s = int(desk.now_s[0])
    desk.tokens.verify(token)
    await desk.http.get(f"{BASE}/invitations", headers=desk.bearer(HOST))
    desk.now_s[0] += 3600
    desk.tokens.verify(token)
    answer = await desk.http.get(f"{BASE}/invitations", headers=desk.bearer(HOST))
    times = {one["id"]: (one["first_s"], one["last_s"]) for one in answer.json()}
    assert times == {used: (first_s, first_s + 3600), unused: (None, None)}


async def test_uses_that_can_not_be_written_now_are_written_later(desk: Desk) -> None:
    invitation, _ = await _invited(desk)
    uses = Uses(desk.store, lambda: 1_800_000_007.0)
    uses.note(invitation)
    uses.note("a session, or of another service")

    async def fail(_: object) -> None:
        raise RecordError("the disk is full")

    note, desk.store.note_uses = desk.store.note_uses, fail  # type: ignore[assignment]
    await uses.finish()
    assert await desk.store.uses(MEETING) == {}
    desk.store.note_uses = note  # type: ignore[method-assign]
    await uses.finish()
    assert await desk.store.uses(MEETING) == {invitation: Used(1_800_000_007, 1_800_000_007)}


async def test_who_was_forgotten_is_not_invited_again(desk: Desk) -> None:
    await desk.say(HOST, ForgetPerson(person="member"))
    answer = await desk.http.post(
        f"{BASE}/invitations", json={"person": "member"}, headers=desk.bearer(HOST)
    )
    assert answer.status_code == 404


async def test_what_another_process_withdraws_is_heard_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`yishi revoke` beside a running service; it asks every two seconds, here at once."""
    monkeypatch.setattr("web.identity.invitations.POLL_S", 0.01)
    async with opened(tmp_path) as desk:
        invitation, token = await _invited(desk)
        watching = asyncio.create_task(desk.revocations.run())
        assert await desk.store.revoke(MEETING, invitation, int(desk.now_s[0]))
        async with asyncio.timeout(10):
            await desk.somebody_ended.wait()
        watching.cancel()
        with pytest.raises(TokenRevoked):
            desk.tokens.verify(token)


async def test_invitations_outlive_the_process(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        invitation, _ = await _invited(desk)
        await desk.store.revoke(MEETING, invitation, int(desk.now_s[0]))
    record = SqliteRecord(tmp_path / "record.sqlite")
    assert await IdentityStore(record).revoked(int(desk.now_s[0])) == {invitation}
    assert await IdentityStore(record).revoked(int(desk.now_s[0]) + 40 * 86_400) == frozenset()
    await record.close()


async def test_a_meeting_has_a_bound_of_invitations(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last one fits, one more does not, and of too many none is kept."""
    monkeypatch.setattr("web.identity.store.INVITATIONS_MAX", 3)

    def some(*ids: str) -> list[Invitation]:
        return [Invitation(one, MEETING, "member", 1, 2) for one in ids]

    await desk.store.add_invitations(some("a", "b"))
    with pytest.raises(StoreRefused):
        await desk.store.add_invitations(some("c", "d"))
    await desk.store.add_invitations(some("c"))
    answer = await desk.http.post(
        f"{BASE}/invitations", json={"person": "member"}, headers=desk.bearer(HOST)
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "request.too_many")
