"""What entries make of the captions."""

from __future__ import annotations

from typing import assert_never

from meetings.captions.events import CaptionAdded, CaptionCorrected, CaptionsEvent, CaptionsSet
from meetings.captions.state import LATEST_KEPT, Caption, Captions
from meetings.events import Entry
from meetings.evolve import evolve


def apply(captions: Captions, event: CaptionsEvent, entry: Entry) -> Captions:
    """Return the captions after *entry*."""
    match event:
        case CaptionsSet():
            return evolve(captions, on=event.on)
        case CaptionAdded():
            caption = Caption(
                from_ms=event.from_ms,
                until_ms=event.until_ms,
                at_ms=entry.at_ms,
                text=event.text,
                speaker=event.speaker,
                recognised=event.recognised,
            )
            return evolve(
                captions,
                by_id=captions.by_id.set(entry.offset, caption),
                latest=(*captions.latest, entry.offset)[-LATEST_KEPT:],
            )
        case CaptionCorrected():
            before = captions.by_id[event.caption]
            corrected = evolve(before, text=event.text, recognised=False, corrected=True)
            return evolve(captions, by_id=captions.by_id.set(event.caption, corrected))
        case _:
            assert_never(event)
