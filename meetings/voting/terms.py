"""The terms of a vote: what is asked how, of whom, and what it takes to pass."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from meetings.attendance.events import WEIGHT_MAX
from meetings.people import PersonId

OPTION_MAX = 60  # characters
OPTIONS_MAX = 10
SCORE_MAX = 100
LISTED_MAX = 100
"""Electors that a command can list by name; more are a roster."""

Option = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=OPTION_MAX)
]
Options = Annotated[tuple[Option, ...], Field(min_length=2, max_length=OPTIONS_MAX)]

Mark = Annotated[int, Field(ge=0, le=SCORE_MAX)]
Marks = Annotated[tuple[Mark, ...], Field(max_length=OPTIONS_MAX)]
"""A ballot: one mark an option, 0 or 1, or in a score vote its points."""

Counts = Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(max_length=OPTIONS_MAX)]

Electors = Literal["members", "present", "listed", "everyone"]
"""
members: the electors of the roster, else hosts and participants; present: those of them who are
there; listed: named one by one; everyone: an open poll, of whoever comes, not frozen.
"""

Kind = Literal["motion", "single", "multiple", "score"]
"""motion: for, against and (third option) abstain, in this order."""

Channel = Literal["electronic", "hands", "proxy"]
"""How a ballot came: by the own device, by a show of hands, by the holder of a proxy."""

FOR: Final = 0
AGAINST: Final = 1
ABSTAIN: Final = 2


class _Term(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )


class Majority(_Term):
    """What it takes: more than (`strictly`), or at least, num/den of the votes `of`."""

    of: Literal["cast", "present", "entitled"] = "cast"
    """cast: for and against, or ballots that mark an option; abstentions are not cast."""
    num: Annotated[int, Field(ge=1, le=1000)] = 1
    den: Annotated[int, Field(ge=1, le=1000)] = 2
    strictly: bool = True


SIMPLE: Final = Majority()
"""简单多数: more for than against."""
ABSOLUTE: Final = Majority(of="entitled")
"""全体过半数: more than half of all who are entitled."""
TWO_THIRDS: Final = Majority(of="entitled", num=2, den=3, strictly=False)
"""三分之二以上: at least two thirds of all who are entitled."""


class VoteRules(_Term):
    """How one vote goes. The defaults are what a question meant before there were rules."""

    kind: Kind = "single"
    min_choices: Annotated[int, Field(ge=0, le=OPTIONS_MAX)] = 1
    """Of a multiple choice; 0: an empty ballot is one, too."""
    max_choices: Annotated[int, Field(ge=1, le=OPTIONS_MAX)] = 1
    score_max: Annotated[int, Field(ge=1, le=SCORE_MAX)] = 10
    """Points that one option can get of one ballot; score votes only."""
    secrecy: Literal["named", "secret"] = "named"
    majority: Majority | None = None
    """None: the most votes win. A motion always has one."""
    tie: Literal["rejected", "host", "drawn"] = "rejected"
    """Who settles it when a motion is tied, or several options lead."""
    results: Literal["live", "hidden"] = "hidden"
    """Whether the tally of a named vote is shown while it runs."""
    changeable: bool = False
    """Whether a ballot may be changed until the close."""
    tellers: Annotated[tuple[PersonId, ...], Field(max_length=2)] = ()
    """Two who count the hands apart from each other; none: no hands are counted."""


class RollLine(_Term):
    """One elector, as frozen at the opening."""

    person: PersonId
    weight: Annotated[int, Field(ge=1, le=WEIGHT_MAX)] = 1
    holder: PersonId | None = None
    """Who votes in the person's place, by proxy."""


class QuorumTaken(_Term):
    """The quorum, as frozen at the opening."""

    needed: Annotated[int, Field(ge=0)]
    present: Annotated[int, Field(ge=0)]


class PublishedBallot(_Term):
    """One ballot of a secret vote: whose, nobody can tell; that it is a valid one, everybody."""

    serial: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Random, made by the voter's device: the receipt."""
    signature: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{512}$")]
    """RSA-PSS with SHA-384 over the serial's 32 bytes, by the vote's paper key (RFC 9474)."""
    marks: Marks


Result = Literal["passed", "rejected", "tied", "no_quorum", "unsettled"]
"""unsettled: the meeting ended before the hands were counted."""

Reason = Literal[
    "majority_met",
    "majority_missed",
    "most_votes",
    "nobody_voted",
    "tie",
    "tie_rejected",
    "no_quorum",
    "hands_not_counted",
]


class Outcome(_Term):
    """What a vote came to, and what that follows from; all but `ballots` is in weighted votes."""

    result: Result
    option: int | None = None
    """Passed: the option; a motion's is always `FOR`."""
    leading: tuple[int, ...] = ()
    """Options with the most votes, if any has some."""
    tally: Counts
    """Votes an option; in a score vote its points."""
    ballots: Annotated[int, Field(ge=0)]
    """Ballots and hands counted."""
    cast: Annotated[int, Field(ge=0)]
    """Votes that count for the majority: see `Majority.of`."""
    abstained: Annotated[int, Field(ge=0)]
    present: Annotated[int, Field(ge=0)] | None = None
    """At the opening, with those represented; None in an open poll."""
    entitled: Annotated[int, Field(ge=0)] | None = None
    base: Annotated[int, Field(ge=0)] | None = None
    """The votes that the majority is reckoned of; None without one."""
    needed: Annotated[int, Field(ge=0)] | None = None
    """Least votes that meet the majority."""
    reasons: tuple[Reason, ...] = ()
