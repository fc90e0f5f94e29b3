"""Packets come first where that is allowed; where it isn't, nothing else changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

NOBODY = 65_534
TAKE = """
import os, sys
from media import priority
if len(sys.argv) > 1:
    os.setuid(int(sys.argv[1]))
before = os.getpriority(os.PRIO_PROCESS, 0)
print(priority.take(priority.FORWARDER), before, os.getpriority(os.PRIO_PROCESS, 0))
"""
GROUP = Path("/proc/self/autogroup")
TAKE_THE_LEAD = """
import os
from media import priority
from pathlib import Path
os.setsid()
priority.take(priority.FORWARDER)
group = Path("/proc/self/autogroup")
print(group.read_text() if group.exists() else "")
"""


@pytest.mark.parametrize("becomes", [(), (NOBODY,)] if os.geteuid() == 0 else [()])
def test_a_place_is_taken_or_left_as_it_was(becomes: tuple[int, ...]) -> None:
    """Root may; nobody may not."""
    command = [sys.executable, "-c", TAKE, *map(str, becomes)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    allowed, before, after = done.stdout.split()
    may = os.geteuid() == 0 and not becomes
    assert (allowed, after) == (str(may), "-10" if may else before)


def test_a_leader_takes_its_session_along() -> None:
    """Where processors are shared out among sessions, a nice within one says nothing outside."""
    command = [sys.executable, "-c", TAKE_THE_LEAD]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    may = GROUP.exists() and os.geteuid() == 0
    assert ("nice -10" in done.stdout) == may
