"""
What the record says the programme is about (`media.cue.Cue`). Pure.

Beside whoever has the floor stands whom the speech interrupts, is about or answers; in an item of
questions and answers (问答) whoever spoke before: so the one who asks and the one who answers are
seen together. A vote shows what every viewer may see of it and nothing else.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final, Literal

from media.cue import AgendaCue, Channel, Cue, Partner, Strap, VoteCue
from meetings.floor.state import Holder
from meetings.link import room
from meetings.people import DESK, PersonId, Place, Register, Role
from meetings.sections import MeetingState
from meetings.state import Meeting
from meetings.voting import views as voting
from meetings.voting.state import Vote

_MODES: Final[dict[MeetingState, Literal["opening", "meeting", "recess", "closing"]]] = {
    "scheduled": "opening",
    "open": "meeting",
    "recess": "recess",
    "closed": "closing",
}


def in_room(meeting: Meeting, person: PersonId) -> bool:
    """
    Tell whether the person speaks through the room's microphone: the room itself, and whoever is in
    it but for the desk, whose links are its own business.
    """
    attendee = meeting.attendance.people.get(person)
    if attendee is None or attendee.role in DESK:
        return False
    return attendee.role is Role.ROOM or attendee.place is Place.ROOM


def cue(meeting: Meeting, register: Register, seen: Container[PersonId]) -> Cue:
    """
    Read the cue off a meeting.

    Args:
        seen: whose picture is let through.
    """
    holder = meeting.floor.holder
    devices = room.devices(meeting)
    speaker, strap, partner = None, None, None
    if holder is not None and holder.person not in devices:
        # Who is in the room, or has the text read out there, is shown by the room's camera.
        away = not holder.text and not in_room(meeting, holder.person)
        speaker = holder.person if away else None
        strap = _strap(register, holder.person, _channel(holder, away=away))
        partner = _partner(meeting, register, holder, seen)
    agenda = _agenda(meeting)
    return Cue(
        mode=_MODES[meeting.state],
        title=meeting.title,
        place=meeting.room_name,
        room=room.camera(meeting),
        microphone=room.microphone(meeting),
        speaker=speaker,
        strap=strap,
        item="" if agenda is None else agenda.title,
        layout=meeting.layout,
        partner=partner,
        agenda=agenda,
        vote=_newest_vote(meeting),
        opened_ms=meeting.opened_ms,
        resume_ms=meeting.until_ms if meeting.state == "recess" else None,
        adjourned=meeting.adjourned,
    )


def progress_only(before: Cue, after: Cue) -> bool:
    """Whether the cues differ in how far a vote has come, and in nothing else."""
    return before != after and _without_progress(before) == _without_progress(after)


def _without_progress(cue: Cue) -> Cue:
    if cue.vote is None or cue.vote.closed_ms is not None:
        return cue
    still = cue.vote.model_copy(update={"turnout": None, "tally": None})
    return cue.model_copy(update={"vote": still})


def _channel(holder: Holder, *, away: bool) -> Channel:
    if holder.text:
        return "text"
    return "video" if away else "room"


def _strap(register: Register, person: PersonId, channel: Channel) -> Strap | None:
    known = register.get(person)
    return None if known is None else Strap(name=known.name, office=known.office, channel=channel)


def _partner(
    meeting: Meeting, register: Register, holder: Holder, seen: Container[PersonId]
) -> Partner | None:
    """Who belongs beside the holder; None: nobody, or both are in the room's picture."""
    person = holder.to
    item = None if holder.item is None else meeting.agenda.item(holder.item)
    if person is None and item is not None and item.plan.kind == "questions":
        person = holder.after
    if person is None or person == holder.person or not meeting.attendance.present(person):
        return None
    together = in_room(meeting, holder.person) or bool(holder.text)
    if in_room(meeting, person):
        strap = _strap(register, person, "room")
        return None if together or strap is None else Partner(person=None, strap=strap)
    strap = _strap(register, person, "video")
    return Partner(person=person, strap=strap) if strap is not None and person in seen else None


def _agenda(meeting: Meeting) -> AgendaCue | None:
    plans = [item.plan for item in meeting.agenda.items if not item.postponed]
    at = next((n for n, plan in enumerate(plans) if plan.id == meeting.agenda.current), None)
    if at is None:
        return None
    now = meeting.agenda.item(plans[at].id)
    since_ms = 0 if now is None or now.running_ms is None else now.running_ms
    return AgendaCue(
        title=plans[at].title,
        number=at + 1,
        of=len(plans),
        kind=plans[at].kind,
        department=plans[at].department,
        next=plans[at + 1].title if at + 1 < len(plans) else "",
        since_ms=since_ms,
    )


def _newest_vote(meeting: Meeting) -> VoteCue | None:
    """The newest vote that runs, else the newest that was not cancelled."""
    votes = [meeting.votes.by_id[one] for one in meeting.votes.open or meeting.votes.order[-1:]]
    if not votes or votes[-1].cancelled is not None:
        return None
    vote: Vote = votes[-1]
    outcome = vote.outcome
    chosen = outcome.option if outcome is not None and outcome.result == "passed" else None
    if vote.tie_broken is not None:
        chosen = vote.tie_broken
    return VoteCue(
        question=vote.question,
        options=vote.options,
        secret=vote.secret,
        motion=vote.rules.kind == "motion",
        opened_ms=vote.opened_ms,
        until_ms=vote.until_ms,
        closed_ms=vote.closed_ms,
        turnout=voting.turnout(vote),
        entitled=None if vote.roll is None else len(vote.roll),
        tally=voting.tally(vote),
        result="" if outcome is None else outcome.result,
        chosen=chosen,
    )
