"""Network namespaces: a place with its own interfaces, addresses and routes. Linux, as root."""

from __future__ import annotations

import ctypes
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_CLONE_NEWNET = 0x40000000  # linux/sched.h
_OURS = "/proc/thread-self/ns/net"
_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"network namespaces need root: {os.strerror(number)}")


def enter(namespace: int) -> None:
    """
    Move this thread into a namespace; what it starts from now on is there too.

    Raises:
        OSError: not root.
    """
    _check(_libc.setns(namespace, _CLONE_NEWNET))


class Place:
    """A namespace, kept by an open file; it ends with `close` and whatever runs in it."""

    def __init__(self) -> None:
        made: list[int | OSError] = []

        def make() -> None:  # in a thread of its own, which leaves nobody else behind
            try:
                _check(_libc.unshare(_CLONE_NEWNET))
                made.append(os.open(_OURS, os.O_RDONLY))
            except OSError as error:
                made.append(error)

        maker = threading.Thread(target=make)
        maker.start()
        maker.join()
        if isinstance(made[0], OSError):
            raise made[0]
        self.fd: int = made[0]
        self.run("ip link set lo up")

    def prefix(self) -> list[str]:
        """What to put before a command that is to run here."""
        return ["nsenter", f"--net=/proc/{os.getpid()}/fd/{self.fd}", "--"]

    def run(self, *commands: str) -> None:
        """
        Run commands here.

        Raises:
            CalledProcessError: one failed.
        """
        for command in commands:
            subprocess.run([*self.prefix(), *command.split()], check=True)

    def script(self, path: Path, command: Sequence[str]) -> Path:
        """A program at *path* that runs a command here, with the program's arguments."""
        words = " ".join([*self.prefix(), *command])
        path.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        path.chmod(0o755)
        return path

    @contextmanager
    def entered(self) -> Iterator[None]:
        """This thread is here meanwhile, and what it starts stays here."""
        before = os.open(_OURS, os.O_RDONLY)
        try:
            enter(self.fd)
            yield
        finally:
            enter(before)
            os.close(before)

    def close(self) -> None:
        """Let it go."""
        os.close(self.fd)
