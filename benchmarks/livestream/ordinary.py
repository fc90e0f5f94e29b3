"""
The ordinary way, for comparison: FFmpeg's own HLS muxer with segments of one second.

The same pictures as the worker's speaker, at the size and with the x264 settings of the large
rendition; no composition. Debian's ffmpeg takes them raw over a pipe.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.livestream import barcode
from media.programme.renditions import FPS, HIGH, SOUND_BITRATE

PLAYLIST = "index.m3u8"
SCALE = 2  # the speaker's picture is half as wide
END_S = 10.0

COMMAND = (
    *("ffmpeg", "-loglevel", "error", "-nostdin"),
    *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{HIGH.width}x{HIGH.height}"),
    *("-r", str(FPS), "-i", "pipe:0"),
    *("-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000"),
    *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency"),
    *("-x264-params", "no-deblock=0"),
    *("-g", str(FPS), "-keyint_min", str(FPS), "-sc_threshold", "0", "-threads", "1"),
    *("-b:v", str(HIGH.bitrate), "-maxrate", str(HIGH.bitrate)),
    *("-bufsize", str(HIGH.bitrate // 2), "-c:a", "aac", "-b:a", str(SOUND_BITRATE), "-ac", "1"),
    *("-f", "hls", "-hls_time", "1", "-hls_list_size", "6", "-hls_segment_type", "fmp4"),
    *("-hls_flags", "independent_segments+program_date_time+delete_segments"),
)


@contextlib.contextmanager
def muxing(folder: Path) -> Iterator[None]:
    """FFmpeg writes playlist and segments into *folder*; they are there."""
    process = subprocess.Popen(
        [*COMMAND, str(folder / PLAYLIST)], stdin=subprocess.PIPE, cwd=folder
    )
    stopping = threading.Event()
    drawing = threading.Thread(target=_draw, args=(process, stopping), daemon=True)
    drawing.start()
    try:
        until = time.monotonic() + END_S
        while not (folder / PLAYLIST).exists():  # hls.js gives up at a 404
            assert time.monotonic() < until, "FFmpeg writes no playlist"
            time.sleep(0.1)
        yield
    finally:
        stopping.set()
        drawing.join()
        process.terminate()
        process.wait(END_S)


def _draw(process: subprocess.Popen[bytes], stopping: threading.Event) -> None:
    assert process.stdin is not None
    width, height = HIGH.width // SCALE, HIGH.height // SCALE
    moving = np.add.outer(np.arange(height), np.arange(2 * width)) // 4 % 160 + 40
    small = np.zeros((height, width), np.uint8)
    chroma = bytes([128]) * (HIGH.width * HIGH.height // 2)
    count, due = 0, time.monotonic()
    while not stopping.is_set():
        shift = count * 6 % width  # as fast as the worker's speaker, at half its steps
        small[:] = moving[:, shift : shift + width]
        barcode.draw(small, time.time_ns() // 1_000_000)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(small.repeat(SCALE, 0).repeat(SCALE, 1).tobytes())
            process.stdin.write(chroma)
        count += 1
        due = max(due + 1 / FPS, time.monotonic() - 0.1)
        time.sleep(max(0.0, due - time.monotonic()))
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
