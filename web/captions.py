"""The captions of a meeting's record, as cues for players."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from media.captions.webvtt import Cue
from meetings.captions.reading import reading_ms
from meetings.naming import named
from meetings.people import Register
from meetings.state import Meeting

NEXT_MS = 1_000
"""A caption gives way to the next when it has stood for so long."""


def live_cues(meeting: Meeting, register: Register) -> list[Cue]:
    """Shown from the moment at which they were written, for as long as one reads."""
    captions = sorted(meeting.captions.by_id.items())
    times = [(one.at_ms, one.at_ms + reading_ms(one.text)) for _, one in captions]
    return list(_cues(meeting, register, [number for number, _ in captions], times))


def spoken_cues(meeting: Meeting, register: Register) -> list[Cue]:
    """Shown when it was said, and until one has read it."""
    captions = sorted(meeting.captions.by_id.items(), key=lambda item: (item[1].from_ms, item[0]))
    times = [
        (one.from_ms, max(one.until_ms, one.from_ms + reading_ms(one.text))) for _, one in captions
    ]
    return list(_cues(meeting, register, [number for number, _ in captions], times))


def _cues(
    meeting: Meeting, register: Register, order: list[int], times: list[tuple[int, int]]
) -> Iterator[Cue]:
    """With the name where another begins to speak."""
    followed = [*pairwise(times), (times[-1], None)] if times else []
    before: str | None = None
    for number, ((from_ms, until_ms), following) in zip(order, followed, strict=True):
        caption = meeting.captions.by_id[number]
        if not caption.text:
            continue
        if following is not None:
            until_ms = min(until_ms, max(following[0], from_ms + NEXT_MS))
        speaker = "" if caption.speaker is None else named(register, caption.speaker)[0]
        text = f"{speaker}：{caption.text}" if speaker and speaker != before else caption.text
        before = speaker
        yield Cue(number, from_ms, until_ms, text)
