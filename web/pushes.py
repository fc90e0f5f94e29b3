"""
Passing programmes on: for each platform that a meeting's record names, a process (`media.push`)
runs while the meeting goes on, and is started again when it ends.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from media.push.job import Fault, Job, Told
from meetings.record.port import RecordError, UnknownMeeting
from meetings.service import ServiceClosed
from signaling.hub import Hub
from signaling.hubs import Hubs, ShuttingDown
from signaling.wire.frames import PushState, PushView
from web.platforms import Entered, Platform, Rooms

LOOK_S = 0.5  # between two looks at what is wanted
AGAIN_S = 1.0  # until a process that ended is started again
END_S = 5.0  # for a process to end

log = logging.getLogger(__name__)

Key = tuple[str, Platform]
"""Meeting and platform: another address under the same name is another one."""


class Pushes:
    """
    Keeps all pushes; `run` is its task.

    Args:
        rooms: the operator's platforms.
        entered: the hosts'.
        programmes: folder with the programmes, a folder a meeting.
        clock_ms: wall clock.
    """

    def __init__(
        self,
        rooms: Rooms,
        entered: Entered,
        hubs: Hubs,
        programmes: Path,
        clock_ms: Callable[[], int],
    ) -> None:
        self._rooms = rooms
        self._entered = entered
        self._hubs = hubs
        self._programmes = programmes
        self._clock_ms = clock_ms
        self._kept: dict[Key, asyncio.Task[None]] = {}
        self._told: dict[Key, PushView] = {}

    async def run(self) -> None:
        """Start and end processes as meetings need them, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                wanted: set[Key] = set()
                for meeting in self._hubs.serving:
                    wanted |= await self._look(meeting)
                for key in self._kept.keys() - wanted:
                    self._kept.pop(key).cancel()
                for key in wanted - self._kept.keys():
                    self._kept[key] = tasks.create_task(self._keep(key))
                await asyncio.sleep(LOOK_S)

    async def _look(self, meeting: str) -> set[Key]:
        """What a meeting wants to be passed on to; its desk is shown how that goes."""
        try:
            hub = await self._hubs.hub(meeting)
            platforms = await asyncio.to_thread(self._platforms, hub)
        except (UnknownMeeting, RecordError, ServiceClosed, ShuttingDown):
            return set()
        except (OSError, ValueError) as error:
            log.warning(
                "meeting %s: its platforms can't be read: %s", meeting, type(error).__name__
            )
            return set()
        state = hub.state
        on = state.state in {"open", "recess"}
        wanted = {(meeting, one) for one in platforms.values() if on and one.name in state.pushed}
        own = {one.name for one in platforms.values()} - {
            one.name for one in self._rooms.get(state.room, ())
        }
        hub.show_pushes(
            tuple(
                self._told.get((meeting, one))
                or PushView(
                    platform=one.name,
                    state="connecting" if (meeting, one) in wanted else "off",
                    since_ms=None,
                    fault="",
                    entered=one.name in own,
                )
                for one in platforms.values()
            )
        )
        return wanted

    def _platforms(self, hub: Hub) -> dict[str, Platform]:
        """By name; what the host entered goes before the operator's."""
        if hub.state.state == "closed":
            self._entered.forget(hub.meeting)
            return {}
        own = self._entered.of(hub.meeting)
        return {one.name: one for one in (*self._rooms.get(hub.state.room, ()), *own)}

    async def _keep(self, key: Key) -> None:
        """
        One platform of one meeting, until it is not wanted any more.

        An edge: whatever happens to it ends it alone, and it is tried anew.
        """
        try:
            while True:
                await self._once(key)
                await asyncio.sleep(AGAIN_S)
        except Exception:
            log.exception("meeting %s: passing on failed", key[0])
            self._kept.pop(key, None)
        finally:
            self._told.pop(key, None)

    async def _once(self, key: Key) -> None:
        meeting, platform = key
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "media.push",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        job = Job(url=platform.url, folder=str(self._programmes / meeting))
        try:
            process.stdin.write(job.model_dump_json().encode() + b"\n")
            await process.stdin.drain()
            while line := await process.stdout.readline():
                told = Told.model_validate_json(line)
                if told.state != "ended":
                    self._note(key, told.state, told.fault)
        except (ConnectionError, ValidationError):
            log.warning("meeting %s: a push's process broke", meeting)
        finally:
            process.stdin.close()
            await asyncio.shield(ended(process))
        self._note(key, "reconnecting", Fault.LOST)

    def _note(self, key: Key, state: PushState, fault: Fault | None) -> None:
        meeting, platform = key
        before = self._told.get(key)
        same = before is not None and before.state == state
        log.info("meeting %s: %s is %s %s", meeting, platform.name, state, fault or "")
        entered = platform.name not in {p.name for some in self._rooms.values() for p in some}
        self._told[key] = PushView(
            platform=platform.name,
            state=state,
            since_ms=before.since_ms if same and before is not None else self._clock_ms(),
            fault=fault or "",
            entered=entered,
        )


async def ended(process: asyncio.subprocess.Process) -> None:
    """It ends by itself when its line is closed; if not, it is ended."""
    try:
        async with asyncio.timeout(END_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
