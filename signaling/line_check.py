"""
Does media get through from here? Asked before a meeting, by somebody of whom nothing is known.

The client offers a connection as if it published; the media process answers it in a room of its own
where nobody is let through and nobody listens. That the connection comes up is the whole answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools

from media.control import Disconnect, MediaCode, MediaPlane, MediaRefused, OpenRoom, Publish

ROOM = "line-check"  # no meeting's: their ids are random
CHECKS_MAX = 16  # at a time; whoever comes then tries again in a few seconds
CHECK_S = 12.0  # a connection comes up in one or two seconds, or not at all


class LineCheck:
    """All checks of a service; `run` ends those whose time is over."""

    def __init__(self, plane: MediaPlane) -> None:
        self._plane = plane
        self._numbers = itertools.count(1)
        self._ends: dict[str, float] = {}
        self._begun = asyncio.Event()

    async def answer(self, offer: str) -> str:
        """
        Answer a client's offer.

        Raises:
            MediaRefused: TOO_MANY at this moment, BAD_SDP, UNAVAILABLE.
        """
        if len(self._ends) >= CHECKS_MAX:
            raise MediaRefused(MediaCode.TOO_MANY, "too many checks at a time")
        peer = f"check.{next(self._numbers)}/pub"
        self._ends[peer] = asyncio.get_running_loop().time() + CHECK_S
        self._begun.set()
        request = Publish(room=ROOM, peer=peer, person=peer, sdp=offer)
        try:
            try:
                answer = await self._plane.request(request)
            except MediaRefused as refused:
                if refused.code is not MediaCode.UNKNOWN_ROOM:
                    raise
                await self._plane.request(OpenRoom(room=ROOM))  # the first, or the process is new
                answer = await self._plane.request(request)
        except MediaRefused:
            self._ends.pop(peer, None)
            raise
        assert answer is not None, "can't happen: an offer is answered"
        return answer

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await self._begun.wait()
            self._begun.clear()
            while self._ends:
                peer, end_s = next(iter(self._ends.items()))
                await asyncio.sleep(end_s - asyncio.get_running_loop().time())
                self._ends.pop(peer, None)
                with contextlib.suppress(MediaRefused):  # it went by itself, or with the process
                    await self._plane.request(Disconnect(peer=peer))
