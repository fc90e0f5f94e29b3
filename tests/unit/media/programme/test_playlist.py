"""Playlists are written to the letter of RFC 8216bis."""

from __future__ import annotations

import re

from media.programme.playlist import (
    LIVE,
    RECORDING,
    WINDOW_TARGETS,
    Written,
    hint,
    live,
    multivariant,
    recording,
)
from media.programme.renditions import HIGH, LOW, OTHERS, SOUND, Rendition
from media.programme.timeline import Timeline
from media.segments.port import Ended, Entry
from tests.each import each
from tests.fixtures.parts import part, run_of, started

LIVE_TEXT = """\
#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:1
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=3,PART-HOLD-BACK=0.7
#EXT-X-PART-INF:PART-TARGET=0.2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI="1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.000Z
#EXT-X-PART:DURATION=0.200,URI="1-0.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.200,URI="1-0.1.m4s"
#EXT-X-PART:DURATION=0.200,URI="1-0.2.m4s"
#EXT-X-PART:DURATION=0.200,URI="1-0.3.m4s"
#EXT-X-PART:DURATION=0.200,URI="1-0.4.m4s"
#EXTINF:1.000,
1-0.m4s
#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:01.000Z
#EXT-X-PART:DURATION=0.200,URI="1-1.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.200,URI="1-1.1.m4s"
#EXT-X-PART:DURATION=0.200,URI="1-1.2.m4s"
#EXT-X-PART:DURATION=0.200,URI="1-1.3.m4s"
#EXT-X-PART:DURATION=0.200,URI="1-1.4.m4s"
#EXTINF:1.000,
1-1.m4s
#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:02.000Z
#EXT-X-PART:DURATION=0.200,URI="1-2.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.200,URI="1-2.1.m4s"
#EXTINF:0.400,
1-2.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="2.mp4"
#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:03.000Z
#EXT-X-PART:DURATION=0.200,URI="2-3.0.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="2-3.1.m4s"
"""

COMPLETE = """\
#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:1
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-MAP:URI="1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.000Z
#EXTINF:1.000,
1-0.m4s
#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:01.000Z
#EXTINF:1.000,
1-1.m4s
#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:02.000Z
#EXTINF:0.400,
1-2.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="2.mp4"
#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:03.000Z
#EXTINF:0.200,
2-3.m4s
#EXT-X-ENDLIST
"""


def interrupted() -> Timeline:
    """Two segments, a broken one, and the first part of a new run."""
    return Timeline.of([*run_of(1, segments=2), part(1, 2, 0), part(1, 2, 1), part(2, 3, 0)])


def test_live_playlist() -> None:
    """Window, parts of the newest segments, discontinuity, hint."""
    assert live(interrupted()) == LIVE_TEXT


def test_the_recording_is_as_live_at_its_end() -> None:
    """From the beginning, with the same parts and the same hint, and updates may skip."""
    segments = LIVE_TEXT[LIVE_TEXT.index("#EXT-X-MAP") :]
    assert recording(interrupted()) == (
        "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:1\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6,HOLD-BACK=3"
        ",PART-HOLD-BACK=0.7\n#EXT-X-PART-INF:PART-TARGET=0.2\n#EXT-X-PLAYLIST-TYPE:EVENT\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n" + segments
    )


def test_recording_that_is_complete() -> None:
    """VOD, with its last segment and its end; nothing in it is for live players."""
    timeline = interrupted()
    timeline.add(Ended(at_ms=0))
    assert recording(timeline) == COMPLETE
    assert recording(timeline, skip=True) == COMPLETE


def test_what_was_written_once_is_not_written_anew() -> None:
    """And makes no difference, whenever it was begun."""
    timeline, written = Timeline(), Written()
    parts = [*run_of(1, segments=12), part(1, 12, 0), *run_of(2, segments=9, first=13)]
    entries: list[Entry] = [*parts, Ended(at_ms=0)]
    for entry in entries:
        timeline.add(entry)
        assert recording(timeline, written=written) == recording(timeline)
    assert written.count == 19


def test_an_update_leaves_out_what_is_older_than_the_boundary() -> None:
    """Six target durations remain; the update's size doesn't depend on the length of the whole."""
    timeline = Timeline.of([*run_of(1, segments=500), part(1, 500, 0)])
    update = recording(timeline, skip=True)
    assert "#EXT-X-SKIP:SKIPPED-SEGMENTS=494\n" in update
    assert "#EXT-X-MEDIA-SEQUENCE:0\n" in update
    assert update.count("#EXTINF") == 6
    assert recording(timeline).endswith(update[update.index("#EXT-X-PROGRAM") :])
    assert len(update) < 2_700


def test_an_update_of_a_short_recording_is_all_of_it() -> None:
    """Nothing is old enough."""
    timeline = Timeline.of(run_of(1, segments=6))
    assert recording(timeline, skip=True) == recording(timeline)


def test_a_discontinuity_is_told_to_who_skips() -> None:
    """It stands before its segment, the last that was skipped being of another run."""
    entries = [*run_of(1, segments=10), *run_of(2, segments=6, first=10)]
    update = recording(Timeline.of(entries), skip=True)
    assert '=10\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="2.mp4"\n' in update


@each("rendition", OTHERS)
def test_other_renditions_have_the_same_cuts(rendition: Rendition) -> None:
    """Only the names of the files differ, and which playlists are reported on."""
    timeline = Timeline.of([*run_of(1, segments=12, others=True), part(1, 12, 0, others=True)])
    for write in (live, recording):
        ours, highest = write(timeline, rendition).splitlines(), write(timeline).splitlines()
        renamed = [re.sub(rf"\b1{rendition.mark}([-.])", r"1\1", line) for line in ours]
        assert renamed[:-2] == highest[:-2]
        assert renamed != ours


def test_each_playlist_says_how_far_the_others_are() -> None:
    """Who changes the rendition knows what to ask for at once (4.4.5.4)."""
    timeline = Timeline.of([*run_of(1, segments=2, others=True), part(1, 2, 0, others=True)])
    assert live(timeline, LOW).splitlines()[-2:] == [
        '#EXT-X-RENDITION-REPORT:URI="live.m3u8",LAST-MSN=2,LAST-PART=0',
        '#EXT-X-RENDITION-REPORT:URI="live-sound.m3u8",LAST-MSN=2,LAST-PART=0',
    ]
    assert '"recording-360.m3u8",LAST-MSN=2,LAST-PART=0' in recording(timeline)


def test_what_was_recorded_before_there_were_renditions_is_played_in_the_highest() -> None:
    """Whichever playlist is asked for; the others are not offered."""
    timeline = Timeline.of([*run_of(1, segments=3), Ended(at_ms=0)])
    assert recording(timeline, LOW) == recording(timeline)
    assert multivariant(timeline, RECORDING).count("#EXT-X-STREAM-INF") == 1
    timeline = Timeline.of([*run_of(1, segments=1), *run_of(2, segments=1, first=1, others=True)])
    assert "-360" not in multivariant(timeline, LIVE)


def test_the_renditions_of_a_live_programme() -> None:
    """With what each takes of a line at most, and what decodes it."""
    timeline = Timeline.of(run_of(1, segments=2, others=True))
    high, low, sound = (
        "BANDWIDTH=3096000,AVERAGE-BANDWIDTH=1580000",
        "BANDWIDTH=896000,AVERAGE-BANDWIDTH=480000",
        "BANDWIDTH=96000,AVERAGE-BANDWIDTH=80000",
    )
    base, main, aac = 'CODECS="avc1.42c01f', 'CODECS="avc1.4d401e', 'mp4a.40.2"'
    words = ',SUBTITLES="captions"'
    assert multivariant(timeline, LIVE).splitlines() == [
        *("#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS"),
        (
            '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="字幕",LANGUAGE="zh-CN",DEFAULT=NO,'
            'AUTOSELECT=YES,FORCED=NO,URI="captions.m3u8"'
        ),
        f"#EXT-X-STREAM-INF:{high},{base},{aac},RESOLUTION=1280x720,FRAME-RATE=25.000{words}",
        "live.m3u8",
        f"#EXT-X-STREAM-INF:{low},{main},{aac},RESOLUTION=640x360,FRAME-RATE=25.000{words}",
        "live-360.m3u8",
        f'#EXT-X-STREAM-INF:{sound},CODECS="{aac}{words}',
        "live-sound.m3u8",
    ]


def test_the_renditions_of_a_recording_are_measured() -> None:
    """The peak is that of its largest second; a short end counts with what is before it."""
    large = part(1, 1, 0, last=True, others=True).model_copy(
        update={"length": 1_000, "duration_s": 1.0}
    )
    short = part(1, 2, 0, last=True, others=True).model_copy(
        update={"length": 500, "duration_s": 0.1}
    )
    entries: list[Entry] = [*run_of(1, segments=1, others=True), large, short, Ended(at_ms=0)]
    text = multivariant(Timeline.of(entries), RECORDING)
    assert f"BANDWIDTH={-(-1_500 * 80 // 11)},AVERAGE-BANDWIDTH={-(-2_000 * 80 // 21)}," in text


def test_the_window_slides_and_counts_discontinuities_that_left_it() -> None:
    """A player that joins late counts as one that was there."""
    timeline = Timeline.of([part(1, 0, 0, last=True), *run_of(2, segments=30, first=1)])
    lines = live(timeline).splitlines()
    assert f"#EXT-X-MEDIA-SEQUENCE:{31 - WINDOW_TARGETS}" in lines
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1" in lines
    assert "#EXT-X-DISCONTINUITY" not in lines
    assert sum(line.startswith("#EXTINF") for line in lines) == WINDOW_TARGETS
    assert sum(line.startswith("#EXT-X-PART:") for line in lines) == 15


def test_the_growing_segment_is_beyond_the_window() -> None:
    """The window counts whole segments."""
    timeline = Timeline.of([*run_of(1, segments=30), part(1, 30, 0)])
    lines = live(timeline).splitlines()
    assert sum(line.startswith("#EXTINF") for line in lines) == WINDOW_TARGETS
    assert lines[-2].startswith("#EXT-X-PART:")


def test_the_window_is_as_long_with_short_segments() -> None:
    """Of a worker that dies again and again: it is time that counts."""
    text = live(Timeline.of(part(run, run, 0, last=True) for run in range(100)))
    assert text.count("#EXTINF:0.200") == 5 * WINDOW_TARGETS
    assert text.count("#EXT-X-PART:") == 15


def test_an_ended_live_playlist_says_so() -> None:
    """Players stop instead of asking on."""
    timeline = Timeline.of([*run_of(1, segments=2), Ended(at_ms=0)])
    assert live(timeline).endswith("1-1.m4s\n#EXT-X-ENDLIST\n")


def test_the_hint_names_what_the_run_writes_next() -> None:
    """The next part, in this segment or the next."""
    timeline = Timeline.of(run_of(1, segments=1))
    assert hint(timeline) == "1-1.0.m4s"
    timeline.add(part(1, 1, 0))
    assert hint(timeline) == "1-1.1.m4s"


def test_the_hint_is_of_the_rendition() -> None:
    """So that all of them are played with the same delay."""
    timeline = Timeline.of([*run_of(1, segments=1, others=True), part(1, 1, 0, others=True)])
    assert (hint(timeline, LOW), hint(timeline, SOUND)) == ("1l-1.1.m4s", "1a-1.1.m4s")


def test_an_empty_recording_is_a_playlist_too() -> None:
    """Nothing has been recorded yet."""
    assert "#EXTINF" not in recording(Timeline())


def test_longer_parts_are_told() -> None:
    """By the first run, for the whole programme (6.2.1: the target duration must not change)."""
    longer = started(1).model_copy(update={"part_ms": 400, "segment_ms": 2_000})
    timeline = Timeline.of([longer, *run_of(1, segments=1), started(2)])
    for text in (live(timeline), recording(timeline)):
        assert "#EXT-X-TARGETDURATION:2\n" in text
        assert "HOLD-BACK=6,PART-HOLD-BACK=1.4\n#EXT-X-PART-INF:PART-TARGET=0.4\n" in text
    assert "CAN-SKIP-UNTIL=12," in recording(timeline)


def test_the_live_playlist_stays_small() -> None:
    """It is fetched five times a second by everybody."""
    assert len(live(Timeline.of(run_of(1, segments=500, others=True)), HIGH)) < 2_600
