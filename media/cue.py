"""
The cue: what the record says the programme is about. The director makes a scene of it.

Instants are wall clock, milliseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Layout = Literal["auto", "room", "speaker", "two", "screen", "agenda", "vote", "card"]
"""What the host asks for; auto: the director follows the record."""

SceneName = Literal[
    "opening",
    "waiting",
    "room",
    "speaker",
    "two",
    "screen",
    "agenda",
    "vote",
    "card",
    "recess",
    "closing",
]
"""What is shown. waiting: a card in place of the room's picture."""

Channel = Literal["", "room", "video", "voice", "text"]
"""现场, 视频连线, 语音连线, and a speech that the host reads out."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Strap(_Message):
    """The lower third: who speaks."""

    name: str
    office: str = ""
    channel: Channel = ""
    """Of a remote person video; the director says voice where there is no picture."""


class Partner(_Message):
    """
    Who stands beside the speaker: who asked, where the speaker answers; who is interrupted or
    replied to.
    """

    person: str | None
    """Whose picture; None: the room's, where the person sits."""
    strap: Strap


class AgendaCue(_Message):
    """The item that the meeting is at, for the agenda card."""

    title: str
    number: int
    """Place on the agenda, from 1."""
    of: int
    """Items on the agenda."""
    kind: Literal["report", "discussion", "questions", "vote"] = "discussion"
    department: str = ""
    next: str = ""
    """Title of the next item; empty: this is the last."""
    since_ms: int = 0
    """When the meeting turned to it."""


class VoteCue(_Message):
    """A vote that runs, or the newest that is over. Holds nothing that viewers may not see."""

    question: str
    options: tuple[str, ...]
    secret: bool
    motion: bool = True
    """For or against; False: options to choose from."""
    opened_ms: int
    until_ms: int | None = None
    """When ballots are taken no more; None: until the host closes it."""
    closed_ms: int | None = None
    turnout: int | None = None
    """Ballots and hands so far; of a secret vote papers taken."""
    entitled: int | None = None
    """None: open to everyone."""
    tally: tuple[int, ...] | None = None
    """Votes an option; None: withheld."""
    result: Literal["", "passed", "rejected", "tied", "no_quorum", "unsettled"] = ""
    chosen: int | None = None
    """The option that was passed."""


class Cue(_Message):
    """
    What the programme is about at this moment.

    In a meeting, `room` and `speaker` are heard; on a card nobody is. The forwarder's permissions
    hold besides.
    """

    mode: Literal["opening", "meeting", "recess", "closing"]
    title: str
    """The meeting's title, for cards."""
    room: str | None = None
    """Person id of the room's camera."""
    microphone: str | None = None
    """Person id of the room's microphone; None: the camera's."""
    speaker: str | None = None
    """Person id of who holds the floor; None: nobody remote speaks."""
    strap: Strap | None = None
    item: str = ""
    """Title of the agenda item."""
    place: str = ""
    """Name of the room, for cards."""
    layout: Layout = "auto"
    partner: Partner | None = None
    """Belongs beside whoever `strap` names."""
    agenda: AgendaCue | None = None
    vote: VoteCue | None = None
    opened_ms: int | None = None
    """When the meeting began."""
    resume_ms: int | None = None
    """In a recess: when it shall go on."""
    adjourned: bool = False
    """The recess lasts until another day."""
