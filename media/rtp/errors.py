"""Errors of the packet parsers."""

from __future__ import annotations


class MalformedPacket(ValueError):
    """Bytes that are not what they claim to be; the packet is counted and dropped."""
