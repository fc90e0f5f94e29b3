"""Captions are WebVTT that lies exactly on the programme's segments."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from media.captions.names import SPOKEN
from media.captions.playlist import write
from media.captions.webvtt import Cue, segment, whole
from media.programme.playlist import LIVE, RECORDING, live, multivariant, recording
from media.programme.timeline import Timeline
from media.segments.port import Ended, Entry
from tests.fixtures.hls.playlists import media_playlist
from tests.fixtures.hls.rules import reload_faults
from tests.fixtures.parts import START_MS, part, run_of

ENTRIES: list[Entry] = [
    *run_of(1, segments=3),
    part(1, 3, 0),
    part(1, 3, 1, last=True),  # 3.4 s, then the worker died
    *(
        one.model_copy(update={"at_ms": one.at_ms + 5_000})
        for one in run_of(2, segments=2, first=4)
    ),
]
"""Two runs: the second began at 9 s of the wall clock, 3.4 s of the recording."""
TIMELINE = Timeline.of(ENTRIES)


def cue(begin_s: float, end_s: float, text: str = "现在开会", number: int = 7) -> Cue:
    return Cue(number, START_MS + round(begin_s * 1000), START_MS + round(end_s * 1000), text)


def test_a_segment_says_where_it_lies_in_the_media() -> None:
    """Its decode time at 90 kHz stands beside its own time."""
    text = segment(TIMELINE, 1, [cue(1.2, 1.9)])
    assert text == (
        "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:01.000,MPEGTS:90000\n"
        "\n7\n00:00:01.200 --> 00:00:01.900\n现在开会\n"
    )


def test_a_segment_without_captions_is_a_file_all_the_same() -> None:
    assert segment(TIMELINE, 0, []) == "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n"


def test_what_goes_over_an_end_stands_in_both_alike() -> None:
    long = cue(0.8, 2.1)
    blocks = [(segment(TIMELINE, n, [long]) or "").split("\n\n")[1:] for n in range(4)]
    assert blocks[0] == blocks[1] == blocks[2] == ["7\n00:00:00.800 --> 00:00:02.100\n现在开会\n"]
    assert blocks[3] == []


def test_an_end_is_no_part_of_what_follows() -> None:
    assert "现在开会" not in (segment(TIMELINE, 1, [cue(0.2, 1.0)]) or "")
    assert "现在开会" in (segment(TIMELINE, 1, [cue(1.999, 3.0)]) or "")


def test_a_new_run_counts_from_its_own_beginning() -> None:
    """Its media does too; what began in the gap is shown from there on."""
    text = segment(TIMELINE, 4, [cue(8.5, 9.6), cue(9.5, 9.9, "好", 8)])
    assert text == (
        "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n"
        "\n7\n00:00:00.000 --> 00:00:00.600\n现在开会\n"
        "\n8\n00:00:00.500 --> 00:00:00.900\n好\n"
    )


def test_a_segment_that_grows_or_is_not_there_has_none() -> None:
    growing = Timeline.of([*run_of(1, segments=1), part(1, 1, 0)])
    assert segment(growing, 1, []) is None
    assert segment(growing, 2, []) is None
    assert segment(growing, 0, []) is not None


def test_timestamps_wrap_at_33_bits() -> None:
    """After 26.5 hours; MPEG-2 has no more."""
    hours = 27 * 3600
    late = Timeline.of(run_of(1, segments=1))
    first = late.segments[0]
    late.segments[0] = replace(first, duration_s=float(hours))
    late.segments.append(replace(first, number=1))
    text = segment(late, 1, []) or ""
    assert f"LOCAL:27:00:00.000,MPEGTS:{hours * 90_000 - 2**33}\n" in text


def test_no_text_can_end_a_cue_or_be_a_tag() -> None:
    text = segment(TIMELINE, 1, [cue(1.1, 1.9, "a --> <b>&amp;\n\nNOTE\r\n1")]) or ""
    assert text.endswith("\na --&gt; &lt;b&gt;&amp;amp; NOTE 1\n")


def test_a_long_one_is_shown_page_by_page() -> None:
    long = cue(0.5, 3.5, "管网改造下月开工。" * 6)
    assert re.findall(r"\n(7\S*)\n(\S+) --> (\S+)\n", whole(TIMELINE, [long])) == [
        ("7", "00:00:00.500", "00:00:01.500"),
        ("7-1", "00:00:01.500", "00:00:02.500"),
        ("7-2", "00:00:02.500", "00:00:03.500"),
    ]
    assert re.findall(r"\n(7\S*)\n", segment(TIMELINE, 1, [long]) or "") == ["7", "7-1"]


def test_the_whole_has_the_times_of_a_player() -> None:
    """A break in the recording takes no time there."""
    text = whole(TIMELINE, [cue(1.2, 2.0), cue(9.5, 10.5, "好", 8), cue(99, 100, "晚", 9)])
    assert text == (
        "WEBVTT\n\n7\n00:00:01.200 --> 00:00:02.000\n现在开会\n"
        "\n8\n00:00:03.900 --> 00:00:04.900\n好\n"
    )
    assert whole(Timeline(), [cue(0, 1)]) == "WEBVTT\n"


SHARED = re.compile(
    r"#EXTINF:.*|#EXT-X-(?:MEDIA-SEQUENCE|DISCONTINUITY|PROGRAM-DATE-TIME|TARGETDURATION|ENDLIST).*"
)


@pytest.mark.parametrize("ended", [False, True])
def test_the_playlists_are_those_of_the_pictures(*, ended: bool) -> None:
    """The same numbers, durations, discontinuities and instants, the window too."""
    timeline = Timeline.of(
        [*run_of(3, segments=12), *run_of(4, segments=3, first=12)] + [Ended(at_ms=0)] * ended
    )
    for kind, pictures in ((LIVE, live), (RECORDING, recording), (SPOKEN, recording)):
        mine = write(timeline, kind)
        assert SHARED.findall(mine) == SHARED.findall(pictures(timeline))
        name = "spoken" if kind == SPOKEN else "captions"
        first = int(re.findall(r"MEDIA-SEQUENCE:(\d+)", mine)[0])
        files = [f"{name}-{n}.vtt" for n in range(first, 15)]
        assert [line for line in mine.splitlines() if not line.startswith("#")] == files
        assert ("CAN-BLOCK-RELOAD=YES" in mine) is not ended


def test_a_segment_that_grows_is_not_listed() -> None:
    growing = Timeline.of([*run_of(1, segments=2), part(1, 2, 0)])
    assert "captions-1.vtt" in write(growing, LIVE)
    assert "captions-2.vtt" not in write(growing, LIVE)


@pytest.mark.parametrize("kind", [LIVE, RECORDING, SPOKEN])
def test_who_reads_along_comes_to_the_end(kind: str) -> None:
    """
    What a playlist has listed stays as it was when the programme ends; a player that finds other
    files refuses the whole playlist (hls.js: media sequence mismatch) and has no captions any more.
    """
    parts = [*run_of(3, segments=12), *run_of(4, segments=3, first=12)]
    before = media_playlist(write(Timeline.of(parts), kind))
    after = media_playlist(write(Timeline.of([*parts, Ended(at_ms=0)]), kind))
    assert after.ended
    assert len(after.segments) > 0
    assert list(reload_faults(before, after)) == []


def test_who_comes_after_the_end_is_told_of_what_was_said() -> None:
    """While it lasts, of what came: the edge is behind the speech."""
    growing = [*run_of(1, segments=2)]
    ended = Timeline.of([*growing, Ended(at_ms=0)])
    assert 'URI="captions-recording.m3u8"' in multivariant(Timeline.of(growing), RECORDING)
    assert 'URI="captions-spoken.m3u8"' in multivariant(ended, RECORDING)
    assert 'URI="captions.m3u8"' in multivariant(ended, LIVE)
