"""
The host's other ways through the console: how the floor is given by list, draw and nomination, who
is let in, asked for a name, forgotten, brought in from a file and invited, and who stands in.

Each test leaves the meeting open, the floor free and its queue open.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, expect

from demo.client import MeetingClient, TurnedAwayError
from meetings.commands import GrantFloor, RequestFloor
from meetings.people import Role
from meetings.refusals import Code
from signaling.wire.codes import CloseCode
from signaling.wire.frames import Refusal
from tests.fixtures.browsers import new_page
from tests.fixtures.desk import Desk, at_desk, done
from tests.fixtures.people import SHOWN_MS, Host, shows
from tests.fixtures.service import Service
from tests.fixtures.waiting import running

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

HOST, FIRST, SECOND = "王秀兰", "陈建国", "赵敏"
LATE = ("钱工", "孙工", "吴工")
WAIT_S = 30.0


@pytest.fixture(scope="module")
async def desk(service: Service) -> AsyncIterator[Desk]:
    """An open meeting in which residents give their real names; LATE were invited too."""
    async with at_desk(
        service,
        "换届协商会",
        host=HOST,
        members=[FIRST, SECOND, *LATE],
        agenda=["选举"],
        flags=["--real-names"],
    ) as found:
        yield found


async def set_mode(desk: Desk, mode: str) -> None:
    """How the next speaker is found, by the form of the rules."""
    host = desk.host
    await host.part("floor-rules").click()
    await host.part(f"mode-{mode}").check()
    await host.part("rules-save").click()
    await expect(host.part("rules-save")).to_have_count(0, timeout=SHOWN_MS)


async def queue_is(desk: Desk, *names: str) -> None:
    """Wait until these wait in this order, and nobody else."""
    items = desk.host.part("queue-item")
    await expect(items).to_have_count(len(names), timeout=SHOWN_MS)
    for at, name in enumerate(names):
        await shows(items.nth(at), "data-person", desk.person(name))


async def speaks_and_ends(desk: Desk, name: str) -> None:
    """Somebody of the queue is given the floor, and the host ends it."""
    await desk.host.grant(desk.person(name))
    await desk.host.part("floor-end").click()
    await desk.host.sees_holder("")


async def test_a_fixed_list_is_spoken_through_in_its_order(desk: Desk) -> None:
    """As the host made it; who is not on it, or not any more, need not raise a hand."""
    host = desk.host
    await set_mode(desk, "list")
    await host.part("floor-list").click()
    for name in (SECOND, FIRST):
        await host.part("list-add").select_option(desk.person(name))
    await host.part("list-save").click()
    await queue_is(desk, SECOND, FIRST)
    why = host.part("queue-item").first.get_by_test_id("queue-why")
    await expect(why).to_contain_text("名单第 1 位")
    await speaks_and_ends(desk, SECOND)
    await queue_is(desk, FIRST)
    refusal = await desk.second.ask(RequestFloor())
    assert isinstance(refusal, Refusal)
    assert refusal.code == Code.FLOOR_BY_LIST
    await speaks_and_ends(desk, FIRST)
    await queue_is(desk)
    await set_mode(desk, "open")


async def test_a_draw_shows_its_seed_to_everybody(desk: Desk) -> None:
    """And puts the hands in the order that follows from it."""
    host = desk.host
    await set_mode(desk, "draw")
    for member in (desk.first, desk.second):
        await done(member, RequestFloor())
    await expect(host.part("queue-item")).to_have_count(2, timeout=SHOWN_MS)
    await host.part("floor-draw").click()
    async with asyncio.timeout(WAIT_S):
        sections = await desk.first.until(
            lambda sections: sections.floor is not None and sections.floor.draw is not None
        )
    assert sections.floor is not None
    drawn = sections.floor.draw
    assert drawn is not None
    await expect(host.page.locator(".seed")).to_contain_text(drawn.seed, timeout=SHOWN_MS)
    names = {desk.person(name): name for name in (FIRST, SECOND)}
    order = [names[person] for person in drawn.order]
    await queue_is(desk, *order)
    why = host.part("queue-item").first.get_by_test_id("queue-why")
    await expect(why).to_contain_text("抽签第 1 位")
    for name in order:
        await speaks_and_ends(desk, name)
    await set_mode(desk, "open")


async def test_who_is_nominated_goes_before_who_raised_a_hand_first(desk: Desk) -> None:
    host = desk.host
    await set_mode(desk, "nominate")
    for member in (desk.first, desk.second):
        await done(member, RequestFloor())
    await queue_is(desk, FIRST, SECOND)
    await desk.more(desk.row("queue-item", SECOND), "queue-nominate")
    await queue_is(desk, SECOND, FIRST)
    why = host.part("queue-item").first.get_by_test_id("queue-why")
    await expect(why).to_contain_text("点名")
    for name in (SECOND, FIRST):
        await speaks_and_ends(desk, name)
    await set_mode(desk, "open")


async def test_a_point_of_order_interrupts_and_the_speech_goes_on(desk: Desk) -> None:
    """The one who was interrupted keeps the time that was left, and the floor after it."""
    host = desk.host
    await done(desk.first, RequestFloor())
    await host.grant(desk.person(FIRST))
    await done(desk.second, RequestFloor(kind="point_of_order"))
    await desk.more(desk.row("queue-item", SECOND), "queue-interrupt")
    await host.sees_holder(desk.person(SECOND))
    async with asyncio.timeout(WAIT_S):
        await desk.first.until(lambda one: one.me is not None and one.me.holding)
    await host.part("floor-end").click()
    await host.sees_holder(desk.person(FIRST))
    await shows(host.page.locator("[data-clock]"), "data-clock", "paused")
    await host.part("floor-pause").click()
    await shows(host.page.locator("[data-clock]"), "data-clock", "left")
    await host.part("floor-end").click()
    await host.sees_holder("")


async def test_the_lobby_is_let_in_together_and_one_is_told_why_not(desk: Desk) -> None:
    """Three wait: two are picked and let in at once, the third reads the reason."""
    host = desk.host
    await host.turn_to("people")
    await host.turn_to("lobby")
    await host.part("lobby-on").click()
    await expect(host.part("lobby-viewers")).to_be_visible(timeout=SHOWN_MS)
    late = [MeetingClient(desk.service.url, desk.meeting.people[one].token) for one in LATE]
    async with running(*late):
        waiting = host.part("lobby-person")
        await expect(waiting).to_have_count(len(LATE), timeout=SHOWN_MS)
        await host.part("lobby-all").check()
        await waiting.filter(has_text=LATE[2]).get_by_role("checkbox").uncheck()
        await host.part("lobby-admit").click()
        await expect(waiting).to_have_count(1, timeout=SHOWN_MS)
        await waiting.get_by_role("checkbox").check()
        await host.part("lobby-turn-away").click()
        await host.part("reason").fill("名额已满，请看直播")
        await host.part("reason-give").click()
        await expect(waiting).to_have_count(0, timeout=SHOWN_MS)
        async with asyncio.timeout(WAIT_S):
            for admitted in late[:2]:
                await admitted.until(lambda one: one.agenda is not None)
            told = await late[2].until(
                lambda one: one.me is not None and one.me.attendance.lobby == "turned_away"
            )
    assert told.me is not None
    assert told.me.attendance.reason == "名额已满，请看直播"
    assert told.agenda is None
    await host.part("lobby-on").click()
    await expect(host.part("lobby-viewers")).to_have_count(0, timeout=SHOWN_MS)


async def resident(desk: Desk, name: str, real_name: str) -> MeetingClient:
    """Somebody who comes by the room's code."""
    status, answer = await asyncio.to_thread(
        desk.service.ask,
        "POST",
        f"/api/rooms/{desk.meeting.room}/enter",
        body={"name": name, "real_name": real_name},
    )
    assert status == 200, answer
    return MeetingClient(desk.service.url, json.loads(answer)["token"])


async def test_a_real_name_is_shown_for_a_reason_that_the_person_reads(desk: Desk) -> None:
    """To the desk alone; the reason is needed."""
    host = desk.host
    gui = await resident(desk, "三楼阿桂", "刘桂芳")
    async with running(gui):
        await host.turn_to("people")
        await host.turn_to("present")
        row = desk.row("person", "三楼阿桂")
        await expect(row).to_be_visible(timeout=SHOWN_MS)
        await expect(row).not_to_contain_text("刘桂芳")
        await desk.more(row, "unmask")
        await expect(host.part("reason-give")).to_be_disabled()
        await host.part("reason").fill("核对住户身份")
        await host.part("reason-give").click()
        await expect(row).to_contain_text("刘桂芳", timeout=SHOWN_MS)
        async with asyncio.timeout(WAIT_S):
            await gui.until(lambda one: one.me is not None and one.me.unmasked == "核对住户身份")
        assert "刘桂芳" not in desk.first.sections.model_dump_json()


async def test_who_is_forgotten_leaves_no_name(desk: Desk) -> None:
    """On no screen, and the old link is void."""
    host = desk.host
    sun = await resident(desk, "二楼老孙", "孙大伟")
    task = asyncio.create_task(sun.run())
    await host.turn_to("people")
    await host.turn_to("present")
    row = desk.row("person", "二楼老孙")
    await expect(row).to_be_visible(timeout=SHOWN_MS)
    await desk.more(row, "forget")
    await host.part("confirm-yes").click()
    await expect(row).to_have_count(0, timeout=SHOWN_MS)
    await sun.drop()
    async with asyncio.timeout(WAIT_S):
        with pytest.raises(TurnedAwayError):
            await task
    for told in ("孙大伟", "二楼老孙"):
        assert told not in await host.page.content()
        assert told not in desk.first.sections.model_dump_json()


async def test_a_deputy_takes_over_when_the_hosts_line_is_lost(desk: Desk) -> None:
    """The deputy was a member until the host said otherwise; the host comes back as host."""
    host = desk.host
    await host.turn_to("people")
    await host.turn_to("present")
    row = desk.row("person", FIRST)
    await row.locator("button.more").click()
    await row.get_by_test_id("appoint").select_option("deputy")
    await expect(row.locator(".badge").first).to_have_text("副主持人", timeout=SHOWN_MS)
    browser = host.page.context.browser
    assert browser is not None
    console = host.page.url
    deputy = Host(await new_page(browser, width=1280, height=800))
    await deputy.page.goto(desk.meeting.link(FIRST))
    await deputy.state("open")
    await host.page.goto("about:blank")
    await done(desk.second, RequestFloor())
    await deputy.grant(desk.person(SECOND))
    await deputy.press("meeting-recess")
    await deputy.state("recess")
    await host.page.goto(console)
    await host.state("recess")
    await host.press("meeting-resume")
    await deputy.state("open")
    await deputy.page.context.close()
    assert deputy.faults == []
    await host.turn_to("people")
    await row.locator("button.more").click()
    await row.get_by_test_id("appoint").select_option("participant")
    async with asyncio.timeout(WAIT_S):
        await desk.first.until(lambda one: one.me is not None and one.me.role is Role.PARTICIPANT)
    refusal = await desk.first.ask(GrantFloor(person=desk.person(SECOND)))
    assert isinstance(refusal, Refusal)


def table(text: str) -> FilePayload:
    """A file that the host picks."""
    return {"name": "名册.csv", "mimeType": "text/csv", "buffer": text.encode()}


async def test_a_roster_is_looked_at_corrected_and_brought_in(desk: Desk, tmp_path: Path) -> None:
    """Mistakes are told by line, and nothing is taken; then everybody gets a link that works."""
    host = desk.host
    await host.turn_to("people")
    await host.turn_to("roster")
    await host.part("roster-import").click()
    head = "姓名,单位职务,角色,权重\n郑代表,人大代表,,2\n"
    await host.part("import-file").set_input_files(table(f"{head}冯委员,政协,皇帝,1\n"))
    problems = host.part("import-problems")
    await expect(problems).to_contain_text("第 3 行", timeout=SHOWN_MS)
    await expect(problems).to_contain_text("不认识的角色“皇帝”")
    await expect(host.part("import-take")).to_have_count(0)
    await expect(host.part("roster-line")).to_have_count(0)
    await host.part("import-file").set_input_files(table(f"{head}冯委员,政协,专家,1\n"))
    await expect(host.part("import-counts")).to_contain_text("新增 2", timeout=SHOWN_MS)
    await host.part("import-take").click()
    await expect(host.part("import-done")).to_contain_text("2 人", timeout=SHOWN_MS)
    async with host.page.expect_download() as saving:
        await host.part("import-links").click()
    kept = tmp_path / "links.csv"
    await (await saving.value).save_as(kept)
    lines = list(csv.DictReader(io.StringIO(kept.read_text("utf-8-sig"))))
    assert [line["姓名"] for line in lines] == ["郑代表", "冯委员"]
    await host.part("import-close").click()
    await expect(desk.row("roster-line", "郑代表")).to_contain_text("2 票", timeout=SHOWN_MS)
    zheng = MeetingClient(desk.service.url, lines[0]["链接"].partition("#t=")[2])
    async with running(zheng), asyncio.timeout(WAIT_S):
        sections = await zheng.until(lambda one: one.me is not None)
        assert sections.me is not None
        assert sections.me.name == "郑代表"


async def test_an_invitation_is_given_used_and_withdrawn(desk: Desk) -> None:
    """Link and QR picture are shown once; the list says who came by it; withdrawn, it ends."""
    host = desk.host
    await host.turn_to("people")
    await host.turn_to("invitations")
    row = desk.row("invitee", LATE[2])
    await row.get_by_test_id("invite").click()
    await host.part("invite-days").select_option("7")
    await host.part("invite-make").click()
    link = await host.part("invite-link").input_value()
    await host.part("invite-qr").evaluate("one => one.decode()")  # it is a picture
    await host.part("invite-done").click()
    await expect(row.get_by_test_id("invitee-link")).to_contain_text("未用过", timeout=SHOWN_MS)
    guest = MeetingClient(desk.service.url, link.partition("#t=")[2])
    task = asyncio.create_task(guest.run())
    async with asyncio.timeout(WAIT_S):
        await guest.until(lambda one: one.me is not None)
    await host.part("invitations-refresh").click()
    await expect(row.get_by_test_id("invitee-link")).not_to_contain_text("未用过", timeout=SHOWN_MS)
    await row.locator("button.more").click()
    newest = row.get_by_test_id("invitation").first
    await newest.get_by_test_id("withdraw").click()
    await host.part("confirm-yes").click()
    await shows(newest, "data-state", "withdrawn")
    async with asyncio.timeout(WAIT_S):
        with pytest.raises(TurnedAwayError) as shown_out:
            await task
    assert shown_out.value.code == CloseCode.TOKEN_REVOKED
