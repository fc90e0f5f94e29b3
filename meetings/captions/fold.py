"""What entries make of the captions."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from meetings.captions.events import CaptionAdded, CaptionCorrected, CaptionsEvent, CaptionsSet
from meetings.captions.state import LATEST_KEPT, Caption, Captions
from meetings.events import Entry


def apply(captions: Captions, event: CaptionsEvent, entry: Entry) -> Captions:
    """Return the captions after *entry*."""
    match event:
        case CaptionsSet():
            return replace(captions, on=event.on)
        case CaptionAdded():
            caption = Caption(
                from_ms=event.from_ms,
                until_ms=event.until_ms,
                at_ms=entry.at_ms,
                text=event.text,
                speaker=event.speaker,
                recognised=event.recognised,
            )
            return replace(
                captions,
                by_id=captions.by_id.set(entry.offset, caption),
                latest=(*captions.latest, entry.offset)[-LATEST_KEPT:],
            )
        case CaptionCorrected():
            before = captions.by_id[event.caption]
            corrected = replace(before, text=event.text, recognised=False, corrected=True)
            return replace(captions, by_id=captions.by_id.set(event.caption, corrected))
        case _:
            assert_never(event)
