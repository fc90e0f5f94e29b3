"""The boxes say what players need, in the places where the standard puts it."""

from __future__ import annotations

import struct

from media.programme.encoder import Sample
from media.programme.fmp4 import OTHER_SAMPLE, SYNC_SAMPLE, VideoTrack, fragment, init_segment
from media.programme.x264 import ParameterSets
from tests.fixtures.boxes import Box, find, fragments, parse

SETS = ParameterSets(sps=b"\x67\x4d\x40\x1f\xab", pps=b"\x68\xef")
CONFIG = b"\x11\x88"
INIT = init_segment(VideoTrack(SETS, 1280, 720, 90_000), CONFIG, sample_rate=48_000)

VIDEO = [Sample(b"key", 3_600, keyframe=True), Sample(b"other", 3_600, keyframe=False)]
AUDIO = [Sample(b"aac1", 1_024, keyframe=True), Sample(b"a2", 1_024, keyframe=True)]


def test_the_init_segment_describes_two_tracks() -> None:
    """File type, movie header, video, audio, and that fragments follow."""
    boxes = parse(INIT)
    assert [box.kind for box in boxes] == ["ftyp", "moov"]
    assert [box.kind for box in boxes[1].boxes] == ["mvhd", "trak", "trak", "mvex"]
    assert [len(find(boxes, "moov", "trak", i, "tkhd").data) for i in (0, 1)] == [84, 84]
    assert len(find(boxes, "moov", "mvhd").data) == 100
    for index, ticks in enumerate((90_000, 48_000)):
        mdhd = find(boxes, "moov", "trak", index, "mdia", "mdhd").data
        assert struct.unpack_from(">I", mdhd, 12)[0] == ticks


def test_avcc_holds_the_parameter_sets() -> None:
    """Profile and level are copied from the SPS (14496-15, 5.3.3.1)."""
    stsd = find(parse(INIT), "moov", "trak", 0, "mdia", "minf", "stbl", "stsd").data
    at = stsd.index(b"avcC") + 4
    assert stsd[at:] == b"\x01\x4d\x40\x1f\xff\xe1\x00\x05" + SETS.sps + b"\x01\x00\x02\x68\xef"
    assert struct.unpack_from(">HH", stsd, 8 + 8 + 24) == (1280, 720)


def test_esds_holds_the_audio_config() -> None:
    """AAC in its descriptors (14496-1, 7.2.6.5)."""
    stsd = find(parse(INIT), "moov", "trak", 1, "mdia", "minf", "stbl", "stsd").data
    at = stsd.index(b"esds") + 8
    es = stsd[at:]
    assert (es[0], es[1]) == (3, len(es) - 2)
    assert es[5:7] == bytes((4, 13 + 2 + 2))
    assert es[7] == 0x40
    assert b"\x05\x02\x11\x88\x06\x01\x02" in es


def test_sound_alone_is_one_track() -> None:
    """With the same number as beside pictures, so that its fragments are the same too."""
    moov = parse(init_segment(None, CONFIG, sample_rate=48_000))[1]
    assert [box.kind for box in moov.boxes] == ["mvhd", "trak", "mvex"]
    tkhd = find([moov], "moov", "trak", "tkhd").data
    trex = find([moov], "moov", "mvex", "trex").data
    assert struct.unpack_from(">I", tkhd, 12) == struct.unpack_from(">I", trex, 4) == (2,)


def test_a_fragment_carries_times_sizes_and_flags() -> None:
    """Both tracks, at their decode times, keyframes marked."""
    (moof,) = fragments(fragment(7, VIDEO, 2**33, AUDIO, 4_096))
    assert moof.sequence == 7
    video, audio = moof.tracks
    assert (video.track, video.start) == (1, 2**33)
    assert [sample.flags for sample in video.samples] == [SYNC_SAMPLE, OTHER_SAMPLE]
    assert [sample.data for sample in video.samples] == [b"key", b"other"]
    assert (audio.track, audio.start) == (2, 4_096)
    assert [(s.duration, s.data) for s in audio.samples] == [(1_024, b"aac1"), (1_024, b"a2")]


def test_a_track_without_samples_is_left_out() -> None:
    """The first part of a run has sound only if a frame of it is full."""
    (moof,) = fragments(fragment(1, VIDEO, 0, [], 0))
    assert [track.track for track in moof.tracks] == [1]


def test_box_sizes_add_up() -> None:
    """Nothing stands between the boxes or behind them."""

    def total(boxes: list[Box]) -> int:
        return sum(box.size for box in boxes)

    data = fragment(1, VIDEO, 0, AUDIO, 0)
    assert total(parse(data)) == len(data)
    assert total(parse(INIT)) == len(INIT)
