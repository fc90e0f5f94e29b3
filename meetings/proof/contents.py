"""What the lines of an export say, as models: a file may come from anybody."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from meetings.proof.keys import PUBLIC_BYTES

FORMAT: Literal[1] = 1
WITHHELD = b"-"  # in the place of a person's line

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Header(_Content):
    """The first line."""

    format: Literal[1] = FORMAT
    meeting: str
    epoch: str
    key: Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{2 * PUBLIC_BYTES}}}$")]
    """Public key, hexadecimal."""


class EntryHead(_Content):
    """What is read of an entry; its event is not."""

    offset: int
    at_ms: int


class CheckpointSays(_Content):
    """What is signed at a checkpoint."""

    meeting: str
    offset: int
    link: Hash
    at_ms: int
    """Wall clock of the signing, milliseconds since 1970-01-01 UTC."""


class PersonLine(_Content):
    """A line of the register, but for what is shown to nobody."""

    id: str
    name: str
    office: str
    role: str
    salt: str
    """Chance, so that a withheld name can't be guessed from the proof."""


class FileLine(_Content):
    """A file that belongs to the meeting: a piece of its recording."""

    name: str
    bytes: Annotated[int, Field(ge=0)]
    sha256: Hash


class Seal(_Content):
    """The last line."""

    lines: int
    """How many lines come before it."""
    sum: Hash
    at_ms: int
    """Wall clock of the export, milliseconds since 1970-01-01 UTC."""
