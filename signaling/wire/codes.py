"""
Stable error and close codes.

Close codes say by their range what the client does: 4000-4499 come again (with backoff), 4500-4999
stop and tell the person. The idea of telling by range is Centrifugo's.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ErrorCode(StrEnum):
    """In an `error` frame: the frame was dropped, the connection lives on."""

    MALFORMED = "frame.malformed"
    UNKNOWN_TYPE = "frame.unknown_type"
    TOO_LARGE = "frame.too_large"
    TOO_FREQUENT = "frame.too_frequent"
    OUT_OF_ORDER = "frame.out_of_order"
    LINK_FORBIDDEN = "link.forbidden"
    LINK_LOCKED = "link.locked"
    LINK_BAD_SDP = "link.bad_sdp"
    LINK_TOO_MANY = "link.too_many"
    LINK_UNAVAILABLE = "link.unavailable"
    INTERNAL = "internal"


class CloseCode(IntEnum):
    """4000-4499: come again. 4500-4999: stop."""

    SHUTTING_DOWN = 4000
    TOO_SLOW = 4001
    IDLE = 4002
    OVERLOADED = 4003
    INTERNAL = 4004

    TOKEN_INVALID = 4500
    TOKEN_EXPIRED = 4501
    MEETING_UNKNOWN = 4502
    PROTOCOL = 4503
    FLOODING = 4504
    REPLACED = 4505
    """Too many connections of one person: the oldest went."""
    TOKEN_REVOKED = 4506
    """The invitation was withdrawn."""
    REMOVED = 4507
    """The host put the person out; the reason is the host's words."""
