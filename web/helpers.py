"""
Processes that help a meeting: one that fetches a camera, one that passes its programme on, one that
listens. Each is kept while it is wanted, and started again when it ends.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from media.retry import Retry

K = TypeVar("K", bound=Hashable)
T = TypeVar("T", bound=BaseModel)

Try = Callable[[], Awaitable[bool]]
"""One life of a helper, until it ends. Returns: whether it did what it is for."""

log = logging.getLogger(__name__)

END_S = 5.0
"""For a process to end by itself once its line is closed; then it is killed."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Bounds of one kind of helper. Times are seconds."""

    name: str
    """For the log."""
    look_s: float
    """Between two looks at which are wanted."""
    waits_s: tuple[float, ...]
    """See `media.retry.Retry`."""
    at_once: int | None = None
    """So many run at a time; who comes later waits. None: as many as are wanted."""


CAMERAS = Keeping("camera", look_s=1.0, waits_s=(1.0, 2.0, 5.0, 10.0, 30.0))
PUSHES = Keeping("push", look_s=0.5, waits_s=(1.0,))
"""A process that pushes has a patience of its own; this is for when it broke."""
RECOGNISERS = Keeping("recogniser", look_s=1.0, waits_s=(10.0,), at_once=2)
"""A model takes seconds to load, and each takes about half a processor."""


class Helpers(Generic[K]):
    """
    Keeps all helpers of one kind.

    Args:
        keeping: their bounds.
        wanted: asked again and again: which there should be, and how each is tried.
        gone: told when one is no longer kept.
        sleep: as that of asyncio.
    """

    def __init__(
        self,
        keeping: Keeping,
        wanted: Callable[[], Awaitable[Mapping[K, Try]]],
        gone: Callable[[K], None] = lambda _: None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._keeping = keeping
        self._wanted = wanted
        self._gone = gone
        self._sleep = sleep
        self._kept: dict[K, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Start and end them as they are wanted, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                wanted = await self._wanted()
                for key, task in self._kept.items():
                    if key not in wanted and not task.cancelling():
                        task.cancel()
                for key, attempt in wanted.items():
                    # One that is ending keeps its place: never are there two of the same.
                    if key not in self._kept and self._room():
                        self._kept[key] = tasks.create_task(self._keep(key, attempt))
                await self._sleep(self._keeping.look_s)

    def _room(self) -> bool:
        at_once = self._keeping.at_once
        return at_once is None or len(self._kept) < at_once

    async def _keep(self, key: K, attempt: Try) -> None:
        retry = Retry(self._keeping.waits_s)
        try:
            while True:
                await self._sleep(retry.ended(well=await self._tried(key, attempt)))
        finally:
            del self._kept[key]
            self._gone(key)

    async def _tried(self, key: K, attempt: Try) -> bool:
        """An edge: whatever happens to one ends it alone, and it is tried anew."""
        try:
            return await attempt()
        except Exception:
            log.exception("%s %s failed", self._keeping.name, key)
            return False


async def talk(
    module: str, job: BaseModel, told: type[T], tell: Callable[[T], Awaitable[None] | None]
) -> None:
    """
    Run a process from its beginning to its end.

    Args:
        module: what it runs, as `python -m`.
        job: written to it as its first line; secrets are in no argument list.
        told: what each of its lines is.
        tell: gets them in order.

    A process that speaks nonsense, or doesn't listen, is ended and logged. If this is cancelled,
    its line is closed, and it has END_S to end.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(job.model_dump_json().encode() + b"\n")
        await process.stdin.drain()
        while line := await process.stdout.readline():
            waiting = tell(told.model_validate_json(line))
            if waiting is not None:
                await waiting
    except (ConnectionError, ValidationError) as error:
        log.warning("a process of %s broke: %s", module, type(error).__name__)
    finally:
        process.stdin.close()
        await asyncio.shield(_ended(process))


async def _ended(process: asyncio.subprocess.Process) -> None:
    """It ends by itself when its line is closed; if not, it is ended."""
    try:
        async with asyncio.timeout(END_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
