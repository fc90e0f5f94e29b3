"""
`python -m media.push`: one programme to one platform. Reads its `Job`, tells `Told`, tries again
until its line is closed.

FFmpeg writes in a thread and may wait for a silent peer for ever; then the process ends, and
whoever started it starts another.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import av

from media import logs
from media.push.job import Fault, Job, Told
from media.push.remux import FormatChanged, push
from media.retry import Retry
from media.segments.follow import Follower

AGAIN_S: Final = (0.3, 0.5, 0.5, 0.5, 1.0, 2.0)
"""Pauses between tries (`Retry`): a platform that is back soon has pictures."""
STUCK_S: Final = 8.0
"""A packet that takes longer to be given to the line never will be."""
LIVE_AFTER: Final = 25
"""Packets that were taken: the platform accepted the stream."""

_log = logging.getLogger(__name__)


class Pusher:
    """
    Keeps one platform supplied.

    Args:
        tell: called with each change.
        open_: `push`, or a test's.
    """

    def __init__(
        self,
        url: str,
        follower: Follower,
        tell: Callable[[Told], None],
        open_: Callable[[str, Follower, Callable[[], None]], None] = push,
    ) -> None:
        self._url = url
        self._follower = follower
        self._tell = tell
        self._open = open_
        self._marks = 0
        self._told: Told | None = None
        self.busy_since_s: float | None = None
        """Since when something waits for the line; None: nothing does."""

    def run(self) -> None:
        """Until the follower is closed, or the programme over."""
        retry = Retry(AGAIN_S)
        while not self._follower.closed:
            self._marks = 0
            try:
                self._open(self._url, self._follower, self._mark)
                break
            except FormatChanged:
                continue
            except (OSError, ValueError, av.FFmpegError) as error:
                # Not the message: it holds the address, and that the key.
                _log.info("the line to the platform ended: %s", type(error).__name__)
            finally:
                self.busy_since_s = None
            was_live = self._marks >= LIVE_AFTER
            fault = Fault.LOST if was_live else Fault.UNREACHABLE
            self._say(Told(state="reconnecting", fault=fault))
            self._follower.wait(retry.ended(well=was_live))
        self._say(Told(state="ended"))

    def _mark(self) -> None:
        self._marks += 1
        # Every other call: before a packet is given, and after.
        self.busy_since_s = time.monotonic() if self._marks % 2 else None
        if self._marks == LIVE_AFTER:
            self._say(Told(state="live"))

    def _say(self, told: Told) -> None:
        if told != self._told:
            self._told = told
            self._tell(told)


def _say(told: Told) -> None:
    print(told.model_dump_json(), flush=True)


def main() -> None:
    """Run the process."""
    logs.configure()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service decides
    job = Job.model_validate_json(sys.stdin.readline())
    follower = Follower(Path(job.folder))
    pusher = Pusher(job.url.get_secret_value(), follower, _say)
    pushing = threading.Thread(target=pusher.run, name="push", daemon=True)
    pushing.start()
    closed = threading.Thread(target=_until_closed, args=(follower,), daemon=True)
    closed.start()
    while pushing.is_alive():
        pushing.join(timeout=1.0)
        since_s = pusher.busy_since_s
        if follower.closed or (since_s is not None and time.monotonic() - since_s > STUCK_S):
            break
    sys.stdout.flush()
    os._exit(0)  # FFmpeg may wait for the platform in its thread


def _until_closed(follower: Follower) -> None:
    while os.read(0, 1024):
        pass
    follower.close()  # whoever started it wants no more, or is gone without a word


if __name__ == "__main__":
    main()
