"""Passing the programme on: the record tells to whom, and knows no address."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings.push.rules import PLATFORMS_MAX
from meetings.refusals import Code
from tests.unit.meetings.given import HOST, OPEN, given, meeting

STARTED = ev.PushStarted(platform="市电视台")


def test_a_platform_is_started_once_and_stopped_once() -> None:
    start, stop = cmd.StartPush(platform="市电视台"), cmd.StopPush(platform="市电视台")
    given(*OPEN).when(HOST, start).then(STARTED)
    given(*OPEN, STARTED).when(HOST, start).then()
    given(*OPEN, STARTED).when(HOST, stop).then(ev.PushStopped(platform="市电视台"))
    given(*OPEN).when(HOST, stop).then()
    stopped = ev.PushStopped(platform="市电视台")
    assert meeting(*OPEN, STARTED, stopped, STARTED).pushed == ("市电视台",)


def test_it_goes_to_so_many_at_a_time() -> None:
    some = [ev.PushStarted(platform=f"平台{n}") for n in range(PLATFORMS_MAX)]
    given(*OPEN, *some[1:]).when(HOST, cmd.StartPush(platform="市电视台")).then(STARTED)
    another = cmd.StartPush(platform="市电视台")
    given(*OPEN, *some).when(HOST, another).refused(Code.PUSH_TOO_MANY)
