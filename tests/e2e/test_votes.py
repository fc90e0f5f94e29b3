"""
The voter's way through each kind of vote, on the real service: named and secret, changed, repeated
over a lost line, after a reload, by proxy, by hand, and without a vote.

A resident on a phone, a member at a laptop and the room's display are Chromium; the host and a
second member come as bare clients, since nobody looks at their pages here. Each test closes what it
opened.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, Page, Route, async_playwright, expect

from demo.client import MeetingClient
from meetings.commands import (
    CastBallot,
    CloseVote,
    Command,
    CountHands,
    DeclareRecusal,
    EnterRoster,
    GiveProxy,
    LiftRecusal,
    MoveAgenda,
    OpenVote,
    SetQuorum,
    SetRoster,
    SignIn,
)
from meetings.voting.terms import ABSOLUTE
from signaling.wire.frames import Result
from tests.fixtures.browsers import launch, new_page
from tests.fixtures.people import SHOWN_MS, Person, Viewer, shows
from tests.fixtures.service import Meeting, Service
from tests.fixtures.waiting import open_meeting, running, until

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

HOST, FIRST, SECOND, RESIDENT = "王秀兰", "陈建国", "赵敏", "李桂英"
ABSENT = "周强"
MOTION = ("赞成", "反对", "弃权")
BOX = "**/api/ballots/**"
"""Where secret ballots are cast."""

AT_ONCE = """
const draw = crypto.getRandomValues.bind(crypto)
crypto.getRandomValues = (into) => (into.length === 2 ? into.fill(0) : draw(into))
"""
"""Papers are taken at a random moment of eight seconds: here at the first one."""


@dataclass(frozen=True)
class Room:
    """The meeting, three pages, and those who come without one."""

    meeting: Meeting
    host: MeetingClient
    second: MeetingClient
    phone: Viewer
    laptop: Person
    display: Person

    def person(self, name: str) -> str:
        """Id of somebody who was invited."""
        return self.meeting.people[name].person

    async def put(
        self,
        question: str,
        options: tuple[str, ...] = MOTION,
        electors: str = "everyone",
        **rules: object,
    ) -> int:
        """Put a question; the vote's id."""
        asked = {"question": question, "options": options, "electors": electors, "rules": rules}
        return (await done(self.host, OpenVote.model_validate(asked))).offset

    async def close(self, vote: int) -> None:
        """End a vote."""
        await done(self.host, CloseVote(vote=vote))

    async def papers(self, vote: int, taken: int) -> None:
        """Wait until so many papers of a secret vote are taken."""
        await self.host.until(
            lambda sections: (
                sections.votes is not None
                and any(one.id == vote and one.papers == taken for one in sections.votes.votes)
            )
        )


def card(person: Person, vote: int) -> Locator:
    """A vote as it stands before everything else on a page."""
    return person.part(f"vote-card-{vote}").first


async def in_sight(words: Locator) -> None:
    """Wait until nothing covers their first line: what sticks to the top, say."""

    async def clear() -> bool:
        found: bool = await words.evaluate("""words => {
            const { left, top, width } = words.getBoundingClientRect()
            return words.contains(document.elementFromPoint(left + width / 2, top + 4))
        }""")
        return found

    await until(clear, SHOWN_MS / 1_000, "nothing covers the words")


async def choose(vote: Locator, *options: int) -> None:
    """Mark options and cast the ballot; its receipt is shown."""
    for option in options:
        await vote.get_by_test_id(f"vote-option-{option}").check()
    await vote.get_by_test_id("vote-cast").click()
    await expect(vote.get_by_test_id("vote-receipt")).to_be_visible(timeout=SHOWN_MS)


async def result(vote: Locator, tally: tuple[int, ...], words: str) -> None:
    """Wait for the result: its bars, and what it is called."""
    for option, votes in enumerate(tally):
        bar = vote.get_by_test_id(f"vote-result-{option}")
        await shows(bar, "data-ballots", str(votes))
    await expect(vote.get_by_test_id("vote-outcome")).to_contain_text(words)


async def checked(vote: Locator, checks: int) -> Locator:
    """Have the page count the published ballots again; every check is good."""
    published = vote.get_by_test_id("published")
    await published.locator("summary").click()
    await shows(published, "data-counted", "true")
    found = published.get_by_test_id("check")
    await expect(found).to_have_count(checks)
    assert await found.evaluate_all("all => all.map(one => one.dataset.good)") == ["true"] * checks
    return published


async def kept(page: Page) -> str:
    """Everything that is in the browser's storage."""
    text: str = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    return text


@pytest.fixture(scope="module")
async def room(service: Service) -> AsyncIterator[Room]:
    """An open meeting; no page threw anything up to its end."""
    meeting = service.new_meeting(
        "幸福里小区表决会", host=HOST, participants=[FIRST, SECOND], agenda=("电动车充电桩选址",)
    )
    host = MeetingClient(service.url, meeting.people[HOST].token)
    second = MeetingClient(service.url, meeting.people[SECOND].token)
    async with (
        async_playwright() as playwright,
        running(host, second),
        open_meeting(host),
    ):
        browser = await launch(playwright)

        async def page(width: int, height: int) -> Page:
            new = await new_page(browser, width=width, height=height)
            await new.add_init_script(AT_ONCE)
            return new

        phone = Viewer(await page(390, 844))
        laptop = Person(await page(1280, 800))
        display = Person(await page(1280, 720))
        await phone.enter(meeting.viewers_link, RESIDENT)
        await laptop.page.goto(meeting.link(FIRST))
        await laptop.part("device-join-without").click()
        await display.page.goto(meeting.link("display"))
        await display.part("display-start").click()
        yield Room(meeting, host, second, phone, laptop, display)
        assert [*phone.faults, *laptop.faults, *display.faults] == []
        await browser.close()


async def test_a_named_motion_is_changed_until_its_announced_close(room: Room) -> None:
    """
    The receipt names the entry of the record, another ballot takes the place of the first, nobody
    sees a tally before the close, and after it everybody sees who voted what, and why it failed.
    """
    vote = await room.put("是否同意在东门增设充电桩？", kind="motion", changeable=True)
    mine, shown = card(room.phone, vote), room.display.part("display-vote")
    await in_sight(mine.locator(".question"))
    await room.phone.part("viewer-page").evaluate("page => page.scrollTo(0, page.scrollHeight)")
    first = mine.get_by_test_id("vote-option-0")
    await first.focus()
    await in_sight(first.locator("xpath=.."))
    await choose(mine, 0)
    await expect(mine.get_by_test_id("vote-receipt")).to_contain_text("记录编号")
    await expect(shown.get_by_test_id("display-turnout")).to_have_text("已有 1 人投票")
    await done(room.second, CastBallot(vote=vote, marks=(1, 0, 0)))
    await mine.get_by_test_id("vote-change").click()
    await choose(mine, 1)
    await expect(mine.get_by_test_id("vote-receipt")).to_contain_text("您投了“反对”")
    await expect(mine.get_by_test_id("vote-result-0")).to_have_count(0)
    await done(room.host, CloseVote(vote=vote, window_s=600))
    for person in (room.phone, room.laptop):
        await expect(card(person, vote).get_by_test_id("vote-closing")).to_be_visible(
            timeout=SHOWN_MS
        )
    await expect(shown).to_contain_text("即将截止")
    await room.close(vote)
    await result(mine, (1, 1, 0), "未通过")
    await expect(mine.get_by_test_id("vote-outcome")).to_contain_text("需超过所投票的一半")
    await result(shown, (1, 1, 0), "未通过")
    named = await checked(mine, 1)
    line = named.get_by_test_id("roll-line").filter(has_text=RESIDENT)
    await expect(line).to_contain_text("反对")


async def test_a_secret_ballot_outlives_reload_and_lost_line_and_is_found_again(room: Room) -> None:
    """
    The paper is taken at the opening and kept over a reload; casting is repeated until the service
    is reached; what was voted is kept nowhere; after the close the receipt is in the list, which
    both pages count again.
    """
    vote = await room.put("是否同意更换物业公司？", kind="motion", secrecy="secret")
    mine = card(room.phone, vote)
    await room.papers(vote, 2)  # the phone's and the laptop's
    await room.phone.page.reload()
    await room.phone.is_connected()

    async def unreachable(route: Route) -> None:
        await route.abort()

    await room.phone.page.route(BOX, unreachable)
    await mine.get_by_test_id("vote-option-0").check()
    await mine.get_by_test_id("vote-cast").click()
    await expect(mine.get_by_test_id("vote-retrying")).to_be_visible(timeout=SHOWN_MS)
    await room.phone.page.unroute(BOX)
    receipt = mine.get_by_test_id("secret-receipt")
    await expect(receipt).to_be_visible(timeout=SHOWN_MS)
    serial = await receipt.get_attribute("data-serial")
    assert serial is not None
    await room.phone.page.reload()
    await shows(receipt, "data-serial", serial)
    assert serial in await kept(room.phone.page)
    assert "marks" not in await kept(room.phone.page)
    await choose(card(room.laptop, vote), 1)
    await room.papers(vote, 2)  # nobody took another
    await room.close(vote)
    await result(mine, (1, 1, 0), "未通过")
    published = await checked(mine, 4)
    await expect(published.get_by_test_id("check").first).to_have_text("找到您的票：赞成")
    own = published.locator(f"[data-serial='{serial}']")
    await expect(own).to_contain_text("赞成")
    await expect(own).to_contain_text("您的票")
    other = await checked(card(room.laptop, vote), 4)
    await expect(other.get_by_test_id("paper-line")).to_have_count(2)


async def test_a_paper_that_is_not_on_this_device_is_not_given_twice(room: Room) -> None:
    """The page says that the ballot is on the other device, instead of a form that cannot work."""
    vote = await room.put("是否同意延长施工时间？", kind="motion", secrecy="secret")
    await room.papers(vote, 2)
    await room.phone.page.evaluate(
        """() => Object.keys(localStorage).filter((key) => key.startsWith('yishi.paper'))
          .forEach((key) => localStorage.removeItem(key))"""
    )
    await room.phone.page.reload()
    mine = card(room.phone, vote)
    await expect(mine.get_by_test_id("vote-elsewhere")).to_be_visible(timeout=SHOWN_MS)
    await expect(mine.get_by_test_id("vote-cast")).to_have_count(0)
    await room.close(vote)
    await expect(mine.get_by_test_id("vote-outcome")).to_be_visible(timeout=SHOWN_MS)


async def test_many_choices_say_how_many_and_live_votes_are_shown(room: Room) -> None:
    """Too few and too many are said before they are cast; the tally runs on every screen."""
    options = ("东门", "西门", "南门", "北门")
    vote = await room.put(
        "充电桩放在哪里？", options, kind="multiple", min_choices=2, max_choices=3, results="live"
    )
    mine = card(room.phone, vote)
    await expect(mine).to_contain_text("请选 2 至 3 项")
    cast = mine.get_by_test_id("vote-cast")
    await mine.get_by_test_id("vote-option-0").check()
    await expect(cast).to_have_text("还要选 1 项")
    await expect(cast).to_be_disabled()
    for option in (1, 2, 3):
        await mine.get_by_test_id(f"vote-option-{option}").check()
    await expect(cast).to_have_text("多选了 1 项，请取消")
    await mine.get_by_test_id("vote-option-3").uncheck()
    await choose(mine, 0)
    await expect(mine.get_by_test_id("vote-receipt")).to_contain_text("东门、西门、南门")
    for screen in (card(room.laptop, vote), room.display.part("display-vote")):
        await shows(screen.get_by_test_id("vote-result-2"), "data-ballots", "1")
    await choose(card(room.laptop, vote), 0, 3)
    await room.close(vote)
    await result(mine, (2, 1, 1, 1), "“东门”获选")
    await expect(mine.get_by_test_id("vote-result-0")).to_contain_text("2 票，占 100%")


async def test_points_are_given_in_secret(room: Room) -> None:
    """By buttons, keyboard or slide; a change takes the place of the first; the mean is shown."""
    vote = await room.put(
        "请给三个方案打分",
        ("方案一", "方案二"),
        kind="score",
        score_max=5,
        secrecy="secret",
        changeable=True,
    )
    mine, other = card(room.phone, vote), card(room.laptop, vote)
    await expect(mine.get_by_test_id("vote-cast")).to_be_disabled()
    await mine.get_by_role("button", name="“方案一”加 1 分").click()
    await mine.get_by_test_id("vote-score-1").press("End")
    await mine.get_by_test_id("vote-cast").click()
    await mine.get_by_test_id("vote-change").click()
    await mine.get_by_test_id("vote-score-0").fill("4")
    await mine.get_by_test_id("vote-cast").click()
    await expect(mine.get_by_test_id("vote-receipt")).to_be_visible(timeout=SHOWN_MS)
    await other.get_by_test_id("vote-score-1").fill("2")
    await other.get_by_test_id("vote-cast").click()
    await expect(other.get_by_test_id("vote-receipt")).to_be_visible(timeout=SHOWN_MS)
    await room.close(vote)
    await result(mine, (4, 2), "“方案一”获选")
    await expect(mine.get_by_test_id("vote-result-0")).to_contain_text("4 分，平均 2.0")
    published = await checked(mine, 4)
    await expect(published.get_by_test_id("check").first).to_have_text("找到您的票：方案一 4 分")


async def test_a_single_choice_that_is_tied_is_drawn(room: Room) -> None:
    """A ballot is final, and both screens say that the lot decided."""
    vote = await room.put("先修哪一栋？", ("二号楼", "三号楼"), kind="single", tie="drawn")
    mine = card(room.phone, vote)
    await choose(mine, 0)
    await expect(mine.get_by_test_id("vote-change")).to_have_count(0)
    await choose(card(room.laptop, vote), 1)
    await room.close(vote)
    await result(mine, (1, 1), "公开抽签决定")
    await expect(room.display.part("display-vote")).to_contain_text("公开抽签决定")


async def test_who_has_no_vote_is_told_why(room: Room) -> None:
    """A resident in a vote of members, and a member who stands aside."""
    first = room.person(FIRST)
    await done(room.host, MoveAgenda(item=1))
    await done(room.host, DeclareRecusal(person=first, item=1))
    vote = await room.put("是否同意该方案？", electors="members", kind="motion")
    for person, standing, words in (
        (room.phone, "not_elector", "由有表决权的参会人员表决"),
        (room.laptop, "recused", "您在这一项议程中回避"),
    ):
        mine = card(person, vote)
        await shows(mine, "data-standing", standing)
        await expect(mine.get_by_test_id("vote-standing")).to_contain_text(words)
        await expect(mine.get_by_test_id("vote-cast")).to_have_count(0)
    await done(room.second, CastBallot(vote=vote, marks=(1, 0, 0)))
    await room.close(vote)
    await result(card(room.phone, vote), (1, 0, 0), "通过")
    await done(room.host, LiftRecusal(person=first, item=1))


async def test_a_hand_in_the_room_is_counted_in_place_of_a_ballot(room: Room) -> None:
    """
    Who is in the room may raise a hand instead, and take it back before the count; the member who
    is a teller counts on the own page.
    """
    people = room.host.sections.people
    assert people is not None
    resident = next(one.id for one in people.viewers_listed if one.name == RESIDENT)
    await done(room.host, SignIn(person=resident))
    tellers = (room.person(FIRST), room.person(SECOND))
    vote = await room.put("是否同意先修排水？", kind="motion", tellers=tellers)
    mine, teller = card(room.phone, vote), room.laptop
    await mine.get_by_test_id("vote-raise").click()
    await shows(mine, "data-standing", "by_hands")
    await mine.get_by_test_id("vote-lower").click()
    await shows(mine, "data-standing", "voter")
    await mine.get_by_test_id("vote-raise").click()
    await expect(mine.get_by_test_id("vote-cast")).to_have_count(0, timeout=SHOWN_MS)
    await expect(teller.part("hands")).to_contain_text("1 人举手", timeout=SHOWN_MS)
    for option, hands in enumerate((1, 0, 0)):
        await teller.part(f"count-{option}").fill(str(hands))
    await teller.part("count-enter").click()
    await done(room.second, CountHands(vote=vote, counts=(1, 0, 0)))
    await expect(teller.part("hands-agreed")).to_be_visible(timeout=SHOWN_MS)
    await room.close(vote)
    await result(mine, (1, 0, 0), "通过")
    await expect(await checked(mine, 1)).to_contain_text("会场举手：赞成 1")


async def test_a_member_votes_with_weight_and_by_proxy_named_and_secret(room: Room) -> None:
    """Two ballots on one page; three votes in secret are three papers, all found again."""
    first = room.person(FIRST)
    await done(room.host, SetRoster(person=first, weight=2))
    await done(room.host, EnterRoster(name=ABSENT))
    sections = await room.host.until(
        lambda sections: sections.roster is not None and len(sections.roster.lines) == 2
    )
    assert sections.roster is not None
    absent = next(line.id for line in sections.roster.lines if line.name == ABSENT)
    await done(room.host, SetQuorum.model_validate({"rule": {"of": "roster", "num": 1, "den": 2}}))
    await done(room.host, GiveProxy(giver=absent, holder=first))
    named = await room.put(
        "是否同意动用维修资金？", electors="members", kind="motion", majority=ABSOLUTE.model_dump()
    )
    own, other = (
        card(room.laptop, named).get_by_test_id(f"ballot-{whose}") for whose in ("own", absent)
    )
    await choose(own, 0)
    await expect(other).to_contain_text(f"代{ABSENT}投票")
    await choose(other, 1)
    await room.close(named)
    ended = card(room.laptop, named)
    await result(ended, (2, 1, 0), "通过")
    await expect(ended.get_by_test_id("vote-outcome")).to_contain_text("超过全体表决权的一半")
    await expect(ended.get_by_test_id("vote-outcome")).to_contain_text("法定人数")

    secret = await room.put("选举业主代表", electors="members", kind="motion", secrecy="secret")
    await room.papers(secret, 3)
    ballots = card(room.laptop, secret)
    await choose(ballots.get_by_test_id("ballot-own"), 0)
    await choose(ballots.get_by_test_id(f"ballot-{absent}"), 1)
    await room.close(secret)
    await result(ballots, (2, 1, 0), "通过")
    published = await checked(ballots, 3 + 3)
    await expect(published.get_by_test_id("check").filter(has_text="找到您的票")).to_have_count(3)


async def done(member: MeetingClient, command: Command) -> Result:
    """Ask, and be given."""
    answer = await member.ask(command)
    assert isinstance(answer, Result), answer
    return answer
