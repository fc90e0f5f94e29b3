"""`media.peers.ice`: paths, on loopback, against aioice's own connection as the client."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

import aioice
import pytest
from aioice import stun

from media.control import MediaCode, MediaRefused
from media.peers import ice
from media.peers.ice import IceConnection
from media.peers.patience import Patience
from media.peers.port import PeerCounters
from media.peers.sdp import Transport
from media.peers.udp import DATAGRAM_MAX, Address
from media.settings import MediaSettings
from tests.media_clients import free_range

pytestmark = pytest.mark.usefixtures("on_loopback")

LOOPBACK = MediaSettings(addresses=("127.0.0.1",))
MEDIA = b"\x80" + b"m" * 30
DTLS = b"\x16" + b"d" * 30
WAIT_S = 5.0


@dataclass
class Owner:
    """An `IceOwner` that keeps what it is told."""

    buffer: bytearray = field(default_factory=lambda: bytearray(DATAGRAM_MAX))
    counters: PeerCounters = field(default_factory=PeerCounters)
    told: asyncio.Queue[bytes | str] = field(default_factory=asyncio.Queue)

    def on_media(self, _: IceConnection, length: int, now_s: float) -> None:
        self.told.put_nowait(bytes(self.buffer[:length]))

    def on_dtls(self, packet: bytes) -> None:
        self.told.put_nowait(packet)

    def on_path(self, _: IceConnection) -> None:
        self.told.put_nowait("path")

    def on_silent(self, _: IceConnection) -> None:
        self.told.put_nowait("silent")

    def connection(
        self,
        settings: MediaSettings = LOOPBACK,
        *,
        controlling: bool = False,
        clock: Callable[[], float] | None = None,
    ) -> IceConnection:
        parts = (settings, self, self.counters, self.buffer, Patience())
        if clock is None:
            return IceConnection(*parts, controlling=controlling)
        return IceConnection(*parts, controlling=controlling, clock=clock)

    async def next(self) -> bytes | str:
        async with asyncio.timeout(WAIT_S):
            return await self.told.get()


@dataclass
class Line:
    """A path that is up."""

    owner: Owner
    ours: IceConnection
    client: aioice.Connection

    @property
    def address(self) -> Address:
        local = self.ours.local_candidates[0]
        return local.host, local.port


def run(
    scenario: Callable[[Line], Awaitable[None]],
    *,
    controlling: bool = False,
    clock: Callable[[], float] | None = None,
) -> None:
    """Connect, do the scenario, close."""

    async def whole() -> None:
        owner = Owner()
        ours = owner.connection(controlling=controlling, clock=clock)
        client = aioice.Connection(ice_controlling=not controlling)
        await ours.gather_candidates()
        client.remote_username, client.remote_password = ours.local_username, ours.local_password
        for line in ours.candidate_lines():
            await client.add_remote_candidate(aioice.Candidate.from_sdp(line))
        await client.gather_candidates()
        remote = Transport(client.local_username, client.local_password, (), "actpass")
        async with asyncio.timeout(WAIT_S):
            # The client names no candidates: they are learnt from its checks.
            await asyncio.gather(ours.open(remote), client.connect())
        assert await owner.next() == "path"
        await scenario(Line(owner, ours, client))
        await client.close()
        await ours.close()

    asyncio.run(whole())


@pytest.mark.parametrize("controlling", [False, True])
def test_a_client_without_candidates_is_found_by_its_checks(*, controlling: bool) -> None:
    async def scenario(line: Line) -> None:
        assert line.ours.path is not None
        assert line.ours.path[1] == (
            line.client.local_candidates[0].host,
            line.client.local_candidates[0].port,
        )

    run(scenario, controlling=controlling)


def test_data_is_told_apart_by_its_first_byte() -> None:
    async def scenario(line: Line) -> None:
        for packet in (MEDIA, DTLS):
            await line.client.send(packet)
            assert await line.owner.next() == packet
        for first in (4, 19, 64, 127, 192, 255):
            await line.client.send(bytes([first]) + b"x" * 20)
        await line.client.send(MEDIA)
        assert await line.owner.next() == MEDIA
        assert line.owner.counters.dropped == {"foreign": 6}

    run(scenario)


def test_what_we_send_arrives_at_the_client() -> None:
    async def scenario(line: Line) -> None:
        assert line.ours.path is not None
        endpoint, address = line.ours.path
        endpoint.send(MEDIA, address)
        assert await line.client.recv() == MEDIA

    run(scenario)


def request(username: str, key: bytes | None = None, *, priority: bool = True) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = username
    if priority:
        message.attributes["PRIORITY"] = 1
    if key is not None:
        message.add_message_integrity(key)
    return bytes(message)


def response() -> bytes:
    return bytes(stun.Message(stun.Method.BINDING, stun.Class.RESPONSE))


def test_foreign_packets_are_counted_and_answered_by_nothing() -> None:
    async def scenario(line: Line) -> None:
        header = struct.pack("!HHI12s", 1, 0, stun.COOKIE, b"t" * 12)
        foreign = [
            MEDIA,
            DTLS,
            b"\x00",
            b"\x00" * 20,
            header,
            request("nobody:else"),
            request("nobody:else", b"k" * 22),
            response(),
            b"\x01\x01" + header[2:],
        ]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.1", 0))
            for packet in foreign:
                stranger.sendto(packet, line.address)
            await line.client.send(MEDIA)
            assert await line.owner.next() == MEDIA
            assert line.owner.counters.dropped == {"foreign": len(foreign)}
            stranger.setblocking(False)
            with pytest.raises(BlockingIOError):
                stranger.recv(2_048)

    run(scenario)


def test_malformed_checks_of_the_client_are_counted() -> None:
    """aioice 0.13 lets these through as KeyError and struct.error."""

    async def scenario(line: Line) -> None:
        key = line.ours.local_password.encode()
        username = f"{line.ours.local_username}:{line.client.local_username}"
        short = bytearray(request(username))
        at = short.index(b"\x00\x24\x00\x04")
        del short[at + 6 : at + 8]
        short[at + 3] = 2
        short += b"\x00\x00"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            for packet in (
                request(username, key, priority=False),
                bytes(short),
                request(username)[:-1],
            ):
                other.sendto(packet, line.address)
            await line.client.send(MEDIA)
            assert await line.owner.next() == MEDIA
        assert line.owner.counters.dropped == {"malformed": 3}

    run(scenario)


def test_media_may_come_from_any_address_that_passed_a_check() -> None:
    """A client that nominates several pairs may send over another of them than we do."""

    async def scenario(line: Line) -> None:
        key = line.ours.local_password.encode()
        username = f"{line.ours.local_username}:{line.client.local_username}"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            for packet in (MEDIA, DTLS, request(username, key), MEDIA, DTLS):
                other.sendto(packet, line.address)
            assert await line.owner.next() == MEDIA
            assert await line.owner.next() == DTLS
        assert line.owner.counters.dropped == {"foreign": 2}

    run(scenario)


class Clock:
    """Monotonic seconds that stand still unless moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_a_client_that_is_gone_is_noticed() -> None:
    clock = Clock()

    async def scenario(line: Line) -> None:
        await line.client.close()
        clock.now_s += ice.SILENT_S + 0.1
        assert await line.owner.next() == "silent"

    run(scenario, clock=clock)


def test_a_quiet_client_that_answers_stays() -> None:
    clock = Clock()

    async def scenario(line: Line) -> None:
        clock.now_s += ice.SILENT_S - 0.1
        async with asyncio.timeout(WAIT_S):
            while line.ours.heard_s < clock.now_s:  # noqa: ASYNC110  # a real answer is awaited
                await asyncio.sleep(0.01)
        assert line.owner.told.empty()

    run(scenario, clock=clock)


def test_repeated_checks_are_answered_without_aioice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways: after the first, aioice sees no check of the path in use and no answer."""

    async def scenario(line: Line) -> None:
        ours, client = line.ours, line.client
        pair = client._nominated[1]

        async def check() -> None:
            request = client.build_request(pair, nominate=False)
            key = ours.local_password.encode()
            await pair.protocol.request(request, line.address, integrity_key=key)

        async with asyncio.timeout(WAIT_S):
            await check()

            def unexpected(*_: object) -> None:
                pytest.fail("aioice was asked")

            monkeypatch.setattr(ours, "request_received", unexpected)
            for _ in range(3):
                await check()
            consented_s = ours._consented_s
            ours._ask()
            while ours._consented_s == consented_s:  # noqa: ASYNC110  # a real answer is awaited
                await asyncio.sleep(0.001)
        assert line.owner.counters.dropped == {}

    run(scenario)


def test_a_port_range_that_is_used_up_is_a_refusal() -> None:
    async def scenario() -> None:
        low, high = free_range(1)
        settings = MediaSettings(addresses=("127.0.0.1",), udp_port_min=low, udp_port_max=high)
        owner = Owner()
        first, second = owner.connection(settings), owner.connection(settings)
        await first.gather_candidates()
        with pytest.raises(MediaRefused) as caught:
            await second.gather_candidates()
        assert caught.value.code is MediaCode.NO_PORT
        await second.close()
        await first.close()

    asyncio.run(scenario())


def gathered(settings: MediaSettings) -> list[aioice.Candidate]:
    async def scenario() -> list[aioice.Candidate]:
        connection = Owner().connection(settings)
        await connection.gather_candidates()
        lines = connection.candidate_lines()
        await connection.close()
        return [aioice.Candidate.from_sdp(line) for line in lines]

    return asyncio.run(scenario())


def test_a_public_address_is_told_beside_the_local_one() -> None:
    local, public = gathered(MediaSettings(addresses=("127.0.0.1",), public_address="198.51.100.9"))
    assert (local.host, local.type) == ("127.0.0.1", "host")
    assert (public.host, public.type, public.port) == ("198.51.100.9", "srflx", local.port)
    assert public.related_address == "127.0.0.1"
    assert public.priority < local.priority


def test_loopback_is_used_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*, use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return []

    monkeypatch.setattr(aioice.ice, "get_host_addresses", none)
    with pytest.raises(MediaRefused):
        gathered(MediaSettings())
    assert [c.host for c in gathered(MediaSettings(ice_loopback=True))] == ["127.0.0.1"]


def test_a_connection_closed_before_it_gathers_opens_nothing() -> None:
    async def scenario() -> None:
        connection = Owner().connection()
        gathering = asyncio.ensure_future(connection.gather_candidates())
        await asyncio.sleep(0)
        await connection.close()
        await gathering
        assert connection.candidate_lines() == ()

    asyncio.run(scenario())


def test_whoever_stops_waiting_for_the_close_leaves_nothing_open() -> None:
    """A peer ends while an old path is being closed: whatever step that was at, all is closed."""

    async def scenario() -> None:
        for steps in range(1, 12):
            connection = Owner().connection()
            await connection.gather_candidates()
            (local, *_) = connection.local_candidates
            closing = asyncio.ensure_future(connection.close())
            for _ in range(steps):
                await asyncio.sleep(0)
            closing.cancel()
            await asyncio.wait([closing])
            await connection.close()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
                again.bind((local.host, local.port))

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "line",
    [
        "",
        "1 1 udp 1 7d0b6c5e.local 5000 typ host",
        "1 1 udp 1 example.org 5000 typ host",
        "1 2 udp 1 192.0.2.1 5000 typ host",
        "1 1 tcp 1 192.0.2.1 9 typ host tcptype active",
        "1 1 udp 1 192.0.2.1 0 typ host",
        "1 1 udp 1 192.0.2.1 65536 typ host",
        "1 1 udp 1 192.0.2.1 x typ host",
        "1 1 udp 1 0.0.0.0 5000 typ host",
        "1 1 udp 1 224.0.0.1 5000 typ host",
        "1 1 udp 1 192.0.2.1 5000 typ prflx",
    ],
)
def test_a_candidate_that_can_not_be_checked_is_ignored(line: str) -> None:
    assert ice._usable_candidate(line) is None


def test_a_candidate_in_either_case_and_family_is_used() -> None:
    for line in (
        "0 1 UDP 2122187007 192.0.2.2 46341 typ host",
        "1 1 udp 1 2001:db8::1 5000 typ srflx raddr :: rport 9",
    ):
        assert ice._usable_candidate(line) is not None


def test_a_stun_server_tells_our_public_address() -> None:
    """A server of the test's own on loopback; none is asked unless it is set."""

    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = cast("asyncio.DatagramTransport", transport)

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            asked = stun.parse_message(data)
            told = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, asked.transaction_id)
            told.attributes["XOR-MAPPED-ADDRESS"] = ("198.51.100.3", 4_711)
            self.transport.sendto(bytes(told), addr)

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
        connection = Owner().connection(
            MediaSettings(addresses=("127.0.0.1",), ice_servers=(f"stun:127.0.0.1:{port}",))
        )
        await connection.gather_candidates()
        reflexive = [c for c in connection.local_candidates if c.type == "srflx"]
        assert [(c.host, c.port) for c in reflexive] == [("198.51.100.3", 4_711)]
        await connection.close()
        transport.close()

    asyncio.run(scenario())
