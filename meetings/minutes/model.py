"""What the minutes tell, before it is put into words. Instants are aware, in the meeting's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from meetings.events import (
    Electors,
    FloorEnd,
    HideReason,
    ItemKind,
    Majority,
    Outcome,
    QuorumTaken,
    VoteRules,
)
from meetings.floor.rulebook import Kind, Side
from meetings.link.events import Call
from meetings.people import PersonId, Place, Role
from meetings.sections import MeetingState
from meetings.signoff.events import SignedAs


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody, as the register knows him now."""

    name: str
    """Empty: forgotten."""
    office: str
    role: Role


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when; open if it was still going on at the last entry."""

    begin: datetime
    end: datetime | None

    @property
    def length(self) -> timedelta | None:
        return None if self.end is None else self.end - self.begin


@dataclass(frozen=True, slots=True)
class Attended:
    id: PersonId
    who: Named
    stays: tuple[Span, ...]
    places: tuple[Place, ...]
    """Where the person took part, in order, each place once."""
    recused: tuple[int, ...] = ()
    """Numbers of the matters at which the person stood aside."""

    @property
    def length(self) -> timedelta | None:
        """For how long the person was there; None: still is."""
        lengths = [stay.length for stay in self.stays]
        if any(length is None for length in lengths):
            return None
        return sum((length for length in lengths if length is not None), timedelta())


@dataclass(frozen=True, slots=True)
class Represented:
    """An elector's proxy at the end of the meeting."""

    giver: Named
    holder: Named
    matter: int | None
    """Number of the only matter that it was for."""


@dataclass(frozen=True, slots=True)
class Speech:
    id: int
    """Offset of the grant."""
    item: int | None
    """Id of the agenda item that it began in."""
    who: Named
    span: Span
    reason: FloorEnd | None
    """How it ended; None: it has not."""
    kind: Kind = "speech"
    side: Side | None = None
    text: str = ""
    """What was read out for the person."""


@dataclass(frozen=True, slots=True)
class Matter:
    """An agenda item, as it went."""

    id: int
    number: int
    title: str
    kind: ItemKind
    department: str
    minutes: int | None
    """Planned length, minutes."""
    spans: tuple[Span, ...]
    """When the meeting dealt with it."""
    postponed: bool = False
    reason: str = ""
    """Why it was postponed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a vote."""

    option: str
    votes: int
    """In weighted votes, or points; ballots, hands and proxies together."""
    members: tuple[Named, ...]
    """Members who chose it by name, in the order of voting."""
    residents: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A vote."""

    id: int
    """Offset of its opening."""
    number: int
    item: int | None
    """Id of the agenda item that it belongs to."""
    question: str
    electors: Electors
    rules: VoteRules
    span: Span
    cast: int | None
    """Ballots and hands; None: a secret vote that runs."""
    entitled: int | None
    """Electors on the roll; None: it was open to everyone."""
    present: int | None
    quorum: QuorumTaken | None
    hands: int
    """Of `cast`, those counted by the tellers."""
    proxies: int
    """Of `cast`, those given by proxy."""
    late: int
    """Of `cast`, those that were given in time in the livestream and came a little later."""
    choices: tuple[Choice, ...]
    """Empty while it runs or when it was cancelled."""
    outcome: Outcome | None
    """None: it runs, was cancelled, or is of a record without outcomes."""
    tie_broken: int | None
    cancelled: str | None
    tellers: tuple[Named, ...]

    @property
    def majority(self) -> Majority | None:
        return self.rules.majority


@dataclass(frozen=True, slots=True)
class Remark:
    """A public comment."""

    id: int
    """Its offset."""
    who: Named
    at: datetime
    text: str
    likes: int
    asked: Named | None
    """Whom it asks."""
    reply_to: Named | None
    """Whose comment it answers."""
    seen: datetime | None = None
    """The moment of the livestream that it answers; None: that of its writing."""


@dataclass(frozen=True, slots=True)
class Uttered:
    """A caption."""

    who: Named | None
    """None: somebody in the room."""
    at: datetime
    text: str
    recognised: bool
    """By a machine; nobody has read it."""


@dataclass(frozen=True, slots=True)
class Quorate:
    """The quorum from an instant on."""

    at: datetime
    electors: int
    present: int
    needed: int

    @property
    def met(self) -> bool:
        return self.present >= self.needed


@dataclass(frozen=True, slots=True)
class Called:
    """One stay on the video link."""

    who: Named
    span: Span
    call: Call


@dataclass(frozen=True, slots=True)
class Signed:
    who: Named
    signed_as: SignedAs
    at: datetime


@dataclass(frozen=True, slots=True)
class Amended:
    """An addendum."""

    who: Named
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signing:
    """Where the sign-off of one revision stands."""

    revision: int
    """0: none was saved."""
    sha256: str = ""
    signatures: tuple[Signed, ...] = ()
    """Under this revision."""
    published: datetime | None = None
    addenda: tuple[Amended, ...] = ()


@dataclass(frozen=True, slots=True)
class Minutes:
    title: str
    room_name: str
    state: MeetingState
    planned: datetime
    opened: datetime | None
    closed: datetime | None
    recesses: tuple[Span, ...]
    hosts: tuple[Named, ...]
    """Hosts who came, in the order of coming; without one, deputies."""
    clerks: tuple[Named, ...]
    members: tuple[Attended, ...]
    """Desk and participants, in the order of coming."""
    absent: tuple[Named, ...]
    """Members who were invited, or on the roster, and never came."""
    residents: tuple[Attended, ...]
    """Viewers, in the order of coming."""
    most_residents: int
    """Viewers present at once, at most."""
    represented: tuple[Represented, ...]
    quorum: tuple[Quorate, ...]
    """Each value that it took while the meeting went on; empty: there was no rule."""
    matters: tuple[Matter, ...]
    speeches: tuple[Speech, ...]
    questions: tuple[Question, ...]
    remarks: tuple[Remark, ...]
    """Public ones, in order."""
    waiting: int
    """Comments that nobody approved."""
    hidden: tuple[tuple[HideReason, int], ...]
    """How many comments are hidden, by the class of the reason."""
    unmasked: int
    """Whose real names the desk asked for."""
    removed: int
    """How often somebody was put out."""
    calls: tuple[Called, ...]
    """How the stays on the video link went, in the order of their ends."""
    transcript: tuple[Uttered, ...]
    """The captions, in the order of speaking."""
    entries: int
    """Entries of the record that the minutes are made of."""
    until: datetime
    """When the last of them was written."""
    signing: Signing
