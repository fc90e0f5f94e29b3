"""
Playlists of the captions: the same segments as the pictures', each a WebVTT file. Pure.

While the programme lasts a caption is shown when it comes, some seconds after it was said: a player
at the edge has passed the moment at which it was said. Once the programme has ended it is shown
when it was said. Both a segment and the playlist of the recording have two names for that: who has
begun with the one comes to its end with it, since what a playlist has listed must not change
(RFC 8216bis, 6.2.1), and players refuse the whole playlist if it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from media.captions.names import SPOKEN, live_file, spoken_file
from media.programme.playlist import LIVE, instant, window
from media.programme.timeline import Segment, Timeline
from media.programme.timing import Timing


def write(timeline: Timeline, kind: str) -> str:
    """
    The captions' playlist beside the one of the pictures of the same kind. It has their whole
    segments: captions have no parts.

    Args:
        kind: LIVE; RECORDING, from the beginning; SPOKEN, the same with captions where they were
            said, for whoever comes when the programme has ended.
    """
    shown = window(timeline) if kind == LIVE else timeline.segments
    segments = [one for one in shown if one.complete]
    timing = timeline.timing or Timing()
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", f"#EXT-X-TARGETDURATION:{timing.target_s}"]
    if not timeline.ended:
        lines.append(f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK={timing.hold_back_s}")
    if kind != LIVE:
        lines.append(f"#EXT-X-PLAYLIST-TYPE:{'VOD' if timeline.ended else 'EVENT'}")
    lines.append(f"#EXT-X-MEDIA-SEQUENCE:{segments[0].number if segments else 0}")
    if kind == LIVE and segments:
        lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{segments[0].discontinuity}")
    lines.extend(_segments(segments, spoken=kind == SPOKEN))
    if timeline.ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _segments(segments: Sequence[Segment], *, spoken: bool) -> Iterator[str]:
    init: str | None = None
    for segment in segments:
        if init is not None and init != segment.init:
            yield "#EXT-X-DISCONTINUITY"
        init = segment.init
        yield f"#EXT-X-PROGRAM-DATE-TIME:{instant(segment.at_ms)}"
        yield f"#EXTINF:{segment.duration_s:.3f},"
        yield spoken_file(segment.number) if spoken else live_file(segment.number)
