"""
The fold: what each entry of the record makes of a meeting.

Total over every event and never refusing: whether something may happen was decided before it was
written. Costs little for each entry, whatever has happened before (see `state`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

from immutables import Map

from meetings import events as ev
from meetings.agenda import fold as agenda
from meetings.agenda.state import Agenda, Item
from meetings.attendance import fold as attendance
from meetings.captions import fold as captions
from meetings.comments import fold as comments
from meetings.comments.state import Comments
from meetings.conduct import fold as conduct
from meetings.erasure import fold as erasure
from meetings.evolve import evolve
from meetings.floor import fold as floor
from meetings.floor.state import Floor
from meetings.link import fold as link
from meetings.push import fold as push
from meetings.recording import fold as recording
from meetings.signoff import fold as signoff
from meetings.state import Meeting
from meetings.unmasking import fold as unmasking
from meetings.voting import fold as voting
from meetings.voting.events import is_voting
from meetings.voting.state import Votes


def fold(meeting_id: str, entries: Iterable[ev.Entry]) -> Meeting:
    """
    Fold a whole record.

    Raises: ValueError if there are no entries, if they do not begin with the creation, or if their
    offsets do not run 1, 2, 3 ...
    """
    meeting: Meeting | None = None
    for entry in entries:
        meeting = apply(meeting, entry, meeting_id)
    if meeting is None:
        raise ValueError("an empty record is no meeting")
    return meeting


def apply(meeting: Meeting | None, entry: ev.Entry, meeting_id: str = "") -> Meeting:
    """
    Return the meeting after *entry*.

    Args:
        meeting: the meeting before it; None before the first entry.
        meeting_id: the id of the record; read with the first entry only.

    Raises: ValueError if *entry* does not follow on *meeting*.
    """
    if meeting is None:
        if entry.offset != 1 or not isinstance(entry.event, ev.MeetingCreated):
            raise ValueError("a record begins with its creation, at offset 1")
        return _created(meeting_id, entry, entry.event)
    if entry.offset != meeting.offset + 1:
        raise ValueError(f"entry {entry.offset} does not follow on {meeting.offset}")
    answers = meeting.answers
    if entry.actor is not None and entry.cause is not None:
        answers = answers.set((entry.actor, entry.cause), entry.offset)
    now: dict[str, Any] = {"offset": entry.offset, "at_ms": entry.at_ms, "answers": answers}
    if isinstance(entry.event, ev.ConductEvent):  # the one concern that sees the whole
        return evolve(conduct.apply(meeting, entry.event, entry), **now)
    return evolve(meeting, **_parts(meeting, entry), **now)


def _created(meeting_id: str, entry: ev.Entry, event: ev.MeetingCreated) -> Meeting:
    return Meeting(
        id=meeting_id,
        offset=entry.offset,
        at_ms=entry.at_ms,
        title=event.title,
        room=event.room,
        room_name=event.room_name,
        planned_ms=event.planned_ms,
        speech_s=event.speech_s,
        agenda=Agenda(tuple(Item(plan) for plan in event.agenda)),
        attendance=attendance.begin(event.roster, event.quorum, lobby=event.lobby),
        votes=Votes(Map()),
        comments=Comments(by_id=Map(), latest=(), liked=Map()),
        floor=Floor(base=event.rules),
        answers=Map(),
    )


def _parts(meeting: Meeting, entry: ev.Entry) -> dict[str, Any]:
    """What is another now: each concern folds its own events into its own part."""
    event = entry.event
    if is_voting(event):
        return {"votes": voting.apply(meeting.votes, event, entry)}
    if isinstance(event, ev.CommentsEvent):
        return {"comments": comments.apply(meeting.comments, event, entry)}
    if isinstance(event, ev.AttendanceEvent):
        return {"attendance": attendance.apply(meeting.attendance, event, entry)}
    if isinstance(event, ev.FloorEvent):
        return {"floor": floor.apply(meeting.floor, event, entry)}
    if isinstance(event, ev.AgendaEvent):
        after = agenda.apply(meeting.agenda, event, entry)
        return {"agenda": after, "floor": floor.at_item(meeting.floor, after.current)}
    if isinstance(event, ev.UnmaskingEvent):
        return {"unmaskings": unmasking.apply(meeting.unmaskings, event, entry)}
    if isinstance(event, ev.SignoffEvent):
        return {"signoff": signoff.apply(meeting.signoff, event, entry)}
    if isinstance(event, ev.ErasureEvent):
        return {"forgotten": erasure.apply(meeting.forgotten, event)}
    if isinstance(event, ev.LinkEvent):
        present = filter(meeting.attendance.present, meeting.attendance.members)
        return {"link": link.apply(meeting.link, event, entry, present)}
    if isinstance(event, ev.CaptionsEvent):
        return {"captions": captions.apply(meeting.captions, event, entry)}
    if isinstance(event, ev.PushEvent):
        return {"pushed": push.apply(meeting.pushed, event)}
    if isinstance(event, ev.RecordingEvent):
        return {"recording": recording.apply(meeting.recording, event, entry)}
    if isinstance(event, ev.ProgrammeShown):
        return {"layout": event.layout}
    if isinstance(event, ev.ConductEvent):
        raise AssertionError("can't happen: the conduct is folded in `apply`")
    assert_never(event)
