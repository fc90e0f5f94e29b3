"""
Passing programmes on: for each platform that a meeting's record names, a process (`media.push`)
runs while the meeting goes on, and is started again when it ends (`web.helpers`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from media.push.job import Fault, Job, Told
from meetings.record.port import RecordError, UnknownMeeting
from meetings.service import ServiceClosed
from signaling.hub import Hub
from signaling.hubs import Hubs, ShuttingDown
from signaling.wire.frames import PushState, PushView
from web.helpers import PUSHES, Helpers, Keeping, Try, talk
from web.platforms import Entered, Platform, Rooms

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
        keeping: bounds.
    """

    def __init__(
        self,
        rooms: Rooms,
        entered: Entered,
        hubs: Hubs,
        programmes: Path,
        clock_ms: Callable[[], int],
        keeping: Keeping = PUSHES,
    ) -> None:
        self._rooms = rooms
        self._entered = entered
        self._hubs = hubs
        self._programmes = programmes
        self._clock_ms = clock_ms
        self._helpers = Helpers(keeping, self._wanted, self._gone)
        self._told: dict[Key, PushView] = {}

    async def run(self) -> None:
        """Start and end processes as meetings need them, until cancelled."""
        await self._helpers.run()

    async def _wanted(self) -> dict[Key, Try]:
        found: dict[Key, Try] = {}
        for meeting in self._hubs.serving:
            for key in await self._look(meeting):
                found[key] = partial(self._once, key)
        return found

    def _gone(self, key: Key) -> None:
        self._told.pop(key, None)

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

    async def _once(self, key: Key) -> bool:
        meeting, platform = key
        live = False

        def tell(told: Told) -> None:
            nonlocal live
            live |= told.state == "live"
            if told.state != "ended":
                self._note(key, told.state, told.fault)

        job = Job(url=platform.url, folder=str(self._programmes / meeting))
        await talk("media.push", job, Told, tell)
        self._note(key, "reconnecting", Fault.LOST)
        return live

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
