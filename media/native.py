"""
Compiles the hot path with mypyc: the same modules, about a seventh less time for a packet.

A build script, not part of the package; needs a C compiler, mypy and setuptools (the group
`native`). Extension modules hide the .py files beside them, so they are made in a copy, never in
the tree itself: `make native` tests that copy, and the build hook puts them into the wheel if
YISHI_NATIVE=1. Without them the .py files run, and do the same.

    python media/native.py TREE COPY
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

HOT: Final = (
    "media/congestion/allocation.py",
    "media/congestion/announced.py",
    "media/congestion/arrivals.py",
    "media/congestion/delay.py",
    "media/congestion/departures.py",
    "media/congestion/estimate.py",
    "media/congestion/loss.py",
    "media/congestion/outflow.py",
    "media/congestion/pad.py",
    "media/congestion/probe.py",
    "media/congestion/tuning.py",
    "media/forwarding/allowance.py",
    "media/forwarding/choice.py",
    "media/forwarding/continuity.py",
    "media/forwarding/egress.py",
    "media/forwarding/ingress.py",
    "media/forwarding/layer.py",
    "media/forwarding/numbering.py",
    "media/forwarding/packets.py",
    "media/forwarding/reception.py",
    "media/forwarding/repair.py",
    "media/forwarding/retransmission.py",
    "media/forwarding/subscription.py",
    "media/forwarding/track.py",
    "media/forwarding/voice.py",
    "media/peers/patience.py",
    "media/peers/port.py",
    "media/peers/pulse.py",
    "media/peers/runs.py",
    "media/peers/transport.py",
    "media/peers/udp.py",
    "media/rooms/flow.py",
    "media/rooms/shown.py",
    "media/rooms/subscriber.py",
    "media/rtp/keyframes.py",
    "media/rtp/packet.py",
    "media/rtp/red.py",
    "media/rtp/rtcp.py",
    "media/rtp/rtx.py",
    "media/rtp/sequence.py",
    "media/rtp/transport_feedback.py",
    "media/rtp/vp8.py",
)
"""What each packet and each report passes through."""
_SHARED: Final = "yishi_native"


def build(tree: Path, copy: Path) -> list[Path]:
    """
    Compile.

    Args:
        tree: with `media` in it; left as it is.
        copy: folder that gets `media` and the extension modules; `media` is replaced.

    Returns: the extension modules, relative to *copy*. One is shared by the others and stands at
    the top.

    Raises:
        SystemExit: a module can't be compiled, or there is no compiler.
    """
    from mypyc.build import mypycify
    from setuptools import Distribution

    shutil.rmtree(copy / "media", ignore_errors=True)
    shutil.copytree(
        tree / "media", copy / "media", ignore=shutil.ignore_patterns("__pycache__", "*.so")
    )
    with contextlib.chdir(copy), tempfile.TemporaryDirectory() as scratch:
        extensions = mypycify(
            ["--config-file=", "--ignore-missing-imports", *HOT],
            target_dir=scratch,
            opt_level="3",
            debug_level="0",
            group_name=_SHARED,
        )
        distribution = Distribution({"name": "yishi", "ext_modules": extensions, "packages": []})
        command = distribution.get_command_obj("build_ext")
        command.ensure_finalized()
        command.build_lib = "."
        command.build_temp = scratch
        command.run()
        return [Path(command.get_ext_filename(each.name)) for each in extensions]


if __name__ == "__main__":
    for made in build(Path(sys.argv[1]), Path(sys.argv[2])):
        print(made)
