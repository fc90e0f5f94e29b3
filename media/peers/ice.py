"""
ICE for one path to a client: aioice's checks on sockets of our own.

The only file that reaches into aioice 0.13 (`tests/contracts/test_private_hooks.py` asserts every
name). What is changed against `aioice.Connection`:

- sockets: a port range, our own addresses, received without tasks, told apart by their first byte
  (RFC 7983);
- data: handed over synchronously, from any address that passed a connectivity check and no other;
- STUN that can't be for us is dropped before it is parsed;
- the end of candidates is never signalled: the client's are learnt from its checks (peer-reflexive,
  RFC 8445, 7.3.1.3), so it needs to name none;
- consent (RFC 7675) is asked for when nothing was heard for a second, and four silent seconds are
  the end: 30 s, as the RFC has it, is a long time to look at a frozen face;
- checks of the path in use are repetitions (`media.peers.consent`).
"""

from __future__ import annotations

import asyncio
import ipaddress
import random
import secrets
import socket
import string
import struct
import time
from collections.abc import Callable
from typing import Protocol

import aioice
from aioice import ice, stun
from aioice.candidate import candidate_foundation, candidate_priority

from media.control import MediaCode, MediaRefused
from media.peers.consent import Answers, Checks
from media.peers.patience import Patience
from media.peers.port import PeerCounters
from media.peers.sdp import Transport
from media.peers.udp import Address, UdpSocket, bind
from media.settings import MediaSettings, stun_server

ADDRESSES_MAX = 8  # local addresses that are used; a machine with many bridges has more
CHECKED_MAX = 32  # remote addresses of one client that passed a check

KEEP_S = 0.2  # between looks at whether something is to be asked, or over
QUIET_S = 1.0  # nothing heard for this long: ask
ASK_AGAIN_S = 0.5  # an answer is waited for
CONSENT_S = 5.0  # RFC 7675, 5.1: a check every 5 s, however much is heard
SILENT_S = 4.0  # nothing heard for this long: the client is gone, as the host sees within 5 s
EXPIRED_S = 30.0  # RFC 7675, 5.1: consent expires 30 s after the last answer

_ICE_CHARS = string.ascii_letters + string.digits
_COOKIE = struct.pack("!I", stun.COOKIE)
_MALFORMED = (ValueError, KeyError, struct.error)
"""aioice 0.13 raises these for attributes of a wrong length, and for a check without PRIORITY."""


class IceOwner(Protocol):
    """Who holds the connection; told synchronously."""

    def on_media(self, connection: IceConnection, length: int, now_s: float) -> None:
        """SRTP or SRTCP in the shared buffer, from an address that passed a check."""
        ...

    def on_dtls(self, packet: bytes) -> None:
        """A DTLS packet from an address that passed a check."""
        ...

    def on_path(self, connection: IceConnection) -> None:
        """`IceConnection.path` was set or changed."""
        ...

    def on_silent(self, connection: IceConnection) -> None:
        """Nothing was heard for `SILENT_S`, or consent expired. Once."""
        ...


class IceConnection(aioice.Connection):
    """
    One path: a set of local sockets and the client's answers to checks on them.

    Args:
        controlling: we nominate (when we offered; RFC 8445, 6.1.1).
        buffer: receive buffer shared by all sockets of the process.
        patience: shared by all connections of the process.
    """

    def __init__(
        self,
        settings: MediaSettings,
        owner: IceOwner,
        counters: PeerCounters,
        buffer: bytearray,
        patience: Patience,
        *,
        controlling: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        servers = settings.ice_servers
        super().__init__(
            ice_controlling=controlling,
            stun_server=stun_server(servers[0]) if servers else None,
            local_username=_random(8),
            local_password=_random(24),
        )
        self._settings = settings
        self._owner = owner
        self._counters = counters
        self._buffer = buffer
        self._clock = clock
        self._patience = patience
        self._sockets: list[UdpSocket] = []
        self._checked: set[Address] = set()
        self._shut = False
        self._shutting: asyncio.Task[None] | None = None
        self._mark = f"{self.local_username}:".encode()
        self._packet = b""
        """STUN that aioice has at the moment."""
        # of the path in use; None until it was checked once
        self._answers: Answers | None = None
        self._checks: Checks | None = None
        self._consented_s = 0.0
        self._fresh_s = CONSENT_S
        self._ask_s = 0.0
        self.path: tuple[UdpSocket, Address] | None = None
        """Socket and remote address that were nominated."""
        self.heard_s = clock()
        """When something authentic came last; also set by who unprotects media."""

    # --- setting up ----------------------------------------------------------------------------

    def candidate_lines(self) -> tuple[str, ...]:
        """
        Local candidates as values of a=candidate; after `gather_candidates`.

        With a public address every IPv4 candidate stands there a second time under it, as if a STUN
        server had told (RFC 8445, 5.1.1.2).
        """
        candidates = self.local_candidates
        public = self._settings.public_address
        if public is not None:
            candidates += [
                aioice.Candidate(
                    foundation=candidate_foundation("srflx", "udp", local.host),
                    component=1,
                    transport="udp",
                    priority=candidate_priority(1, "srflx"),
                    host=public,
                    port=local.port,
                    type="srflx",
                    related_address=local.host,
                    related_port=local.port,
                )
                for local in self.local_candidates
                if local.type == "host" and _same_family(local.host, public)
            ]
        return tuple(candidate.to_sdp() for candidate in candidates)

    async def open(self, remote: Transport) -> None:
        """
        Check candidate pairs until one is nominated; wrap in a timeout, for it goes on trying.

        Raises:
            ConnectionError: closed meanwhile.
        """
        self.remote_username, self.remote_password = remote.ufrag, remote.pwd
        for line in remote.candidates:
            candidate = _usable_candidate(line)
            if candidate is not None:
                await self.add_remote_candidate(candidate)
        await self.connect()

    async def get_component_candidates(
        self,
        component: int,
        addresses: list[str],
        timeout: int = 1,  # noqa: ASYNC109 - aioice's name
    ) -> list[aioice.Candidate]:
        """
        Bind the sockets; called by `gather_candidates`.

        Raises:
            MediaRefused: NO_PORT.
        """
        if self._shut:
            return []  # closed before the gathering began
        settings = self._settings
        if settings.addresses:
            addresses = list(settings.addresses)
        if settings.ice_loopback and "127.0.0.1" not in addresses:
            addresses = [*addresses, "127.0.0.1"]
        candidates: list[aioice.Candidate] = []
        for address in addresses[:ADDRESSES_MAX]:
            try:
                sock = bind(address, settings.udp_port_min, settings.udp_port_max)
            except OSError:
                continue  # an address that went away, or is not ready yet
            candidates.append(self._listen(sock, component))
        if not candidates:
            raise MediaRefused(MediaCode.NO_PORT, "no local address can be used")
        if self.stun_server is not None:
            candidates += await self._reflexive(self.stun_server, timeout)
        return candidates

    def _listen(self, sock: socket.socket, component: int) -> aioice.Candidate:
        endpoint = UdpSocket(sock, self._buffer, self._receive, self._patience)
        host, port = sock.getsockname()[:2]
        protocol = ice.StunProtocol(self)
        protocol.local_candidate = aioice.Candidate(
            foundation=candidate_foundation("host", "udp", host),
            component=component,
            transport="udp",
            priority=candidate_priority(component, "host"),
            host=host,
            port=port,
            type="host",
        )
        protocol.transport = endpoint  # type: ignore[assignment]  # all that it calls is there
        endpoint.protocol = protocol
        self._protocols.append(protocol)
        self._sockets.append(endpoint)
        return protocol.local_candidate

    async def _reflexive(self, server: tuple[str, int], wait_s: float) -> list[aioice.Candidate]:
        asked = [
            asyncio.create_task(ice.server_reflexive_candidate(protocol, server))
            for protocol in self._protocols
            if ipaddress.ip_address(protocol.local_candidate.host).version == 4
        ]
        if not asked:
            return []
        done, late = await asyncio.wait(asked, timeout=wait_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return [task.result()[0] for task in done if task.exception() is None]

    # --- receiving -----------------------------------------------------------------------------

    def _receive(self, endpoint: UdpSocket, length: int, sender: Address) -> None:
        """
        One datagram, but for media on a path that is up; RFC 7983, section 7, tells its protocol by
        the first byte.
        """
        first = self._buffer[0]
        if first < 4:
            self._receive_stun(endpoint, bytes(self._buffer[:length]), sender)
        elif 20 <= first < 64 and sender in self._checked:
            self._owner.on_dtls(bytes(self._buffer[:length]))
        else:
            self._drop("foreign")

    def _receive_stun(self, endpoint: UdpSocket, packet: bytes, sender: Address) -> None:
        protocol = endpoint.protocol
        if len(packet) < stun.HEADER_LENGTH or packet[4:8] != _COOKIE or protocol is None:
            self._drop("foreign")
            return
        if self.path == (endpoint, sender) and self._repeats(endpoint, packet, sender):
            self.heard_s = self._clock()
            return
        # RFC 8489, section 5: the class is in bits 0x0110 of the type; bit 0x0100 marks answers.
        expected = packet[8:20] in protocol.transactions if packet[0] & 1 else self._mark in packet
        if not expected:
            self._drop("foreign")
            return
        self._packet = packet
        try:
            protocol.datagram_received(packet, sender)
        except _MALFORMED:
            self._drop("malformed")

    def _repeats(self, endpoint: UdpSocket, packet: bytes, sender: Address) -> bool:
        """Take a check of the path in use, or the answer to one of ours, if it is just that."""
        if packet[0] & 1:
            if self._checks is None or not self._checks.answered(packet):
                return False
            self._consent(self._clock())
            return True
        answer = self._answers.to(packet) if self._answers is not None else None
        if answer is None:
            return False
        endpoint.sendto(answer, sender)
        return True

    def be_patient(self) -> None:
        """Nothing that comes is urgent from now on."""
        for endpoint in self._sockets:
            endpoint.be_patient()

    def be_exact(self) -> None:
        """When something came counts, not when it was read."""
        for endpoint in self._sockets:
            endpoint.be_exact()

    def data_received(self, data: bytes, component: int) -> None:  # noqa: ARG002 - overrides
        """What aioice's STUN parser refused; media and DTLS never come this way."""
        self._drop("malformed")

    def check_incoming(
        self, message: stun.Message, addr: Address, protocol: ice.StunProtocol
    ) -> None:
        """An authentic check by the client."""
        if len(self._checked) < CHECKED_MAX or addr in self._checked:
            super().check_incoming(message, addr, protocol)
            self._checked.add(addr)
            self.heard_s = self._clock()
            path = self.path
            if path and path[0].protocol is protocol and path[1] == addr and "." in addr[0]:
                self._answers = Answers(self._packet, addr, self.local_password.encode())

    def check_complete(self, pair: ice.CandidatePair) -> None:
        """A check of ours ended; it may have nominated its pair."""
        super().check_complete(pair)
        if pair.state == ice.CandidatePair.State.SUCCEEDED:
            self._checked.add(pair.remote_addr)
            self.heard_s = self._clock()
        nominated = self._nominated.get(pair.component)
        if nominated is None:
            return
        endpoint = nominated.protocol.transport
        assert isinstance(endpoint, UdpSocket)
        path = (endpoint, nominated.remote_addr)
        if path != self.path:
            if self.path is None:
                self._hand_over()
            self.path = path
            self._answers = self._checks = None
            self._owner.on_path(self)

    def _hand_over(self) -> None:
        """
        Media goes to the owner from now on.

        Not from the nominated pair alone: a client that nominates several pairs at once (aioice
        does) may choose another of them than we do. SRTP tells whose it is.
        """
        for endpoint in self._sockets:
            endpoint.hand_over(self._owner.on_media, self, self._checked, self._clock)

    def _drop(self, reason: str) -> None:
        dropped = self._counters.dropped
        dropped[reason] = dropped.get(reason, 0) + 1

    # --- the end -------------------------------------------------------------------------------

    async def query_consent(self) -> None:
        """aioice starts this at the nomination; from then on `_keep` looks after consent."""
        self._consent(self._clock())
        self._patience.every(KEEP_S, self._keep)

    def _consent(self, now_s: float) -> None:
        self._consented_s = now_s
        self._fresh_s = CONSENT_S * random.uniform(0.8, 1.2)  # noqa: S311 - no secret

    def _keep(self) -> None:
        """Ask when it is time; tell when it is over. Called every `KEEP_S`."""
        now_s = self._clock()
        quiet_s, age_s = now_s - self.heard_s, now_s - self._consented_s
        if quiet_s > SILENT_S or age_s > EXPIRED_S:
            self._patience.cease(self._keep)
            self._owner.on_silent(self)
        elif (quiet_s >= QUIET_S or age_s >= self._fresh_s) and now_s >= self._ask_s:
            self._ask_s = now_s + ASK_AGAIN_S
            self._ask()

    def _ask(self) -> None:
        pair = self._nominated.get(1)
        if self.path is None or pair is None or self.remote_password is None:
            return
        if self._checks is None:
            request = self.build_request(pair, nominate=False)
            self._checks = Checks(request, self.remote_password.encode())
        endpoint, address = self.path
        endpoint.sendto(self._checks.ask(), address)

    def switch_role(self, ice_controlling: bool) -> None:  # aioice's signature
        """RFC 8445, 7.3.1.1: both thought the same; our checks say the other thing from now on."""
        super().switch_role(ice_controlling)
        self._checks = None

    async def close(self) -> None:
        """Close the sockets; twice is fine."""
        self._shut = True
        self.path = None
        self._patience.cease(self._keep)
        # aioice's own can't be taken up again where somebody was cancelled in its midst.
        if self._shutting is None:
            self._shutting = asyncio.create_task(self._close())
        await asyncio.shield(self._shutting)

    async def _close(self) -> None:
        await super().close()
        for endpoint in self._sockets:
            endpoint.close()


def _random(length: int) -> str:
    return "".join(secrets.choice(_ICE_CHARS) for _ in range(length))


def _same_family(one: str, other: str) -> bool:
    return ipaddress.ip_address(one).version == ipaddress.ip_address(other).version


def _usable_candidate(line: str) -> aioice.Candidate | None:
    """
    A client's candidate that is worth a check; None for the others.

    Names (mDNS) and TCP are left out: whoever hides its address will come by itself.
    """
    try:
        candidate = aioice.Candidate.from_sdp(line)
        address = ipaddress.ip_address(candidate.host)
    except ValueError:
        return None
    fit = (
        candidate.component == 1
        and candidate.transport.lower() == "udp"
        and candidate.type in ("host", "srflx", "relay")
        and 0 < candidate.port < 65_536
        and not address.is_unspecified
        and not address.is_multicast
    )
    return candidate if fit else None
