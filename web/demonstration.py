"""`yishi demo`: a meeting is made in the running service, and the demonstration's people come."""

from __future__ import annotations

import asyncio
import secrets
import time

from demo import run, seed
from meetings.commands import CloseMeeting, Command, OpenMeeting
from meetings.record.port import Listing
from web.auth import Invitations, new_meeting_id
from web.invite import clock_ms
from web.links import join_link, room_link
from web.service import Running


async def play(running: Running) -> None:
    """
    Make the meeting, print its links, and play until cancelled.

    Raises:
        RecordError: the meeting can't be made.
    """
    await _close_earlier(running)
    meeting = new_meeting_id()
    await running.parts.meetings.create(meeting, seed.meeting(clock_ms()), seed.PEOPLE)
    invitations = Invitations(running.settings.signing_secret(), time.time)
    tokens = {person.id: invitations.issue(meeting, person) for person in seed.PEOPLE}
    members = running.origins.members
    links = run.Links(
        host=join_link(members, tokens[seed.HOST.id]),
        participant=join_link(members, tokens[seed.MEMBER.id]),
        viewer=room_link(running.origins.viewers, seed.ROOM),
        display=join_link(members, tokens[seed.DISPLAY.id]),
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run.play(run.Service(url=running.local_url, tokens=tokens)))
        print(run.invitation(links), flush=True)


async def _close_earlier(running: Running) -> None:
    """Meetings of earlier demonstrations end: the room's code leads to the new one."""
    for listing in await running.parts.record.meetings():
        if listing.room == seed.ROOM and listing.state != "closed":
            await _close(running, listing)


async def _close(running: Running, listing: Listing) -> None:
    commands: list[Command] = [OpenMeeting()] if listing.state == "scheduled" else []
    for command in (*commands, CloseMeeting()):
        await running.parts.meetings.submit(listing.id, seed.CLERK, secrets.token_hex(8), command)
