"""
A cable between two network namespaces, in a process of its own so that nothing else delays it.

    python -m tests.network.cable SEED NAMESPACE NAME NAMESPACE NAME

Each end is a TAP device in the namespace of that open file descriptor. Lines on standard input are
the conditions of both directions from now on, {"up": {...}, "down": {...}} (up: from the first end
to the second), each answered by a line with what passed and what was dropped so far.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import struct
import sys
import time
from pathlib import Path

from tests.network.emulator import Conditions, Lane
from tests.network.places import enter

TUN = Path("/dev/net/tun")
_TUNSETIFF = 0x400454CA  # linux/if_tun.h
_IFF_TAP, _IFF_NO_PI = 0x0002, 0x1000
_FRAME_MAX = 65_536


def open_tap(namespace: int, name: str) -> int:
    """
    A TAP device in a namespace; this thread moves there.

    Raises:
        OSError: not root, or a kernel without TAP.
    """
    enter(namespace)
    if not TUN.exists():  # a container with few devices
        TUN.parent.mkdir(exist_ok=True)
        os.mknod(TUN, 0o20600, os.makedev(10, 200))  # Documentation/admin-guide/devices.txt
    tap = os.open(TUN, os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TAP | _IFF_NO_PI))
    return tap


def _read(tap: int, lane: Lane) -> None:
    while True:
        try:
            frame = os.read(tap, _FRAME_MAX)
        except BlockingIOError:
            return
        lane.offer(frame, time.monotonic())


def _write(tap: int, lane: Lane) -> None:
    for frame in lane.take(time.monotonic()):
        try:
            os.write(tap, frame)
        except OSError:  # the device is down, or full: as if lost
            lane.dropped += 1


def main() -> None:
    """Carry frames until standard input ends."""
    seed, near, near_name, far, far_name = sys.argv[1:]
    here, there = open_tap(int(near), near_name), open_tap(int(far), far_name)
    up, down = Lane(2 * int(seed)), Lane(2 * int(seed) + 1)
    orders = sys.stdin  # a line at a time, each awaited: `select` sees all there is
    print("ready", flush=True)
    while True:
        dues = [due for due in (up.next_s(), down.next_s()) if due is not None]
        wait_s = max(0.0, min(dues) - time.monotonic()) if dues else None
        ready, _, _ = select.select((here, there, orders), (), (), wait_s)
        if orders in ready:
            line = orders.readline()
            if not line:
                return
            order = json.loads(line)
            up.conditions = Conditions(**order["up"])
            down.conditions = Conditions(**order["down"])
            told = {"up": (up.passed, up.dropped), "down": (down.passed, down.dropped)}
            print(json.dumps(told), flush=True)
        if here in ready:
            _read(here, up)
        if there in ready:
            _read(there, down)
        _write(there, up)
        _write(here, down)


if __name__ == "__main__":
    main()
