"""
Playlists of the programme. Pure.

`live` is Low-Latency HLS: a sliding window of segments, the newest with their parts. `recording`
goes from the beginning, grows with each segment (EVENT) and is complete once the programme ended
(VOD).

Source: draft-pantos-hls-rfc8216bis (second edition of RFC 8216). No delta updates: the live
playlist is smaller than two kilobytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from media.programme.timeline import Segment, Timeline
from media.segments.names import next_segment_file, part_address

PART_S = 0.2
SEGMENT_S = 1
HOLD_BACK_S = 0.7
"""How far players stay behind the end: three and a half parts. The draft demands two and advises
three; what is more is margin for the way, and delay for everybody."""
WINDOW = 10
"""Complete segments in the live playlist."""
PARTS_LISTED = 3
"""Newest segments listed with parts (6.2.2: those within three target durations of the end)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def live(timeline: Timeline) -> str:
    """
    The live playlist.

    Args:
        timeline: with at least one segment.
    """
    complete = timeline.segments[-1].complete
    window = timeline.segments[-WINDOW - (not complete) :]
    lines = [
        *_head(),
        f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={HOLD_BACK_S}",
        f"#EXT-X-PART-INF:PART-TARGET={PART_S}",
        f"#EXT-X-MEDIA-SEQUENCE:{window[0].number}",
        # The tag of the first segment is left out, so it is counted here.
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{window[0].discontinuity}",
        *_segments(window, len(window) - PARTS_LISTED),
    ]
    if timeline.ended:
        lines.append("#EXT-X-ENDLIST")
    else:
        lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{hint(timeline)}"')
    return "\n".join(lines) + "\n"


def hint(timeline: Timeline) -> str:
    """Address of the part that comes next if the run goes on."""
    last = timeline.segments[-1]
    if last.complete:
        return part_address(next_segment_file(last.file), 0)
    return part_address(last.file, len(last.parts))


def recording(timeline: Timeline) -> str:
    """The recording's playlist; without segments as long as none is complete."""
    segments = timeline.segments
    if segments and not segments[-1].complete:
        segments = segments[:-1]
    lines = [
        *_head(),
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if timeline.ended else 'EVENT'}",
        f"#EXT-X-MEDIA-SEQUENCE:{segments[0].number if segments else 0}",
        *_segments(segments, len(segments)),
    ]
    if timeline.ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _head() -> tuple[str, ...]:
    # Version 6: EXT-X-MAP in a playlist that isn't of I-frames only (8).
    return (
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        f"#EXT-X-TARGETDURATION:{SEGMENT_S}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    )


def _segments(segments: Sequence[Segment], parts_from: int) -> Iterator[str]:
    before: Segment | None = None
    for index, segment in enumerate(segments):
        if before is None or before.init != segment.init:
            if before is not None:
                yield "#EXT-X-DISCONTINUITY"
            yield f'#EXT-X-MAP:URI="{segment.init}"'
        yield f"#EXT-X-PROGRAM-DATE-TIME:{_instant(segment.at_ms)}"
        if index >= parts_from:
            for part in segment.parts:
                address = part_address(segment.file, part.part)
                independent = ",INDEPENDENT=YES" if part.independent else ""
                yield f'#EXT-X-PART:DURATION={part.duration_s:.3f},URI="{address}"{independent}'
        if segment.complete:
            yield f"#EXTINF:{segment.duration_s:.3f},"
            yield segment.file
        before = segment


def _instant(at_ms: int) -> str:
    instant = _EPOCH + timedelta(milliseconds=at_ms)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
