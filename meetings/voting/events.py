"""What happens to votes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, StringConstraints
from typing_extensions import TypeIs

from meetings.models import EventModel, Offset, Seen, Title
from meetings.people import PersonId
from meetings.voting.terms import (
    LISTED_MAX,
    OPTION_MAX,
    OPTIONS_MAX,
    SIMPLE,
    Channel,
    Counts,
    Electors,
    Majority,
    Marks,
    Option,
    Options,
    Outcome,
    PublishedBallot,
    QuorumTaken,
    RollLine,
    VoteRules,
)

__all__ = [
    "LISTED_MAX",
    "OPTIONS_MAX",
    "OPTION_MAX",
    "PUBLISHED_MAX",
    "SIMPLE",
    "BallotCast",
    "BallotGiven",
    "BallotPaperIssued",
    "Channel",
    "Electors",
    "HandsCounted",
    "HandsRecount",
    "Majority",
    "Option",
    "Options",
    "Outcome",
    "PublishedBallot",
    "QuorumTaken",
    "RollLine",
    "VoteCancelled",
    "VoteChannelClaimed",
    "VoteChannelReleased",
    "VoteClosed",
    "VoteClosing",
    "VoteEnd",
    "VoteOpened",
    "VotePublished",
    "VoteRules",
    "VoteTieBroken",
    "VoteTimeUp",
    "VotingEvent",
]

ROLL_MAX = 10_000
"""Electors of one vote: an entry of about 500 kB."""
PUBLISHED_MAX = 200
"""Ballots published in one entry, of about 130 kB; more ballots are several entries."""

GRACE_MAX_MS = 10_000
"""Farther behind than that nobody's livestream keeps a vote open."""

VoteEnd = Literal["closed", "timed_out", "meeting_closed"]


class VoteOpened(EventModel):
    """A question was put. Who may vote, with what weight, stands fast from here on."""

    type: Literal["vote.opened"] = "vote.opened"
    changes: ClassVar = frozenset({"votes"})
    question: Title
    options: Options
    electors: Electors
    until_ms: int | None = None
    rules: VoteRules = VoteRules()
    item: int | None = None
    """Agenda item that it belongs to."""
    roll: Annotated[tuple[RollLine, ...], Field(max_length=ROLL_MAX)] | None = None
    """Who may vote; None: nobody was listed (an open poll, and records before there were rolls)."""
    present: Annotated[int, Field(ge=0)] | None = None
    """Votes of those on the roll who were there or represented."""
    quorum: QuorumTaken | None = None
    """None: the meeting has no quorum, or the poll is open to everyone."""
    grace_ms: Annotated[int, Field(ge=0, le=GRACE_MAX_MS)] = 0
    """How long ballots may arrive late that were given in time in the livestream; 0: not at all."""
    paper_key: str = ""
    """Public key for the papers of a secret vote: RSA modulus in hexadecimal; exponent 65537."""


class BallotCast(EventModel):
    """A named ballot for one option: what was written before there were marks."""

    type: Literal["ballot.cast"] = "ballot.cast"
    changes: ClassVar = frozenset({"votes"})
    progress: ClassVar = True
    vote: Offset
    person: PersonId
    option: Annotated[int, Field(ge=0)]
    """Index into the vote's options."""


class BallotGiven(EventModel):
    """A named ballot (记名表决); a later one of the same person takes its place."""

    type: Literal["ballot.given"] = "ballot.given"
    changes: ClassVar = frozenset({"votes"})
    progress: ClassVar = True
    vote: Offset
    person: PersonId
    """Whose vote it is; who gave it is the entry's actor."""
    marks: Marks
    channel: Channel
    seen_ms: Seen | None = None
    """Of one that came after the time was up: the moment, before that, at which it was given."""


class BallotPaperIssued(EventModel):
    """A person took a paper of a secret vote: from it nobody can tell which ballot is the own."""

    type: Literal["ballot.paper_issued"] = "ballot.paper_issued"
    changes: ClassVar = frozenset({"votes"})
    progress: ClassVar = True
    vote: Offset
    person: PersonId
    number: Annotated[int, Field(ge=1)] = 1
    """Which of the person's papers: 1 up to the weight."""
    blinded: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the blinded paper: the same one may be asked for again, and no other."""


class VoteChannelClaimed(EventModel):
    """A person votes this way and no other."""

    type: Literal["vote.channel_claimed"] = "vote.channel_claimed"
    changes: ClassVar = frozenset({"votes"})
    vote: Offset
    person: PersonId
    channel: Channel


class VoteChannelReleased(EventModel):
    type: Literal["vote.channel_released"] = "vote.channel_released"
    changes: ClassVar = frozenset({"votes"})
    vote: Offset
    person: PersonId


class HandsCounted(EventModel):
    """What one teller counted in one round."""

    type: Literal["hands.counted"] = "hands.counted"
    changes: ClassVar = frozenset({"votes"})
    vote: Offset
    teller: PersonId
    round: Annotated[int, Field(ge=1)]
    counts: Counts


class HandsRecount(EventModel):
    """The tellers differ, or are not sure: this round of counting begins."""

    type: Literal["hands.recount"] = "hands.recount"
    changes: ClassVar = frozenset({"votes"})
    vote: Offset
    round: Annotated[int, Field(ge=2)]


class VoteClosing(EventModel):
    """The close was announced: ballots are taken until then."""

    type: Literal["vote.closing"] = "vote.closing"
    changes: ClassVar = frozenset({"votes"})
    vote: Offset
    until_ms: int


class VoteTimeUp(EventModel):
    """
    The time to vote is up: only ballots count yet that were given before `close_ms` in a livestream
    that is behind, and arrive before `until_ms`. Nobody sees a tally before that is over.
    """

    type: Literal["vote.time_up"] = "vote.time_up"
    changes: ClassVar = frozenset({"votes"})
    vote: Offset
    close_ms: int
    until_ms: int
    reason: VoteEnd


class VotePublished(EventModel):
    """Ballots of a secret vote, in the order of their serials; with the entries beside it, all."""

    type: Literal["vote.published"] = "vote.published"
    changes: ClassVar = frozenset({"votes"})
    vote: Offset
    ballots: Annotated[tuple[PublishedBallot, ...], Field(max_length=PUBLISHED_MAX)]


class VoteClosed(EventModel):
    type: Literal["vote.closed"] = "vote.closed"
    changes: ClassVar = frozenset({"votes"})
    vote: Offset
    reason: VoteEnd
    outcome: Outcome | None = None
    """None: written before outcomes were."""


class VoteTieBroken(EventModel):
    """A tie was settled, by the host's word or by lot."""

    type: Literal["vote.tie_broken"] = "vote.tie_broken"
    changes: ClassVar = frozenset({"votes"})
    vote: Offset
    option: Annotated[int, Field(ge=0)]
    """Which of those that lead it is; of a motion: for or against."""
    seed: str = ""
    """Drawn: the lot can be drawn again from it (`tie.draw`); empty: the host decided."""


class VoteCancelled(EventModel):
    """The vote has no result; papers and ballots of it are void."""

    type: Literal["vote.cancelled"] = "vote.cancelled"
    changes: ClassVar = frozenset({"votes"})
    vote: Offset
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


VotingEvent = (
    VoteOpened
    | BallotCast
    | BallotGiven
    | BallotPaperIssued
    | VoteChannelClaimed
    | VoteChannelReleased
    | HandsCounted
    | HandsRecount
    | VoteClosing
    | VoteTimeUp
    | VotePublished
    | VoteClosed
    | VoteTieBroken
    | VoteCancelled
)

_TYPES = frozenset(get_args(VotingEvent))


def is_voting(event: object) -> TypeIs[VotingEvent]:
    """`isinstance` of the union, which asks pydantic's metaclass member by member: 10 us."""
    return type(event) in _TYPES
