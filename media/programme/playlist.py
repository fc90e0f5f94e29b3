"""
Playlists of the programme. Pure.

`live` is Low-Latency HLS: a sliding window of segments, the newest with their parts. `recording`
goes from the beginning: while the programme lasts it is as live at its end, so that viewers go back
and forth in it (EVENT); afterwards it is complete (VOD). `multivariant` lists the renditions of
either.

Source: draft-pantos-hls-rfc8216bis (second edition of RFC 8216); section numbers are its.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from media.captions import names as captions
from media.programme.renditions import FPS, HIGH, RENDITIONS, Rendition
from media.programme.timeline import Segment, Timeline, newest
from media.programme.timing import Timing
from media.segments.names import init_of, next_segment_file, part_address

LIVE, RECORDING = "live", "recording"
"""Names of the media playlists: `Rendition.address` makes addresses of them."""

WINDOW_TARGETS = 10
"""The live playlist is at least so many target durations long."""
PARTS_TARGETS = 3
"""Segments within so many target durations of the end are listed with their parts (6.2.2)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Written:
    """
    The recording's lines of the first so many segments, which never change: three hours are a
    megabyte, and most of it is the same at the next part. Of one rendition.
    """

    count: int = 0
    text: str = ""


def live(timeline: Timeline, rendition: Rendition = HIGH) -> str:
    """
    The live playlist: less than three kilobytes, therefore without delta updates.

    Args:
        timeline: with at least one segment.
    """
    timing = timeline.timing or Timing()
    shown = window(timeline)
    lines = [
        *_head(6, timing),
        *_control(timing),
        f"#EXT-X-MEDIA-SEQUENCE:{shown[0].number}",
        # The tag of the first segment is left out, so it is counted here.
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{shown[0].discontinuity}",
        *_segments(shown, _parts_from(shown, timing), rendition, None),
        *_end(timeline, rendition, LIVE),
    ]
    return "\n".join(lines) + "\n"


def window(timeline: Timeline) -> Sequence[Segment]:
    """The segments of the live playlist."""
    together_s = WINDOW_TARGETS * (timeline.timing or Timing()).target_s
    return timeline.segments[newest(timeline.segments, together_s) :]


def recording(
    timeline: Timeline,
    rendition: Rendition = HIGH,
    *,
    skip: bool = False,
    written: Written | None = None,
) -> str:
    """
    The recording's playlist.

    Args:
        timeline: may be empty.
        skip: leave out what is older than the skip boundary (6.2.5.1), if it still grows.
        written: what earlier calls for this timeline and rendition made; continued here.
    """
    timing = timeline.timing or Timing()
    segments = timeline.segments
    if timeline.ended:
        head = [*_head(6, timing), "#EXT-X-PLAYLIST-TYPE:VOD"]
    else:
        # 9: EXT-X-SKIP (8)
        head = [*_head(9, timing), *_control(timing, skip=True), "#EXT-X-PLAYLIST-TYPE:EVENT"]
    head.append(f"#EXT-X-MEDIA-SEQUENCE:{segments[0].number if segments else 0}")
    skipped = newest(segments, timing.skip_until_s) if skip and not timeline.ended else 0
    if skipped:
        head.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
        older, begin = "", skipped
    else:
        written = written or Written()
        _write(written, timeline, rendition)
        older, begin = written.text, written.count
    rest = segments[begin:]
    parts_from = len(rest) if timeline.ended else _parts_from(rest, timing)
    before = segments[begin - 1] if begin else None
    tail = [
        *_segments(rest, parts_from, rendition, before),
        *_end(timeline, rendition, RECORDING),
        "",
    ]
    return "\n".join(head) + "\n" + older + "\n".join(tail)


def multivariant(timeline: Timeline, playlist: str) -> str:
    """
    The renditions of the live playlist or of the recording, the highest first.

    Args:
        timeline: with at least one segment.
        playlist: LIVE or RECORDING.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS"]
    spoken = playlist == RECORDING and timeline.ended
    lines.append(captions.rendition_tag(captions.SPOKEN if spoken else playlist))
    for rendition in RENDITIONS:
        if rendition is not HIGH and rendition.name not in timeline.renditions:
            continue
        peak, average = rendition.peak_bitrate, rendition.average_bitrate
        if timeline.ended:
            peak, average = _measured(timeline, rendition)
        attributes = [
            f"BANDWIDTH={peak}",
            f"AVERAGE-BANDWIDTH={average}",
            f'CODECS="{rendition.codecs}"',
        ]
        if rendition.height:
            size = f"RESOLUTION={rendition.width}x{rendition.height}"
            attributes += [size, f"FRAME-RATE={FPS:.3f}"]
        attributes.append(f'SUBTITLES="{captions.GROUP}"')
        lines += ["#EXT-X-STREAM-INF:" + ",".join(attributes), rendition.address(playlist)]
    return "\n".join(lines) + "\n"


def hint(timeline: Timeline, rendition: Rendition = HIGH) -> str:
    """Address of the part that comes next if the run goes on."""
    last = timeline.segments[-1]
    file = last.extent(rendition).file
    if last.complete:
        return part_address(next_segment_file(file), 0)
    return part_address(file, len(last.parts))


def _measured(timeline: Timeline, rendition: Rendition) -> tuple[int, int]:
    """
    Peak and average bit rate of what is there, bit/s, rounded up.

    Source: 4.4.6.2; the peak is that of any contiguous segments of 0.5 to 1.5 target durations.
    """
    target_s = (timeline.timing or Timing()).target_s
    peak, total_bits, total_s = 0.0, 0, 0.0
    bits: list[tuple[int, float]] = []
    for segment in timeline.segments:
        one = (segment.extent(rendition).length * 8, segment.duration_s)
        total_bits, total_s = total_bits + one[0], total_s + one[1]
        bits.append(one)
        together_bits, together_s = 0, 0.0
        for some_bits, some_s in reversed(bits):
            together_bits, together_s = together_bits + some_bits, together_s + some_s
            if together_s > 1.5 * target_s:
                break
            if together_s >= 0.5 * target_s:
                peak = max(peak, together_bits / together_s)
        del bits[:-8]
    average = total_bits / total_s if total_s else 0.0
    return math.ceil(max(peak, average)), math.ceil(average)


def _head(version: int, timing: Timing) -> tuple[str, ...]:
    # At least 6: EXT-X-MAP in a playlist that isn't of I-frames only (8).
    return (
        "#EXTM3U",
        f"#EXT-X-VERSION:{version}",
        f"#EXT-X-TARGETDURATION:{timing.target_s}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    )


def _control(timing: Timing, *, skip: bool = False) -> tuple[str, ...]:
    control = ["CAN-BLOCK-RELOAD=YES"]
    if skip:
        control.append(f"CAN-SKIP-UNTIL={timing.skip_until_s}")
    control.append(f"HOLD-BACK={timing.hold_back_s}")
    control.append(f"PART-HOLD-BACK={timing.part_hold_back_s:.1f}")
    return (
        "#EXT-X-SERVER-CONTROL:" + ",".join(control),
        f"#EXT-X-PART-INF:PART-TARGET={timing.part_s:.1f}",
    )


def _parts_from(segments: Sequence[Segment], timing: Timing) -> int:
    """Index of the first segment that is listed with its parts."""
    return newest(segments, PARTS_TARGETS * timing.target_s)


def _write(written: Written, timeline: Timeline, rendition: Rendition) -> None:
    segments = timeline.segments
    end = _parts_from(segments, timeline.timing or Timing())
    if end <= written.count:
        return
    before = segments[written.count - 1] if written.count else None
    new = segments[written.count : end]
    written.text += "\n".join((*_segments(new, len(new), rendition, before), ""))
    written.count = end


def _segments(
    segments: Sequence[Segment], parts_from: int, rendition: Rendition, before: Segment | None
) -> Iterator[str]:
    """
    The lines of segments.

    Args:
        parts_from: index of the first that is listed with its parts.
        before: the segment before them, if the playlist or the player has it.
    """
    init = before and init_of(before.extent(rendition).file)
    for index, segment in enumerate(segments):
        file = segment.extent(rendition).file
        if init != init_of(file):
            if init is not None:
                yield "#EXT-X-DISCONTINUITY"
            init = init_of(file)
            yield f'#EXT-X-MAP:URI="{init}"'
        yield f"#EXT-X-PROGRAM-DATE-TIME:{instant(segment.at_ms)}"
        if index >= parts_from:
            for part in segment.parts:
                address = part_address(file, part.part)
                independent = ",INDEPENDENT=YES" if part.independent else ""
                yield f'#EXT-X-PART:DURATION={part.duration_s:.3f},URI="{address}"{independent}'
        if segment.complete:
            yield f"#EXTINF:{segment.duration_s:.3f},"
            yield file


def _end(timeline: Timeline, rendition: Rendition, playlist: str) -> Iterator[str]:
    """What follows the segments: the end, or the next part and how far other renditions are."""
    if timeline.ended:
        yield "#EXT-X-ENDLIST"
        return
    if not timeline.segments:
        return
    last = timeline.segments[-1]
    yield f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{hint(timeline, rendition)}"'
    for other in RENDITIONS:
        if other is not rendition and (other is HIGH or other.name in timeline.renditions):
            yield (
                f'#EXT-X-RENDITION-REPORT:URI="{other.address(playlist)}"'
                f",LAST-MSN={last.number},LAST-PART={len(last.parts) - 1}"
            )


def instant(at_ms: int) -> str:
    """A wall clock in milliseconds, as EXT-X-PROGRAM-DATE-TIME has it (4.4.4.6)."""
    at = _EPOCH + timedelta(milliseconds=at_ms)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
