"""
Captions as WebVTT, cut to the segments of the programme. Pure.

A cue that goes over the end of a segment stands in both, with the same name and the same times, so
that a player that begins in the second shows it and one that has it from the first does not show it
twice (RFC 8216bis, 3.1.4). Times count from the beginning of a run; X-TIMESTAMP-MAP says where in
the run's media the segment lies.

Source: WebVTT (W3C), 4.1 and 6.4; draft-pantos-hls-rfc8216bis, 3.1.4.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media.captions.lines import pages
from media.programme.timeline import Segment, Timeline

MPEGTS_HZ = 90_000
MPEGTS_WRAP = 1 << 33
"""Timestamps of MPEG-2 have 33 bits."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption as it shall be shown. Wall clock, milliseconds."""

    id: int
    from_ms: int
    until_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class _Shown:
    """A page of a cue. Milliseconds from the beginning of something."""

    name: str
    begin: int
    end: int
    lines: tuple[str, ...]


def segment(timeline: Timeline, number: int, cues: Sequence[Cue]) -> str | None:
    """
    The captions of a segment.

    Args:
        number: its media sequence number.
        cues: in any order.

    Returns: None if there is no such segment, or it is still growing.
    """
    there = timeline.segment(number)
    if there is None or not there.complete:
        return None
    run, starts = _run_of(timeline, there)
    begin = starts[there.number - run[0].number]
    end = begin + round(there.duration_s * 1000)
    mpegts = begin * MPEGTS_HZ // 1000 % MPEGTS_WRAP
    head = f"WEBVTT\nX-TIMESTAMP-MAP=LOCAL:{_clock(begin)},MPEGTS:{mpegts}\n"
    shown = (page for cue in cues for page in _pages(cue, _placed(run, starts, cue)))
    return head + _written(page for page in shown if page.begin < end and page.end > begin)


def whole(timeline: Timeline, cues: Sequence[Cue]) -> str:
    """All captions in one file, whose times are those of a player of the recording's playlist."""
    segments = [one for one in timeline.segments if one.complete]
    if not segments:
        return "WEBVTT\n"
    starts = _starts(segments)
    end = starts[-1] + round(segments[-1].duration_s * 1000)
    shown = (page for cue in cues for page in _pages(cue, _placed(segments, starts, cue)))
    return "WEBVTT\n" + _written(page for page in shown if page.begin < end)


def _run_of(timeline: Timeline, there: Segment) -> tuple[Sequence[Segment], list[int]]:
    """The segments of the run that a segment is of, and where each begins in it."""
    first = timeline.segments[0].number
    begin = end = there.number - first
    while begin > 0 and timeline.segments[begin - 1].init == there.init:
        begin -= 1
    while end + 1 < len(timeline.segments) and timeline.segments[end + 1].init == there.init:
        end += 1
    run = timeline.segments[begin : end + 1]
    return run, _starts(run)


def _starts(segments: Sequence[Segment]) -> list[int]:
    starts, total = [], 0.0
    for one in segments:
        starts.append(round(total * 1000))
        total += one.duration_s
    return starts


def _placed(segments: Sequence[Segment], starts: Sequence[int], cue: Cue) -> int:
    """Where a cue begins in *segments*; negative: before them."""
    index = max(0, bisect_right(segments, cue.from_ms, key=lambda one: one.at_ms) - 1)
    within = cue.from_ms - segments[index].at_ms
    following = starts[index + 1] if index + 1 < len(starts) else None
    place = starts[index] + within
    # Between two runs nothing was recorded: it is shown where the recording goes on.
    return place if following is None else min(place, following)


def _pages(cue: Cue, begin: int) -> Iterator[_Shown]:
    """A long cue is shown page by page, each as long as it is of the whole."""
    laid = pages(cue.text)
    letters = sum(len(line) for lines in laid for line in lines)
    length, before = cue.until_ms - cue.from_ms, 0
    for number, lines in enumerate(laid):
        start = begin + length * before // letters
        before += sum(len(line) for line in lines)
        end = begin + length * before // letters
        if end > 0:
            name = str(cue.id) if number == 0 else f"{cue.id}-{number}"
            yield _Shown(name, max(0, start), end, lines)


def _written(shown: Iterator[_Shown]) -> str:
    ordered = sorted(shown, key=lambda page: (page.begin, page.end))
    return "".join(
        f"\n{page.name}\n{_clock(page.begin)} --> {_clock(page.end)}\n"
        + "".join(f"{_escaped(line)}\n" for line in page.lines)
        for page in ordered
    )


def _clock(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"


def _escaped(text: str) -> str:
    """WebVTT, 4.2.2; with > so, "-->" can't stand in a line either."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
