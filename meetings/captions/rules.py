"""
Captions: switched by the host, typed at the desk. Whoever shall type them is appointed clerk.

Bounds keep a page that went wild, and a recogniser in a noisy room, from filling the record.
"""

from __future__ import annotations

from meetings.captions.commands import (
    AddCaption,
    CorrectCaption,
    RecogniseCaption,
    SetCaptions,
)
from meetings.captions.events import CaptionAdded, CaptionCorrected, CaptionsSet
from meetings.events import Event
from meetings.moment import Moment
from meetings.people import PersonId
from meetings.refusals import Code, Refused
from meetings.state import Meeting

LENGTH_MAX_MS = 60_000
"""Of one caption; a person who types in whole sentences takes less."""
LATE_MAX_MS = 120_000
"""How long after its end a caption may come."""
AHEAD_MAX_MS = 2_000
"""How far ahead its end may be: the clock of a page is not exact."""
PER_MINUTE_MAX = 60
CAPTIONS_MAX = 20_000
"""Of one meeting: eleven hours, one every two seconds."""

Outcome = tuple[Event, ...] | Refused


def switch(meeting: Meeting, command: SetCaptions) -> Outcome:
    """What is so already is accepted."""
    return () if meeting.captions.on is command.on else (CaptionsSet(on=command.on),)


def add(meeting: Meeting, command: AddCaption, moment: Moment) -> Outcome:
    """
    Write down what was said; without a name, by whoever has the floor.

    Refused with `captions.off`, `captions.bad_time`, `captions.too_many`, `captions.full`,
    `person.unknown`.
    """
    if command.speaker is not None and command.speaker not in meeting.attendance.people:
        return Refused(Code.PERSON_UNKNOWN)
    speaker = command.speaker or _speaker(meeting, command.from_ms, command.until_ms)
    return _added(
        meeting,
        CaptionAdded(
            from_ms=command.from_ms, until_ms=command.until_ms, text=command.text, speaker=speaker
        ),
        moment,
    )


def recognise(meeting: Meeting, command: RecogniseCaption, moment: Moment) -> Outcome:
    """
    As `add`, by a machine.

    Refused with `captions.off`, `captions.bad_time`, `captions.too_many`, `captions.full`,
    `meeting.closed`.
    """
    if meeting.state == "closed":
        return Refused(Code.MEETING_CLOSED)
    return _added(
        meeting,
        CaptionAdded(
            from_ms=command.from_ms,
            until_ms=command.until_ms,
            text=command.text,
            speaker=_speaker(meeting, command.from_ms, command.until_ms),
            recognised=True,
        ),
        moment,
    )


def correct(meeting: Meeting, command: CorrectCaption) -> Outcome:
    """
    Write it otherwise, or take it back; until the minutes are published.

    Refused with `captions.unknown`, `minutes.published`.
    """
    if meeting.signoff.publication is not None:
        return Refused(Code.MINUTES_PUBLISHED)
    caption = meeting.captions.by_id.get(command.caption)
    if caption is None:
        return Refused(Code.CAPTION_UNKNOWN)
    if caption.text == command.text and not caption.recognised:
        return ()
    return (CaptionCorrected(caption=command.caption, text=command.text),)


def _added(meeting: Meeting, event: CaptionAdded, moment: Moment) -> Outcome:
    captions, now_ms = meeting.captions, moment.now_ms
    if not captions.on:
        return Refused(Code.CAPTIONS_OFF)
    in_time = now_ms - LATE_MAX_MS <= event.until_ms <= now_ms + AHEAD_MAX_MS
    if not in_time or not 0 < event.until_ms - event.from_ms <= LENGTH_MAX_MS:
        return Refused(Code.CAPTION_BAD_TIME)
    if len(captions.by_id) >= CAPTIONS_MAX:
        return Refused(Code.CAPTIONS_FULL)
    latest = captions.latest[-PER_MINUTE_MAX:]
    if len(latest) == PER_MINUTE_MAX and captions.by_id[latest[0]].at_ms > now_ms - 60_000:
        return Refused(Code.CAPTIONS_TOO_MANY)
    return (event,)


def _speaker(meeting: Meeting, from_ms: int, until_ms: int) -> PersonId | None:
    """Who had the floor for the greater part of a time, as far as the state tells; else nobody."""
    holder = meeting.floor.holder
    if holder is None or holder.since_ms > (from_ms + until_ms) // 2:
        return None
    return holder.person
