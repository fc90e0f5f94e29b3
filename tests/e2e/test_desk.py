"""
The desk's ways through the console, on the real service: floor, agenda, people, votes, comments and
minutes.

Two members come as bare clients, since nobody looks at their pages here; the desk is Chromium. Each
test leaves the meeting open and the floor free, but for the last one, which closes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from demo.client import MeetingClient
from meetings.commands import (
    AppealComment,
    CastBallot,
    CountHands,
    PostComment,
    RequestFloor,
)
from signaling.wire.frames import Sections
from tests.fixtures.browsers import new_page
from tests.fixtures.desk import Desk, at_desk, done
from tests.fixtures.people import SHOWN_MS, Viewer, shows
from tests.fixtures.service import Service
from tests.fixtures.voter import post, take

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

HOST, FIRST, SECOND = "王秀兰", "陈建国", "赵敏"
AGENDA = ("雨季积水治理", "电动车充电桩选址")


@pytest.fixture(scope="module")
async def desk(service: Service) -> AsyncIterator[Desk]:
    """An open meeting."""
    async with at_desk(
        service, "幸福里小区协商会", host=HOST, members=[FIRST, SECOND], agenda=AGENDA
    ) as found:
        yield found


async def test_the_queue_says_why_and_the_clock_stands_still(desk: Desk) -> None:
    """
    A point of order goes first and says so; a newcomer's hand is raised at the desk; a speech is
    called, granted, paused, extended and ended.
    """
    host = desk.host
    await done(desk.first, RequestFloor(about="回应工期"))
    await done(desk.second, RequestFloor(kind="point_of_order"))
    queue = host.part("queue-item")
    await shows(queue.first, "data-person", desk.person(SECOND))
    await expect(queue.first.get_by_test_id("queue-why")).to_have_text("程序问题优先")

    await host.part("hand-enter").click()
    await host.part("hand-new").check()
    await host.part("hand-name").fill("李大爷")
    await host.part("hand-side").select_option("against")
    await host.part("hand-raise").click()
    await expect(desk.row("queue-item", "李大爷")).to_contain_text("反对方", timeout=SHOWN_MS)

    await host.part("floor-rules").click()
    await host.part("order-alternate_place").check()
    await host.part("rules-overtime").select_option("host")
    await host.part("rules-save").click()
    await expect(host.part("floor-rules")).to_contain_text("轮流", timeout=SHOWN_MS)

    await desk.more(desk.row("queue-item", FIRST), "queue-call")
    await expect(desk.row("called", FIRST)).to_be_visible(timeout=SHOWN_MS)
    await host.part(f"called-grant-{desk.person(FIRST)}").click()
    await host.sees_holder(desk.person(FIRST))
    await host.part("floor-pause").click()
    await shows(host.page.locator("[data-clock]"), "data-clock", "paused")
    await host.part("floor-extend").click()
    await host.part("floor-pause").click()
    await shows(host.page.locator("[data-clock]"), "data-clock", "left")
    await host.part("floor-end").click()
    await host.sees_holder("")
    for name in (SECOND, "李大爷"):
        await desk.more(desk.row("queue-item", name), "queue-withdraw")
    await expect(queue).to_have_count(0, timeout=SHOWN_MS)


SKEW = """
window.realNow = Date.now.bind(Date)
Date.now = () => window.realNow() + %d
"""
RECORD_SECONDS = """
() => {
  const timer = document.querySelector('[data-testid=floor-timer]')
  window.shown = {}
  const note = () => (window.shown[timer.textContent] ??= (window.realNow ?? Date.now)())
  new MutationObserver(note).observe(timer, { subtree: true, childList: true, characterData: true })
}
"""


async def test_screens_agree_on_the_time_whatever_their_clocks_say(desk: Desk) -> None:
    """Each second of a countdown appears on all of them within 100 ms, mostly."""
    browser = desk.host.page.context.browser
    assert browser is not None
    pages = [desk.host.page]
    for link, skew_ms in ((desk.meeting.link("display"), 7_321), ("", -95_432)):
        page = await new_page(browser, width=960, height=540)
        await page.add_init_script(SKEW % skew_ms)
        if link:
            await page.goto(link)
        else:
            await Viewer(page).enter(desk.meeting.viewers_link, "孙阿姨")
        pages.append(page)
    await done(desk.first, RequestFloor())
    await desk.host.grant(desk.person(FIRST))
    for page in pages:
        await expect(page.get_by_test_id("floor-timer")).to_be_visible(timeout=SHOWN_MS)
        await page.evaluate(RECORD_SECONDS)
    everywhere = "(seconds) => Object.keys(window.shown).length > seconds"
    for page in pages:
        await page.wait_for_function(everywhere, arg=5, timeout=SHOWN_MS)
    shown: list[dict[str, int]] = [await page.evaluate("() => window.shown") for page in pages]
    common = set.intersection(*(set(one) for one in shown))
    apart = sorted(
        max(one[text] for one in shown) - min(one[text] for one in shown) for text in common
    )
    assert apart[len(apart) // 2] <= 100, shown
    await desk.host.part("floor-end").click()
    await desk.host.sees_holder("")
    for page in pages[1:]:
        await page.context.close()


@dataclass(frozen=True)
class Question:
    """What the host puts, how the two members vote, and what the console shows in the end."""

    kind: str
    secrecy: str
    ballots: tuple[tuple[int, ...], tuple[int, ...]]
    tally: tuple[int, ...]
    words: str


@pytest.mark.parametrize(
    "asked",
    [
        Question("single", "named", ((1, 0), (1, 0)), (2, 0), "“东门”获选"),
        Question("multiple", "named", ((1, 1), (0, 1)), (1, 2), "“西门”获选"),
        Question("score", "named", ((8, 3), (5, 4)), (13, 7), "“东门”获选"),
        Question("motion", "secret", ((1, 0, 0), (1, 0, 0)), (2, 0, 0), "通过"),
        Question("single", "secret", ((1, 0), (1, 0)), (2, 0), "“东门”获选"),
    ],
    ids=lambda asked: f"{asked.kind}-{asked.secrecy}",
)
async def test_the_host_puts_each_kind_of_question(desk: Desk, asked: Question) -> None:
    """By the form; the members vote, the host closes the vote, and reads what came of it."""
    host = desk.host
    await host.turn_to("votes")
    await host.part("open-vote").click()
    await host.part("vote-question").fill("先修哪个门？")
    await host.part("vote-more").click()
    await host.part("vote-kind").select_option(asked.kind)
    await host.part("vote-secrecy").select_option(asked.secrecy)
    await host.part("vote-electors").select_option("present")
    if asked.kind != "motion":
        for at, option in enumerate(("东门", "西门")):
            await host.part(f"vote-option-input-{at}").fill(option)
    if asked.kind == "multiple":
        await host.part("vote-max").fill("2")
    await host.part("vote-start").click()
    vote = await open_vote(desk.first)
    for member, marks in zip((desk.first, desk.second), asked.ballots, strict=True):
        if asked.secrecy == "named":
            await done(member, CastBallot(vote=vote, marks=marks))
        else:
            await cast_in_secret(desk, member, vote, marks)
    await host.close_vote()
    run = host.part(f"vote-run-{vote}")
    await expect(run.get_by_test_id("vote-outcome")).to_contain_text(asked.words, timeout=SHOWN_MS)
    for at, votes in enumerate(asked.tally):
        await shows(run.get_by_test_id(f"vote-result-{at}"), "data-ballots", str(votes))


async def cast_in_secret(
    desk: Desk, member: MeetingClient, vote: int, marks: tuple[int, ...]
) -> None:
    """Take a paper by name, and put it into the box without one."""
    votes = member.sections.votes
    assert votes is not None
    (paper_key,) = (one.paper_key for one in votes.votes if one.id == vote)
    paper = await take(member, vote, paper_key)
    status, answer = await asyncio.to_thread(
        post, desk.service.url, desk.meeting.id, vote, paper.ballot(*marks)
    )
    assert status == 200, answer


async def test_a_row_s_actions_are_reached_by_keyboard_alone(desk: Desk) -> None:
    """Enter unfolds them, Tab goes to the first, Escape folds them and gives the focus back."""
    host = desk.host
    await host.turn_to("agenda")
    button = host.part("agenda-more-1")
    await button.focus()
    await host.page.keyboard.press("Enter")
    await shows(button, "aria-expanded", "true")
    await host.page.keyboard.press("Tab")
    await expect(host.part("agenda-edit")).to_be_focused()
    await host.page.keyboard.press("Escape")
    await shows(button, "aria-expanded", "false")
    await expect(button).to_be_focused()


async def test_the_agenda_is_changed_while_the_meeting_runs(desk: Desk) -> None:
    """An item is added, moved up, put off and taken up again; a recess says when it ends."""
    host = desk.host
    await host.turn_to("agenda")
    await host.part("agenda-next").click()
    await shows(host.part("agenda-item-1"), "data-state", "current")
    await host.part("agenda-add").click()
    await host.part("item-title").fill("楼道坡道改造")
    await host.part("item-minutes").fill("15")
    await host.part("item-department").fill("街道办")
    await host.part("document-add").click()
    await host.part("document-title-0").fill("施工图")
    await host.part("document-url-0").fill("https://example.org/plan.pdf")
    await host.part("item-save").click()
    added = host.part("agenda-item-3")
    await expect(added).to_contain_text("街道办", timeout=SHOWN_MS)
    await desk.more(added, "agenda-up")
    items = host.page.locator("[data-testid^=agenda-item-]")
    await shows(items.nth(1), "data-testid", "agenda-item-3")
    await desk.more(added, "agenda-postpone")
    await host.part("reason").fill("等图纸")
    await host.part("reason-give").click()
    await shows(added, "data-state", "postponed")
    await expect(added).to_contain_text("等图纸")
    await desk.more(added, "agenda-reopen")
    await shows(added, "data-state", "pending")

    await host.part("meeting-recess").click()
    await host.part("rest-minutes").select_option("10")
    await host.part("confirm-yes").click()
    await host.state("recess")
    await expect(host.part("now-bar")).to_contain_text("预定")
    await host.press("meeting-resume")
    await host.state("open")


async def test_roster_proxies_quorum_and_lobby(desk: Desk) -> None:
    """Two on the roster, one for the other: the quorum counts them; the lobby is turned on."""
    host = desk.host
    await host.turn_to("people")
    await host.turn_to("present")
    await host.part("enter-person").click()
    await host.part("enter-name").fill("孙婷")
    await host.part("enter-role").select_option("participant")
    await host.part("enter-save").click()
    sun = desk.row("person", "孙婷")
    await shows(sun, "data-present", "true")
    await desk.more(sun, "sign-out")
    await shows(sun, "data-present", "false")

    await host.turn_to("roster")
    for name in ("周强", "吴芳"):
        await host.part("roster-add").click()
        await host.part("enter-name").fill(name)
        await host.part("enter-save").click()
        await expect(desk.row("roster-line", name)).to_be_visible(timeout=SHOWN_MS)
    await desk.more(desk.row("roster-line", "周强"), "proxy-give")
    await host.part("proxy-holder").select_option(label="吴芳")
    await host.part("proxy-save").click()
    await expect(desk.row("roster-line", "周强")).to_contain_text("代理", timeout=SHOWN_MS)
    await host.part("quorum-set").click()
    await host.part("quorum-how").select_option("half")
    await host.part("quorum-save").click()
    await shows(host.part("quorum"), "data-met", "false")
    await expect(host.part("alert-quorum")).to_be_visible()
    await host.part("quorum-set").click()
    await host.part("quorum-how").select_option("none")
    await host.part("quorum-save").click()
    await expect(host.part("alert-quorum")).to_have_count(0, timeout=SHOWN_MS)
    for name in ("周强", "吴芳"):
        await desk.more(desk.row("roster-line", name).first, "roster-remove")
        await host.part("confirm-yes").click()
        await expect(desk.row("roster-line", "周强")).to_have_count(0, timeout=SHOWN_MS)
    await expect(host.part("roster-line")).to_have_count(0, timeout=SHOWN_MS)

    await host.turn_to("lobby")
    await host.part("lobby-on").click()
    await expect(host.part("lobby-viewers")).to_be_visible(timeout=SHOWN_MS)
    await host.part("lobby-on").click()
    await expect(host.part("lobby-viewers")).to_have_count(0, timeout=SHOWN_MS)


async def test_a_motion_takes_two_taps_and_a_tie_is_decided(desk: Desk) -> None:
    """The item is the question; one for, one against; the host settles it, and the page says so."""
    host = desk.host
    await host.turn_to("votes")
    await host.part("open-vote").click()
    await expect(host.part("vote-question")).to_have_value(f"关于“{AGENDA[0]}”的表决")
    await host.part("vote-more").click()
    await host.part("vote-tie").select_option("host")
    await host.part("vote-start").click()
    vote = await open_vote(desk.first)
    await done(desk.first, CastBallot(vote=vote, marks=(1, 0, 0)))
    await done(desk.second, CastBallot(vote=vote, marks=(0, 1, 0)))
    await host.close_vote()
    await expect(host.part("alert-tie")).to_be_visible(timeout=SHOWN_MS)
    await host.part("tie-0").click()
    outcome = host.part(f"vote-run-{vote}").get_by_test_id("vote-outcome")
    await expect(outcome).to_contain_text("主持人裁定：赞成", timeout=SHOWN_MS)
    await expect(outcome).to_contain_text("超过所投票的一半")


async def test_tellers_who_differ_count_again(desk: Desk) -> None:
    """
    A member in the room votes by hand, as the desk enters. Two tellers differ, count again and
    agree, and the hand is in the result.
    """
    host = desk.host
    await host.turn_to("people")
    await host.turn_to("present")
    await desk.more(desk.row("person", SECOND), "sign-in")
    await expect(desk.row("person", SECOND)).to_contain_text("已签到", timeout=SHOWN_MS)
    await host.turn_to("votes")
    await host.part("open-vote").click()
    await host.part("vote-question").fill("是否同意先修东门？")
    await host.part("vote-more").click()
    await host.part("vote-electors").select_option("present")
    await host.part("vote-teller-0").select_option(desk.person(HOST))
    await host.part("vote-teller-1").select_option(desk.person(FIRST))
    await host.part("vote-start").click()
    vote = await open_vote(desk.first)
    roll = host.part("vote-roll")
    await roll.locator("summary").click()
    await desk.more(roll.locator("li").filter(has_text=SECOND), "roll-claim")
    await expect(host.part("hands")).to_contain_text("1 人举手", timeout=SHOWN_MS)
    await expect(host.part("alert-count")).to_be_visible()

    async def count(number: int) -> None:
        for option, hands in enumerate((number, 0, 0)):
            await host.part(f"count-{option}").fill(str(hands))
        await host.part("count-enter").click()

    await count(1)
    await done(desk.first, CountHands(vote=vote, counts=(0, 1, 0)))
    await host.part("hands-recount").click()
    await count(1)
    await done(desk.first, CountHands(vote=vote, counts=(1, 0, 0)))
    await expect(host.part("hands-agreed")).to_be_visible(timeout=SHOWN_MS)
    await host.close_vote()
    run = host.part(f"vote-run-{vote}")
    await expect(run.get_by_test_id("vote-outcome")).to_contain_text("投出 1 张", timeout=SHOWN_MS)
    await shows(run.get_by_test_id("vote-result-0"), "data-ballots", "1")


async def test_a_comment_is_hidden_appealed_and_restored(desk: Desk) -> None:
    """The author's appeal comes to the desk, and the comment is public again."""
    host = desk.host
    text = "希望这次把主管道换掉"
    answer = await done(desk.first, PostComment(text=text))
    comment = await host.sees_comment(text)
    await desk.more(comment, "comment-hide")
    await host.part("hide-reason").select_option("off_topic")
    await host.part("reason").fill("与本项无关")
    await host.part("reason-give").click()
    await expect(host.part("comment-item").filter(has_text=text)).to_have_count(0, timeout=SHOWN_MS)
    await done(desk.first, AppealComment(comment=answer.offset, text="正是本项要谈的"))
    await host.part("alert-appeals").click()
    await host.turn_to("appeals")
    await expect(host.part("moderated")).to_contain_text("正是本项要谈的", timeout=SHOWN_MS)
    await host.part(f"restore-{answer.offset}").click()
    await expect(host.part("moderated")).to_have_count(0, timeout=SHOWN_MS)
    await host.turn_to("public")
    await desk.more(await host.sees_comment(text), "comment-pin")
    await desk.first.until(
        lambda sections: (
            sections.comments is not None
            and [one.id for one in sections.comments.pinned] == [answer.offset]
        )
    )


async def test_the_minutes_are_edited_signed_and_published(desk: Desk) -> None:
    """A conclusion is added, the revision saved, signed and published; an addendum follows."""
    host = desk.host
    await host.press("meeting-close")
    await host.state("closed")
    await host.turn_to("minutes")
    await host.part("add-conclusion-1").click()
    await host.page.locator("[data-kind=conclusion] textarea").last.fill("下月开工")
    await host.part("draft-save").click()
    await shows(host.part("draft-state"), "data-revision", "1")
    await host.part("minutes-sign").click()
    await expect(host.part("signatures")).to_contain_text(HOST, timeout=SHOWN_MS)
    await host.part("minutes-publish").click()
    await host.part("confirm-yes").click()
    await expect(host.part("minutes-published")).to_be_visible(timeout=SHOWN_MS)
    await host.part("addendum-text").fill("第二项应为选址")
    await host.part("addendum-add").click()
    await expect(host.part("addendum")).to_contain_text("第二项应为选址", timeout=SHOWN_MS)


async def open_vote(member: MeetingClient) -> int:
    """Wait for a vote; its id."""

    def is_open(sections: Sections) -> bool:
        return sections.votes is not None and any(
            vote.state == "open" for vote in sections.votes.votes
        )

    sections = await member.until(is_open)
    assert sections.votes is not None
    return next(vote.id for vote in sections.votes.votes if vote.state == "open")
