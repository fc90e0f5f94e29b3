"""
Who comes first when the processors are busy: packets, the programme, then everything else.

A packet that waits is a gap in somebody's speech, a picture that waits one in everybody's; a page
or a playlist that waits is a little later. Only who has the right (CAP_SYS_NICE, which root has)
may come before others; without it all are equal, as the operator chose.
"""

from __future__ import annotations

import os
from typing import Final

FORWARDER: Final = -10
PROGRAMME: Final = -5


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
    return True
