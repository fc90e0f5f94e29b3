"""What a decision may draw on besides the record, so that the rules stay pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """Made by the service anew for each command."""

    now_ms: int
    """Wall clock, milliseconds since 1970-01-01 UTC; never before the last entry."""
    seed: str = "0" * 32
    """128 random bits in hexadecimal: all chance and all new ids of a decision come from it."""
    paper_key: str = ""
    """Public key for the ballot papers of a secret vote, made by the service when one is opened."""
