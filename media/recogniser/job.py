"""What a recogniser's process is told, and what it tells: JSON, a line each. Pure."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Job(BaseModel):
    """First and only line on standard input. The process ends when that is closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str
    """Of the programme."""
    model: str
    """Folder of the model."""


class Said(BaseModel):
    """A line on standard output: something that was said in the programme."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_ms: int
    """Wall clock."""
    until_ms: int
    text: str
