"""
The count of every vote, made again from the entries by what the rules promise: not by the rules'
own code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from meetings import commands as cmd
from meetings import events as ev
from meetings.ballots.blind import verify
from meetings.fold import apply
from meetings.people import DESK, DEVICES, ELECTORS, PersonId, Role
from meetings.service import Accepted, Answer
from meetings.state import Meeting
from meetings.voting.terms import RollLine


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, and what was answered."""

    person: PersonId
    command_id: str
    command: cmd.Asked
    answer: Answer


def acknowledged_ballots_count(
    entries: Sequence[ev.Entry],
    asked: Iterable[Asked],
    cast: Mapping[int, Mapping[str, tuple[int, ...]]],
    tried: Mapping[int, Mapping[str, tuple[int, ...]]] = MappingProxyType({}),
) -> None:
    """
    When a ballot was acknowledged it stood, and what was put into a box was published.

    Args:
        cast: secret vote -> serial -> marks, as they were acknowledged last.
        tried: the same of ballots that were sent without an answer: they count or not.
    """
    after: dict[int, Meeting] = {}
    meeting: Meeting | None = None
    for entry in entries:
        meeting = after[entry.offset] = apply(meeting, entry)
    for one in asked:
        if not isinstance(one.answer, Accepted):
            continue
        match one.command:
            case cmd.CastBallot(vote=vote_id, marks=marks):
                person = one.person
            case cmd.CastBallotFor(vote=vote_id, person=person, marks=marks):
                pass
            case _:
                continue
        ballot = after[one.answer.offset].votes.by_id[vote_id].ballots[person]
        assert ballot.marks == marks
    assert meeting is not None
    for vote_id, vote in meeting.votes.by_id.items():
        if vote.outcome is not None and vote.secret:
            published = {one.serial: one.marks for one in vote.published}
            acknowledged = cast.get(vote_id, {})
            assert acknowledged.items() <= published.items()
            assert published.items() <= {**tried.get(vote_id, {}), **acknowledged}.items()


def votes_are_recounted(entries: Sequence[ev.Entry]) -> None:
    """From the entries alone: who voted might, nobody twice, and the sums are those announced."""
    roles = _roles(entries)
    for opening in entries:
        if isinstance(opening.event, ev.VoteOpened):
            own = [
                entry for entry in entries if getattr(entry.event, "vote", None) == opening.offset
            ]
            _recount(opening.event, own, roles)


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
    up: ev.VoteTimeUp | None = None
    for entry in entries:
        event = entry.event
        assert outcome is None or isinstance(event, ev.VoteTieBroken), "after the close"
        match event:
            case ev.BallotGiven():
                assert vote.rules.secrecy == "named"
                _in_time(event, entry, up, roles)
                _entitled(event.person, event.channel, entry, roll, vote, roles)
                assert claims.get(event.person) != "hands" or not vote.rules.tellers
                assert event.person not in ballots or vote.rules.changeable
                assert channels.setdefault(event.person, event.channel) == event.channel
                ballots[event.person] = event.marks
            case ev.VoteTimeUp():
                assert up is None
                assert event.close_ms <= entry.at_ms
                assert 0 <= event.until_ms - event.close_ms <= vote.grace_ms
                up = event
            case ev.BallotPaperIssued():
                assert up is None
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
                early = up is not None and entry.at_ms < up.until_ms
                assert not early or event.reason == "meeting_closed"
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


def _in_time(
    ballot: ev.BallotGiven,
    entry: ev.Entry,
    up: ev.VoteTimeUp | None,
    roles: Mapping[int, Mapping[PersonId, Role]],
) -> None:
    """Late is only who watches the livestream, by less than the grace, with what was in time."""
    if up is None:
        assert ballot.seen_ms is None
        return
    assert entry.actor is not None
    assert roles[entry.offset][entry.actor] is Role.VIEWER
    assert ballot.seen_ms is not None
    assert ballot.seen_ms < up.close_ms <= entry.at_ms < up.until_ms


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
