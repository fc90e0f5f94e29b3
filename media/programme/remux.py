"""
One MP4 of a whole recording, by packet copy: nothing is decoded, three hours take some seconds.

Run in a process of its own (`python -m media.programme.remux`), since walking over a million
packets would hold up an event loop. Each run of the programme is read as it was written; runs stand
where they stood on the wall clock, so that an interruption is as long in the file as it was, with
its last picture and silence, and a chapter says what it is.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.container import OutputContainer
from pydantic import BaseModel, ConfigDict, TypeAdapter

from media.control import Part
from media.segments.disk import DiskStore
from media.segments.port import Entry, RunStarted, SegmentStore

GAP_MS: Final = 1_000
"""An interruption longer than this gets a chapter."""
_MS: Final = Fraction(1, 1_000)


class Chapter(BaseModel):
    """A stretch of the meeting, as the file names it."""

    model_config = ConfigDict(frozen=True)

    label: str
    at_ms: int
    """Wall clock."""


CHAPTERS: Final[TypeAdapter[list[Chapter]]] = TypeAdapter(list[Chapter])


class NothingRecorded(Exception):
    """There is no picture."""


@dataclass(slots=True)
class Run:
    """What one worker wrote, in the highest rendition."""

    init: str
    at_ms: int = 0
    """Wall clock of the first picture."""
    duration_s: float = 0.0
    segments: list[tuple[str, int]] = field(default_factory=list)
    """File and length that the journal names."""


def runs(entries: Sequence[Entry]) -> list[Run]:
    """The runs that have a picture, in order."""
    found: list[Run] = []
    for entry in entries:
        if isinstance(entry, RunStarted):
            found.append(Run(entry.init))
        elif isinstance(entry, Part):
            run = found[-1]
            end = entry.start + entry.length
            if run.segments and run.segments[-1][0] == entry.file:
                run.segments[-1] = (entry.file, end)
            else:
                run.segments.append((entry.file, end))
            run.at_ms = run.at_ms or entry.at_ms
            run.duration_s += entry.duration_s
    return [run for run in found if run.segments]


def shifts(found: Sequence[Run]) -> list[int]:
    """
    Where each run begins in the file, in ms: where it stood on the wall clock, but never before the
    end of the one before it (the clock may have been set back).
    """
    begins: list[int] = []
    end_ms = 0
    for run in found:
        begins.append(max(run.at_ms - found[0].at_ms, end_ms))
        end_ms = begins[-1] + round(run.duration_s * 1_000)
    return begins


def marks(found: Sequence[Run], chapters: Sequence[Chapter]) -> list[tuple[int, int, str]]:
    """
    Chapters in the time of the file: begin and end in ms, label. They don't overlap and leave no
    hole: each ends where the next begins, as players expect. One that begins before the first
    picture begins with it; one after the last is left out.
    """
    begins = shifts(found)
    ends = [at + round(run.duration_s * 1_000) for at, run in zip(begins, found, strict=True)]

    def place(at_ms: int) -> int:
        """A moment of the wall clock in the file."""
        run = max((n for n, one in enumerate(found) if one.at_ms <= at_ms), default=0)
        return max(0, min(begins[run] + at_ms - found[run].at_ms, _until(begins, ends, run)))

    # Of several at one place the last one is told: the speech, not its item.
    at = {0: "开始"}
    for chapter in sorted(chapters, key=lambda one: one.at_ms):
        where = place(chapter.at_ms)
        if where < ends[-1]:
            at[where] = chapter.label
    for end, begin in zip(ends, begins[1:], strict=False):
        if begin - end > GAP_MS:
            goes_on = at[max(where for where in at if where <= begin)]
            at.setdefault(begin, f"{goes_on}（继续）")
            at[end] = f"（中断 {round((begin - end) / 1_000)} 秒）"
    places = sorted(at)
    return [
        (begin, end, at[begin]) for begin, end in zip(places, [*places[1:], ends[-1]], strict=True)
    ]


def _until(begins: Sequence[int], ends: Sequence[int], run: int) -> int:
    return begins[run + 1] if run + 1 < len(begins) else ends[run]


def remux(store: SegmentStore, target: Path, chapters: Sequence[Chapter]) -> None:
    """
    Write the recording as one MP4; the file appears whole.

    Raises:
        NothingRecorded: there is no picture.
        UnknownFile, OSError: a file can't be read, or the target not be written.
        av.error.FFmpegError: a segment is damaged.
    """
    found = runs(store.journal())
    if not found:
        raise NothingRecorded
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with av.open(str(draft), "w", format="mp4", options={"movflags": "faststart"}) as container:
            _copy(store, found, container, marks(found, chapters))
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _copy(
    store: SegmentStore,
    found: Sequence[Run],
    container: OutputContainer,
    named: Sequence[tuple[int, int, str]],
) -> None:
    streams: dict[str, av.stream.Stream] = {}
    container.set_chapters(
        [
            {
                "id": number,
                "start": begin,
                "end": end,
                "time_base": _MS,
                "metadata": {"title": label},
            }
            for number, (begin, end, label) in enumerate(named)
        ]
    )
    for run, shift_ms in zip(found, shifts(found), strict=True):
        with av.open(_Joined(store, run), "r", format="mp4") as source:
            sets = b""
            for stream in source.streams:
                if stream.type not in streams:
                    streams[stream.type] = container.add_stream_from_template(stream)
                elif stream.type == "video":
                    sets = _other_sets(streams["video"], stream)
            for packet in source.demux():
                if packet.dts is None or packet.pts is None:
                    continue  # the end of a stream
                shift = round(shift_ms * _MS / packet.time_base)
                if sets and packet.is_keyframe and packet.stream.type == "video":
                    packet = _with(sets, packet)
                assert packet.dts is not None, "a copy has what it was made of"
                assert packet.pts is not None
                packet.dts, packet.pts = packet.dts + shift, packet.pts + shift
                packet.stream = streams[packet.stream.type]
                container.mux(packet)


def _other_sets(one: av.stream.Stream, other: av.stream.Stream) -> bytes:
    """
    Parameter sets of a run that was coded by another version of the encoder, to be put before its
    keyframes; empty if the file has them already.

    Source: ISO/IEC 14496-15, 5.3.3.1 (avcC with one SPS and one PPS, as `fmp4` writes it).
    """
    known, avcc = bytes(one.codec_context.extradata or b""), other.codec_context.extradata or b""
    if avcc == known:
        return b""
    sps = avcc[8 : 8 + int.from_bytes(avcc[6:8], "big")]
    pps = avcc[8 + len(sps) + 3 :]
    return b"".join(len(nal).to_bytes(4, "big") + nal for nal in (sps, pps))


def _with(sets: bytes, packet: av.Packet[av.stream.Stream]) -> av.Packet[av.stream.Stream]:
    more = av.Packet(sets + bytes(packet))
    more.stream, more.time_base = packet.stream, packet.time_base
    more.pts, more.dts, more.duration = packet.pts, packet.dts, packet.duration
    more.is_keyframe = True
    return more


class _Joined(io.RawIOBase):
    """A run's files as one, read in order, a segment at a time."""

    def __init__(self, store: SegmentStore, run: Run) -> None:
        self._pieces = self._read(store, run)
        self._left = memoryview(b"")

    @staticmethod
    def _read(store: SegmentStore, run: Run) -> Iterator[bytes]:
        yield store.read(run.init)
        for file, length in run.segments:
            yield store.read(file, 0, length)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to *size* bytes; none at the end."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._left = memoryview(piece)
        taken = self._left[:size] if size >= 0 else self._left
        self._left = self._left[len(taken) :]
        return bytes(taken)


def main() -> int:
    """Chapters as JSON on the standard input; exit status 0: written, 3: nothing was recorded."""
    parser = argparse.ArgumentParser(prog="media.programme.remux", description="Write one MP4.")
    parser.add_argument("folder", type=Path, help="with segments and journal")
    parser.add_argument("target", type=Path, help="the MP4")
    options = parser.parse_args()
    os.nice(10)  # meetings under way go first
    try:
        chapters = CHAPTERS.validate_json(sys.stdin.buffer.read())
        remux(DiskStore(options.folder), options.target, chapters)
    except NothingRecorded:
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
