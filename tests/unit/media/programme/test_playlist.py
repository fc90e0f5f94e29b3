"""Playlists are written to the letter of RFC 8216bis."""

from __future__ import annotations

from media.programme.playlist import HOLD_BACK_S, PART_S, WINDOW, hint, live, recording
from media.programme.timeline import Timeline
from media.segments.port import Ended
from tests.fixtures.parts import part, run_of

LIVE = """\
#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:1
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.7
#EXT-X-PART-INF:PART-TARGET=0.2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI="1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.000Z
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

RECORDING = """\
#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:1
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-PLAYLIST-TYPE:EVENT
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
"""


def interrupted() -> Timeline:
    """Two segments, a broken one, and the first part of a new run."""
    return Timeline.of([*run_of(1, segments=2), part(1, 2, 0), part(1, 2, 1), part(2, 3, 0)])


def test_live_playlist() -> None:
    """Window, parts of the newest segments, discontinuity, hint."""
    assert live(interrupted()) == LIVE


def test_recording_while_it_grows() -> None:
    """Whole segments only, from the beginning."""
    assert recording(interrupted()) == RECORDING


def test_recording_that_is_complete() -> None:
    """VOD, with its last segment and its end."""
    timeline = interrupted()
    timeline.add(Ended(at_ms=0))
    assert recording(timeline) == (
        RECORDING.replace("EVENT", "VOD")
        + '#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="2.mp4"\n'
        + "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:03.000Z\n#EXTINF:0.200,\n2-3.m4s\n"
        + "#EXT-X-ENDLIST\n"
    )


def test_the_window_slides_and_counts_discontinuities_that_left_it() -> None:
    """A player that joins late counts as one that was there."""
    timeline = Timeline.of([part(1, 0, 0, last=True), *run_of(2, segments=30, first=1)])
    lines = live(timeline).splitlines()
    assert f"#EXT-X-MEDIA-SEQUENCE:{31 - WINDOW}" in lines
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1" in lines
    assert "#EXT-X-DISCONTINUITY" not in lines
    assert sum(line.startswith("#EXTINF") for line in lines) == WINDOW
    assert sum(line.startswith("#EXT-X-PART:") for line in lines) == 15


def test_the_growing_segment_is_beyond_the_window() -> None:
    """The window counts whole segments."""
    timeline = Timeline.of([*run_of(1, segments=30), part(1, 30, 0)])
    lines = live(timeline).splitlines()
    assert sum(line.startswith("#EXTINF") for line in lines) == WINDOW
    assert lines[-2].startswith("#EXT-X-PART:")


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


def test_an_empty_recording_is_a_playlist_too() -> None:
    """Nothing has been recorded yet."""
    assert "#EXTINF" not in recording(Timeline())


def test_the_hold_back_keeps_to_the_draft() -> None:
    """PART-HOLD-BACK is at least twice the part target (4.4.3.8)."""
    assert HOLD_BACK_S >= 2 * PART_S


def test_the_live_playlist_stays_small() -> None:
    """It is fetched five times a second by everybody."""
    assert len(live(Timeline.of(run_of(1, segments=500)))) < 2_500
