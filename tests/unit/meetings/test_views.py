"""Each audience sees what it may see; what an event can change is said beforehand."""

from __future__ import annotations

import pytest

from meetings import events as ev
from meetings.authority import commands_of
from meetings.fold import apply
from meetings.people import Person, PersonId, Role
from meetings.sections import (
    VIEWERS_LISTED,
    AgendaSection,
    Audience,
    CommentsSection,
    FloorSection,
    MeetingSection,
    PeopleSection,
    VotesSection,
)
from meetings.state import Meeting
from meetings.views import (
    AUDIENCE_SECTIONS,
    NAMED,
    affected,
    me,
    section,
    touched,
)
from meetings.voting.sections import VOTES_SHOWN
from tests.each import each
from tests.unit.meetings.given import CLOSED, CREATED, OPEN, REGISTER, meeting

OTHERS = [audience for audience in Audience if audience is not Audience.HOST]
RUNS = ev.VoteOpened(question="同意吗", options=("同意", "反对"), electors="everyone")
BALLOTS = (
    ev.BallotCast(vote=8, person="wang", option=0),
    ev.BallotCast(vote=8, person="li", option=1),
)


def floor(now: Meeting, audience: Audience = Audience.VIEWER) -> FloorSection:
    built = section("floor", now, REGISTER, audience)
    assert isinstance(built, FloorSection)
    return built


def votes(now: Meeting, audience: Audience = Audience.VIEWER) -> VotesSection:
    built = section("votes", now, REGISTER, audience)
    assert isinstance(built, VotesSection)
    return built


def people(now: Meeting, audience: Audience = Audience.VIEWER) -> PeopleSection:
    built = section("people", now, REGISTER, audience)
    assert isinstance(built, PeopleSection)
    return built


def test_every_audience_has_its_sections() -> None:
    """Each name can be built; another name is an error."""
    assert set(AUDIENCE_SECTIONS) == set(Audience)
    for audience, names in AUDIENCE_SECTIONS.items():
        for name in names:
            section(name, meeting(*OPEN), REGISTER, audience)
        with pytest.raises(KeyError):
            section("secrets", meeting(*OPEN), REGISTER, audience)


def test_the_meeting_is_shown_as_it_stands() -> None:
    assert section("meeting", meeting(*CLOSED), REGISTER, Audience.VIEWER) == MeetingSection(
        id="m1",
        title="老旧小区积水治理",
        room="A1B2",
        room_name="翠园社区议事室",
        state="closed",
        planned_ms=500,
        opened_ms=7000,
        closed_ms=8000,
        speech_s=180,
        adjourned=False,
        until_ms=None,
    )


def test_the_agenda_shows_what_is_done_current_and_to_come() -> None:
    now = meeting(*OPEN, ev.AgendaMoved(item=1), ev.AgendaMoved(item=2))
    shown = section("agenda", now, REGISTER, Audience.VIEWER)
    assert isinstance(shown, AgendaSection)
    assert [(item.id, item.state) for item in shown.items] == [(1, "done"), (2, "current")]
    assert shown.current == 2
    shown = section("agenda", meeting(*OPEN), REGISTER, Audience.VIEWER)
    assert isinstance(shown, AgendaSection)
    assert {item.state for item in shown.items} == {"pending"}


def test_the_floor_shows_who_speaks_and_who_waits_in_order() -> None:
    now = meeting(
        *OPEN,
        ev.FloorGranted(person="li", until_ms=99_000),
        ev.FloorRequested(person="zhao"),
        ev.FloorRequested(person="wang"),
    )
    shown = floor(now)
    assert shown.holder is not None
    assert (shown.holder.name, shown.holder.office) == ("李工", "住建局")
    assert (shown.holder.since_ms, shown.holder.until_ms) == (8000, 99_000)
    assert [(w.request, w.name, w.since_ms) for w in shown.queue] == [
        (9, "赵大爷", 9000),
        (10, "王阿姨", 10000),
    ]


def test_the_note_of_a_hand_is_for_the_host_alone() -> None:
    now = meeting(*OPEN, ev.FloorRequested(person="wang", about="家里的事"))
    assert floor(now, Audience.HOST).queue[0].about == "家里的事"
    for audience in OTHERS:
        assert "家里的事" not in floor(now, audience).model_dump_json()


@each("audience", Audience)
def test_nobody_sees_the_tally_of_a_vote_that_runs(audience: Audience) -> None:
    """Not even the host; how many have voted is seen by all."""
    running = votes(meeting(*OPEN, RUNS, *BALLOTS), audience).votes[0]
    assert (running.state, running.cast, running.tally) == ("open", 2, None)
    ended = ev.VoteClosed(vote=8, reason="closed")
    closed = votes(meeting(*OPEN, RUNS, *BALLOTS, ended), audience).votes[0]
    assert (closed.state, closed.cast, closed.tally) == ("closed", 2, (1, 1))
    assert closed.closed_ms == 11_000


def test_the_newest_votes_are_shown_newest_first() -> None:
    many: list[ev.Event] = []
    for i in range(VOTES_SHOWN + 2):
        many += [RUNS, ev.VoteClosed(vote=8 + 2 * i, reason="closed")]
    shown = votes(meeting(*OPEN, *many)).votes
    assert [vote.id for vote in shown[:2]] == [8 + 2 * (VOTES_SHOWN + 1), 8 + 2 * VOTES_SHOWN]
    assert len(shown) == VOTES_SHOWN


def test_members_are_shown_whether_they_are_there_or_not() -> None:
    shown = people(meeting(*OPEN, ev.PersonLeft(person="li")))
    assert [(p.name, p.present) for p in shown.members] == [
        ("陈主任", True),
        ("李工", False),
        ("翠园社区议事室", True),
    ]


def test_viewers_are_counted_for_all_and_listed_for_the_host() -> None:
    """Those who are there, newest first."""
    came = ev.PersonJoined(person="new", role=Role.VIEWER)
    now = meeting(*OPEN, came)
    for audience in Audience:
        assert people(now, audience).viewers == 3
    listed = people(now, Audience.HOST).viewers_listed
    assert [p.id for p in listed] == ["new", "zhao", "wang"]
    for audience in OTHERS:
        assert people(now, audience).viewers_listed == ()
    left = ev.PersonLeft(person="new")
    shown = people(meeting(*OPEN, came, left), Audience.HOST)
    assert [p.id for p in shown.viewers_listed] == ["zhao", "wang"]


def test_a_crowd_is_listed_up_to_a_bound() -> None:
    crowd = [ev.PersonJoined(person=f"p{i}", role=Role.VIEWER) for i in range(VIEWERS_LISTED + 10)]
    shown = people(meeting(CREATED, *crowd), Audience.HOST)
    assert shown.viewers == VIEWERS_LISTED + 10
    assert len(shown.viewers_listed) == VIEWERS_LISTED


def test_somebody_forgotten_has_no_name() -> None:
    """What the person did stays; the client has a word for the empty name."""
    now = meeting(*OPEN, ev.CommentPosted(person="wang", text="尽快修"))
    forgotten = {person: who for person, who in REGISTER.items() if person != "wang"}
    shown = section("comments", now, forgotten, Audience.VIEWER)
    assert isinstance(shown, CommentsSection)
    assert (shown.latest[0].name, shown.latest[0].role) == ("", Role.VIEWER)
    assert (me(now, forgotten, "wang").name, me(now, forgotten, "wang").role) == ("", Role.VIEWER)


def test_me_tells_what_is_mine() -> None:
    now = meeting(
        *OPEN,
        RUNS,
        ev.BallotCast(vote=8, person="wang", option=1),
        ev.FloorRequested(person="zhao"),
        ev.FloorRequested(person="wang"),
        ev.CommentPosted(person="zhao", text="好"),
        ev.CommentLiked(comment=12, person="wang"),
    )
    mine = me(now, REGISTER, "wang")
    assert (mine.name, mine.role, mine.may) == ("王阿姨", Role.VIEWER, commands_of(Role.VIEWER))
    assert (mine.request, mine.position, mine.holding) == (11, 2, False)
    assert (mine.votes[8].marks, mine.liked) == ((0, 1), (12,))
    granted = apply(
        now, ev.Entry(offset=14, at_ms=0, event=ev.FloorGranted(person="wang", request=11))
    )
    mine = me(granted, REGISTER, "wang")
    assert (mine.request, mine.position, mine.holding) == (None, None, True)


def test_me_of_somebody_who_is_invited_or_of_a_display() -> None:
    invited = {"sun": Person(id="sun", name="孙委员", role=Role.PARTICIPANT)}
    mine = me(meeting(*OPEN), invited, "sun")
    assert (mine.name, mine.may) == ("孙委员", commands_of(Role.PARTICIPANT))
    assert me(meeting(*OPEN), {}, "screen").may == ()


ITEM = ev.AgendaItem(id=3, title="其他")


@each(
    "event, names",
    [
        (CREATED, set(AUDIENCE_SECTIONS[Audience.HOST])),
        (ev.MeetingOpened(), {"meeting"}),
        (ev.MeetingRecessed(), {"meeting", "agenda"}),
        (ev.MeetingAdjourned(), {"meeting", "agenda"}),
        (ev.MeetingResumed(), {"meeting", "agenda"}),
        (ev.MeetingClosed(), {"meeting", "agenda", "floor", "people"}),
        (ev.AgendaMoved(item=1), {"agenda", "floor", "people"}),
        (ev.AgendaPostponed(item=1), {"agenda", "floor", "people"}),
        (ev.AgendaReopened(item=1), {"agenda"}),
        (ev.AgendaReordered(order=(2, 1)), {"agenda"}),
        (ev.AgendaInserted(item=ITEM), {"agenda"}),
        (ev.AgendaEdited(item=ITEM), {"agenda"}),
        (ev.PersonJoined(person="li", role=Role.PARTICIPANT), {"people"}),
        (ev.PersonLeft(person="li"), {"people"}),
        (ev.FloorRequested(person="li"), {"floor"}),
        (ev.FloorWithdrawn(request=8), {"floor"}),
        (ev.FloorRulesSet(rules=None), {"floor"}),
        (ev.FloorDrawn(seed="", order=()), {"floor"}),
        (ev.FloorListed(persons=()), {"floor"}),
        (ev.FloorNominated(person="li"), {"floor"}),
        (ev.FloorCalled(person="li"), {"floor"}),
        (ev.FloorReady(person="li"), {"floor"}),
        (ev.FloorCalledOff(person="li", reason="host"), {"floor"}),
        (ev.FloorTextGiven(person="li", text="?"), {"floor"}),
        (ev.FloorGranted(person="li"), {"floor"}),
        (ev.FloorPaused(), {"floor"}),
        (ev.FloorUnpaused(), {"floor"}),
        (ev.FloorExtended(until_ms=1), {"floor"}),
        (ev.FloorOvertime(person="li"), {"floor"}),
        (ev.FloorEnded(person="li", reason="ended"), {"floor"}),
        (ev.CommentPosted(person="li", text="好"), {"comments"}),
        (ev.CommentLiked(comment=8, person="li"), {"comments"}),
        (ev.CommentUnliked(comment=8, person="li"), {"comments"}),
        (ev.CommentRulesSet(rules=ev.CommentRules()), {"comments"}),
        (ev.CommentApproved(comment=8), {"comments"}),
        (ev.CommentHidden(comment=8, reason="abuse"), {"comments"}),
        (ev.CommentAppealed(comment=8, person="li", text="?"), {"comments"}),
        (ev.CommentAppealDeclined(comment=8), {"comments"}),
        (ev.CommentRestored(comment=8), {"comments"}),
        (ev.CommentPinned(comment=8), {"comments"}),
        (ev.CommentUnpinned(comment=8), {"comments"}),
        (ev.CommentShown(comment=8), {"comments"}),
        (ev.CommentUnshown(comment=8), {"comments"}),
        (ev.CommentAddressed(comment=8, to=None), {"comments"}),
        (ev.PersonUnmasked(person="li", reason="?"), {"people"}),
        (ev.CaptionsSet(on=True), {"captions"}),
        (ev.CaptionAdded(from_ms=1, until_ms=2, text="好"), {"captions"}),
        (ev.CaptionCorrected(caption=8, text=""), {"captions"}),
        (ev.PushStarted(platform="电视台"), set()),
        (ev.PushStopped(platform="电视台"), set()),
        (ev.RecordingSealed(files=3, through=0, root="a" * 64), set()),
        (ev.RecordingHeld(reason="有人申诉"), set()),
        (ev.RecordingReleased(), set()),
        (ev.RecordingDeleted(reason="居民要求", files=3, root="a" * 64), set()),
        (
            ev.MinutesSigned(person="li", signed_as="host", revision=1, sha256="a" * 64),
            {"minutes"},
        ),
        (ev.MinutesPublished(revision=1, sha256="a" * 64), {"minutes"}),
        (ev.MinutesAddendum(person="li", text="?"), {"minutes"}),
        (RUNS, {"votes"}),
        (BALLOTS[0], {"votes"}),
        (ev.VoteClosed(vote=8, reason="closed"), {"votes"}),
    ],
)
def test_an_event_changes_these_sections_only(event: ev.Event, names: set[str]) -> None:
    """That no others change is shown by the property tests."""
    assert affected(event) == names
    assert set(AUDIENCE_SECTIONS[Audience.HOST]) >= names | NAMED


POSTED = (ev.CommentPosted(person="li", text="好"),)
WAITS = ev.CommentPosted(person="li", text="好", held="moderation")
HIDDEN = ev.CommentHidden(comment=8, reason="abuse")
APPEALED = ev.CommentAppealed(comment=8, person="li", text="?")
HANDS = tuple(ev.FloorRequested(person=person) for person in ("wang", "zhao", "li"))  # 8, 9, 10


@each(
    "before, event, persons",
    [
        ((), ev.PersonJoined(person="li", role=Role.PARTICIPANT), {"li"}),
        ((), ev.FloorRequested(person="li"), {"li"}),
        (HANDS, ev.FloorWithdrawn(request=9), {"zhao", "li"}),
        (HANDS, ev.FloorGranted(person="wang", request=8), {"wang", "zhao", "li"}),
        (HANDS, ev.FloorGranted(person="chen"), {"chen"}),
        (HANDS, ev.MeetingClosed(), {"wang", "zhao", "li"}),
        (HANDS, ev.PersonLeft(person="wang"), {"wang"}),
        ((RUNS,), BALLOTS[0], {"wang"}),
        ((RUNS,), ev.VoteClosed(vote=8, reason="closed"), set()),
        ((), ev.CommentPosted(person="li", text="好"), {"li"}),
        (
            (ev.CommentPosted(person="li", text="好"),),
            ev.CommentLiked(comment=8, person="wang"),
            {"wang"},
        ),
        (POSTED, ev.CommentHidden(comment=8, reason="abuse"), {"li"}),
        ((*POSTED, HIDDEN), ev.CommentRestored(comment=8), {"li"}),
        ((*POSTED, HIDDEN, APPEALED), ev.CommentAppealDeclined(comment=8), {"li"}),
        ((WAITS,), ev.CommentApproved(comment=8), {"li"}),
        (POSTED, ev.CommentPinned(comment=8), set()),
        ((), ev.PersonUnmasked(person="li", reason="?"), {"li"}),
        ((ev.FloorGranted(person="li"),), ev.FloorEnded(person="li", reason="ended"), {"li"}),
        ((), ev.MeetingRecessed(), set()),
    ],
)
def test_an_entry_touches_those_persons_only(
    before: tuple[ev.Event, ...], event: ev.Event, persons: set[PersonId]
) -> None:
    """That nobody else's `me` changes is shown by the property tests."""
    was = meeting(*OPEN, *before)
    entry = ev.Entry(offset=was.offset + 1, at_ms=99_000, event=event)
    assert touched(was, apply(was, entry), entry) == persons
