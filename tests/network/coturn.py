"""Debian's coturn at the service's place, set up as docs/network.md says."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from tests.network.network import SERVICE

SECRET = "0123456789abcdef0123456789abcdef"
PORT, TLS_PORT = 3478, 443
URLS = {
    "udp": f"turn:{SERVICE}:{PORT}",
    "tcp": f"turn:{SERVICE}:{PORT}?transport=tcp",
    "tls": f"turns:{SERVICE}:{TLS_PORT}?transport=tcp",
}
START_S = 10.0


@contextmanager
def coturn(folder: Path) -> Iterator[None]:
    """
    It runs, with a certificate of its own, and relays to the service's address alone.

    Raises:
        AssertionError: it does not answer; with its log.
    """
    program = shutil.which("turnserver")
    if program is None:
        pytest.fail("coturn is missing (Debian: apt-get install coturn)")
    leaf = trustme.CA().issue_cert(SERVICE)
    leaf.private_key_pem.write_to_path(folder / "key.pem")
    leaf.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    options = [
        f"--listening-ip={SERVICE}",
        f"--relay-ip={SERVICE}",
        f"--listening-port={PORT}",
        f"--tls-listening-port={TLS_PORT}",
        "--use-auth-secret",
        f"--static-auth-secret={SECRET}",
        "--realm=yishi",
        "--denied-peer-ip=0.0.0.0-255.255.255.255",
        f"--allowed-peer-ip={SERVICE}",
        f"--cert={folder / 'cert.pem'}",
        f"--pkey={folder / 'key.pem'}",
        f"--pidfile={folder / 'pid'}",
        f"--userdb={folder / 'db'}",
        "--no-dtls",
        "--no-cli",
        "--no-tcp-relay",
        "--no-software-attribute",
    ]
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [program, "-n", "--log-file=stdout", *options], cwd=folder, stdout=out, stderr=out
        )
    try:
        until = time.monotonic() + START_S
        while not _listens():
            assert process.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < until, log.read_text(errors="replace")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def _listens() -> bool:
    for port in (PORT, TLS_PORT):
        try:
            socket.create_connection((SERVICE, port), timeout=1.0).close()
        except OSError:
            return False
    return True
