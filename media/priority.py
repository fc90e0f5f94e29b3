"""
Who comes first when the processors are busy: packets, the programme, then everything else.

A packet that waits is a gap in somebody's speech, a picture that waits one in everybody's; a page
or a playlist that waits is a little later. Only who has the right (CAP_SYS_NICE, which root has)
may come before others; without it all are equal, as the operator chose.

Linux may share processors out among sessions first (`sched_autogroup`, sched(7)), and a nice then
counts within its session alone. So who leads a session gives it the same place.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

FORWARDER: Final = -10
PROGRAMME: Final = -5
_SESSION: Final = Path("/proc/self/autogroup")


def take(nice: int) -> bool:
    """
    Give this thread, and those that it starts, a place.

    Args:
        nice: as of setpriority(2); what a child process doesn't change it inherits.

    Returns: whether it was allowed.
    """
    try:
        os.setpriority(os.PRIO_PROCESS, 0, nice)
    except PermissionError:
        return False
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):  # a system without such groups
            _SESSION.write_text(str(nice))
    return True
