"""
Fragmented MP4 for CMAF-style HLS: an init segment and fragments of one video and one audio track,
or of an audio track alone.

Written by hand since FFmpeg's muxer can't be told through PyAV where to cut. Only what players of
HLS need: no edit lists, no sample tables, no indexes.

Source: ISO/IEC 14496-12 (boxes), 14496-15 (avcC), 14496-14 and 14496-1 (esds). Names in brackets
are those of boxes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from media.programme.encoder import Sample
from media.programme.x264 import ParameterSets

VIDEO_TRACK = 1
AUDIO_TRACK = 2

# sample_flags (14496-12, 8.8.3.1)
SYNC_SAMPLE = 0x02000000  # depends on no other
OTHER_SAMPLE = 0x01010000  # depends on others, isn't a sync sample

_UNITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def box(kind: bytes, *parts: bytes) -> bytes:
    """One box: size, four-letter name, content."""
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """What the init segment says of the pictures."""

    sets: ParameterSets
    width: int
    height: int
    """Pixels."""
    ticks: int
    """Per second."""


def init_segment(video: VideoTrack | None, audio_config: bytes, *, sample_rate: int) -> bytes:
    """
    The init segment: [ftyp] and [moov].

    Args:
        video: None: sound alone.
        audio_config: AudioSpecificConfig.
        sample_rate: of the sound, in Hz; also its ticks per second.
    """
    traks = [_video_trak(video)] if video is not None else []
    traks.append(
        _trak(
            AUDIO_TRACK,
            sample_rate,
            b"soun",
            full_box(b"smhd", 0, 0, bytes(4)),
            _mp4a(audio_config, sample_rate),
            0,
            0,
        )
    )
    mvhd = full_box(
        b"mvhd",
        0,
        0,
        struct.pack(">IIIIIH10x", 0, 0, 1_000, 0, 0x10000, 0x100),
        _UNITY,
        bytes(24),
        struct.pack(">I", AUDIO_TRACK + 1),
    )
    tracks = (VIDEO_TRACK, AUDIO_TRACK) if video is not None else (AUDIO_TRACK,)
    mvex = box(b"mvex", *(_trex(track) for track in tracks))
    return box(b"ftyp", b"iso6", bytes(4), b"iso6cmfcmp41") + box(b"moov", mvhd, *traks, mvex)


def fragment(
    sequence: int,
    video: Sequence[Sample],
    video_start: int,
    audio: Sequence[Sample],
    audio_start: int,
) -> bytes:
    """
    One fragment: [moof] and [mdat].

    Args:
        sequence: number of the fragment, rising.
        video, audio: coded samples; either may be empty.
        video_start, audio_start: decode time of the first sample, in ticks of its track.
    """
    tracks = [(VIDEO_TRACK, video, video_start), (AUDIO_TRACK, audio, audio_start)]
    tracks = [track for track in tracks if track[1]]
    # trun holds offsets from the start of moof, whose size doesn't depend on their values.
    size = len(_moof(sequence, tracks, 0))
    data = b"".join(sample.data for _, samples, _ in tracks for sample in samples)
    return _moof(sequence, tracks, size + 8) + box(b"mdat", data)


def _moof(
    sequence: int, tracks: Sequence[tuple[int, Sequence[Sample], int]], data_offset: int
) -> bytes:
    trafs = []
    for track, samples, start in tracks:
        trafs.append(_traf(track, samples, start, data_offset))
        data_offset += sum(len(sample.data) for sample in samples)
    return box(b"moof", full_box(b"mfhd", 0, 0, struct.pack(">I", sequence)), *trafs)


def _traf(track: int, samples: Sequence[Sample], start: int, data_offset: int) -> bytes:
    # tfhd 0x020000: default-base-is-moof; tfdt version 1: 64 bits; trun 0x701: data offset, and
    # duration, size and flags of each sample.
    rows = b"".join(
        struct.pack(
            ">III",
            sample.duration,
            len(sample.data),
            SYNC_SAMPLE if sample.keyframe else OTHER_SAMPLE,
        )
        for sample in samples
    )
    return box(
        b"traf",
        full_box(b"tfhd", 0, 0x020000, struct.pack(">I", track)),
        full_box(b"tfdt", 1, 0, struct.pack(">Q", start)),
        full_box(b"trun", 0, 0x701, struct.pack(">Ii", len(samples), data_offset), rows),
    )


def _video_trak(video: VideoTrack) -> bytes:
    return _trak(
        VIDEO_TRACK,
        video.ticks,
        b"vide",
        full_box(b"vmhd", 0, 1, bytes(8)),
        _avc1(video),
        video.width,
        video.height,
    )


def _trex(track: int) -> bytes:
    return full_box(b"trex", 0, 0, struct.pack(">5I", track, 1, 0, 0, 0))


def _trak(
    track: int, ticks: int, handler: bytes, header: bytes, entry: bytes, width: int, height: int
) -> bytes:
    volume = 0x100 if handler == b"soun" else 0
    tkhd = full_box(
        b"tkhd",
        0,
        7,  # enabled, in the movie, in the preview
        struct.pack(">IIIII8xHHHH", 0, 0, track, 0, 0, 0, 0, volume, 0),
        _UNITY,
        struct.pack(">II", width << 16, height << 16),
    )
    mdhd = full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, ticks, 0, 0x55C4, 0))  # "und"
    hdlr = full_box(b"hdlr", 0, 0, bytes(4), handler, bytes(12), b"\0")
    dinf = box(
        b"dinf",
        full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)),
    )
    stbl = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
    return box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, box(b"minf", header, dinf, stbl)))


def _avc1(video: VideoTrack) -> bytes:
    sps, pps = video.sets.sps, video.sets.pps
    avcc = box(
        b"avcC",
        b"\x01" + sps[1:4] + b"\xff\xe1",  # profile, compatibility, level; 4-byte lengths; one SPS
        struct.pack(">H", len(sps)) + sps,
        b"\x01" + struct.pack(">H", len(pps)) + pps,
    )
    return box(
        b"avc1",
        struct.pack(
            *(">6xH16xHHIIIH32xHh", 1, video.width, video.height),
            *(0x480000, 0x480000, 0, 1, 24, -1),
        ),
        avcc,
    )


def _mp4a(config: bytes, sample_rate: int) -> bytes:
    esds = full_box(b"esds", 0, 0, _descriptors(config))
    entry = struct.pack(">6xH8xHHHHI", 1, 1, 16, 0, 0, sample_rate << 16)
    return box(b"mp4a", entry, esds)


def _descriptors(config: bytes) -> bytes:
    """ES_Descriptor with decoder config and sync layer (14496-1, 7.2.6.5)."""
    specific = _descriptor(5, config)
    # AAC (0x40), audio stream with the reserved bit, buffer size and bit rates not told
    decoder = _descriptor(4, b"\x40\x15" + bytes(11) + specific)
    return _descriptor(3, struct.pack(">HB", AUDIO_TRACK, 0) + decoder + _descriptor(6, b"\x02"))


def _descriptor(tag: int, content: bytes) -> bytes:
    assert len(content) < 128, "one length byte is enough"
    return bytes((tag, len(content))) + content
