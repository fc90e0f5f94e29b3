"""How captions are shown: to everybody alike."""

from __future__ import annotations

from meetings.captions.reading import reading_ms
from meetings.captions.sections import CAPTIONS_SHOWN, CaptionsSection, CaptionView
from meetings.naming import named
from meetings.people import Register
from meetings.state import Meeting


def section(meeting: Meeting, register: Register) -> CaptionsSection:
    captions = meeting.captions
    views: list[CaptionView] = []
    for caption_id in captions.latest[-CAPTIONS_SHOWN:] if captions.on else ():
        caption = captions.by_id[caption_id]
        if not caption.text:
            continue
        speaker = caption.speaker
        views.append(
            CaptionView(
                id=caption_id,
                at_ms=caption.at_ms,
                until_ms=caption.at_ms + reading_ms(caption.text),
                text=caption.text,
                name="" if speaker is None else named(register, speaker)[0],
                recognised=caption.recognised,
            )
        )
    return CaptionsSection(on=captions.on, latest=tuple(views), total=len(captions.by_id))
