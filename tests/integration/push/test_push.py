"""The programme arrives at a real RTMP server as it is, and comes back after that was gone."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Self

import pytest
from pydantic import SecretStr

from media.push.job import Job, Told
from tests.fixtures.on_air import LEVELS, OnAir, brightness
from tests.fixtures.service import free_port

WAIT_S = 30.0
BACK_S = 5.0
NEAR = 4  # what coding does to a grey picture


class Lines:
    """A process and what it prints."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.strip())

    def next(self, within_s: float = WAIT_S) -> str:
        return self._lines.get(timeout=within_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._reading.join()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def receiver(url: str) -> Lines:
    """A platform that is ready for one connection."""
    lines = Lines("-m", "tests.integration.push.receiver", url)
    assert lines.next() == "ready"
    return lines


def pictures(lines: Lines, count: int) -> list[tuple[float, int]]:
    """The next pictures: time and brightness."""
    found: list[tuple[float, int]] = []
    while len(found) < count:
        at, what = lines.next().split()
        if what != "sound":
            found.append((float(at), int(what)))
    return found


def second_of(luma: int) -> int:
    """Which second of the programme looks so."""
    full = [round((brightness(second) - 16) * 255 / 219) for second in range(LEVELS)]
    (second,) = [second for second, one in enumerate(full) if abs(one - luma) <= NEAR]
    return second


@pytest.fixture
def air(tmp_path: Path) -> Iterator[OnAir]:
    with OnAir(tmp_path / "programme") as air:
        yield air


def test_it_arrives_survives_the_platform_and_the_encoder_and_ends(air: OnAir) -> None:
    """
    One story, since it runs in real time: pictures are those of the programme; the platform dies
    and is back; the encoder dies and the line goes on; nothing is wanted any more.
    """
    url = f"rtmp://127.0.0.1:{free_port()}/live/geheim"
    with Lines("-m", "media.push") as pusher:
        assert pusher.process.stdin is not None
        job = Job(url=SecretStr(url), folder=str(air.folder))
        pusher.process.stdin.write(job.model_dump_json() + "\n")
        pusher.process.stdin.flush()
        assert Told.model_validate_json(pusher.next()).state == "reconnecting"
        with receiver(url) as platform:
            first = pictures(platform, 50)
            assert Told.model_validate_json(pusher.next()).state == "live"
        times = [at for at, _ in first]
        assert all(0.03 < b - a < 0.05 for a, b in pairwise(times))
        seconds = [second_of(luma) for _, luma in first]
        assert all((b - a) % LEVELS in (0, 1) for a, b in pairwise(seconds))
        assert len(set(seconds)) >= 2
        assert Told.model_validate_json(pusher.next()).state == "reconnecting"
        with receiver(url) as platform:
            back_s = time.monotonic()
            pictures(platform, 1)
            assert time.monotonic() - back_s < BACK_S
            assert Told.model_validate_json(pusher.next()).state == "live"
            air.restart()
            on = pictures(platform, 75)
            assert all(a < b for (a, _), (b, _) in pairwise(on))
            assert Path(air.folder, "2.mp4").exists()
            pusher.process.stdin.close()
            assert pusher.process.wait(WAIT_S) == 0
