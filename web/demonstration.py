"""`yishi demo`: a meeting is made in the running service, and the demonstration's people come."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from demo import run, seed
from meetings.commands import CloseMeeting, Command, OpenMeeting
from meetings.record.port import Listing
from web.auth import Invitations, new_meeting_id
from web.invite import clock_ms
from web.links import join_link, room_link
from web.service import Running

KEPT = 3
"""Demonstrations whose recordings stay, the new one among them; a minute of one is about 7 MB."""


async def play(running: Running) -> None:
    """
    Make the meeting, print its links, and play until cancelled.

    Raises:
        RecordError: the meeting can't be made.
        OSError: an old recording can't be deleted.
    """
    earlier = [one for one in await running.parts.record.meetings() if one.room == seed.ROOM]
    await _close_earlier(running, earlier)
    programmes = running.settings.data / "programmes"
    await asyncio.to_thread(delete_recordings, programmes, [one.id for one in earlier])
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
        print(_kept_text(running.settings.data), flush=True)


async def _close_earlier(running: Running, earlier: Sequence[Listing]) -> None:
    """Meetings of earlier demonstrations end: the room's code leads to the new one."""
    for listing in earlier:
        if listing.state != "closed":
            await _close(running, listing)


def delete_recordings(programmes: Path, earlier: Sequence[str]) -> None:
    """
    Of all but the newest.

    Args:
        earlier: ids of the meetings before this one, newest first.
    """
    for meeting in earlier[KEPT - 1 :]:
        folder = programmes / meeting
        if folder.is_dir():
            shutil.rmtree(folder)


def _kept_text(data: Path) -> str:
    return (
        f"录像在 {data}，每分钟约 7 MB，只保留最近 {KEPT} 次演示。\n"
        f"Recordings are in {data}, about 7 MB a minute; those of the last {KEPT} stay.\n"
    )


async def _close(running: Running, listing: Listing) -> None:
    commands: list[Command] = [OpenMeeting()] if listing.state == "scheduled" else []
    for command in (*commands, CloseMeeting()):
        await running.parts.meetings.submit(listing.id, seed.CLERK, secrets.token_hex(8), command)
