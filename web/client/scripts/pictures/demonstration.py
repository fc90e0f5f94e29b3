"""The demonstration, running: its links, and those that it does not print."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
START_S = 60.0  # for the demonstration to print its links
LINKS = 4  # host, participant, display, viewer
CLERK, PASSWORD = "zhouxiao", "correct horse 9"


@dataclass(frozen=True)
class Links:
    """Addresses that the demonstration prints, and one for a room device."""

    host: str
    participant: str
    display: str
    viewer: str
    room: str
    staff: str
    """Where staff sign in; as CLERK, with PASSWORD."""

    @property
    def entry(self) -> str:
        """The page that asks for a room's code."""
        return self.viewer.split("/r/")[0] + "/"


@contextlib.contextmanager
def demonstration(yishi: list[str]) -> Iterator[Links]:
    """`yishi demo` on a free port, in a folder that goes away with it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = Path(tempfile.mkdtemp(prefix="yishi-pictures-"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [*yishi, "demo", "--port", str(port), "--data", str(data), "--ice-loopback"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield links(yishi, data, port, environment, printed(process))
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    shutil.rmtree(data)


def printed(process: subprocess.Popen[str]) -> list[str]:
    """
    The addresses that the demonstration prints first.

    Raises:
        SystemExit: it ended, or took too long; with what it said.
    """
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:  # to its end: a full pipe would hold the demonstration up
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    end = time.monotonic() + START_S
    said = ""
    while len(found := re.findall(r"https?://\S+", said)) < LINKS:
        try:
            line = lines.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            line = ""
        if not line:
            raise SystemExit(said or "no links were printed")
        said += line
    return found


def links(
    yishi: list[str],
    data: Path,
    port: int,
    environment: dict[str, str],
    addresses: list[str],
) -> Links:
    """What the demonstration printed, with a link for one more room device and an account."""
    host, participant, display, viewer = addresses[:LINKS]
    room = viewer.rsplit("/", 1)[1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/rooms/{room}") as answer:
        meeting = json.load(answer)["meeting"]["id"]
    arguments = ["link", meeting, "--role", "room", "--name", "会场平板", "--json"]
    made = subprocess.run(
        [*yishi, *arguments, "--data", str(data)],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    token = re.search(r"#t=[^\s\"]+", made)
    if not token:
        raise SystemExit(f"no link in: {made}")
    account = ["account", CLERK, "--name", "周晓", "--office", "议事室书记员", "--password"]
    subprocess.run(
        [*yishi, *account, "--seat", meeting, "--data", str(data)],
        cwd=ROOT,
        env=environment,
        check=True,
        input=f"{PASSWORD}\n",
        text=True,
    )
    staff = f"http://127.0.0.1:{port}/desk"
    return Links(host, participant, display, viewer, host.split("#")[0] + token[0], staff)
