"""
The hash chain: each entry's link follows from its bytes and the link before it. Pure.

    link(0) = SHA-256("yishi meeting 1\\n" + the meeting's id)
    link(n) = SHA-256("yishi entry 1\\n" + link(n - 1) + the JSON of entry n, as it is stored)

So the last link stands for every byte of the record before it, and for the meeting that it is the
record of. Whoever keeps a link can tell later whether anything up to there was changed. Each of the
two kinds of hashed text begins with a line of its own, and the link has a fixed length: no text can
be read as another.
"""

from __future__ import annotations

from hashlib import sha256

LINK_BYTES = 32
_BEGIN = b"yishi meeting 1\n"
_ENTRY = b"yishi entry 1\n"


def begin(meeting: str) -> bytes:
    """Return the link before the first entry of *meeting*."""
    return sha256(_BEGIN + meeting.encode()).digest()


def link(before: bytes, body: bytes) -> bytes:
    """
    Return an entry's link, LINK_BYTES long.

    Args:
        before: the link of the entry before it; of the first entry, `begin`.
        body: the entry's JSON in UTF-8, exactly as it is stored.
    """
    return sha256(_ENTRY + before + body).digest()
