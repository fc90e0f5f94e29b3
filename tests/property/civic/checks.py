"""
The civic invariants: what every citizen may rely on, whoever asked for what.

They are stated anew here, from the entries as they are read, not by the rules and the fold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from meetings import commands as cmd
from meetings import events as ev
from meetings import views
from meetings.ballots.blind import verify
from meetings.fold import apply, fold
from meetings.people import DESK, DEVICES, ELECTORS, PersonId, Role
from meetings.proof.checkpoint import sign_head
from meetings.proof.export import export
from meetings.proof.keys import SigningKey
from meetings.proof.verify import Verifier
from meetings.sections import Audience, VotesSection
from meetings.service import Accepted
from meetings.state import Meeting
from meetings.voting.terms import RollLine
from signaling.floor_to_media import plan
from tests.property.civic.hall import CONTACT, MEETING, NOTE, PEOPLE, REAL_NAME, Hall

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
    held = [one.text for one in meeting.comments.by_id.values() if not one.public]
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
        _absent(
            mine,
            [
                o.text
                for o in meeting.comments.by_id.values()
                if not o.public and o.person != person
            ],
        )


def _absent(shown: str, withheld: Iterable[str]) -> None:
    for text in withheld:
        assert text not in shown, text


def _running_votes_tell_nothing(section: VotesSection) -> None:
    """But for named votes whose results are live."""
    for vote in section.votes:
        if vote.state == "closed" or (
            vote.state == "open" and vote.rules.results == "live" and vote.rules.secrecy == "named"
        ):
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
    """When it was acknowledged it stood, and it stood until the same person changed it."""
    after: dict[int, Meeting] = {}
    meeting: Meeting | None = None
    for entry in hall.entries:
        meeting = after[entry.offset] = apply(meeting, entry, MEETING)
    for asked in hall.asked:
        if not isinstance(asked.answer, Accepted):
            continue
        match asked.command:
            case cmd.CastBallot(vote=vote_id, marks=marks):
                person = asked.person
            case cmd.CastBallotFor(vote=vote_id, person=person, marks=marks):
                pass
            case _:
                continue
        ballot = after[asked.answer.offset].votes.by_id[vote_id].ballots[person]
        assert ballot.marks == marks
    assert meeting is not None
    for vote_id, cast in hall.cast.items():
        vote = meeting.votes.by_id[vote_id]
        if vote.outcome is not None:
            assert {one.serial: one.marks for one in vote.published} == cast


def every_vote_is_recounted(hall: Hall) -> None:
    """From the entries alone: who voted might, nobody twice, and the sums are those announced."""
    entries = hall.entries
    actors = _roles(entries)
    for opening in entries:
        if isinstance(opening.event, ev.VoteOpened):
            own = [
                entry for entry in entries if getattr(entry.event, "vote", None) == opening.offset
            ]
            _recount(opening.event, own, actors)


def _roles(entries: Sequence[ev.Entry]) -> Mapping[int, Mapping[PersonId, Role]]:
    """Return the roles of all who came, as they were before each entry."""
    roles: dict[PersonId, Role] = {}
    appointed: dict[PersonId, Role] = {}
    known: dict[int, Mapping[PersonId, Role]] = {}
    for entry in entries:
        known[entry.offset] = {**roles, **appointed}
        event = entry.event
        if isinstance(event, ev.PersonJoined | ev.PersonSignedIn):
            roles[event.person] = event.role
        elif isinstance(event, ev.PersonAppointed):
            appointed[event.person] = event.role
    return known


def _recount(
    vote: ev.VoteOpened,
    entries: Sequence[ev.Entry],
    roles: Mapping[int, Mapping[PersonId, Role]],
) -> None:
    roll = None if vote.roll is None else {line.person: line for line in vote.roll}
    ballots: dict[PersonId, tuple[int, ...]] = {}
    channels: dict[PersonId, str] = {}
    claims: dict[PersonId, str] = {}
    counts: dict[int, dict[PersonId, tuple[int, ...]]] = defaultdict(dict)
    rounds = 1
    papers: set[tuple[PersonId, int]] = set()
    published: list[ev.PublishedBallot] = []
    outcome: ev.Outcome | None = None
    for entry in entries:
        event = entry.event
        assert outcome is None or isinstance(event, ev.VoteTieBroken), "after the close"
        match event:
            case ev.BallotGiven():
                assert vote.rules.secrecy == "named"
                _entitled(event.person, event.channel, entry, roll, vote, roles)
                assert claims.get(event.person) != "hands" or not vote.rules.tellers
                assert event.person not in ballots or vote.rules.changeable
                assert channels.setdefault(event.person, event.channel) == event.channel
                ballots[event.person] = event.marks
            case ev.BallotPaperIssued():
                assert vote.rules.secrecy == "secret"
                assert roll is not None
                line = roll[event.person]
                assert 1 <= event.number <= line.weight
                assert (event.person, event.number) not in papers
                assert claims.get(event.person) != "hands"
                assert entry.actor == (line.holder or event.person)
                papers.add((event.person, event.number))
            case ev.VoteChannelClaimed():
                if event.channel == "hands":
                    assert event.person not in ballots
                    assert (event.person, 1) not in papers
                claims[event.person] = event.channel
            case ev.VoteChannelReleased():
                del claims[event.person]
            case ev.HandsCounted():
                assert event.teller in vote.rules.tellers
                assert entry.actor == event.teller
                assert event.teller not in counts[event.round]
                counts[event.round][event.teller] = event.counts
            case ev.HandsRecount():
                rounds = event.round
            case ev.VotePublished():
                published.extend(event.ballots)
            case ev.VoteClosed():
                outcome = event.outcome
            case _:
                pass
    if outcome is None:
        assert not published
        return
    _published_are_true(vote, published, papers)
    hands = _agreed(vote, list(counts[rounds].values()))
    raised = sum(claim == "hands" for claim in claims.values())
    assert sum(hands) <= raised
    tally = list(hands)
    for person, marks in ballots.items():
        weight = 1 if roll is None else roll[person].weight
        tally = [total + weight * mark for total, mark in zip(tally, marks, strict=True)]
    for one in published:
        tally = [total + mark for total, mark in zip(tally, one.marks, strict=True)]
    assert outcome.tally == tuple(tally)
    assert outcome.ballots == len(ballots) + len(published) + sum(hands)


def _entitled(
    person: PersonId,
    channel: str,
    entry: ev.Entry,
    roll: Mapping[PersonId, RollLine] | None,
    vote: ev.VoteOpened,
    roles: Mapping[int, Mapping[PersonId, Role]],
) -> None:
    """Who is on the roll, by the own hand, by the holder of the proxy, or on the desk's word."""
    known = roles[entry.offset]
    holder = None
    if roll is not None:
        holder = roll[person].holder
    elif vote.electors == "everyone":
        assert known[person] not in DEVICES
    else:
        assert known[person] in ELECTORS
    assert entry.actor is not None
    match channel:
        case "electronic":
            assert entry.actor == person
            assert holder is None
        case "proxy":
            assert entry.actor == holder
        case _:
            assert known[entry.actor] in DESK


def _agreed(vote: ev.VoteOpened, counts: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    if len(counts) == 2 and counts[0] == counts[1]:
        return counts[0]
    return (0,) * len(vote.options)


def _published_are_true(
    vote: ev.VoteOpened,
    published: Sequence[ev.PublishedBallot],
    papers: set[tuple[PersonId, int]],
) -> None:
    """Each has a serial of its own that the vote's key signed; there are no more than papers."""
    serials = [one.serial for one in published]
    assert serials == sorted(set(serials))
    assert len(published) <= len(papers)
    for one in published:
        serial, signature = bytes.fromhex(one.serial), bytes.fromhex(one.signature)
        assert verify(int(vote.paper_key, 16), serial, signature)


def the_export_verifies(hall: Hall) -> None:
    """And what it holds is the record; names that were forgotten are not in it."""

    async def write() -> list[bytes]:
        await sign_head(hall.record, MEETING, hall.now_ms, KEY)
        lines = export(hall.record, MEETING, KEY, at_ms=hall.now_ms)
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
    the_export_verifies,
)
