"""
A platform's RTMP server for tests, in a process of its own: FFmpeg listens, and what comes is
decoded. Prints `ready`, and then a line a picture: its time, seconds, and its brightness; a line of
sound as its time and `sound`.
"""

from __future__ import annotations

import contextlib
import sys

import av


def main(url: str) -> None:
    """Take one connection, until it ends."""
    options = {"listen": "1", "fflags": "nobuffer", "analyzeduration": "300000"}
    print("ready", flush=True)
    with av.open(url, options=options) as source:
        for frame in source.decode(source.streams.video[0], source.streams.audio[0]):
            if isinstance(frame, av.VideoFrame):
                luma = frame.to_ndarray(format="gray")[360, 640]
                print(f"{frame.time:.3f} {luma}", flush=True)
            elif isinstance(frame, av.AudioFrame):
                print(f"{frame.time:.3f} sound", flush=True)


if __name__ == "__main__":
    with contextlib.suppress(OSError):  # so FFmpeg calls the end of a connection
        main(sys.argv[1])
