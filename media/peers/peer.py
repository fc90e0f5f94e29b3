"""
One peer: descriptions, ICE paths and DTLS put together behind `PeerPort`.

A publisher answers, a subscriber offers; neither ever does both, so there is no glare. An ICE
restart is make-before-break: the old path carries media until the new one is nominated, and a
second more for what is under way.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import secrets
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from aiortc import RTCCertificate

from media.control import MediaCode, MediaRefused
from media.peers import describe, sdp, serve
from media.peers.ice import IceConnection
from media.peers.patience import Patience
from media.peers.port import (
    Kind,
    Outbound,
    PeerCounters,
    PeerEvents,
    Served,
    Slot,
    Stream,
)
from media.peers.transport import ReceiveBuffer, Role, SendBuffers, Transport
from media.peers.udp import DATAGRAM_MAX
from media.settings import MediaSettings

CONNECT_S = 10.0  # for ICE and DTLS together, from the moment that both descriptions are known
LINGER_S = 1.0  # an old path after its replacement; measured gaps are 0.03-0.15 s
OVER_MAX = 16  # peers that are over before what they held is collected

Reason = Literal["failed", "silent", "closed"]

_Lines = TypeVar("_Lines")
_Answer = Callable[[sdp.Description, sdp.Transport, int, int], tuple[sdp.Description, _Lines]]
"""Offer, our transport, session and version -> answer, and the m-lines that media runs on."""

_log = logging.getLogger(__name__)


class PeerMaker:
    """
    Makes the peers of one process and holds what they share: certificate, buffer, cleaning up.

    Must be made on the running loop that its peers live on.
    """

    def __init__(self, settings: MediaSettings) -> None:
        self.settings = settings
        self.certificate = RTCCertificate.generateCertificate()
        self.buffer = ReceiveBuffer(DATAGRAM_MAX)
        self.buffers = SendBuffers()
        self.patience = Patience()
        self.fingerprints = tuple(
            sdp.Fingerprint(f.algorithm, f.value)
            for f in self.certificate.getFingerprints()
            if f.algorithm == "sha-256"
        )
        self._cleaning: set[asyncio.Task[None]] = set()
        self._over = 0

    def __call__(self, events: PeerEvents, kind: Literal["publisher", "subscriber"]) -> Peer:
        """
        Make a peer; nothing of it starts before `answer` or `offer` is called.

        Who offers controls ICE (RFC 8445, section 6.1.1): for a subscriber that is us.
        """
        return Peer(self, events, controlling=kind == "subscriber")

    def clean(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run a peer's last work; it outlives the peer's owner's interest."""
        task = asyncio.get_running_loop().create_task(work)
        self._cleaning.add(task)
        task.add_done_callback(self._cleaned)
        return task

    def _cleaned(self, task: asyncio.Task[None]) -> None:
        """
        A peer refers to itself in many ways, and holds 100 kB of OpenSSL's; it lives long enough
        that the collector would come by once in days. 16 at once take it 2 to 10 ms.
        """
        self._cleaning.discard(task)
        self._over += 1
        if self._over >= OVER_MAX:
            self._over = 0
            gc.collect()

    async def close(self) -> None:
        """Wait until every peer that is over has let go of its sockets and tasks."""
        while self._cleaning:
            await asyncio.wait(self._cleaning)
        self.patience.close()


@dataclass(frozen=True, slots=True)
class _Offered:
    """A description that waits for its answer."""

    number: int
    slots: tuple[Slot, ...]


class Peer:
    """`PeerPort` over aioice and aiortc; made by `PeerMaker`."""

    def __init__(self, maker: PeerMaker, events: PeerEvents, *, controlling: bool) -> None:
        self.counters = PeerCounters()
        self._maker = maker
        self._events = events
        self._controlling = controlling
        self._loop = asyncio.get_running_loop()
        self._transport = Transport(
            maker.certificate,
            maker.buffer,
            maker.buffers,
            self.counters,
            events,
            lambda: self._end("closed"),
        )
        self._shaking = False
        """DTLS was started; it is once only."""
        self.send_rtp = self._transport.send_rtp
        self.send_rtcp = self._transport.send_rtcp
        self.on_media = self._transport.on_media
        self.overhead = 0
        """See `PeerPort.overhead`."""
        self._turn = asyncio.Lock()
        """One negotiation at a time."""
        self._session = secrets.randbits(62)
        self._version = 0
        self._remote: sdp.Transport | None = None
        """The client's side, as it said last."""
        self._path: IceConnection | None = None
        """What media is sent over; None until the first nomination."""
        self._next: IceConnection | None = None
        """The first path or a replacement: offered, or being checked."""
        self._silent = False
        """Nothing is heard on `_path`, and a replacement is waited for."""
        self._restart_wanted = False
        self._offered: _Offered | None = None
        self._number = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections: set[IceConnection] = set()
        """All that are open."""
        self._reason: Reason | None = None
        self._cleaned: asyncio.Task[None] | None = None

    # --- towards a publisher -------------------------------------------------------------------

    async def answer(self, offer_sdp: str) -> str:
        """See `PeerPort.answer`; once the peer is over: UNKNOWN_PEER."""
        text, inbound = await self._answer(
            offer_sdp,
            lambda offer, local, session, version: describe.answer(
                offer, local, session=session, version=version
            ),
        )
        self._tell(lambda: self._events.on_inbound(inbound))
        return text

    async def serve(
        self, offer_sdp: str, streams: Mapping[Kind, Stream]
    ) -> tuple[str, tuple[Served, ...]]:
        """See `PeerPort.serve`; once the peer is over: UNKNOWN_PEER."""
        return await self._answer(
            offer_sdp,
            lambda offer, local, session, version: serve.answer(
                offer, local, session=session, version=version, streams=streams
            ),
        )

    async def _answer(self, offer_sdp: str, describe_it: _Answer[_Lines]) -> tuple[str, _Lines]:
        async with self._turn:
            self._must_live()
            offer = sdp.parse(offer_sdp)
            remote, known = sdp.transport_of(offer), self._remote
            self._must_be_same_client(remote)
            connection = self._next or self._path
            fresh = connection is None or known is None or _restarts(remote, known)
            if connection is None or fresh:
                connection = await self._gather()
            # RFC 8842, section 5.3: the answerer should be active, unless the offerer is.
            setup: sdp.Setup = "passive" if remote.setup == "active" else "active"
            try:
                answer, lines = describe_it(
                    offer, self._local(connection, setup), self._session, self._version
                )
                self._must_live()
            except MediaRefused:
                if fresh:
                    await self._discard(connection)
                raise
            self._version += 1
            self._remote = remote
            if fresh:
                superseded, self._next = self._next, connection
                if superseded is not None:
                    await self._discard(superseded)
                self._begin(connection, remote, "client" if setup == "active" else "server")
            return sdp.render(answer), lines

    # --- towards a subscriber ------------------------------------------------------------------

    async def offer(self, slots: Sequence[Slot]) -> tuple[int, str]:
        """See `PeerPort.offer`; once the peer is over: UNKNOWN_PEER."""
        assert slots, "an offer without m-lines connects nothing"
        async with self._turn:
            self._must_live()
            connection = self._next or self._path
            if connection is None or (self._restart_wanted and self._remote is not None):
                connection = await self._gather()
                superseded, self._next = self._next, connection
                if superseded is not None:
                    await self._discard(superseded)
                self._must_live()
            self._restart_wanted = False
            self._number += 1
            offer = describe.offer(
                slots,
                self._local(connection, "actpass"),
                session=self._session,
                version=self._version,
            )
            self._version += 1
            self._offered = _Offered(self._number, tuple(slots))
            return self._number, sdp.render(offer)

    async def accept(self, offer: int, answer_sdp: str) -> tuple[Outbound, ...]:
        """See `PeerPort.accept`; once the peer is over: UNKNOWN_PEER."""
        async with self._turn:
            self._must_live()
            offered = self._offered
            if offered is None or offer != offered.number:
                raise MediaRefused(MediaCode.STALE_OFFER, f"offer {offer} is not the newest")
            answer = sdp.parse(answer_sdp, sections_max=len(offered.slots))
            accepted = describe.outbound(offered.slots, answer)
            remote, known = sdp.transport_of(answer), self._remote
            if remote.setup == "actpass":
                raise sdp.bad("an answer must choose active or passive")
            self._must_be_same_client(remote)
            self._offered = None
            if self._next is not None and (known is None or _restarts(remote, known)):
                self._remote = remote
                role: Role = "server" if remote.setup == "active" else "client"
                self._begin(self._next, remote, role)
            return accepted

    async def restart(self) -> None:
        """See `PeerPort.restart`. Before the first answer there is nothing to restart."""
        self._restart_wanted = True

    # --- connecting ----------------------------------------------------------------------------

    def _must_live(self) -> None:
        if self._reason is not None:
            raise MediaRefused(MediaCode.UNKNOWN_PEER, f"the peer is over: {self._reason}")

    def _must_be_same_client(self, remote: sdp.Transport) -> None:
        """Keys are agreed upon once; a client with another certificate needs another peer."""
        if self._remote is not None and remote.fingerprints != self._remote.fingerprints:
            raise sdp.bad("another certificate than before")

    async def _gather(self) -> IceConnection:
        maker = self._maker
        connection = IceConnection(
            maker.settings,
            self,
            self.counters,
            maker.buffer.bytes,
            maker.patience,
            controlling=self._controlling,
        )
        self._connections.add(connection)
        try:
            await connection.gather_candidates()
        except BaseException:
            await self._discard(connection)
            raise
        return connection

    async def _discard(self, connection: IceConnection) -> None:
        if connection is self._next:
            self._next = None
        await connection.close()
        self._connections.discard(connection)

    def _local(self, connection: IceConnection, setup: sdp.Setup) -> sdp.Transport:
        return sdp.Transport(
            ufrag=connection.local_username,
            pwd=connection.local_password,
            fingerprints=self._maker.fingerprints,
            setup=setup,
            candidates=connection.candidate_lines(),
        )

    def _begin(self, connection: IceConnection, remote: sdp.Transport, role: Role) -> None:
        self._spawn(self._connect(connection, remote, role))

    async def _connect(self, connection: IceConnection, remote: sdp.Transport, role: Role) -> None:
        """Make a connection the path, the first or a replacement."""
        try:
            async with asyncio.timeout(CONNECT_S):
                await connection.open(remote)
        except (ConnectionError, TimeoutError):
            await self._discard(connection)
            if self._next is None and (self._path is None or self._silent):
                self._end("failed" if self._path is None else "silent")
            return
        if connection is not self._next:
            return  # superseded in the same moment, and being discarded
        old, self._path, self._next = self._path, connection, None
        self._silent = False
        self._transport.use(connection)
        if not self._shaking:
            self._shaking = True
            await self._shake_hands(role, remote.fingerprints)
            self._relax(connection)
        elif old is not None:
            self._relax(connection)
            await asyncio.sleep(LINGER_S)
            await self._discard(old)

    def _relax(self, connection: IceConnection) -> None:
        """From a receiver nothing comes but feedback; a sender is told when its media came."""
        if not self._controlling:
            connection.be_exact()
        elif self._transport.up:
            connection.be_patient()

    async def _shake_hands(self, role: Role, fingerprints: tuple[sdp.Fingerprint, ...]) -> None:
        try:
            async with asyncio.timeout(CONNECT_S):
                await self._transport.start(role, fingerprints)
        except (ConnectionError, TimeoutError):
            self._end("failed")
        else:
            self.overhead = self._transport.overhead
            self._tell(self._events.on_connected)

    # --- what the paths say (`IceOwner`) -------------------------------------------------------

    def on_dtls(self, packet: bytes) -> None:
        self._transport.on_dtls(packet)

    def on_path(self, connection: IceConnection) -> None:
        self._transport.refresh(connection)

    def on_silent(self, connection: IceConnection) -> None:
        if connection is not self._path:
            return
        self._silent = True
        if self._next is None:
            self._end("silent")
        # Else a restart is on its way and decides, after CONNECT_S at the latest.

    # --- the end -------------------------------------------------------------------------------

    def _tell(self, event: Callable[[], None]) -> None:
        """Events come from the loop, never out of a call, and none but `on_gone` after the end."""

        def unless_over() -> None:
            if self._reason is None:
                event()

        self._loop.call_soon(unless_over)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a peer's task failed", exc_info=error)
            self._end("failed")

    def _end(self, reason: Reason) -> None:
        if self._reason is not None:
            return
        self._reason = reason
        counters = self.counters
        _log.info(
            "a peer is over",
            extra={
                "reason": reason,
                "packets_in": counters.packets_in,
                "packets_out": counters.packets_out,
                "dropped": counters.dropped,
            },
        )
        self._transport.mute()
        self._loop.call_soon(self._events.on_gone, reason)
        self._cleaned = self._maker.clean(self._clean())

    async def _clean(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._transport.stop()
        # A negotiation under way opens no more: it asks whether the peer lives before it goes on.
        for connection in list(self._connections):
            await self._discard(connection)

    async def close(self) -> None:
        """See `PeerPort.close`."""
        self._end("closed")
        assert self._cleaned is not None, "can't happen: over without cleaning"
        await asyncio.shield(self._cleaned)


def _restarts(remote: sdp.Transport, known: sdp.Transport) -> bool:
    """RFC 8839, section 4.4.1.1.1: new credentials mean an ICE restart."""
    return (remote.ufrag, remote.pwd) != (known.ufrag, known.pwd)
