"""The host chooses the scene, and is told which is on; votes are told in measure."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from media.control import CueProgramme, SceneShown
from meetings.commands import CastBallot, OpenMeeting, OpenVote, ShowProgramme
from meetings.voting.terms import VoteRules
from tests.integration.signaling.client import connected
from tests.integration.signaling.service import (
    FAST,
    HOST,
    LI,
    MEETING,
    WANG,
    ZHAO,
    part,
    running,
)


def test_the_hosts_choice_reaches_the_programme_and_every_screen() -> None:
    """And what is on instead, while it is not there."""

    async def scenario() -> None:
        async with running() as service, connected(HOST, service.url) as host:
            await host.ask(OpenMeeting())
            service.plane.report(part(0))
            service.plane.report(SceneShown(room=MEETING, scene="room"))
            await host.shown("livestream", lambda one: one["scene"] == "room")
            await host.ask(ShowProgramme(layout="screen"))
            await host.shown("livestream", lambda one: one["layout"] == "screen")
            assert host.sections["livestream"]["scene"] == "room"
            await service.plane.until(
                lambda: service.plane.of(CueProgramme)[-1].cue.layout == "screen"
            )

    asyncio.run(scenario())


def test_ballots_that_come_together_are_told_to_the_programme_in_one() -> None:
    """The first at once, the others with the next tick of progress; the last turnout is told."""

    async def scenario() -> None:
        async with (
            running(replace(FAST, progress_tick_s=0.4)) as service,
            connected(HOST, service.url) as host,
            connected(LI, service.url) as li,
            connected(WANG, service.url) as wang,
            connected(ZHAO, service.url) as zhao,
        ):
            await host.ask(OpenMeeting())
            rules = VoteRules(kind="single")
            opened = OpenVote(
                question="同意吗", options=("是", "否"), electors="everyone", rules=rules
            )
            vote = (await host.ask(opened))["offset"]
            for person in (host, li, wang, zhao):
                await person.ask(CastBallot(vote=vote, marks=(1, 0)))

            def told() -> list[int | None]:
                cues = [step.cue.vote for step in service.plane.of(CueProgramme)]
                return [one.turnout for one in cues if one is not None]

            await service.plane.until(lambda: told()[-1:] == [4])
            assert len(told()) <= 3
            assert all(
                step.cue.vote is None or step.cue.vote.tally is None
                for step in service.plane.of(CueProgramme)
            )

    asyncio.run(scenario())
