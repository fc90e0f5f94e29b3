"""
The civic invariants: what every citizen may rely on, whoever asked for what.

They are stated anew here, from the entries as they are read, not by the rules and the fold.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Final

from meetings import events as ev
from meetings import views
from meetings.fold import fold
from meetings.minutes.build import build
from meetings.minutes.moments import moments
from meetings.people import PersonId, Role
from meetings.proof.checkpoint import sign_head
from meetings.proof.contents import FileLine
from meetings.proof.export import export
from meetings.proof.keys import SigningKey
from meetings.proof.verify import Verifier
from meetings.sections import Audience, VotesSection
from signaling.floor_to_media import plan
from tests.property.civic.hall import CONTACT, MEETING, NOTE, PEOPLE, REAL_NAME, Hall, recorded
from tests.property.civic.recount import acknowledged_ballots_count, votes_are_recounted

KEY: Final = SigningKey(b"c" * 32)


# --- after each step ------------------------------------------------------------------------------


def nobody_is_heard_without_the_floor(hall: Hall) -> None:
    """Only whose speech the record began, and did not end or pause; and the room's microphone."""
    speaking: list[PersonId] = []
    paused = False
    for entry in hall.entries:
        match entry.event:
            case ev.FloorGranted():
                speaking.append(entry.event.person)
                paused = False
            case ev.FloorEnded():
                # A speech that was interrupted goes on paused; it may also end where it waits.
                paused = paused or speaking[-1] == entry.event.person
                speaking.remove(entry.event.person)
            case ev.FloorPaused():
                paused = True
            case ev.FloorUnpaused():
                paused = False
            case _:
                pass
    meeting = hall.meeting
    may_sound = set() if paused else set(speaking[-1:])
    for person, permission in plan(meeting, hall.register).allow.items():
        role = meeting.attendance.people[person].role
        assert not permission.sound or person in may_sound or role is Role.ROOM, person
        assert not permission.sound or meeting.state == "open"


def nothing_is_shown_to_those_who_may_not_see_it(hall: Hall) -> None:
    """Notes, held and hidden comments, real names, the forgotten, and what is not counted yet."""
    meeting, register = hall.meeting, hall.register
    comments = meeting.comments.by_id.values()
    public = {one.text for one in comments if one.public}
    held = {one.text for one in comments} - public
    secrets = [paper.serial for papers in hall.papers.values() for paper in papers.values()]
    published = {one.serial for vote in meeting.votes.by_id.values() for one in vote.published}
    forgotten = [PEOPLE[person].name for person in meeting.forgotten if person in PEOPLE]
    for audience, names in views.AUDIENCE_SECTIONS.items():
        sections = [views.section(name, meeting, register, audience) for name in names]
        shown = "".join(section.model_dump_json() for section in sections)
        _absent(shown, [CONTACT, *forgotten])
        _absent(shown, [serial for serial in secrets if serial not in published])
        for section in sections:
            if isinstance(section, VotesSection):
                _running_votes_tell_nothing(section)
        if audience is not Audience.HOST:
            _absent(shown, [NOTE, REAL_NAME, *held])
        elif not meeting.unmaskings:
            _absent(shown, [REAL_NAME])
    for person in PEOPLE:
        mine = views.me(meeting, register, person).model_dump_json()
        _absent(mine, [NOTE, CONTACT, REAL_NAME, *forgotten])
        own = {one.text for one in comments if one.person == person}
        _absent(mine, held - own)


def _absent(shown: str, withheld: Iterable[str]) -> None:
    for text in withheld:
        assert text not in shown, text


def _running_votes_tell_nothing(section: VotesSection) -> None:
    """But for named votes whose results are live, until their time is up."""
    for vote in section.votes:
        live = vote.rules.results == "live" and vote.rules.secrecy == "named"
        if vote.state == "closed" or (vote.state == "open" and live and vote.late_until_ms is None):
            continue
        assert vote.tally is None
        assert vote.outcome is None
        assert vote.hands is None or vote.hands.counts is None
        if vote.rules.secrecy == "secret" and vote.state == "open":
            assert vote.cast is None


# --- at the end -----------------------------------------------------------------------------------


def the_record_tells_it_all(hall: Hall) -> None:
    """Read back from its bytes and folded anew, it gives what each node has."""
    entries = hall.entries
    folded = fold(MEETING, entries)
    assert folded == hall.meeting
    assert folded.floor.order == hall.meeting.floor.order
    hall.change_node()
    assert folded == hall.meeting


def each_acknowledged_ballot_counts(hall: Hall) -> None:
    acknowledged_ballots_count(hall.entries, hall.asked, hall.cast)


def every_vote_is_recounted(hall: Hall) -> None:
    votes_are_recounted(hall.entries)


def nothing_withheld_is_replayed(hall: Hall) -> None:
    """To whoever watches the recording, who may be anybody."""
    meeting, register = hall.meeting, hall.register
    told = moments(meeting, build(hall.entries, register, UTC), register).model_dump_json()
    comments = meeting.comments.by_id.values()
    said = {one.text for one in comments if one.public}  # two may say the same
    forgotten = [PEOPLE[person].name for person in meeting.forgotten if person in PEOPLE]
    _absent(told, [CONTACT, NOTE, REAL_NAME, *forgotten])
    _absent(told, {one.text for one in comments if not one.public} - said)
    serials = [paper.serial for papers in hall.papers.values() for paper in papers.values()]
    _absent(told, serials)


def the_export_verifies(hall: Hall) -> None:
    """And what it holds is the record; names that were forgotten are not in it."""

    sealed, _ = recorded(hall.meeting.recording.files)

    async def files() -> list[FileLine]:
        return sealed

    async def write() -> list[bytes]:
        await sign_head(hall.record, MEETING, hall.now_ms, KEY)
        lines = export(hall.record, MEETING, KEY, at_ms=hall.now_ms, files=files)
        return [line async for line in lines]

    lines = hall.run(write())
    verifier = Verifier(KEY.public)
    for line in lines:
        verifier.feed(line)
    report = verifier.finish()
    assert report.sound, report.problems
    entries = [line.split(b" ", 3)[3] for line in lines if line.split(b" ", 2)[1] == b"entry"]
    assert [ev.Entry.model_validate_json(entry) for entry in entries] == hall.entries
    text = b"".join(lines).decode()
    assert CONTACT not in text
    forgotten = [PEOPLE[person].name for person in hall.meeting.forgotten if person in PEOPLE]
    _absent(text, forgotten)


AFTER_EACH_STEP: Final = (
    nobody_is_heard_without_the_floor,
    nothing_is_shown_to_those_who_may_not_see_it,
)
AT_THE_END: Final = (
    the_record_tells_it_all,
    each_acknowledged_ballot_counts,
    every_vote_is_recounted,
    nothing_withheld_is_replayed,
    the_export_verifies,
)
