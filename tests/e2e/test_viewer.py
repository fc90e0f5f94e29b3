"""
The resident's and the member's side of a meeting: the way in, to the floor and back, and comments.

The pages are Chromium's and the desk is a bare client, since test_desk looks at the console. Each
test leaves the meeting open, the queue empty and the rules as they were; the last one closes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, async_playwright, expect

from demo.client import MeetingClient, enter
from meetings.commands import (
    AdmitFromLobby,
    ApproveComment,
    CallFloor,
    CallOffFloor,
    CastBallot,
    CloseMeeting,
    CloseVote,
    DeclineAppeal,
    EndFloor,
    GrantFloor,
    HideComment,
    MoveAgenda,
    OpenMeeting,
    OpenVote,
    PauseFloor,
    PinComment,
    PostComment,
    RequestFloor,
    SetCommentRules,
    SetFloorRules,
    SetLobby,
    TurnAway,
    UnpauseFloor,
    WithdrawFloor,
)
from meetings.comments.events import CommentRules
from meetings.floor.rulebook import FloorRules
from meetings.voting.sections import VoteView
from signaling.wire.frames import Refusal, Sections
from tests.fixtures.browsers import launch, new_page, sent
from tests.fixtures.desk import done
from tests.fixtures.people import SHOWN_MS, Person, Viewer, shows
from tests.fixtures.service import Meeting, Service
from tests.fixtures.waiting import only_viewer, running, sends, until

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

HOST, OFFICIAL, RESIDENT = "王秀兰", "陈建国", "刘桂芳"
AGENDA = "雨季积水治理"
SEEN_S = 30.0


@dataclass(frozen=True)
class Yard:
    """The meeting: a host on a socket, an official on a socket, a resident on a phone."""

    service: Service
    meeting: Meeting
    browser: Browser
    host: MeetingClient
    official: MeetingClient
    phone: Viewer
    resident: str
    """The resident's person id."""

    @property
    def official_id(self) -> str:
        """The official's person id."""
        return self.meeting.people[OFFICIAL].person

    async def sees(self, holds: Callable[[Sections], bool]) -> Sections:
        """Wait until the host's sections are such."""
        async with asyncio.timeout(SEEN_S):
            return await self.host.until(holds)

    async def another_phone(self) -> Viewer:
        """A phone that was never here."""
        return Viewer(await new_page(self.browser, width=390, height=844))

    async def official_page(self) -> Person:
        """The official at a laptop, before the device check."""
        person = Person(await new_page(self.browser, width=1280, height=800))
        await person.page.goto(self.meeting.link(OFFICIAL))
        return person


@pytest.fixture(scope="module")
async def yard(service: Service) -> AsyncIterator[Yard]:
    """An open meeting; no page threw anything up to its end."""
    meeting = service.new_meeting(
        "幸福里院子里的会", host=HOST, participants=[OFFICIAL], agenda=[AGENDA]
    )
    host = MeetingClient(service.url, meeting.people[HOST].token)
    official = MeetingClient(service.url, meeting.people[OFFICIAL].token)
    async with async_playwright() as playwright, running(host, official):
        browser = await launch(playwright)
        await done(host, OpenMeeting())
        phone = Viewer(await new_page(browser, width=390, height=844))
        await phone.enter(meeting.viewers_link, RESIDENT)
        async with asyncio.timeout(SEEN_S):
            resident = await only_viewer(host)
        yield Yard(service, meeting, browser, host, official, phone, resident)
        assert phone.faults == []
        await browser.close()


# --- asking for the floor


async def test_a_hand_has_a_kind_a_side_and_a_reason(yard: Yard) -> None:
    """
    The side is asked where the rules go by it; the own place says why it is behind; a point of
    order may be asked for besides, goes first, and both are withdrawn together.
    """
    phone = yard.phone
    await done(yard.host, SetFloorRules(rules=FloorRules(order=("alternate_side",))))
    await done(yard.official, RequestFloor(kind="point_of_order"))
    await phone.part("ask-floor").click()
    await phone.part("ask-side-against").check()
    await phone.part("ask-floor-about").fill("反对先修西门")
    await phone.part("ask-floor-send").click()
    await shows(phone.part("floor-position"), "data-position", "2")
    await expect(phone.part("floor-why")).to_have_text("排在后面：前一位是程序问题")
    await phone.part("tab-floor").click()
    await shows(phone.part("queue-rules"), "data-mode", "open")
    await expect(phone.part("queue-rules")).to_contain_text("赞成、反对轮流")
    own = phone.part("queue-item").nth(1)
    await shows(own, "data-person", yard.resident)
    await expect(own).to_contain_text("反对方")
    sections = await yard.sees(lambda s: s.floor is not None and s.floor.waiting == 2)
    assert sections.floor is not None
    assert sections.floor.queue[1].about == "反对先修西门"

    await done(yard.official, WithdrawFloor())
    await shows(phone.part("floor-position"), "data-position", "1")
    await phone.part("ask-floor-more").click()
    await expect(phone.part("ask-kind-speech")).to_have_count(0)
    await phone.part("ask-kind-point_of_order").check()
    await phone.part("ask-floor-send").click()
    await yard.sees(lambda s: s.floor is not None and s.floor.waiting == 2)
    await expect(phone.part("ask-floor-more")).to_have_count(0, timeout=SHOWN_MS)
    await phone.part("withdraw-floor").click()
    await expect(phone.part("ask-floor")).to_be_enabled(timeout=SHOWN_MS)
    await yard.sees(lambda s: s.floor is not None and s.floor.waiting == 0)
    await done(yard.host, SetFloorRules(rules=None))
    await phone.part("tab-comments").click()


# --- the green room


async def test_from_the_livestream_to_the_floor_and_back(yard: Yard) -> None:
    """
    Called: the devices are tried while the livestream goes on. Ready: the phone says who is next,
    and a member gets nothing of it. Granted: seen at once. Afterwards it is a livestream again.
    """
    phone = yard.phone
    member = await yard.official_page()
    await member.join_link()
    await shows(member.part("video-stage"), "data-state", "connected")
    await phone.page.evaluate("window.stays = true")
    await phone.ask_floor("想说说二号楼")
    await done(yard.host, CallFloor(person=yard.resident))
    await expect(phone.part("device-preview")).to_be_visible(timeout=SHOWN_MS)
    await expect(phone.part("device-camera")).to_be_visible()
    await expect(phone.part("livestream")).to_have_count(1)
    await phone.part("green-ready").click()
    await shows(phone.part("green-room"), "data-prepared", "devices")
    await expect(phone.part("green-words")).to_have_text("下一位就是您")
    await yard.sees(lambda s: s.floor is not None and [c.ready for c in s.floor.called] == [True])
    await until(lambda: sent(phone.page), SEEN_S, "pictures leave the phone")
    assert (await member.heard(yard.resident, "video")).packets == 0

    await done(yard.host, GrantFloor(person=yard.resident))
    await expect(phone.part("video-stage")).to_be_visible(timeout=SHOWN_MS)
    await member.sees(yard.resident, 3)
    clock = phone.page.locator("[data-clock]")
    await shows(clock, "data-clock", "left")
    await done(yard.host, PauseFloor())
    await shows(clock, "data-clock", "paused")
    await expect(phone.part("mic-words")).to_contain_text("暂停")
    await done(yard.host, UnpauseFloor())
    await shows(clock, "data-clock", "left")
    await phone.yield_floor()
    await expect(phone.part("livestream")).to_be_visible(timeout=SHOWN_MS)
    await expect(phone.part("ask-floor")).to_be_enabled(timeout=SHOWN_MS)
    assert await phone.page.evaluate("window.stays") is True
    assert member.faults == []
    await member.page.context.close()


async def test_who_would_rather_not_has_it_read_out(yard: Yard) -> None:
    """The desk gets the text, the floor is the resident's, and no device is used."""
    phone, text = yard.phone, "二号楼地下室每逢大雨进水"
    await phone.ask_floor("")
    await done(yard.host, CallFloor(person=yard.resident))
    await phone.part("green-write").click()
    await phone.part("speech-text-input").fill(text)
    await phone.part("speech-text-give").click()
    await shows(phone.part("green-room"), "data-prepared", "text")
    await yard.sees(lambda s: s.floor is not None and [c.text for c in s.floor.called] == [text])
    await done(yard.host, GrantFloor(person=yard.resident))
    await expect(phone.page.get_by_text("主持人正在念您写的话")).to_be_visible(timeout=SHOWN_MS)
    await expect(phone.part("granted-both")).to_have_count(0)
    await expect(phone.part("video-stage")).to_have_count(0)
    await done(yard.host, EndFloor())
    await expect(phone.part("ask-floor")).to_be_enabled(timeout=SHOWN_MS)


async def test_a_call_that_is_taken_back_says_so(yard: Yard) -> None:
    """The hand stays up; declining lowers it."""
    phone = yard.phone
    await phone.ask_floor("")
    await done(yard.host, CallFloor(person=yard.resident))
    await expect(phone.part("green-ready")).to_be_visible(timeout=SHOWN_MS)
    await done(yard.host, CallOffFloor(person=yard.resident))
    await expect(phone.page.get_by_text("请您再等一等")).to_be_visible(timeout=SHOWN_MS)
    await shows(phone.part("floor-position"), "data-position", "1")
    await done(yard.host, CallFloor(person=yard.resident))
    await phone.part("green-decline").click()
    await expect(phone.part("ask-floor")).to_be_enabled(timeout=SHOWN_MS)
    await yard.sees(lambda s: s.floor is not None and not s.floor.called and not s.floor.queue)


# --- the way in


async def test_the_lobby_says_why_one_waits_and_opens_by_itself(yard: Yard) -> None:
    """Turned away with the reason in words; let in after all without loading the page again."""
    await done(yard.host, SetLobby(on=True, viewers=True))
    late = await yard.another_phone()
    await late.page.goto(yard.meeting.viewers_link)
    await late.part("entry-name").fill("周大爷")
    await late.part("entry-submit").click()
    await shows(late.part("lobby"), "data-state", "waiting")
    await late.page.evaluate("window.stays = true")
    sections = await yard.sees(lambda s: s.people is not None and s.people.lobby.waiting == 1)
    assert sections.people is not None
    person = sections.people.lobby.listed[0].id
    await done(yard.host, TurnAway(persons=(person,), reason="只限本院居民"))
    await shows(late.part("lobby"), "data-state", "turned_away")
    await expect(late.part("lobby-reason")).to_contain_text("只限本院居民")
    await done(yard.host, AdmitFromLobby(persons=(person,)))
    await expect(late.part("viewer-page")).to_be_visible(timeout=SHOWN_MS)
    assert await late.page.evaluate("window.stays") is True
    await done(yard.host, SetLobby(on=False))
    assert late.faults == []
    await late.page.context.close()


async def test_who_is_in_the_room_signs_in_by_the_code_on_the_display(yard: Yard) -> None:
    """A wrong code is refused in words; with the right one the phone is silent until one leaves."""
    phone = yard.phone
    display = Person(await new_page(yard.browser, width=1280, height=720))
    await display.page.goto(yard.meeting.link("display"))
    await display.part("display-start").click()
    shown = display.part("display-check-in").locator("strong")
    await expect(shown).to_be_visible(timeout=SHOWN_MS)
    code = await shown.inner_text()
    await phone.part("tab-floor").click()
    await phone.part("check-in-open").click()
    await phone.part("check-in-code").fill("0000" if code != "0000" else "1111")
    await phone.part("check-in-send").click()
    await expect(phone.page.get_by_text("签到码不对")).to_be_visible(timeout=SHOWN_MS)
    await phone.part("check-in-code").fill(await shown.inner_text())
    await phone.part("check-in-send").click()
    await shows(phone.part("check-in"), "data-place", "room")
    await expect(phone.part("livestream-unmute")).to_have_count(0)
    await yard.sees(
        lambda s: (
            s.people is not None
            and any(one.id == yard.resident and one.signed_in for one in s.people.viewers_listed)
        )
    )
    await phone.part("check-out").click()
    await shows(phone.part("check-in"), "data-place", "online")
    await phone.part("tab-comments").click()
    assert display.faults == []
    await display.page.context.close()


async def test_a_second_device_accompanies_or_takes_over(yard: Yard) -> None:
    """As a companion it has no link, and the first keeps it; taking over, the first makes way."""
    laptop = await yard.official_page()
    await laptop.join_link()
    await shows(laptop.part("video-stage"), "data-state", "connected")
    tablet = await yard.official_page()
    await tablet.part("companion-join").click()
    await expect(tablet.part("companion")).to_be_visible(timeout=SHOWN_MS)
    await expect(tablet.part("video-stage")).to_have_count(0)
    await tablet.part("tab-comments").click()
    await tablet.comment("我在平板上看议程")
    await shows(laptop.part("video-stage"), "data-state", "connected")
    sections = await yard.sees(sends(yard.official_id))
    assert sections.people is not None
    assert [one.name for one in sections.people.members].count(OFFICIAL) == 1

    await tablet.part("companion-take").click()
    await tablet.join_link()
    await shows(tablet.part("video-stage"), "data-state", "connected")
    await expect(laptop.part("link-moved")).to_be_visible(timeout=SHOWN_MS)
    assert [*laptop.faults, *tablet.faults] == []
    await laptop.page.context.close()
    await tablet.page.context.close()


# --- comments


async def test_comments_are_replied_to_addressed_liked_and_sorted(yard: Yard) -> None:
    """A reply quotes, a question names whom it asks, a like is given and taken back."""
    phone, text = yard.phone, "排水管什么时候换？"
    answer = await done(yard.official, PostComment(text=text))
    await phone.sees_comment(text)
    await phone.part(f"reply-{answer.offset}").click()
    await phone.part("comment-input").fill("希望赶在雨季前")
    await phone.part("comment-question").select_option(yard.official_id)
    await phone.part("comment-send").click()
    reply = await phone.sees_comment("希望赶在雨季前")
    await expect(reply.get_by_test_id("comment-quote")).to_contain_text(text)
    await expect(reply).to_contain_text(f"问：{OFFICIAL}")
    await phone.part("sort-questions").click()
    await expect(phone.part("comment-item")).to_have_count(1)
    await phone.part("sort-top").click()
    await expect(phone.part("comment-item")).to_have_count(0)
    await phone.part("sort-latest").click()
    like = phone.part(f"like-{answer.offset}")
    await like.click()
    await shows(like, "aria-pressed", "true")
    await phone.part("sort-top").click()
    await shows(phone.part("comment-item"), "data-comment", str(answer.offset))
    await like.click()
    await expect(phone.part("comment-item")).to_have_count(0, timeout=SHOWN_MS)
    await phone.part("sort-latest").click()
    await done(yard.host, PinComment(comment=answer.offset))
    await expect(phone.part("comment-item").first).to_contain_text("置顶", timeout=SHOWN_MS)


async def test_what_the_rules_leave_is_shown_before_it_is_refused(yard: Yard) -> None:
    """The wait between two comments counts down; the last one is announced; then none is left."""
    phone = yard.phone
    sections = await yard.sees(lambda s: s.comments is not None)
    assert sections.comments is not None
    rules = sections.comments.rules
    await done(yard.host, SetCommentRules(rules=CommentRules(slow_s=600, per_person_max=3)))
    await phone.part("comment-input").fill("再说一句")
    await expect(phone.part("comment-send")).to_be_disabled(timeout=SHOWN_MS)
    await expect(phone.part("comment-send")).to_contain_text("秒后可发")
    before = int(await phone.part("comment-send").get_attribute("data-wait") or 0)
    assert 500 < before <= 600
    await expect(phone.part("comment-send")).not_to_have_attribute("data-wait", str(before))
    await expect(phone.part("comment-left")).to_have_text("还可发 2 条")
    await done(yard.host, SetCommentRules(rules=CommentRules(per_person_max=1)))
    await expect(phone.part("comment-none-left")).to_be_visible(timeout=SHOWN_MS)
    await done(yard.host, SetCommentRules(rules=CommentRules(moderation="off")))
    await expect(phone.part("comment-off")).to_be_visible(timeout=SHOWN_MS)
    await done(yard.host, SetCommentRules(rules=rules))
    await expect(phone.part("comment-input")).to_be_visible(timeout=SHOWN_MS)


async def test_an_author_sees_what_became_of_a_comment(yard: Yard) -> None:
    """It waits for approval; hidden, it says why; an appeal is heard, and its outcome is told."""
    phone, text = yard.phone, "物业收了钱不办事"
    sections = await yard.sees(lambda s: s.comments is not None)
    assert sections.comments is not None
    rules = sections.comments.rules
    await done(yard.host, SetCommentRules(rules=CommentRules(moderation="pre")))
    await phone.part("comment-input").fill(text)
    await expect(phone.page.get_by_text("先审核，再显示")).to_be_visible(timeout=SHOWN_MS)
    await phone.part("comment-send").click()
    own = phone.part("own-comment")
    await shows(own, "data-state", "waiting")
    await expect(phone.part("comments-withheld")).to_contain_text("1 条等待审核")
    waiting = await yard.sees(lambda s: s.comments is not None and s.comments.waiting == 1)
    assert waiting.comments is not None
    assert waiting.comments.desk is not None
    comment = waiting.comments.desk.waiting[0].id
    await done(yard.host, ApproveComment(comment=comment))
    await phone.sees_comment(text)
    await expect(own).to_have_count(0)
    await done(yard.host, HideComment(comment=comment, reason="untrue", note="请附上凭据"))
    await shows(own, "data-state", "hidden")
    await expect(own).to_contain_text("内容不实")
    await expect(own).to_contain_text("请附上凭据")
    await expect(phone.part("comments-withheld")).to_contain_text("已隐藏 1 条（内容不实 1）")
    await phone.part(f"appeal-{comment}").click()
    await phone.part("appeal-text").fill("收据在我手里")
    await phone.part("appeal-send").click()
    await shows(own, "data-appeal", "open")
    await done(yard.host, DeclineAppeal(comment=comment, note="收据不是这件事的"))
    await shows(own, "data-appeal", "declined")
    await expect(own).to_contain_text("收据不是这件事的")
    await done(yard.host, SetCommentRules(rules=rules))


# --- stream time


async def test_a_vote_closes_when_the_livestream_shows_it(yard: Yard) -> None:
    """
    Whoever is behind still votes after the close, and counts; nobody is told a tally meanwhile. A
    ballot that comes when the grace is over is refused, whatever it says.
    """
    phone, url = yard.phone, yard.service.url
    neighbour = MeetingClient(url, (await enter(url, yard.meeting.room, "赵大爷"))["token"])
    await phone.watches(0.2)
    opened = await done(yard.host, OpenVote(question="先修西门吗？", options=("先修", "不急")))
    async with running(neighbour):
        await phone.part("vote-option-0").check(timeout=SHOWN_MS)
        # From here on the phone sees the moment before the close, as on a line that is behind.
        await phone.part("livestream-video").evaluate("video => video.pause()")
        await done(yard.host, CloseVote(vote=opened.offset))
        late = await yard.sees(lambda s: votes_of(s)[0].late_until_ms is not None)
        assert votes_of(late)[0].tally is None
        await phone.part("vote-cast").click()
        await phone.has_receipt()
        ended = await yard.sees(lambda s: votes_of(s)[0].state == "closed")
        assert votes_of(ended)[0].tally == (1, 0)
        said_ms = (votes_of(ended)[0].until_ms or 0) - 1
        refused = await neighbour.ask(CastBallot(vote=opened.offset, marks=(0, 1), at_ms=said_ms))
        assert isinstance(refused, Refusal)
        assert refused.code == "vote.closed"
    await phone.part("livestream-video").evaluate("video => video.play()")
    await shows(phone.part(f"vote-card-{opened.offset}"), "data-state", "closed")
    await phone.sees_result((1, 0))


# --- the recording


async def test_a_link_of_the_minutes_opens_the_recording_at_its_moment(yard: Yard) -> None:
    """Without a name; who was there has a list besides, each line of which leads to its moment."""
    phone = yard.phone
    await done(yard.host, MoveAgenda(item=1))
    await done(yard.host, GrantFloor(person=yard.official_id))
    await done(yard.host, CloseMeeting())
    await phone.recording_s()
    sections = await yard.sees(lambda s: s.meeting is not None and s.meeting.state == "closed")
    assert sections.meeting is not None
    assert sections.agenda is not None
    opened, closed = sections.meeting.opened_ms, sections.meeting.closed_ms
    started = sections.agenda.items[0].started_ms
    assert opened is not None
    assert closed is not None
    assert started is not None
    middle = (opened + closed) // 2
    reader = await yard.another_phone()
    await reader.page.goto(f"{yard.meeting.viewers_link}?meeting={yard.meeting.id}&at={middle}")
    await expect(reader.part("recording-page")).to_be_visible(timeout=SHOWN_MS)
    await reader.watches(0.5)
    assert abs(await reader.position() - (middle - opened) / 1000) < 5
    await whatever_was_said_is_replayed(reader, opened)
    assert reader.faults == []
    await reader.page.context.close()

    speech = phone.part("moment").filter(has_text=OFFICIAL)
    await expect(speech.last).to_be_visible(timeout=SHOWN_MS)
    await phone.part("moment").filter(has_text=AGENDA).click()
    await shows(phone.part("moment").filter(has_text=AGENDA), "data-at", str(started))
    await phone.watches(0.2)
    assert abs(await phone.position() - (started - opened) / 1000) < 5


async def whatever_was_said_is_replayed(reader: Viewer, opened_ms: int) -> None:
    """Where it happened; the list follows until its reader scrolls, and each line leads there."""
    await expect(reader.part("replay-mark").first).to_be_attached()
    await reader.part("tab-replay").click()
    await shows(reader.part("replay-list"), "data-follows", "true")
    await reader.page.get_by_role("log").hover()
    await reader.page.mouse.wheel(0, -200)
    await shows(reader.part("replay-list"), "data-follows", "false")
    said = reader.part("replay-comment")
    await expect(said.filter(has_text="希望赶在雨季前")).to_be_visible()
    await expect(said.filter(has_text="物业收了钱不办事")).to_have_count(0)
    result = reader.part("replay-result").filter(has_text="先修西门吗？")
    told_ms = int(await result.get_attribute("data-at") or 0)
    await result.get_by_role("button").click()
    await shows(reader.part("replay-list"), "data-follows", "true")
    await reader.watches(0.2)
    assert abs(await reader.position() - (told_ms - opened_ms) / 1000) < 5
    await expect(result).to_be_visible(timeout=SHOWN_MS)
    await expect(result.get_by_test_id("vote-result-0")).to_have_attribute("data-ballots", "1")


def votes_of(sections: Sections) -> tuple[VoteView, ...]:
    """Newest first."""
    return () if sections.votes is None else sections.votes.votes
