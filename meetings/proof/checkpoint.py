"""Checkpoints: signed statements that a record went so far, and how it stood then."""

from __future__ import annotations

from meetings.proof.contents import CheckpointSays
from meetings.proof.keys import CHECKPOINT, SigningKey
from meetings.record.port import Checkpoint, Head, Record


def checkpoint(meeting: str, head: Head, at_ms: int, key: SigningKey) -> Checkpoint:
    """
    Sign where a record stands.

    Args:
        at_ms: wall clock, milliseconds since 1970-01-01 UTC.
    """
    says = CheckpointSays(meeting=meeting, offset=head.offset, link=head.link.hex(), at_ms=at_ms)
    body = says.model_dump_json().encode()
    return Checkpoint(head.offset, body, key.sign(CHECKPOINT, body))


async def sign_head(record: Record, meeting: str, at_ms: int, key: SigningKey) -> Head:
    """
    Sign where a record stands, and keep that beside it.

    Raises: UnknownMeeting, RecordError.
    """
    head = await record.head(meeting)
    await record.put_checkpoint(meeting, checkpoint(meeting, head, at_ms, key))
    return head
