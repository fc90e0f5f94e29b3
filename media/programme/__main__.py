"""
A programme worker: `python -m media.programme --fd N --folder DIR --room ID`.

Started by the media process, one for each room with a programme. Exit status 0: told to finish or
to stop, or the forwarder is gone; 1: it couldn't go on, which the log explains.
"""

from __future__ import annotations

import argparse
import logging
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from media import priority
from media.programme import fonts, worker
from media.programme.line import Line
from media.programme.timing import PART_MS, Timing
from media.programme.watchdogs import DISK_RESERVE_BYTES
from media.segments.disk import DiskStore


def main() -> int:
    """Run the worker; returns the exit status."""
    options = _options()
    logging.basicConfig(
        level=options.log_level,
        format=f"%(levelname)s %(name)s [{options.room}] %(message)s",
        stream=sys.stderr,
    )
    log = logging.getLogger(__name__)
    stopped = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    signal.signal(signal.SIGTERM, stop)
    # Ctrl-C reaches the whole process group; the media process decides what it means for us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    priority.take(priority.PROGRAMME)
    line = Line(socket.socket(fileno=options.fd))
    try:
        worker.run(
            line,
            DiskStore(options.folder),
            room=options.room,
            font=fonts.find(options.font),
            zone=options.timezone,
            timing=Timing.of_parts(options.part_ms),
            reserve=options.disk_reserve,
            stopping=lambda: stopped,
        )
    except worker.StoreBusy:
        log.error("another worker writes to %s", options.folder)
        return 1
    except OSError:
        log.exception("the programme can't be written to %s", options.folder)
        return 1
    finally:
        line.close()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="media.programme", description="Compose one programme.")
    parser.add_argument("--fd", type=int, required=True, help="SOCK_SEQPACKET socket, inherited")
    parser.add_argument("--folder", type=Path, required=True, help="for segments and journal")
    parser.add_argument("--room", required=True, help="the media room's id")
    parser.add_argument("--font", type=Path, help="font file with Chinese glyphs")
    parser.add_argument("--part-ms", type=int, default=PART_MS, help="length of a part")
    parser.add_argument(
        "--disk-reserve", type=int, default=DISK_RESERVE_BYTES, help="bytes that are left free"
    )
    parser.add_argument("--timezone", type=ZoneInfo, help="of the clock on cards")
    parser.add_argument("--log-level", default="INFO")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
