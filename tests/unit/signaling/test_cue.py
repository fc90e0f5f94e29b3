"""What the record says the programme is about."""

from __future__ import annotations

from media.control import Cue
from media.cue import AgendaCue
from meetings import events as ev
from meetings.fold import fold
from meetings.people import Person, Place, Role
from meetings.state import Meeting
from meetings.voting.terms import RollLine, VoteRules
from signaling.cue import progress_only
from signaling.floor_to_media import plan
from tests.each import each

REGISTER = {
    "host": Person(id="host", name="周明", office="室长", role=Role.HOST),
    "li": Person(id="li", name="李娟", office="住建局", role=Role.PARTICIPANT),
    "qian": Person(id="qian", name="钱工", role=Role.PARTICIPANT),
    "res": Person(id="res", name="王伯", role=Role.VIEWER),
    "cam": Person(id="cam", name="会场", role=Role.ROOM),
}
CREATED = ev.MeetingCreated(
    title="加装电梯",
    room="1234",
    room_name="幸福里",
    planned_ms=0,
    agenda=(
        ev.AgendaItem(id=1, title="方案说明", department="住建局"),
        ev.AgendaItem(id=2, title="居民问答", kind="questions"),
    ),
)
EVERYBODY = tuple(ev.PersonJoined(person=p.id, role=p.role) for p in REGISTER.values())
START: tuple[ev.Event, ...] = (CREATED, *EVERYBODY, ev.MeetingOpened())
"""Seven entries; at_ms is the offset."""
SPOKE = ev.FloorEnded(person="li", reason="ended")
IN_ROOM = ev.PersonSignedIn(person="res", role=Role.VIEWER)


def cue(*events: ev.Event) -> Cue:
    return plan(meeting(*events), REGISTER).cue


def meeting(*events: ev.Event) -> Meeting:
    happened = (*START, *events)
    return fold(
        "m", (ev.Entry(offset=n, at_ms=n, event=event) for n, event in enumerate(happened, 1))
    )


def pair(*events: ev.Event) -> tuple[str | None, str | None]:
    """Names at the left and at the right."""
    made = cue(*events)
    partner = None if made.partner is None else made.partner.strap.name
    return partner, None if made.strap is None else made.strap.name


# --- who stands beside the speaker


def test_a_speech_alone_stands_alone() -> None:
    assert pair(ev.FloorGranted(person="li")) == (None, "李娟")
    passed = (ev.FloorGranted(person="li"), SPOKE, ev.FloorGranted(person="qian"))
    assert pair(*passed) == (None, "钱工")


def test_who_is_interrupted_stands_beside_who_interrupts() -> None:
    events = (
        ev.FloorGranted(person="li"),
        ev.FloorPaused(),
        ev.FloorGranted(person="qian", kind="point_of_order", interrupts=True),
    )
    assert pair(*events) == ("李娟", "钱工")
    assert pair(*events, ev.FloorEnded(person="qian", reason="ended")) == (None, "李娟")


@each("kind", ["reply", "question"])
def test_who_is_replied_to_or_asked_stands_beside(kind: ev.Kind) -> None:
    """Whose speech it is about, also when others spoke meanwhile."""
    events = (
        ev.FloorGranted(person="li"),  # entry 8
        SPOKE,
        ev.FloorGranted(person="host"),
        ev.FloorEnded(person="host", reason="ended"),
        ev.FloorRequested(person="qian", kind=kind, reply_to=8),  # entry 12
        ev.FloorGranted(person="qian", request=12, kind=kind),
    )
    assert pair(*events) == ("李娟", "钱工")


def test_who_asked_stands_beside_who_answers() -> None:
    """The official was asked, and gets the floor next."""
    events = (
        ev.FloorGranted(person="li"),  # entry 8
        SPOKE,
        ev.FloorRequested(person="qian", kind="question", reply_to=8),  # entry 10
        ev.FloorGranted(person="qian", request=10, kind="question"),
        ev.FloorEnded(person="qian", reason="passed"),
    )
    assert pair(*events, ev.FloorGranted(person="li")) == ("钱工", "李娟")
    assert pair(*events, ev.FloorGranted(person="host")) == (None, "周明")


def test_in_questions_and_answers_whoever_spoke_before_stands_beside() -> None:
    """On this item, not on the one before."""
    first = (ev.FloorGranted(person="qian"), ev.FloorEnded(person="qian", reason="passed"))
    answers = ev.FloorGranted(person="li")
    assert pair(ev.AgendaMoved(item=2), *first, answers) == ("钱工", "李娟")
    assert pair(*first, ev.AgendaMoved(item=2), answers) == (None, "李娟")


def test_who_asked_in_the_room_is_shown_by_the_rooms_camera() -> None:
    """And two who are both in the room need no second picture."""
    asked = (
        IN_ROOM,
        ev.AgendaMoved(item=2),
        ev.FloorGranted(person="res", place=Place.ROOM),
        ev.FloorEnded(person="res", reason="passed"),
    )
    made = cue(*asked, ev.FloorGranted(person="li"))
    assert made.partner is not None
    assert (made.partner.person, made.partner.strap.channel) == (None, "room")
    there = ev.PersonSignedIn(person="li", role=Role.PARTICIPANT)
    assert cue(*asked, there, ev.FloorGranted(person="li")).partner is None


def test_whose_picture_is_not_let_through_stands_beside_nobody() -> None:
    """A resident whose speech is over is no longer on the link; nor one who left."""
    asked = (
        ev.AgendaMoved(item=2),
        ev.FloorGranted(person="res"),
        ev.FloorEnded(person="res", reason="passed"),
    )
    assert cue(*asked, ev.FloorGranted(person="li")).partner is None
    stopped = (ev.FloorGranted(person="qian"), ev.FloorEnded(person="qian", reason="passed"))
    gone = (ev.AgendaMoved(item=2), *stopped, ev.PersonLeft(person="qian"))
    assert cue(*gone, ev.FloorGranted(person="li")).partner is None


def test_the_strap_tells_how_somebody_takes_part() -> None:
    """In the room, by video, or by a text that is read out."""

    def channel(*events: ev.Event) -> str:
        strap = cue(*events).strap
        return "" if strap is None else strap.channel

    assert channel(ev.FloorGranted(person="li")) == "video"
    assert channel(IN_ROOM, ev.FloorGranted(person="res", place=Place.ROOM)) == "room"
    called = (ev.FloorCalled(person="res"), ev.FloorTextGiven(person="res", text="谢谢"))
    assert channel(*called, ev.FloorGranted(person="res")) == "text"


# --- agenda, recess, the host's choice


def test_the_agenda_card_says_which_item_of_how_many() -> None:
    """And which comes next; postponed ones don't count."""
    assert cue().agenda is None
    assert cue(ev.AgendaMoved(item=1)).agenda == AgendaCue(
        title="方案说明", number=1, of=2, department="住建局", next="居民问答", since_ms=8
    )
    alone = cue(ev.AgendaPostponed(item=2), ev.AgendaMoved(item=1)).agenda
    assert alone is not None
    assert (alone.of, alone.next) == (1, "")


def test_a_recess_tells_when_it_ends() -> None:
    made = cue(ev.MeetingRecessed(until_ms=900))
    assert (made.mode, made.resume_ms, made.adjourned) == ("recess", 900, False)
    assert cue(ev.MeetingAdjourned()).adjourned


def test_the_hosts_choice_is_in_the_cue() -> None:
    assert cue(ev.ProgrammeShown(layout="two")).layout == "two"


# --- votes

ROLL = (RollLine(person="li", weight=1), RollLine(person="qian", weight=1))


def opened(**rules: object) -> ev.VoteOpened:
    """Entry 8."""
    return ev.VoteOpened(
        question="同意吗",
        options=("同意", "反对"),
        electors="members",
        until_ms=99,
        rules=VoteRules.model_validate(rules),
        roll=ROLL,
    )


BALLOT = ev.BallotGiven(vote=8, person="li", marks=(1, 0), channel="electronic")


def test_a_vote_that_hides_its_results_shows_the_turnout_alone() -> None:
    vote = cue(opened(), BALLOT).vote
    assert vote is not None
    assert (vote.turnout, vote.entitled, vote.tally, vote.until_ms) == (1, 2, None, 99)


def test_a_vote_with_live_results_shows_them() -> None:
    vote = cue(opened(results="live"), BALLOT).vote
    assert vote is not None
    assert vote.tally == (1, 0)


def test_of_a_secret_vote_papers_are_counted_and_only_sums_are_shown() -> None:
    """Not even live, whatever the rules say."""
    paper = ev.BallotPaperIssued(vote=8, person="li", blinded="0" * 64)
    vote = cue(opened(secrecy="secret", results="live"), paper).vote
    assert vote is not None
    assert (vote.secret, vote.turnout, vote.tally) == (True, 1, None)


def test_a_vote_that_is_over_shows_its_tally_and_a_cancelled_one_nothing() -> None:
    closed = cue(opened(), BALLOT, ev.VoteClosed(vote=8, reason="closed")).vote
    assert closed is not None
    assert (closed.tally, closed.closed_ms) == ((1, 0), 10)
    assert cue(opened(), BALLOT, ev.VoteCancelled(vote=8)).vote is None


def test_how_far_a_vote_has_come_is_told_apart_from_everything_else() -> None:
    """It may wait, since thousands may vote at once."""
    before, after = cue(opened()), cue(opened(), BALLOT)
    assert progress_only(before, after)
    assert not progress_only(before, before)
    assert not progress_only(before, cue(opened(), BALLOT, ev.FloorGranted(person="li")))
    assert not progress_only(after, cue(opened(), BALLOT, ev.VoteClosed(vote=8, reason="closed")))
