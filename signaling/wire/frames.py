"""
Frames of the meeting socket: JSON text, one object a frame, told apart by `type`.

The order is: the client says `hello`; the service answers `welcome`, then one `update` with every
section that the client lacks; from then on both speak as they like. `docs/protocol.md` tells the
whole of it.

Video links are two WebRTC peer connections, so that each has one side that offers: the client
offers what it publishes, the service offers what it sends. Candidates are not trickled: the
service's stand in its descriptions, the client's are learnt from its connectivity checks.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from media.control import AlarmKind
from media.cue import Layout, SceneName
from meetings.commands import Command, CommandId
from meetings.sections import (
    AgendaSection,
    Audience,
    CaptionsSection,
    CommentsSection,
    FloorSection,
    MeetingSection,
    MeSection,
    MinutesSection,
    PeopleSection,
    RosterSection,
    VotesSection,
)

FRAME_MAX = 131_072  # bytes; a description of 2 x 20 media sections is about 40 kB
COMMAND_MAX = 16_384  # bytes; the largest command (a vote with a hundred listed electors) is 10 kB
SDP_MAX = 120_000  # characters
TOKEN_MAX = 2_048  # characters
TILES_MAX = 128  # pictures on one screen; as many as the forwarder has slots for a peer
HEIGHT_MAX = 8_640  # pixels; twice the largest screen there is
STATS_MAX = 600_000  # what a page may count in one report: ten minutes
CLAIM_MAX_MS = 2**53 - 1  # largest whole number of a client's (ECMA-262, MAX_SAFE_INTEGER)


class _Frame(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )


Sdp = Annotated[str, StringConstraints(min_length=1, max_length=SDP_MAX)]


# --- from the client ------------------------------------------------------------------------------


class Position(_Frame):
    """How far a client has come: what it has seen of which record."""

    epoch: Annotated[str, StringConstraints(max_length=64)]
    offset: Annotated[int, Field(ge=0)]
    audience: Audience | None = None
    """As which it has seen that; who is of another one by now sees everything anew."""


class Hello(_Frame):
    """First frame of a connection."""

    type: Literal["hello"] = "hello"
    token: Annotated[str, StringConstraints(min_length=1, max_length=TOKEN_MAX)]
    resume: Position | None = None
    companion: bool = False
    """This page never asks for a video link: another device of the person has it."""


class CommandFrame(_Frame):
    """Answered by `result` or `refusal` with the same id."""

    type: Literal["command"] = "command"
    id: CommandId
    command: Command


class Ping(_Frame):
    """Keeps the connection, measures the clock."""

    type: Literal["ping"] = "ping"
    sent_ms: float


class LinkPublish(_Frame):
    """Offer for what the client sends; also again, for a changed offer or an ICE restart."""

    type: Literal["link.publish"] = "link.publish"
    sdp: Sdp
    claimed_ms: Annotated[int, Field(ge=0, le=CLAIM_MAX_MS)] = 0
    """
    When the person asked for the link on this page, by the service's clock. Of a person's pages the
    one that was asked last has the link; coming back after a break claims nothing anew.
    """


class LinkSubscribe(_Frame):
    """Please offer what the others send; again: please restart ICE."""

    type: Literal["link.subscribe"] = "link.subscribe"


class LinkAnswer(_Frame):
    """Answer to the offer of this number; answers to older offers are dropped."""

    type: Literal["link.answer"] = "link.answer"
    offer: Annotated[int, Field(ge=1)]
    sdp: Sdp


class ShownPicture(_Frame):
    """A picture of somebody on the screen."""

    person: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    kind: Literal["picture", "screen"] = "picture"
    height: Annotated[int, Field(ge=1, le=HEIGHT_MAX)]
    """Pixels of the screen, of the largest one if it is shown several times."""


class LinkShow(_Frame):
    """
    What this page shows from now on: it is sent nothing else, and nothing larger than it needs.
    Sound is always sent. A page that never says so is sent everything.
    """

    type: Literal["link.show"] = "link.show"
    tiles: Annotated[tuple[ShownPicture, ...], Field(max_length=TILES_MAX)]


class LinkLeave(_Frame):
    """Both peer connections end; the person stays in the meeting."""

    type: Literal["link.leave"] = "link.leave"


class LinkStats(_Frame):
    """
    How sound and pictures arrived at this page since it said so last; every five seconds while it
    has a link. What a page says of itself is shown to the desk, and decides nothing.
    """

    type: Literal["link.stats"] = "link.stats"
    freezes: Annotated[int, Field(ge=0, le=STATS_MAX)]
    frozen_ms: Annotated[int, Field(ge=0, le=STATS_MAX)]
    """All pictures that are shown, together."""
    concealed: Annotated[int, Field(ge=0, le=1000)]
    """Of a thousand samples of sound that were played, those that had to be made up."""
    round_trip_ms: Annotated[int, Field(ge=0, le=STATS_MAX)] | None = None
    """By the connection that is in use."""


ClientFrame = Annotated[
    Hello
    | CommandFrame
    | Ping
    | LinkPublish
    | LinkSubscribe
    | LinkAnswer
    | LinkShow
    | LinkLeave
    | LinkStats,
    Field(discriminator="type"),
]


# --- sections that are not in the record ----------------------------------------------------------


class SourceView(_Frame):
    """What one person sends at this moment, as the forwarder sees it."""

    person: str
    sound: bool
    """Sound arrives and is let through."""
    picture: bool
    """Pictures arrive and are let through."""
    screen: bool = False
    """A shared screen arrives and is let through."""


class CameraView(_Frame):
    """One of the room's IP cameras, as the service reaches it."""

    person: str
    name: str
    state: Literal["connecting", "live", "reconnecting"]
    since_ms: int
    """Since when that is so, wall clock."""
    fault: str
    """Why it was lost last, a code of `media.camera.job`; empty: it was not."""


class LinksSection(_Frame):
    """Everybody on the video link."""

    sources: tuple[SourceView, ...]
    cameras: tuple[CameraView, ...] = ()
    """The room's IP cameras, by the service's settings."""


class SpeakersSection(_Frame):
    """Who is heard speaking at this moment, by the levels in the packets; decides nothing."""

    persons: tuple[str, ...]


class CallTrack(_Frame):
    """One track as it arrives from its person."""

    kind: Literal["sound", "picture", "screen"]
    bitrate: int
    """Bit/s."""
    lost: int
    """Of a thousand packets."""
    jitter_ms: int
    layers: tuple[int, ...]
    """Bit/s of each layer, small to large; 0: it is not sent."""


Trouble = Literal["sound_only", "up", "down", "slow", "frozen"]
"""
The worst that is the matter with a line: it carries no pictures to the person; packets from the
person are lost; packets to the person are lost; it answers late; pictures stood still.
"""


class CallView(_Frame):
    """One person's line, as the forwarder and the page see it."""

    person: str
    trouble: Trouble | None
    """None: the line is good."""
    round_trip_ms: int | None
    tracks: tuple[CallTrack, ...]
    """From the person."""
    bitrate: int
    """To the person, bit/s."""
    estimate: int | None
    """What the line to the person is taken to carry, bit/s."""
    lost: int
    """To the person, of a thousand packets."""
    pictures: int
    """That the person could see now."""
    paused: int
    """Of them, those held back because the line does not carry them."""
    freezes: int
    """In the page's last report."""
    frozen_ms: int
    concealed: int
    """Of a thousand samples of sound."""


class HowlView(_Frame):
    person: str
    """Whose microphone hears its own loudspeaker."""
    frequency_hz: int


class CallsSection(_Frame):
    """For the desk: how good everybody's line is. Every two seconds."""

    calls: tuple[CallView, ...]
    howls: tuple[HowlView, ...]


class AlarmView(_Frame):
    """One thing that is the matter with the programme."""

    kind: AlarmKind | Literal["no_bytes"]
    """`no_bytes`: nothing is being written."""
    since_ms: int
    """Wall clock."""


PushState = Literal["off", "connecting", "live", "reconnecting"]


class PushView(_Frame):
    """A platform that the programme can be passed on to; its address is shown to nobody."""

    platform: str
    """Its name."""
    state: PushState
    since_ms: int | None
    """Wall clock; None: nothing is known yet."""
    fault: str
    """Why nothing arrives there, a stable code; empty: something does, or nothing shall."""
    entered: bool
    """By a host, for this meeting; else it is the operator's."""


class PushesSection(_Frame):
    """For the desk: where the programme goes besides."""

    platforms: tuple[PushView, ...]


class LivestreamSection(_Frame):
    """The programme, as it can be watched now."""

    state: Literal["off", "starting", "live", "interrupted", "ended"]
    live_url: str | None
    """Low-latency playlist, while live."""
    recording_url: str | None
    """Playlist from the start."""
    since_ms: int | None
    """Wall clock of the first picture."""
    layout: Layout = "auto"
    """What the host has it show; auto: it follows the meeting."""
    scene: SceneName | None = None
    """What it shows; None: not known yet."""
    recording: bool = False
    """Bytes of it were written to the disk in the last moment: the red light."""
    alarms: tuple[AlarmView, ...] = ()
    """What is the matter with it; for the desk alone."""
    held: str | None = None
    """Why the recording is kept, whatever the rules say; for the desk alone. None: it is not."""
    deleted: bool = False
    """The recording was deleted."""


class CheckInSection(_Frame):
    """For the room's display and the desk: what whoever is in the room signs in with."""

    code: str
    """Four digits."""
    until_ms: int
    """When the next ones come."""


class Sections(_Frame):
    """Those that changed; a section that is absent stays as it was."""

    meeting: MeetingSection | None = None
    agenda: AgendaSection | None = None
    floor: FloorSection | None = None
    votes: VotesSection | None = None
    comments: CommentsSection | None = None
    people: PeopleSection | None = None
    roster: RosterSection | None = None
    minutes: MinutesSection | None = None
    captions: CaptionsSection | None = None
    me: MeSection | None = None
    links: LinksSection | None = None
    speakers: SpeakersSection | None = None
    calls: CallsSection | None = None
    livestream: LivestreamSection | None = None
    pushes: PushesSection | None = None
    check_in: CheckInSection | None = None


# --- from the service -----------------------------------------------------------------------------


class Welcome(_Frame):
    type: Literal["welcome"] = "welcome"
    meeting: str
    person: str
    audience: Audience
    """Again later, with a welcome of its own, whenever it becomes another one."""
    companion: bool
    linked_elsewhere: bool
    """Another page of the person has the video link: take it over, or go without."""
    epoch: str
    offset: int
    """Head of the record at this moment."""
    resumed: bool
    """True: only sections that changed since the client's position follow; False: all follow."""
    server_ms: int
    ice_servers: tuple[IceServer, ...]


class IceServer(_Frame):
    """As RTCIceServer in W3C webrtc-pc; empty on a local network."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = ""
    expires_ms: int | None = None
    """Wall clock, after which the credentials begin nothing new; `link.servers` comes before."""


class LinkServers(_Frame):
    """For connections and restarts from now on, instead of those of the welcome."""

    type: Literal["link.servers"] = "link.servers"
    ice_servers: tuple[IceServer, ...]


class Update(_Frame):
    """Changed sections, whole."""

    type: Literal["update"] = "update"
    offset: int
    """The sections show the record up to here."""
    sections: Sections


class Result(_Frame):
    """The command was carried out and is durable."""

    type: Literal["result"] = "result"
    id: CommandId
    offset: int
    """Entry that it became; for what it created, also the id."""
    paper: str | None = None
    """Blind signature of the ballot paper that was taken, hexadecimal; null for other commands."""


class Refusal(_Frame):
    """The command was refused; nothing changed."""

    type: Literal["refusal"] = "refusal"
    id: CommandId
    code: str
    detail: str = ""


class ErrorFrame(_Frame):
    """A frame was dropped."""

    type: Literal["error"] = "error"
    code: str
    detail: str = ""


class Pong(_Frame):
    type: Literal["pong"] = "pong"
    sent_ms: float
    server_ms: float


class LinkPublished(_Frame):
    """Answer to `link.publish`."""

    type: Literal["link.published"] = "link.published"
    sdp: str


class LinkOffer(_Frame):
    """What the service sends from now on. Each track's stream id is the person's id."""

    type: Literal["link.offer"] = "link.offer"
    offer: int
    sdp: str


class LinkLayers(_Frame):
    """
    Layers (RIDs) of a picture of this client that somebody shows; the others need not be sent,
    until the next such frame.
    """

    type: Literal["link.layers"] = "link.layers"
    kind: Literal["picture", "screen"]
    active: tuple[str, ...]


class LinkReset(_Frame):
    """The media process was replaced or the peer failed: start both peer connections anew."""

    type: Literal["link.reset"] = "link.reset"
    reason: str


class LinkMoved(_Frame):
    """Another page of the same person has the link: this one's is over until it is claimed anew."""

    type: Literal["link.moved"] = "link.moved"


ServerFrame = Annotated[
    Welcome
    | Update
    | Result
    | Refusal
    | ErrorFrame
    | Pong
    | LinkPublished
    | LinkOffer
    | LinkLayers
    | LinkReset
    | LinkMoved
    | LinkServers,
    Field(discriminator="type"),
]

Welcome.model_rebuild()
