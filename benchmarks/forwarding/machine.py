"""What is measured, and on what: CPU time of a process, and the machine in words."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path


def cpu_ns(pid: int) -> int:
    """CPU time of all threads of a process since their start, ns (`/proc/PID/task/*/schedstat`)."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except FileNotFoundError:  # a thread that ended in this moment
            continue
    return total


def describe() -> str:
    """Processor, cores, kernel, Python."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    python = platform.python_version()
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}, Python {python}"


def load() -> str:
    """Load average of the last minute, to see whether the machine had other things to do."""
    return f"{os.getloadavg()[0]:.1f}"


def ticks() -> tuple[int, int]:
    """Time of all processors since the start, and the part of it that other machines had."""
    fields = [int(word) for word in Path("/proc/stat").read_text().split()[1:9]]
    return sum(fields), fields[7]


def enter_namespace(address: str) -> None:
    """
    Start this program again in a network namespace of its own, with one address. Needs root.

    Janus offers no loopback address, and the machine's own network is none of our business.
    """
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        sys.exit("needs root and unshare, for a network namespace")
    arguments = [sys.executable, "-m", "benchmarks.forwarding", *sys.argv[1:]]
    environment = {**os.environ, "YISHI_BENCHMARK_ADDRESS": address}
    os.execve(unshare, [unshare, "--net", *arguments], environment)


def set_up_namespace(address: str) -> None:
    """Give the namespace its address, on one end of a pair: Janus overlooks the loopback."""
    for command in (
        "ip link set lo up",
        "ip link add bench0 type veth peer name bench1",
        f"ip addr add {address}/24 dev bench0",
        "ip link set bench0 up",
        "ip link set bench1 up",
    ):
        subprocess.run(command.split(), check=True)
