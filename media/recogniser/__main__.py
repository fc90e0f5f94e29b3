"""
`python -m media.recogniser`: what is said in one programme. Reads its `Job`, tells `Said`, ends
with its line.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from media import logs
from media.programme.renditions import SOUND
from media.recogniser.job import Job
from media.recogniser.listen import listen
from media.recogniser.whisper import Whisper
from media.segments.follow import Follower

NICE = 10
"""Behind everything else on this machine: a caption may be late, a picture may not."""


def main() -> None:
    """Run the process."""
    logs.configure()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service decides
    job = Job.model_validate_json(sys.stdin.readline())
    os.nice(NICE)
    follower = Follower(Path(job.folder), SOUND)
    closed = threading.Thread(target=_until_closed, args=(follower,), daemon=True)
    closed.start()
    for said in listen(follower, Whisper(job.model)):
        print(said.model_dump_json(), flush=True)


def _until_closed(follower: Follower) -> None:
    while os.read(0, 1024):
        pass
    follower.close()  # whoever started it wants no more, or is gone without a word


if __name__ == "__main__":
    main()
