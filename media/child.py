"""
`MediaPlane` by a child process: spawns it, speaks its line, replaces it when it dies. Another one
waits with everything loaded, so that people are back a second earlier.

The child has a line of its own, a socket pair, and ends when that ends, so no media process is left
behind however the service dies.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import socket
import sys
import time
from collections.abc import AsyncIterator
from typing import Self

from pydantic import ValidationError

from media import line
from media.control import MediaCode, MediaRefused, Reply, Report, Request, Restarted
from media.settings import MediaSettings
from media.vitals import Vitals

REPORTS_MAX = 8_192  # wait for the consumer; with more they are dropped, and the process replaced
CALLS_MAX = 1_024  # without an answer; with more, requests are refused
ANSWER_S = 15.0  # for a request; a negotiation takes milliseconds, STUN servers a second
FINISH_S = 20.0  # for the end: recordings of closed meetings are finished, 10 s at most
KILL_S = 3.0  # after SIGTERM
BACKOFF_S = (0.1, 5.0)  # first and longest wait before a dead process is replaced; doubles
SPARE_AFTER_S = 10.0  # from a start until the next process is made ready: a start is busy enough
STEADY_S = 30.0  # a process that lived this long is replaced at once again

_log = logging.getLogger(__name__)


class _Running:
    """One media process and its line."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.process = process
        self.reader = reader
        self.writer = writer
        self.calls: dict[int, asyncio.Future[str | None]] = {}

    @classmethod
    async def start(cls, settings: MediaSettings) -> Self:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            ours.setblocking(False)
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "media", "--fd", str(theirs.fileno())),
                *("--settings", settings.model_dump_json()),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # Ctrl+C is for us; we end it
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=line.LINE_MAX)
        return cls(process, reader, writer)

    def fail_calls(self) -> None:
        for answer in self.calls.values():
            if not answer.done():
                answer.set_exception(_unavailable("the media process ended"))
        self.calls.clear()

    async def end(self) -> None:
        """Let it finish, else kill it."""
        with contextlib.suppress(OSError, RuntimeError):
            self.writer.write_eof()
        for wait_s, act in ((FINISH_S, self.process.terminate), (KILL_S, self.process.kill)):
            try:
                async with asyncio.timeout(wait_s):
                    await self.process.wait()
                break
            except TimeoutError:
                _log.warning("the media process does not end")
                with contextlib.suppress(ProcessLookupError):
                    act()
        await self.process.wait()
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


class _Spare:
    """A process that has nothing to do yet."""

    def __init__(self, settings: MediaSettings) -> None:
        self._settings = settings
        self._running: _Running | None = None
        self._keeping: asyncio.Task[None] | None = None

    def prepare(self) -> None:
        """Have one before long."""
        self._keeping = asyncio.create_task(self._keep())

    async def take(self) -> _Running | None:
        """The process, if there is one; it is the caller's now."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait({self._keeping})
            self._keeping = None
        running, self._running = self._running, None
        return running

    async def _keep(self) -> None:
        await asyncio.sleep(SPARE_AFTER_S)
        try:
            self._running = running = await _Running.start(self._settings)
        except OSError as error:
            _log.error("no media process can be kept ready: %s", error)
            return
        with contextlib.suppress(ConnectionError, ValueError):
            while await running.reader.readline():
                pass  # how it is; nobody wants to know yet
        self._running = None
        _log.error("the media process that was kept ready ended")
        await running.end()


class ChildMediaPlane:
    """
    `MediaPlane` over `python -m media`.

    Made by `start`, ended by `close`.
    """

    def __init__(self, settings: MediaSettings) -> None:
        self.vitals: Vitals | None = None
        """How the process was when it last said so."""
        self._settings = settings
        self._numbers = itertools.count(1)
        self._running: _Running | None = None
        self._spare = _Spare(settings)
        self._reports: asyncio.Queue[Report | None] = asyncio.Queue(REPORTS_MAX)
        self._closing = asyncio.Event()
        self._supervision: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, settings: MediaSettings) -> Self:
        """
        Start the process and its supervision.

        Raises:
            OSError: it can't be started.
        """
        plane = cls(settings)
        plane._running = await _Running.start(settings)
        plane._supervision = asyncio.create_task(plane._supervise(plane._running))
        return plane

    @property
    def pid(self) -> int | None:
        """The process at the moment, None while it is being replaced."""
        return None if self._running is None else self._running.process.pid

    async def request(self, request: Request) -> str | None:
        """See `MediaPlane.request`."""
        running = self._running
        if running is None or self._closing.is_set() or len(running.calls) >= CALLS_MAX:
            raise _unavailable("no media process takes requests at the moment")
        n = next(self._numbers)
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        running.calls[n] = answer
        try:
            async with asyncio.timeout(ANSWER_S):
                running.writer.write(line.encode(line.Call(n=n, request=request)))
                await running.writer.drain()
                return await answer
        except (TimeoutError, ConnectionError) as error:
            raise _unavailable("the media process did not answer") from error
        finally:
            running.calls.pop(n, None)
            answer.cancel()

    async def reports(self) -> AsyncIterator[Report]:
        """See `MediaPlane.reports`; ends after `close`."""
        while (report := await self._reports.get()) is not None:
            yield report

    async def close(self) -> None:
        """See `MediaPlane.close`; reports that come meanwhile can still be read."""
        self._closing.set()
        if self._supervision is None:
            return
        if self._running is not None:
            with contextlib.suppress(OSError, RuntimeError):
                self._running.writer.write_eof()
        await asyncio.shield(self._supervision)

    # --- supervision

    async def _supervise(self, running: _Running) -> None:
        wait_s, longest_s = BACKOFF_S
        while True:
            started_s = time.monotonic()
            self._spare.prepare()
            await self._listen(running)
            self._running = None
            running.fail_calls()
            await running.end()
            if self._closing.is_set():
                break
            if time.monotonic() - started_s > STEADY_S:
                wait_s = BACKOFF_S[0]
            _log.error(
                "the media process ended with status %s; it is replaced",
                running.process.returncode,
            )
            replacement = await self._spare.take()
            while replacement is None and not await self._closes_within(wait_s):
                wait_s = min(2 * wait_s, longest_s)
                try:
                    replacement = await _Running.start(self._settings)
                except OSError as error:
                    _log.error("the media process can't be started: %s", error)
            if replacement is None:
                break
            self._running = running = replacement
            self._report(Restarted())
        spare = await self._spare.take()
        if spare is not None:
            await spare.end()
        self._report(None)

    async def _closes_within(self, wait_s: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._closing.wait()
        return self._closing.is_set()

    def _report(self, report: Report | None) -> None:
        """Queue one of our own: where reports were lost, it comes after them."""
        if self._reports.full():
            self._reports.get_nowait()
        self._reports.put_nowait(report)

    async def _listen(self, running: _Running) -> None:
        """Take what the process says, until it says no more."""
        try:
            while text := await running.reader.readline():
                said = line.decode_said(text)
                if isinstance(said, Vitals):
                    self.vitals = said
                    continue
                if not isinstance(said, Reply):
                    self._reports.put_nowait(said)
                    continue
                answer = running.calls.pop(said.n, None)
                if answer is None or answer.done():
                    continue  # the caller gave up
                if said.code is None:
                    answer.set_result(said.sdp)
                else:
                    answer.set_exception(MediaRefused(said.code, said.detail))
        except ConnectionError:
            pass  # killed with something of ours unread; the caller sees the end
        except (ValidationError, ValueError) as error:
            _log.error("the line of the media process is broken: %s", error)
        except asyncio.QueueFull:
            # Rooms would miss what happened to them; after `Restarted` they are set up anew.
            _log.error("nobody takes the media process's reports")


def _unavailable(detail: str) -> MediaRefused:
    return MediaRefused(MediaCode.UNAVAILABLE, detail)
