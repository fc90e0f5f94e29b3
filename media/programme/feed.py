"""
The line between the forwarder and a programme worker.

A Unix SOCK_SEQPACKET pair: message borders are kept, order is kept, nothing is lost but what the
forwarder decides to drop when the worker falls behind (packets only, never notes). The first byte
of a message tells its kind:

    b"N" + JSON                       a note, either direction (`Note`)
    b"P" + source u16 BE + RTP        a packet of a source, forwarder to worker: of the layer that
                                      is large enough, numbered and timed as one stream; RTX
                                      already resolved
    b"R" + source u16 BE + ntp u64 BE + rtp u32 BE
                                      a sender report's clock pair of a source (RFC 3550, 6.4.1)

The forwarder sends packets of a source only while its person may be heard or seen, and only sources
that the worker asked for (`Want`).
"""

from __future__ import annotations

from struct import Struct
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from media.control import AlarmKind, Cue, Part
from media.cue import SceneName

MESSAGE_MAX = 65_536  # bytes

NOTE = b"N"
PACKET = b"P"
REPORT = b"R"


class _Note(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceUp(_Note):
    """A source exists from now on. Forwarder to worker."""

    type: Literal["source_up"] = "source_up"
    source: Annotated[int, Field(ge=0, le=65535)]
    """Never used again for another source in the worker's life."""
    person: str
    kind: Literal["sound", "picture", "screen"]
    codec: Literal["opus", "VP8", "H264"]
    clock_hz: int


class SourceDown(_Note):
    """A source is gone. Forwarder to worker."""

    type: Literal["source_down"] = "source_down"
    source: int


class CueNote(_Note):
    """Forwarder to worker."""

    type: Literal["cue"] = "cue"
    cue: Cue


class Finish(_Note):
    """Encode what is there, close the segment, end. Forwarder to worker."""

    type: Literal["finish"] = "finish"


class Want(_Note):
    """All sources whose packets the worker wants from now on. Worker to forwarder."""

    type: Literal["want"] = "want"
    sources: dict[int, int]
    """How high each one's picture is shown, in pixels; 0: sound, or a picture kept ready."""


class Keyframe(_Note):
    """Please a keyframe of this source. Worker to forwarder."""

    type: Literal["keyframe"] = "keyframe"
    source: int


class PartNote(_Note):
    """A part is on disk. Worker to forwarder."""

    type: Literal["part_note"] = "part_note"
    part: Part


class HowlNote(_Note):
    """A source's sound rings, or does no longer. Worker to forwarder."""

    type: Literal["howl"] = "howl"
    person: str
    howling: bool
    frequency_hz: int


class AlarmNote(_Note):
    """Something is the matter, or no longer. Worker to forwarder."""

    type: Literal["alarm"] = "alarm"
    kind: AlarmKind
    since_ms: int | None
    """Wall clock; None: it is over."""


class SceneNote(_Note):
    """Another scene is shown. Worker to forwarder."""

    type: Literal["scene"] = "scene"
    scene: SceneName


class Finished(_Note):
    """The recording is complete. Worker to forwarder, last."""

    type: Literal["finished"] = "finished"


Note = Annotated[
    SourceUp
    | SourceDown
    | CueNote
    | Finish
    | Want
    | Keyframe
    | PartNote
    | HowlNote
    | AlarmNote
    | SceneNote
    | Finished,
    Field(discriminator="type"),
]

_NOTES: TypeAdapter[Note] = TypeAdapter(Note)


_REPORT: Final = Struct("!cHQI")


def encode_report(source: int, ntp: int, timestamp: int) -> bytes:
    """One message of kind `REPORT`."""
    return _REPORT.pack(REPORT, source, ntp, timestamp)


def decode_report(message: bytes) -> tuple[int, int, int] | None:
    """Source, NTP time (64 bits) and timestamp of a message of kind `REPORT`; None: it is none."""
    if len(message) != _REPORT.size:
        return None
    _, source, ntp, timestamp = _REPORT.unpack(message)
    return source, ntp, timestamp


def encode_note(note: Note) -> bytes:
    """One message of kind `NOTE`."""
    return NOTE + note.model_dump_json().encode()


def decode_note(message: bytes) -> Note:
    """
    The note in a message of kind `NOTE`.

    Raises:
        pydantic.ValidationError: not a note.
    """
    return _NOTES.validate_json(message[1:])
