"""Processes are killed; what was acknowledged stays, and everybody comes back by themselves."""

from __future__ import annotations

import asyncio

import pytest

from demo.camera import Camera
from demo.client import MeetingClient, enter
from meetings.commands import (
    CastBallot,
    GrantFloor,
    OpenMeeting,
    OpenVote,
    PostComment,
    RequestFloor,
)
from signaling.wire.frames import Result, Sections
from tests.fixtures.links import Received, WatchLink
from tests.fixtures.service import Service
from tests.fixtures.waiting import running

pytestmark = pytest.mark.anyio


@pytest.mark.nightly
async def test_a_killed_service_loses_nothing_that_it_acknowledged(own_service: Service) -> None:
    """
    SIGKILL while people comment and vote; the same folder is served again.

    Every comment and the ballot stand exactly once, the hand is still raised, the clients are back
    without being told, and the meeting goes on.
    """
    service = own_service
    meeting = service.new_meeting("断电", host="主持人", participants=["甲", "乙"], agenda=["议题"])
    host = MeetingClient(service.url, meeting.people["主持人"].token)
    member = MeetingClient(service.url, meeting.people["甲"].token)
    entered = await enter(service.url, meeting.room, "居民")
    viewer = MeetingClient(service.url, entered["token"])
    acknowledged: list[str] = []

    async def comment_on() -> None:
        for number in range(25):
            text = f"第{number}条"
            answer = await viewer.ask(PostComment(text=text))
            if isinstance(answer, Result):
                acknowledged.append(text)
            await asyncio.sleep(0.1)

    async with asyncio.timeout(60), running(host, member, viewer):
        await host.ask(OpenMeeting())
        vote = await host.ask(OpenVote(question="同意吗？", options=("同意", "不同意")))
        assert isinstance(vote, Result)
        await member.ask(RequestFloor(about="想说两句"))
        commenting = asyncio.create_task(comment_on())
        await host.until(lambda s: s.comments is not None and s.comments.total >= 3)
        ballot = asyncio.create_task(
            viewer.ask(CastBallot(vote=vote.offset, marks=(1, 0)), command_id="the-one-ballot")
        )
        await asyncio.to_thread(service.kill)
        await asyncio.to_thread(service.start)
        assert isinstance(await ballot, Result)
        again = await viewer.ask(
            CastBallot(vote=vote.offset, marks=(1, 0)), command_id="the-one-ballot"
        )
        assert again == await ballot
        await commenting

        sections = await host.until(
            lambda s: s.comments is not None and s.comments.total >= len(acknowledged)
        )
        assert sections.comments is not None
        texts = [comment.text for comment in sections.comments.latest]
        assert texts == acknowledged
        sections = await host.until(lambda s: s.votes is not None and s.votes.votes[0].cast == 1)
        assert sections.floor is not None
        assert [waiting.name for waiting in sections.floor.queue] == ["甲"]
        granted = await host.ask(GrantFloor(person=meeting.people["甲"].person))
        assert isinstance(granted, Result)
        await member.until(lambda s: s.me is not None and s.me.holding)


@pytest.mark.nightly
async def test_a_killed_media_process_is_replaced_and_links_come_back(
    own_service: Service,
) -> None:
    """SIGKILL to the forwarder: sound and pictures of the floor's holder arrive again."""
    service = own_service
    meeting = service.new_meeting("转发", host="主持人", participants=["甲", "乙"], agenda=["议题"])
    speaker = meeting.people["甲"]
    camera = Camera(service.url, speaker.token, "official", "单位")
    watcher = WatchLink(service.url, meeting.people["乙"].token)
    host = MeetingClient(service.url, meeting.people["主持人"].token)

    def heard_and_seen(received: Received) -> bool:
        return received[speaker.person, "audio"] >= 50 and received[speaker.person, "video"] >= 30

    def live(sections: Sections) -> bool:
        return sections.livestream is not None and sections.livestream.state == "live"

    def not_live(sections: Sections) -> bool:
        return not live(sections)

    async with asyncio.timeout(90), running(camera, watcher, host):
        await host.ask(OpenMeeting())
        await host.ask(GrantFloor(person=speaker.person, seconds=300))
        await watcher.until_received(heard_and_seen, 20.0, "sound and pictures")
        await host.until(live)
        killed = await asyncio.to_thread(service.kill_media)
        await host.until(not_live)
        await host.until(live)
        assert await asyncio.to_thread(service.media_pid) != killed
        await watcher.until_received(heard_and_seen, 30.0, "sound and pictures again")
