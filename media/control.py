"""
The media plane, as the rest of the service sees it.

`MediaPlane` is the port. Its default adapter (`media.child`) runs the forwarder as a child process
and speaks these messages over a socket, one JSON object a line; requests carry an `n` and are
answered by `Reply` with the same `n`; reports come as they happen.

Nothing is let through until `Allow` says so: muted means not forwarded.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from media.cue import Cue as Cue
from media.cue import SceneName
from media.cue import Strap as Strap


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MediaCode(StrEnum):
    """Why the media plane refused; stable, shown to clients as they are."""

    BAD_SDP = "link.bad_sdp"
    TOO_MANY = "link.too_many"
    NO_PORT = "link.no_port"
    UNKNOWN_ROOM = "link.unknown_room"
    UNKNOWN_PEER = "link.unknown_peer"
    STALE_OFFER = "link.stale_offer"
    UNAVAILABLE = "link.unavailable"


class MediaRefused(Exception):
    """The media plane refused a request."""

    def __init__(self, code: MediaCode, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail


# --- requests -------------------------------------------------------------------------------------


class OpenRoom(_Message):
    """Make a room. Again: no change, but that a programme begins if there was none."""

    type: Literal["open_room"] = "open_room"
    room: str
    programme: str | None = None
    """Folder for the programme's segments; None: no programme."""


class CloseRoom(_Message):
    """Disconnect every peer, finish the programme and the recording."""

    type: Literal["close_room"] = "close_room"
    room: str


class Publish(_Message):
    """
    Offer of a peer that sends; the reply's `sdp` is the answer. Again: renegotiate or restart ICE.
    """

    type: Literal["publish"] = "publish"
    room: str
    peer: str
    person: str
    sdp: str


class Subscribe(_Message):
    """
    Make a peer that receives everybody but `hide`. Offers follow as `Offered` reports.
    Again: restart ICE.
    """

    type: Literal["subscribe"] = "subscribe"
    room: str
    peer: str
    hide: tuple[str, ...] = ()
    """
    Persons whose media is not sent to this peer: oneself, and for devices in the room the room.
    """
    deaf: bool = False
    """No sound is sent: a device in the room, whose loudspeaker the room would hear."""


class Watch(_Message):
    """
    Offer of a peer that receives what the meeting is about: one sound and one picture, whose source
    changes with the cue. The reply's `sdp` is the answer. Again: renegotiate or restart ICE.
    """

    type: Literal["watch"] = "watch"
    room: str
    peer: str
    hide: tuple[str, ...] = ()
    """Persons whose sound is not sent to this peer: for devices in the room the room."""
    sdp: str


class Tile(_Message):
    """A picture on somebody's screen."""

    person: str
    kind: Literal["picture", "screen"]
    height: int
    """Pixels of the screen."""


class Show(_Message):
    """
    What a receiving peer shows from now on; other pictures are not sent to it. Who never says so is
    sent all of them, as large as they come. Unknown peers are fine.
    """

    type: Literal["show"] = "show"
    peer: str
    tiles: tuple[Tile, ...]


class Answer(_Message):
    type: Literal["answer"] = "answer"
    peer: str
    offer: int
    sdp: str


class Disconnect(_Message):
    """End one peer; unknown peers are fine."""

    type: Literal["disconnect"] = "disconnect"
    peer: str


class Allow(_Message):
    """
    What is let through of a person; the default is nothing. Holds for peers that come later too.
    """

    type: Literal["allow"] = "allow"
    room: str
    person: str
    sound: bool
    picture: bool
    screen: bool | None = None
    """A shared screen; None: as the picture."""


class CueProgramme(_Message):
    type: Literal["cue"] = "cue"
    room: str
    cue: Cue


Request = Annotated[
    OpenRoom
    | CloseRoom
    | Publish
    | Subscribe
    | Watch
    | Show
    | Answer
    | Disconnect
    | Allow
    | CueProgramme,
    Field(discriminator="type"),
]


# --- reports --------------------------------------------------------------------------------------


class Offered(_Message):
    """An offer for a receiving peer; numbers rise, only the newest may be answered."""

    type: Literal["offered"] = "offered"
    peer: str
    offer: int
    sdp: str


class PeerGone(_Message):
    """A peer failed or fell silent; the client should come again."""

    type: Literal["peer_gone"] = "peer_gone"
    room: str
    peer: str
    reason: Literal["failed", "silent", "closed"]


class Layers(_Message):
    """Layers of a picture that somebody shows, small to large; its publisher may pause the rest."""

    type: Literal["layers"] = "layers"
    room: str
    peer: str
    kind: Literal["picture", "screen"]
    active: tuple[str, ...]
    """RIDs."""


class Source(_Message):
    """What arrives from a person and is let through at this moment."""

    type: Literal["source"] = "source"
    room: str
    person: str
    sound: bool
    picture: bool
    screen: bool = False
    linked: bool
    """False: the person's publishing peer is gone."""


class Speakers(_Message):
    """Who is heard speaking, by the levels in the packets; at most four times a second."""

    type: Literal["speakers"] = "speakers"
    room: str
    persons: tuple[str, ...]


class TrackQuality(_Message):
    """How one track arrives from its publisher, over the last period."""

    kind: Literal["sound", "picture", "screen"]
    bitrate: int
    """Bit/s of payload, all layers together."""
    lost: int
    """Packets that never came, of a thousand; repaired ones count as lost too."""
    jitter_ms: int
    layers: tuple[int, ...] = ()
    """Bit/s of each layer, small to large; 0: it is not sent."""


class PeerQuality(_Message):
    """How one peer's line is, over the last period."""

    peer: str
    sends: bool
    """A publisher; else a subscriber."""
    round_trip_ms: int | None = None
    """None: nothing measured it yet."""
    tracks: tuple[TrackQuality, ...] = ()
    """Of a publisher."""
    bitrate: int = 0
    """Sent to a subscriber, bit/s of payload."""
    lost: int = 0
    """Packets to a subscriber that never arrived, of a thousand: the worst of its tracks."""
    estimate: int | None = None
    """What a subscriber's line is taken to carry, bit/s; None: nothing told yet."""
    pictures: int = 0
    """Pictures that a subscriber shows and could be sent."""
    paused: int = 0
    """Of them, those that are held back because the line does not carry them."""


class Quality(_Message):
    """All lines of a room, every `quality_s`."""

    type: Literal["quality"] = "quality"
    room: str
    peers: tuple[PeerQuality, ...]


class Howl(_Message):
    """A loudspeaker is heard by its own microphone, and the sound rings; or it is over."""

    type: Literal["howl"] = "howl"
    room: str
    person: str
    howling: bool
    frequency_hz: int


class Piece(_Message):
    """The same part in another rendition: same cut, same times, same numbers."""

    rendition: str
    """Its name (`media.programme.renditions`)."""
    file: str
    start: int
    """Byte offset in the file."""
    length: int


class Part(_Message):
    """
    One part of the programme is on disk, in every rendition (RFC 8216bis: EXT-X-PART). File, start
    and length are those of the highest one.

    `init` names the init segment that it needs; it changes when the encoder was restarted, and then
    a discontinuity stands before this part.
    """

    type: Literal["part"] = "part"
    room: str
    init: str
    segment: int
    """Media sequence number."""
    part: int
    """Index in the segment, from 0."""
    file: str
    """The segment's file, in the programme's folder."""
    start: int
    """Byte offset in the file."""
    length: int
    duration_s: float
    independent: bool
    last: bool
    """This part ends the segment."""
    at_ms: int
    """Wall clock of the part's first picture: PROGRAM-DATE-TIME."""
    others: tuple[Piece, ...] = ()
    """In the other renditions; empty in records from before there were any."""


class ProgrammeState(_Message):
    type: Literal["programme_state"] = "programme_state"
    room: str
    state: Literal["starting", "live", "interrupted", "ended"]
    detail: str = ""


AlarmKind = Literal[
    "black", "silent", "frozen", "drift", "clock", "slow", "disk_low", "disk_full", "disk_stuck"
]
"""What can be wrong with a programme that runs; see `media.programme.watchdogs`."""


class ProgrammeAlarm(_Message):
    """Something is the matter with the programme, or no longer."""

    type: Literal["programme_alarm"] = "programme_alarm"
    room: str
    kind: AlarmKind
    since_ms: int | None
    """Wall clock; None: it is over."""


class SceneShown(_Message):
    """The programme shows another scene."""

    type: Literal["scene_shown"] = "scene_shown"
    room: str
    scene: SceneName


class Restarted(_Message):
    """The media process was replaced: every room, peer and permission is gone. Set it up anew."""

    type: Literal["restarted"] = "restarted"


Report = Annotated[
    Offered
    | PeerGone
    | Layers
    | Source
    | Speakers
    | Quality
    | Howl
    | Part
    | ProgrammeState
    | ProgrammeAlarm
    | SceneShown
    | Restarted,
    Field(discriminator="type"),
]


class Reply(_Message):
    """Answer to a request."""

    type: Literal["reply"] = "reply"
    n: int
    sdp: str | None = None
    code: MediaCode | None = None
    """Set: refused."""
    detail: str = ""


class MediaPlane(Protocol):
    """
    Port to the media process. One contract suite: `tests/contracts/test_media_plane.py`.

    Every method raises `MediaRefused`; with `MediaCode.UNAVAILABLE` while the process is being
    replaced (a `Restarted` report follows).
    """

    async def request(self, request: Request) -> str | None:
        """Carry out one request; the answer SDP for `Publish` and `Watch`, else None."""
        ...

    def reports(self) -> AsyncIterator[Report]:
        """Everything that happens, in order. One consumer."""
        ...

    async def close(self) -> None:
        """End the process. Of programmes only those of closed rooms are finished."""
        ...
