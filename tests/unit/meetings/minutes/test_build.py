"""The minutes tell what the record holds."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from meetings import events as ev
from meetings.minutes.build import build
from meetings.minutes.model import Named, Span, Speech
from meetings.people import Place, Role
from tests.unit.meetings.given import CREATED, DEPUTY, joined
from tests.unit.meetings.minutes.sample import CHINA, INVITED, held, minutes, record

CHEN = Named("陈主任", "议事室室长", Role.HOST)
HE = Named("何书记员", "社区工作站", Role.CLERK)
LI = Named("李工", "住建局", Role.PARTICIPANT)
WANG = Named("王阿姨", "", Role.VIEWER)
ZHAO = Named("赵大爷", "", Role.VIEWER)
ZHOU = Named("周正", "水务局", Role.PARTICIPANT)
WRITTEN = minutes()


def clock(span: Span) -> tuple[str, str]:
    return f"{span.begin:%H:%M:%S}", "" if span.end is None else f"{span.end:%H:%M:%S}"


def clocks(spans: Sequence[Span]) -> list[tuple[str, str]]:
    return [clock(span) for span in spans]


def told(speeches: Sequence[Speech]) -> list[tuple[int | None, Named, int, str | None]]:
    return [
        (s.item, s.who, -1 if s.span.length is None else s.span.length.seconds, s.reason)
        for s in speeches
    ]


def test_an_empty_record_has_no_minutes() -> None:
    with pytest.raises(ValueError, match="empty"):
        build([], {}, CHINA)


def test_the_head_tells_what_when_and_where() -> None:
    """In the time of the place."""
    assert (WRITTEN.title, WRITTEN.room_name) == (CREATED.title, CREATED.room_name)
    assert WRITTEN.state == "closed"
    assert WRITTEN.opened is not None
    assert WRITTEN.closed is not None
    assert WRITTEN.opened.isoformat() == "2026-11-22T12:01:00+08:00"
    assert WRITTEN.closed.isoformat() == "2026-11-22T12:12:40+08:00"
    assert (WRITTEN.hosts, WRITTEN.clerks) == ((CHEN,), (HE,))
    assert clocks(WRITTEN.recesses) == [("12:06:50", "12:08:30")]
    assert WRITTEN.entries == len(held())


def test_without_a_host_a_deputy_presided() -> None:
    register = {p: who for p, who in INVITED.items() if p != "chen"}
    written = minutes([(0, CREATED), *[(1, one) for one in joined(DEPUTY)]], register)
    assert written.hosts == (Named("", "", Role.DEPUTY),)


def test_attendance_is_told_in_stays_and_ends_with_the_meeting() -> None:
    """To come back on the next day to see the result is no attendance."""
    assert [one.who for one in WRITTEN.members] == [CHEN, LI, HE]
    assert clocks(WRITTEN.members[0].stays) == [("12:00:10", "12:12:40")]
    assert [one.who for one in WRITTEN.residents] == [WANG, ZHAO]
    assert clocks(WRITTEN.residents[0].stays) == [("12:00:10", "12:12:40")]
    assert clocks(WRITTEN.residents[1].stays) == [
        ("12:00:10", "12:05:40"),
        ("12:08:20", "12:12:40"),
    ]
    length = WRITTEN.residents[1].length
    assert length is not None
    assert length.seconds == 590
    assert WRITTEN.most_residents == 2


def test_attendance_tells_where() -> None:
    assert [one.places for one in WRITTEN.members] == [
        (Place.ROOM,),
        (Place.LINK,),
        (Place.ROOM,),
    ]
    signed_in = ev.PersonSignedIn(person="wang", role=Role.VIEWER)
    written = minutes([*held()[:9], (65, signed_in), (90, ev.MeetingClosed())])
    assert written.residents[0].places == (Place.ONLINE, Place.ROOM)


def test_equipment_is_no_attendance() -> None:
    assert all(one.who.role is not Role.ROOM for one in (*WRITTEN.members, *WRITTEN.residents))


def test_who_was_invited_or_on_the_roster_and_did_not_come_is_absent() -> None:
    assert WRITTEN.absent == (ZHOU,)
    listed = ev.RosterSet(person="qian", role=Role.PARTICIPANT)
    assert minutes([*held()[:8], (30, listed)]).absent == (
        Named("", "", Role.PARTICIPANT),
        ZHOU,
    )


def test_proxies_recusals_and_quorum_are_told() -> None:
    roster = [ev.RosterSet(person=p, role=Role.PARTICIPANT) for p in ("li", "zhou")]
    written = minutes(
        [
            *held()[:8],
            *[(25, line) for line in roster],
            (30, ev.ProxyGiven(giver="zhou", holder="li", until="item", item=2)),
            (40, ev.RecusalDeclared(person="li", item=1)),
            (60, ev.MeetingOpened()),
            (70, ev.PersonLeft(person="li")),
        ]
    )
    (one,) = written.represented
    assert (one.giver, one.holder, one.matter) == (ZHOU, LI, 2)
    assert [(who.who, who.recused) for who in written.members if who.recused] == [(LI, (1,))]
    assert [(q.electors, q.present, q.needed, q.met) for q in written.quorum] == [
        (2, 1, 2, False),
        (2, 0, 2, False),
    ]


def test_without_a_rule_there_is_no_quorum_to_tell() -> None:
    assert minutes([*held()[:7], (60, ev.MeetingOpened())]).quorum == ()


def test_an_item_that_was_taken_up_again_has_two_times() -> None:
    first, second = WRITTEN.matters
    assert clocks(first.spans) == [("12:02:10", "12:06:40"), ("12:11:50", "12:12:40")]
    assert clocks(second.spans) == [("12:06:40", "12:11:50")]
    assert (first.number, first.title, first.minutes) == (1, "通报情况", 10)


def test_a_postponed_item_ends_and_says_why() -> None:
    postponed = ev.AgendaPostponed(item=1, reason="资料不全")
    written = minutes([*held()[:12], (200, postponed)])
    assert clocks(written.matters[0].spans) == [("12:02:10", "12:03:20")]
    assert (written.matters[0].postponed, written.matters[0].reason) == (True, "资料不全")


def test_each_speech_is_told_with_the_item_that_it_began_in() -> None:
    """Who, how long, and how it ended."""
    assert told(WRITTEN.speeches) == [
        (None, CHEN, 60, "yielded"),
        (1, WANG, 185, "timed_out"),
        (2, LI, 60, "closed"),
    ]
    assert (WRITTEN.speeches[1].side, WRITTEN.speeches[2].kind) == ("for", "reply")


def test_an_interrupted_speech_ends_when_it_ends() -> None:
    happened = [
        *held()[:9],
        (70, ev.FloorGranted(person="li")),
        (80, ev.FloorGranted(person="chen", kind="point_of_order", interrupts=True)),
        (90, ev.FloorEnded(person="chen", reason="yielded")),
        (100, ev.FloorEnded(person="li", reason="yielded")),
    ]
    assert told(minutes(happened).speeches) == [
        (None, LI, 30, "yielded"),
        (None, CHEN, 10, "yielded"),
    ]


def test_what_was_read_out_is_told() -> None:
    """Written before the floor was given, or meanwhile."""
    happened = [
        *held()[:9],
        (65, ev.FloorCalled(person="wang")),
        (66, ev.FloorTextGiven(person="wang", text="我家进水了")),
        (70, ev.FloorGranted(person="wang")),
    ]
    assert minutes(happened).speeches[0].text == "我家进水了"
    changed = [*happened, (75, ev.FloorTextGiven(person="wang", text="我家又进水了"))]
    assert minutes(changed).speeches[0].text == "我家又进水了"


def test_a_named_vote_is_told_with_its_voters() -> None:
    """Those of members apart from those of residents."""
    question = WRITTEN.questions[0]
    assert (question.question, question.cast, question.item) == ("同意改造方案吗", 3, 2)
    assert clock(question.span) == ("12:10:10", "12:12:40")
    yes, no = question.choices
    assert (yes.option, yes.members, yes.residents, yes.votes) == ("同意", (LI,), (ZHAO,), 2)
    assert (no.option, no.members, no.residents, no.votes) == ("反对", (), (WANG,), 1)


def test_hands_count_and_have_no_names() -> None:
    question = WRITTEN.questions[1]
    assert (question.cast, question.hands, question.entitled, question.present) == (2, 1, 3, 2)
    assert [(choice.votes, choice.members) for choice in question.choices] == [
        (2, (CHEN,)),
        (0, ()),
        (0, ()),
    ]
    assert question.tellers == (HE, ZHAO)


def test_a_cancelled_vote_has_no_result() -> None:
    happened = [*held(closed=False), (700, ev.VoteCancelled(vote=21, reason="问题有误"))]
    question = minutes(happened).questions[0]
    assert (question.cancelled, question.choices, question.outcome) == ("问题有误", (), None)


def test_comments_are_told_with_their_likes() -> None:
    first, second = WRITTEN.remarks
    assert (first.who, first.likes, f"{first.at:%H:%M:%S}") == (ZHAO, 1, "12:10:30")
    assert (second.asked, second.reply_to) == (LI, ZHAO)


def test_hidden_comments_are_counted_and_not_told() -> None:
    assert WRITTEN.hidden == (("abuse", 1),)
    assert all("见不得人" not in remark.text for remark in WRITTEN.remarks)


def test_what_is_hidden_later_is_not_told_either() -> None:
    """Though the minutes tell of the record before it; what comes later is not told."""
    entries = record([*held(), (90_000, ev.CommentHidden(comment=25, reason="privacy"))])
    written = build(entries, INVITED, CHINA, through=len(held()))
    assert [remark.id for remark in written.remarks] == [30]
    assert written.hidden == (("abuse", 1), ("privacy", 1))
    assert written.entries == len(held())


def test_minutes_can_be_read_while_the_meeting_goes_on() -> None:
    """What goes on has no end; ballots of a vote that runs are withheld, also from the host."""
    draft = minutes(held(closed=False))
    assert (draft.state, draft.closed) == ("open", None)
    assert clocks(draft.members[0].stays) == [("12:00:10", "")]
    assert draft.members[0].length is None
    assert clocks(draft.matters[1].spans) == [("12:06:40", "")]
    question = draft.questions[0]
    assert (question.cast, question.choices, question.span.end) == (3, (), None)


def test_a_speech_and_a_recess_that_go_on_have_no_end() -> None:
    draft = minutes(held()[:10])
    assert told(draft.speeches) == [(None, CHEN, -1, None)]
    assert clocks(minutes(held()[:18]).recesses) == [("12:06:50", "")]


def test_the_close_ends_a_recess() -> None:
    happened = [*held()[:18], (420, ev.MeetingClosed())]
    assert clocks(minutes(happened).recesses) == [("12:06:50", "12:07:00")]


def test_a_signature_is_of_one_revision() -> None:
    signed = ev.MinutesSigned(person="chen", signed_as="host", revision=2, sha256="a" * 64)
    published = ev.MinutesPublished(revision=2, sha256="a" * 64)
    amended = ev.MinutesAddendum(person="he", text="时间有误")
    entries = record([*held(), (90_000, signed), (90_001, published), (90_002, amended)])
    signing = build(entries, INVITED, CHINA, revision=2, sha256="a" * 64).signing
    assert [(one.who, one.signed_as) for one in signing.signatures] == [(CHEN, "host")]
    assert signing.published is not None
    assert [(one.who, one.text) for one in signing.addenda] == [(HE, "时间有误")]
    other = build(entries, INVITED, CHINA, revision=3, sha256="b" * 64).signing
    assert (other.signatures, other.published) == ((), None)


def test_somebody_forgotten_keeps_a_role_and_no_name() -> None:
    known = {person: who for person, who in INVITED.items() if person != "li"}
    written = minutes(register=known)
    assert written.members[1].who == Named("", "", Role.PARTICIPANT)
    assert written.questions[0].choices[0].members == (Named("", "", Role.PARTICIPANT),)


def test_an_appointment_changes_what_somebody_was() -> None:
    appointed = ev.PersonAppointed(person="li", role=Role.CLERK)
    written = minutes([*held()[:9], (65, appointed)])
    assert [who.name for who in written.clerks] == ["李工", "何书记员"]
