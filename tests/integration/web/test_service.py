"""The whole service as a process: it answers, others work beside it, and it ends in order."""

from __future__ import annotations

import json
import re
import signal
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from signaling.wire.codes import CloseCode
from tests.fixtures.logs import faults

ROOT = Path(__file__).parents[3]
YISHI = [sys.executable, "-m", "web.cli"]
LIMIT_S = 60


@dataclass
class Served:
    """`yishi serve --tls` on free ports."""

    process: subprocess.Popen[str]
    data: Path
    url: str
    secure: str

    def yishi(self, *arguments: str) -> str:
        """A command on the same folder; what it printed."""
        done = subprocess.run(
            [*YISHI, *arguments, "--data", str(self.data)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=True,
        )
        return done.stdout

    def trust(self) -> ssl.SSLContext:
        """What a phone trusts that has installed the authority."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/ca.pem", timeout=LIMIT_S) as answer:
            return ssl.create_default_context(cadata=answer.read().decode())


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A service that has said where it listens."""
    log = tmp_path / "service.log"
    with log.open("w") as errors:
        flags = ["--data", str(tmp_path / "data"), "--port", "0", "--tls", "--tls-port", "0"]
        process = subprocess.Popen(
            [*YISHI, "serve", *flags],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert process.stdout is not None
        url, secure = _where(process.stdout, log)
        yield Served(process, tmp_path / "data", url, secure)
    finally:
        process.terminate()
        process.wait(LIMIT_S)
        if process.stdout is not None:
            process.stdout.close()
    assert faults(log.read_text()) == []


def _where(said: IO[str], log: Path) -> tuple[str, str]:
    """The two addresses that it prints."""
    found: list[str] = []
    for line in said:
        found += re.findall(r"(https?://\S+:\d+)(?=\s)", line)
        if len(found) == 2:
            return found[0], found[1]
    raise AssertionError(f"it ended without saying where it listens:\n{log.read_text()}")


def test_a_meeting_made_beside_it_can_be_joined_at_once(served: Served) -> None:
    """The printed links have its real ports; a member's is HTTPS and its socket welcomes."""
    assert json.loads(served.yishi("health", "--port", served.url.rpartition(":")[2]))
    new = json.loads(served.yishi("new", "协商会", "--json"))
    assert new["viewers"].startswith(f"{served.url}/r/")
    page, _, token = new["invitations"][0]["link"].partition("#t=")
    assert page == f"{served.secure}/join"
    address = served.secure.replace("https", "wss") + "/ws"
    with connect(address, ssl=served.trust(), proxy=None) as socket:
        socket.send(json.dumps({"type": "hello", "token": token}))
        welcome = json.loads(socket.recv(LIMIT_S))
        assert (welcome["type"], welcome["meeting"]) == ("welcome", new["meeting"])
        served.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            list(socket)  # to its end
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == CloseCode.SHUTTING_DOWN, "clients come again by themselves"
    assert served.process.wait(LIMIT_S) == 0


def test_ctrl_c_ends_it_like_sigterm(served: Served) -> None:
    """Exit code 0, nothing left behind."""
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(LIMIT_S) == 0


def test_a_second_service_on_the_same_port_says_so(served: Served) -> None:
    """In one line."""
    port = served.url.rpartition(":")[2]
    done = subprocess.run(
        [*YISHI, "serve", "--data", str(served.data), "--port", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert (done.returncode, "cannot listen" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr
