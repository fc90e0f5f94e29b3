"""
Links without a socket: asked for by one request (WHIP, WHEP) and held until somebody ends them.

To its meeting such a link is one more connection of its person: admitted, recorded, given rights,
moved and ended like any other (`signaling.hub`). It shows nothing, so it gets no sections. While it
lives its peer keeps it: when that falls silent, or the link moves to a page of the person, or is
forbidden, it is over, and the client has to ask anew.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

from pydantic import ValidationError

from media.control import MediaRefused
from meetings.people import Person
from meetings.record.port import RecordError, UnknownMeeting
from meetings.service import ServiceClosed
from signaling.clients import Overloaded, Removed
from signaling.hub import Hub
from signaling.hubs import Hubs, ShuttingDown
from signaling.identity import Claims, TokenInvalid
from signaling.negotiation import Negotiation
from signaling.outbox import Batch
from signaling.wire.codes import CloseCode, ErrorCode
from signaling.wire.frames import (
    ErrorFrame,
    LinkMoved,
    LinkPublish,
    LinkPublished,
    LinkReset,
    ServerFrame,
    Welcome,
)

log = logging.getLogger(__name__)


class DirectRefused(Exception):
    """There is no link, or none any more."""

    def __init__(self, code: str, detail: str = "") -> None:
        """
        Args:
            code: stable: of `ErrorCode`, of `media.control.MediaCode`, or of the meeting.
        """
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class DirectLink:
    """One link; the hub's `Client`. Made by `DirectLinks`."""

    def __init__(self, links: DirectLinks, claims: Claims) -> None:
        self.id = secrets.token_urlsafe(18)
        """Unguessable: it names the session's URL."""
        self.person: Person = claims.to_person()
        self.meeting = claims.meeting
        self.invitation = claims.invitation
        self.companion = False
        self.negotiation = Negotiation(claims.meeting, self.id, self.person.id)
        self.generation = 0
        """Counts ICE restarts: each is an ICE session of its own."""
        self.offer = ""
        """The client's description, with the ICE credentials of now."""
        self._links = links
        self._hub: Hub | None = None
        self._claimed_ms = 0
        self._turn = asyncio.Lock()
        self._answer: asyncio.Future[str] | None = None
        self._wake = asyncio.Event()
        self._ending: str | None = None
        self._over = False

    # --- what the hub asks (`Client`)

    def begin(self, welcome: Welcome, batch: Batch) -> None:
        """Nothing is shown here."""

    def push(self, batch: Batch) -> None:
        """Nothing is shown here."""

    def send(self, frame: ServerFrame) -> None:
        """Take what concerns the link."""
        match frame:
            case LinkPublished():
                self._answered(frame.sdp)
            case ErrorFrame():
                self._answered(DirectRefused(frame.code, frame.detail))
            case LinkReset() | LinkMoved():
                self._end(frame.type)
            case _:
                pass

    def end(self, code: CloseCode, reason: str = "") -> None:
        """See `Client`."""
        self._end(f"{code.name.lower()} {reason}".strip())

    def negotiate(self) -> None:
        """See `Client`."""
        self._wake.set()

    def _end(self, why: str) -> None:
        """Have it closed by its own task: the hub may be going through its clients right now."""
        self._ending = why
        self._wake.set()

    # --- life

    async def publish(self, offer: str) -> str:
        """
        Send by this offer; again with other ICE credentials: restart ICE.

        Returns: the answer.

        Raises:
            DirectRefused: with the reason. The first time the link is over then; a restart that is
                refused leaves it as it was.
        """
        async with self._turn:
            hub = await self._entered()
            answer = await self._asked(lambda: self._publish(hub, offer))
        self.offer = offer
        return answer

    async def watch(self, offer: str) -> str:
        """Receive what the meeting is about, by this offer; else as `publish`."""
        async with self._turn:
            hub = await self._entered()
            answer = await self._asked(lambda: hub.watch(self, offer))
        self.offer = offer
        return answer

    def _publish(self, hub: Hub, offer: str) -> None:
        # A restart repeats the claim: it must not take the link from a page that has it since.
        self._claimed_ms = self._claimed_ms or self._links.hubs.clock_ms()
        hub.link(self, LinkPublish(sdp=offer, claimed_ms=self._claimed_ms))

    async def _entered(self) -> Hub:
        if self._over:
            raise DirectRefused(ErrorCode.LINK_UNAVAILABLE, "the link is over")
        if self._hub is not None:
            return self._hub
        hubs = self._links.hubs
        try:
            hub = await hubs.hub(self.meeting)
            hub.admit(self)
            self._hub = hub
            self.person = await hub.join(self.person)
        except UnknownMeeting as error:
            raise DirectRefused("meeting.unknown") from error
        except (Overloaded, ShuttingDown, ServiceClosed, RecordError) as error:
            raise DirectRefused(ErrorCode.LINK_UNAVAILABLE, type(error).__name__) from error
        except Removed as error:
            raise DirectRefused(ErrorCode.LINK_FORBIDDEN, f"removed: {error}") from error
        except TokenInvalid as error:
            raise DirectRefused(ErrorCode.LINK_FORBIDDEN, "forgotten") from error
        return hub

    async def _asked(self, ask: Callable[[], None]) -> str:
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._answer = answer
        try:
            ask()
            async with asyncio.timeout(self._links.hubs.limits.direct_answer_s):
                return await answer
        except TimeoutError:
            raise DirectRefused(ErrorCode.LINK_UNAVAILABLE, "no answer in time") from None
        finally:
            self._answer = None

    def _answered(self, outcome: str | DirectRefused) -> None:
        answer = self._answer
        if answer is None or answer.done():
            return
        if isinstance(outcome, DirectRefused):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)

    async def run(self) -> None:
        """Ask the media plane for what is due, until it is over."""
        while not self._over:
            await self._wake.wait()
            self._wake.clear()
            if self._ending is not None:
                self.close(ErrorCode.LINK_UNAVAILABLE, self._ending)
            while self._hub is not None and (request := self.negotiation.next_request()):
                outcome: str | MediaRefused | None
                try:
                    outcome = await self._hub.media.request(request)
                except MediaRefused as refused:
                    outcome = refused
                frame = self.negotiation.done(outcome)
                if frame is not None:
                    self.send(frame)
            if self._hub is not None and self.offer and not self.negotiation.linked:
                self.close(ErrorCode.LINK_FORBIDDEN, "no longer")  # its rights have ended

    def close(self, code: str = ErrorCode.LINK_UNAVAILABLE, detail: str = "closed") -> None:
        """End it, whoever wishes it; its peer goes with it. Again: no effect."""
        if self._over:
            return
        self._over = True
        self._answered(DirectRefused(code, detail))
        if self._hub is not None:
            self._hub.dismiss(self)
        self._links.forget(self)
        self._wake.set()


class DirectLinks:
    """All of a node; `run` is their life."""

    def __init__(self, hubs: Hubs) -> None:
        self.hubs = hubs
        self._links: dict[str, DirectLink] = {}
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Carry links until cancelled; then they are over."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                self._tasks = None
                for link in tuple(self._links.values()):
                    link.close()

    async def publish(self, claims: Claims, offer: str) -> tuple[DirectLink, str]:
        """
        A link on which the person sends.

        Returns: the link, and the answer to the offer.

        Raises:
            DirectRefused: with the reason.
        """
        link = self._begin(claims)
        try:
            return link, await link.publish(offer)
        except BaseException:
            link.close()
            raise

    async def watch(self, claims: Claims, offer: str) -> tuple[DirectLink, str]:
        """A link on which the person receives what the meeting is about; else as `publish`."""
        link = self._begin(claims)
        try:
            return link, await link.watch(offer)
        except BaseException:
            link.close()
            raise

    def _begin(self, claims: Claims) -> DirectLink:
        if self._tasks is None:
            raise DirectRefused(ErrorCode.LINK_UNAVAILABLE, "the service stops")
        try:
            link = DirectLink(self, claims)
            self.hubs.add(link)
        except ValidationError as error:
            raise DirectRefused(ErrorCode.LINK_FORBIDDEN, "no such person") from error
        except (Overloaded, ShuttingDown) as error:
            raise DirectRefused(ErrorCode.LINK_UNAVAILABLE, str(error)) from error
        self._links[link.id] = link
        self._tasks.create_task(self._run(link))
        return link

    async def _run(self, link: DirectLink) -> None:
        """The edge: whatever happens to a link ends it and nothing else."""
        try:
            await link.run()
        except Exception:
            log.exception("the link of %s in meeting %s failed", link.person.id, link.meeting)
        finally:
            link.close()

    def find(self, name: str, claims: Claims) -> DirectLink | None:
        """The person's link of this id; None: there is none, or it is another's."""
        link = self._links.get(name)
        if link is None or (link.meeting, link.person.id) != (claims.meeting, claims.person):
            return None
        return link

    def forget(self, link: DirectLink) -> None:
        """It is over."""
        self._links.pop(link.id, None)
        self.hubs.remove(link)
