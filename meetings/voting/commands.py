"""What may be asked about votes."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints
from typing_extensions import TypeIs

from meetings.attendance.events import WEIGHT_MAX
from meetings.models import CommandModel, Offset, Seen, Title
from meetings.people import PersonId
from meetings.voting.events import Electors, Options
from meetings.voting.terms import LISTED_MAX, Counts, Marks, VoteRules

__all__ = [
    "VOTE_MAX_S",
    "WINDOW_MAX_S",
    "CancelVote",
    "CastBallot",
    "CastBallotFor",
    "ClaimChannel",
    "CloseVote",
    "CountHands",
    "DecideTie",
    "OpenVote",
    "RecountHands",
    "ReleaseChannel",
    "TakePaper",
    "VotingCommand",
]

VOTE_MAX_S = 86400
WINDOW_MAX_S = 600

_Persons = Annotated[tuple[PersonId, ...], Field(max_length=LISTED_MAX)]


class OpenVote(CommandModel):
    type: Literal["vote.open"] = "vote.open"
    question: Title
    options: Options
    electors: Electors = "everyone"
    seconds: Annotated[int, Field(ge=5, le=VOTE_MAX_S)] | None = None
    """Time to vote; None: until the host closes."""
    rules: VoteRules = VoteRules()
    listed: _Persons = ()
    """The electors, where they are listed."""


class CastBallot(CommandModel):
    """Vote by name."""

    type: Literal["vote.cast"] = "vote.cast"
    vote: Offset
    marks: Marks
    at_ms: Seen | None = None
    """The moment that the voter's livestream showed; None: the present one."""


class CastBallotFor(CommandModel):
    """Vote in another's place, as holder of the proxy; or enter the hand that a person raised."""

    type: Literal["vote.cast_for"] = "vote.cast_for"
    vote: Offset
    person: PersonId
    marks: Marks
    at_ms: Seen | None = None
    """As in `CastBallot`."""


class TakePaper(CommandModel):
    """Take a paper of a secret vote; `result` carries its blind signature."""

    type: Literal["vote.take_paper"] = "vote.take_paper"
    vote: Offset
    blinded: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{512}$")]
    """The blinded serial (RFC 9474, section 4.2), 2048 bits in hexadecimal."""
    person: PersonId | None = None
    """In whose place, by proxy; None: for oneself."""
    number: Annotated[int, Field(ge=1, le=WEIGHT_MAX)] = 1
    """Which paper, of a person whose vote has more weight than one."""


class ClaimChannel(CommandModel):
    """Vote this way and no other; the desk claims for those who have no device."""

    type: Literal["vote.claim"] = "vote.claim"
    vote: Offset
    channel: Literal["electronic", "hands"]
    persons: _Persons = ()
    """None: oneself."""


class ReleaseChannel(CommandModel):
    type: Literal["vote.release"] = "vote.release"
    vote: Offset
    person: PersonId | None = None
    """None: oneself."""


class CountHands(CommandModel):
    """Enter what one counted, as a teller."""

    type: Literal["vote.count"] = "vote.count"
    vote: Offset
    counts: Counts


class RecountHands(CommandModel):
    """Have the hands counted anew."""

    type: Literal["vote.recount"] = "vote.recount"
    vote: Offset


class CloseVote(CommandModel):
    type: Literal["vote.close"] = "vote.close"
    vote: Offset
    window_s: Annotated[int, Field(ge=0, le=WINDOW_MAX_S)] = 0
    """
    How long ballots are taken from now on; 0: no longer. Viewers have as long, by the moment that
    their livestream shows: see `VoteTimeUp`.
    """


class DecideTie(CommandModel):
    type: Literal["vote.decide_tie"] = "vote.decide_tie"
    vote: Offset
    option: Annotated[int, Field(ge=0)]


class CancelVote(CommandModel):
    type: Literal["vote.cancel"] = "vote.cancel"
    vote: Offset
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


VotingCommand = (
    OpenVote
    | CastBallot
    | CastBallotFor
    | TakePaper
    | ClaimChannel
    | ReleaseChannel
    | CountHands
    | RecountHands
    | CloseVote
    | DecideTie
    | CancelVote
)

_TYPES = frozenset(get_args(VotingCommand))


def is_voting(command: object) -> TypeIs[VotingCommand]:
    """`isinstance` of the union, which asks pydantic's metaclass member by member: 10 us."""
    return type(command) in _TYPES
