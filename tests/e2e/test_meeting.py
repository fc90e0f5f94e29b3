"""
One hybrid meeting in real browsers, from its opening to the minutes.

The stage is set once. Each test finds the meeting open with everybody in it and the floor free, and
leaves it so, but for the last one, which closes it.
"""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import async_playwright, expect

from demo.client import MeetingClient
from meetings.commands import CastBallot
from meetings.refusals import Code
from signaling.wire.frames import Refusal
from tests.fixtures.browsers import new_page
from tests.fixtures.line import Line
from tests.fixtures.people import SHOWN_MS, Person, Viewer, shows
from tests.fixtures.service import Service, served
from tests.fixtures.stage import AGENDA, HOST, OFFICIAL, RESIDENT, TITLE, Stage, set_stage
from tests.fixtures.waiting import running

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

QUESTION = "是否同意下月开工改造排水管道？"


@pytest.fixture(scope="module")
def stage_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service for this file, since it is killed on the way."""
    yield from served(tmp_path_factory.mktemp("stage"))


@pytest.fixture(scope="module")
async def whole_stage(stage_service: Service) -> AsyncIterator[Stage]:
    """The meeting with everybody in it; no page threw anything up to its end."""
    async with async_playwright() as playwright, set_stage(stage_service, playwright) as stage:
        yield stage
        for person in (stage.host, stage.official, stage.viewer):
            assert person.faults == []


@pytest.fixture
async def stage(whole_stage: Stage) -> AsyncIterator[Stage]:
    """The stage for one test."""
    yield whole_stage
    await whole_stage.tidy()


async def test_everybody_sees_the_others(stage: Stage) -> None:
    """Host and official decode each other and the room; the resident's livestream runs."""
    await stage.host.sees(stage.person("room"))
    await stage.host.sees(stage.person(OFFICIAL))
    await stage.official.sees(stage.person("room"))
    await stage.official.sees(stage.person(HOST))
    await stage.viewer.watches()
    await stage.shows_room()


async def test_the_room_is_heard_and_who_lacks_the_floor_is_not(stage: Stage) -> None:
    """The room's line is played; not a packet of sound comes from the official or the host."""
    await stage.official.hears(stage.person("room"))
    await stage.host.sees(stage.person(OFFICIAL), 30)
    assert (await stage.host.heard(stage.person(OFFICIAL), "audio")).packets == 0
    assert (await stage.official.heard(stage.person(HOST), "audio")).packets == 0


async def test_the_floor_moves_sound_picture_and_livestream(stage: Stage) -> None:
    """Asked for, granted, yielded: heard and large for everybody, and then neither any more."""
    official = stage.person(OFFICIAL)
    display = Person(await new_page(stage.host_browser, width=1280, height=720))
    await display.page.goto(stage.meeting.link("display"))
    await display.part("display-start").click()

    await stage.official.ask_floor("回应排水管道改造的工期")
    await stage.host.grant(official)
    await stage.official.sees_holder(official)
    await stage.host.hears(official)
    await display.hears(official)
    tile = display.part("video-tile").and_(display.page.locator(f'[data-person="{official}"]'))
    await shows(tile, "data-large", "true")
    await stage.shows_official()

    # The host has the room shown, then both, and then lets the picture follow the meeting again.
    on_air = stage.host.part("programme-scenes")
    await stage.host.turn_to("room")
    await stage.host.press("scene-room")
    await stage.shows_room()
    await shows(on_air, "data-scene", "room")
    await stage.host.press("scene-two")
    await shows(on_air, "data-scene", "two")
    await stage.host.press("scene-auto")
    await shows(on_air, "data-scene", "speaker")
    await stage.shows_official()
    await stage.host.turn_to("agenda")

    await stage.official.yield_floor()
    await stage.host.sees_holder("")
    await stage.host.hears_no_more_of(official)
    await stage.shows_room()
    await display.page.context.close()


async def test_a_resident_is_brought_on_video(stage: Stage) -> None:
    """A viewer who is granted the floor is seen and heard, and is a viewer again afterwards."""
    token = await _viewer_token(stage)
    viewer = MeetingClient(stage.service.url, token)
    async with asyncio.timeout(60), running(viewer):
        sections = await viewer.until(lambda s: s.me is not None)
        assert sections.me is not None
        resident = sections.me.person
    await stage.viewer.ask_floor("想说说二号楼的情况")
    await stage.host.grant(resident)
    await stage.viewer.part("granted-both").click()
    await stage.host.sees(resident)
    await stage.host.hears(resident)
    await stage.viewer.sees(stage.person("room"))
    await stage.viewer.yield_floor()
    await stage.host.sees_holder("")
    await stage.viewer.watches()


async def test_comments_and_likes_show_everywhere(stage: Stage) -> None:
    """A resident's comment reaches all pages, and so do two people's likes."""
    text = "希望这次把主管道换掉"
    await stage.viewer.comment(text)
    await stage.official.part("tab-comments").click()
    await stage.host.like(text)
    await stage.official.like(text)
    for person in (stage.host, stage.official, stage.viewer):
        await person.sees_likes(text, 2)


async def test_a_repeated_ballot_counts_once(stage: Stage) -> None:
    """
    The ballot's own frame is sent again, and the same person tries another from a second device:
    the first is answered as before, the second is refused, and the result counts one.
    """
    await stage.host.open_vote(QUESTION)
    await stage.viewer.vote(0)
    await stage.viewer.page.evaluate("window.repeatBallot()")
    second = MeetingClient(stage.service.url, await _viewer_token(stage))
    async with asyncio.timeout(30), running(second):
        sections = await second.until(lambda s: s.votes is not None and len(s.votes.votes) > 0)
        assert sections.votes is not None
        vote = sections.votes.votes[0]
        answer = await second.ask(CastBallot(vote=vote.id, marks=(0, 1, 0)))
        assert isinstance(answer, Refusal)
        assert answer.code == Code.VOTE_ALREADY_CAST
    await stage.official.vote(0)
    await stage.viewer.page.evaluate("window.repeatBallot()")
    await stage.host.close_vote()
    for person in (stage.host, stage.official, stage.viewer):
        await person.sees_result((2, 0, 0))


async def test_a_page_that_is_reloaded_is_where_it_was(stage: Stage) -> None:
    """The resident is back without a question asked; the official after joining the link again."""
    await stage.viewer.page.reload()
    await stage.viewer.is_connected()
    await stage.viewer.sees_comment("希望这次把主管道换掉")
    await stage.viewer.watches()
    await stage.official.page.reload()
    await stage.official.join_link()
    await stage.official.sees(stage.person("room"))
    await stage.host.sees(stage.person(OFFICIAL))


async def test_a_page_survives_a_broken_network(stage: Stage) -> None:
    """What happened meanwhile is there afterwards, and so is what the person wrote meanwhile."""
    async with Line(stage.service.port) as line:
        away = Viewer(await new_page(stage.phone, width=390, height=844))
        await away.enter(f"{line.url}/r/{stage.meeting.room}", "路上的居民")
        line.cut()
        await expect(away.part("connection")).not_to_have_attribute(
            "data-state", "open", timeout=SHOWN_MS
        )
        await stage.host.comment("网络中断时的评论")
        await away.part("comment-input").fill("中断时写下的话")
        await away.part("comment-send").click()
        line.mend()
        await away.is_connected()
        await away.sees_comment("网络中断时的评论")
        await stage.host.sees_comment("中断时写下的话")
        assert away.faults == []
        await away.page.context.close()


async def test_a_killed_media_process_is_replaced_behind_the_pages(stage: Stage) -> None:
    """SIGKILL to the forwarder: links and livestream are back without anybody doing anything."""
    await asyncio.to_thread(stage.service.kill_media)
    await stage.official.sees(stage.person("room"))
    await stage.host.sees(stage.person(OFFICIAL))
    await stage.viewer.watches()
    await stage.shows_room()


async def test_a_killed_service_comes_back_behind_the_pages(stage: Stage) -> None:
    """SIGKILL to the service, started again on its folder: the meeting goes on where it was."""
    await stage.host.turn_to("agenda")
    await stage.host.part("agenda-move-1").click()
    await shows(stage.host.part("agenda-item-1"), "data-state", "current")
    await stage.official.ask_floor("补充一点")
    await asyncio.to_thread(stage.service.kill)
    await asyncio.to_thread(stage.service.start)
    for person in (stage.host, stage.official, stage.viewer):
        await person.is_connected()
    await shows(stage.host.part("agenda-item-1"), "data-state", "current")
    await stage.official.sees(stage.person("room"))
    await stage.viewer.comment("服务恢复了")
    await stage.host.sees_comment("服务恢复了")
    await stage.viewer.watches()
    await stage.shows_room()
    await stage.host.grant(stage.person(OFFICIAL))
    await stage.host.hears(stage.person(OFFICIAL))
    await stage.shows_official()
    await stage.official.yield_floor()
    await stage.host.sees_holder("")


async def test_recess_shows_a_card_and_stops_the_room_s_sound(stage: Stage) -> None:
    """In recess no sound of the room is let through; afterwards it is again."""
    room = stage.person("room")
    await stage.host.press("meeting-recess")
    await stage.official.state("recess")
    await stage.official.hears_no_more_of(room)
    await stage.host.press("meeting-resume")
    await stage.viewer.state("open")
    await stage.official.hears(room)
    await stage.shows_room()


async def test_after_the_meeting_recording_and_minutes_tell_what_happened(stage: Stage) -> None:
    """The recording plays from its start; HTML and DOCX name people, speeches, votes, comments."""
    await stage.host.press("meeting-close")
    for person in (stage.host, stage.official, stage.viewer):
        await person.state("closed")
    assert await stage.viewer.recording_s() > 20
    assert await stage.viewer.replays() < 5

    path = f"/api/meetings/{stage.meeting.id}/minutes"
    token = await _viewer_token(stage)
    status, _ = await asyncio.to_thread(stage.service.get, f"{path}/record.html", token)
    assert status == 403
    await asyncio.to_thread(_publish, stage, path)
    status, html = await asyncio.to_thread(stage.service.get, f"{path}/record.html", token)
    assert status == 200
    status, docx = await asyncio.to_thread(stage.service.get, f"{path}/record.docx", token)
    assert status == 200
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        words = archive.read("word/document.xml").decode()
    for text in (html.decode(), words):
        for said in (TITLE, HOST, OFFICIAL, RESIDENT, *AGENDA, QUESTION, "希望这次把主管道换掉"):
            assert said in text, said
    status, _ = await asyncio.to_thread(stage.service.get, f"{path}/record.html", "forged")
    assert status in {401, 403}


def _publish(stage: Stage, path: str) -> None:
    """The host saves the draft that the record gives, signs and publishes it."""
    token = stage.meeting.people[HOST].token
    _, drafted = stage.service.get(f"{path}/draft", token)
    body: object = {"revision": 0, "draft": json.loads(drafted)["draft"]}
    status, saved = stage.service.ask("PUT", f"{path}/draft", token, body)
    assert status == 200, saved
    for step in ("sign", "publish"):
        status, done = stage.service.ask("POST", f"{path}/{step}", token, json.loads(saved))
        assert status == 200, done


async def _viewer_token(stage: Stage) -> str:
    key = f"yishi.person.{stage.meeting.room}"
    token = await stage.viewer.page.evaluate(
        "key => JSON.parse(localStorage.getItem(key)).token", key
    )
    assert isinstance(token, str)
    return token
