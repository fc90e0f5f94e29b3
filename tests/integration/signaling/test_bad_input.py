"""Whatever a client sends, it gets its code, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from meetings.commands import OpenMeeting, PostComment
from signaling.connection import Connection
from signaling.limits import Limits, Rate
from signaling.transport import WIRE
from signaling.wire.codes import CloseCode, ErrorCode
from signaling.wire.frames import COMMAND_MAX
from tests.integration.signaling.client import Client, connected
from tests.integration.signaling.service import (
    FAST,
    HOST,
    MEETING,
    WAIT_S,
    WANG,
    ZHAO,
    Service,
    Tokens,
    eventually,
    running,
    token,
)

STRICT = replace(
    FAST, frames=Rate(burst=40, per_s=1.0), comments=Rate(burst=5, per_s=0.1), errors_max=30
)
PING = {"type": "ping", "sent_ms": 1.0}


def beside_others(
    scenario: Callable[[Service, Client], Awaitable[None]], limits: Limits = STRICT
) -> None:
    """
    Run *scenario* with a fresh connection of somebody's, in a meeting where two others talk; they
    must see each other's comments while it lasts and after it, without a reconnect.
    """

    async def talk(service: Service, done: asyncio.Event) -> int:
        said = 0
        while not done.is_set():
            said += 1
            await service.ask(HOST, PostComment(text=f"第{said}句"), f"talking-{said}")
            await asyncio.sleep(0.01)  # a lively meeting
        return said

    async def everything() -> None:
        async with (
            running(limits) as service,
            connected(HOST, service.url) as host,
            connected(ZHAO, service.url) as zhao,
        ):
            await host.ask(OpenMeeting())
            before = (await service.meetings.live(MEETING)).meeting.offset
            done = asyncio.Event()
            async with asyncio.TaskGroup() as tasks:
                talking = tasks.create_task(talk(service, done))
                wild = await Client(WANG, service.url).connect(greet=False)
                try:
                    await scenario(service, wild)
                finally:
                    done.set()
            wild.drop()
            said = talking.result()
            await zhao.until(lambda: zhao.sections["comments"]["total"] >= said > 0)
            assert zhao.offset > before
            assert len(zhao.frames) == 1, "more than the welcome"

    asyncio.run(everything())


async def error(client: Client) -> str:
    """The code of the next error frame."""
    return str((await client.answer("error"))["code"])


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", ErrorCode.MALFORMED),
        (b"{}", ErrorCode.MALFORMED),
        ("null", ErrorCode.MALFORMED),
        ("[" * 10_000, ErrorCode.MALFORMED),
        (json.dumps({"type": "ping"}), ErrorCode.MALFORMED),
        (json.dumps({"type": "dance"}), ErrorCode.UNKNOWN_TYPE),
        (json.dumps(PING) + " " * COMMAND_MAX, ErrorCode.TOO_LARGE),
        ("x" * 140_000, ErrorCode.TOO_LARGE),
        (json.dumps({"type": "hello", "token": "x", "resume": None}), ErrorCode.OUT_OF_ORDER),
        (json.dumps({"type": "link.answer", "offer": 3, "sdp": "v"}), ErrorCode.OUT_OF_ORDER),
        (json.dumps({"type": "link.publish", "sdp": "v=0"}), ErrorCode.LINK_FORBIDDEN),
    ],
)
def test_a_bad_frame_gets_its_code_and_the_connection_lives_on(
    frame: str | bytes, code: ErrorCode
) -> None:
    """Malformed, unknown, too large, out of order, not allowed."""

    async def scenario(_: Service, wild: Client) -> None:
        await wild.greet()
        await wild.say(frame)
        assert await error(wild) == code
        await wild.say(PING)
        await wild.answer("pong")

    beside_others(scenario)


def test_text_that_is_not_utf8_is_a_bad_frame_like_others() -> None:
    """The library below would close, and log a traceback."""

    async def scenario(_: Service, wild: Client) -> None:
        await wild.greet()
        await wild.socket.send(b'{"type":"ping","sent_ms":1,"x":"\xff"}', text=True)
        assert await error(wild) == ErrorCode.MALFORMED
        await wild.socket.send([b"\xe8\xae", b"\xff"], text=True)  # in fragments
        assert await error(wild) == ErrorCode.MALFORMED
        await wild.say(PING)
        await wild.answer("pong")

    beside_others(scenario)


def test_before_hello_everything_is_out_of_order() -> None:
    """Until hello comes."""

    async def scenario(_: Service, wild: Client) -> None:
        for _attempt in range(3):
            await wild.say(PING)
            assert await error(wild) == ErrorCode.OUT_OF_ORDER
        await wild.greet()

    beside_others(scenario)


def test_who_says_nothing_is_closed_as_idle() -> None:
    """Without a hello, and later without pings."""
    limits = replace(STRICT, hello_s=0.2, idle_s=0.3)

    async def scenario() -> None:
        async with running(limits) as service:
            silent = await Client(WANG, service.url).connect(greet=False)
            assert await silent.closed() == CloseCode.IDLE
            talker = await Client(WANG, service.url).connect()
            for _ping in range(3):
                await talker.say(PING)
                await talker.answer("pong")
            assert await talker.closed() == CloseCode.IDLE

    asyncio.run(scenario())


def test_too_frequent_commands_are_refused_under_their_ids() -> None:
    """The sixth comment within a second; the client may send it again later."""

    async def scenario(_: Service, wild: Client) -> None:
        await wild.greet()
        answers = [await wild.ask(PostComment(text="广告")) for _n in range(6)]
        assert [answer["type"] for answer in answers] == ["result"] * 5 + ["refusal"]
        assert answers[-1]["code"] == ErrorCode.TOO_FREQUENT

    beside_others(scenario)


def test_who_comes_back_has_no_fresh_allowance_of_comments() -> None:
    """It belongs to the person, not to the connection."""

    async def scenario(service: Service, wild: Client) -> None:
        await wild.greet()
        for _n in range(5):
            await wild.ask(PostComment(text="广告"))
        wild.drop()
        await eventually(lambda: service.counters.closed["gone"] == 1)
        await wild.connect()
        assert (await wild.ask(PostComment(text="广告")))["type"] == "refusal"

    beside_others(scenario)


def test_a_flood_is_closed_for_good() -> None:
    """The code says: stop."""

    async def scenario(_: Service, wild: Client) -> None:
        await wild.greet()
        for _n in range(STRICT.errors_max):
            await wild.say("flood")
        assert await wild.closed() == CloseCode.FLOODING

    beside_others(scenario)


def test_a_giant_message_is_cut_off_by_the_transport() -> None:
    """RFC 6455, 7.4.1: 1009, without reading it."""

    async def scenario(_: Service, wild: Client) -> None:
        await wild.greet()
        await wild.say("x" * (STRICT.transport_max + 1))
        assert await wild.closed() == 1009

    beside_others(scenario)


def test_broken_websocket_frames_end_their_connection_alone() -> None:
    """Reserved bits, unmasked frames, a length that lies, plain noise."""
    noise = random.Random(1)

    async def scenario(service: Service, wild: Client) -> None:
        await wild.greet()
        for raw in (
            b"\xf1\x80\0\0\0\0",
            b"\x81\x02hi",
            b"\x81\xff" + struct.pack(">Q", 2**62) + b"\0\0\0\0",
            b"\x88\x81\0\0\0\0\x03",
            noise.randbytes(3_000),
        ):
            client = await Client(WANG, service.url).connect()
            client.socket.transport.write(raw)
            assert await client.closed() in {1002, 1006, 1009}

    beside_others(scenario)


def test_random_frames_never_break_anything() -> None:
    """Frames of the right types with random damage: each is answered or dropped."""
    dice = random.Random(7)
    pieces: list[Any] = [
        {"type": "command", "id": "random-0001", "command": {"type": "vote.cast", "vote": 1}},
        {"type": "command", "id": "random-0002", "command": {"type": "comment.like", "comment": 0}},
        {"type": "command", "id": "x", "command": None},
        {"type": "hello", "token": None, "resume": {"epoch": 1, "offset": -1}},
        {"type": "link.answer", "offer": 2**80, "sdp": "x"},
        {"type": "ping", "sent_ms": -(2**70)},
        {"type": "link.leave"},
    ]

    async def scenario(_: Service, wild: Client) -> None:
        await wild.greet()
        for _n in range(300):
            text = list(json.dumps(dice.choice(pieces)))
            for _damage in range(dice.randrange(3)):
                text[dice.randrange(len(text))] = dice.choice('{}[]",:0\\u\u8bae')
            await wild.say("".join(text))
        await wild.say(PING)
        await wild.answer("pong")

    beside_others(scenario, replace(FAST, errors_max=1_000))


async def sees_comments(client: Client, total: int) -> None:
    """Read until so many were posted."""
    await client.shown("comments", lambda comments: comments["total"] >= total)


def small_socket(url: str) -> socket.socket:
    """
    A connection whose receive buffer is small, so that not reading is felt soon. (With a tiny one
    the kernel drops segments and the acknowledgements in them.)
    """
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    sock.connect(("127.0.0.1", int(url.split(":")[2].split("/")[0])))
    sock.setblocking(False)
    return sock


def test_a_reader_that_stalls_is_cut_and_delays_nobody() -> None:
    """While it stalls and after it, others get their updates; it is dropped with its memory."""
    limits = replace(FAST, no_progress_s=1.0, close_s=0.2)
    text = "长" * 500

    async def scenario() -> None:
        async with running(limits) as service, connected(HOST, service.url) as host:
            await host.ask(OpenMeeting())
            stalled = await Client(WANG, service.url).connect(sock=small_socket(service.url))
            loop = asyncio.get_running_loop()
            slowest_s, n = 0.0, 0
            deadline_s = loop.time() + WAIT_S
            while not service.counters.closed["TOO_SLOW"]:
                began_s = loop.time()
                assert began_s < deadline_s
                await host.ask(PostComment(text=f"{text[:490]}{n}"))
                await sees_comments(host, n + 1)
                slowest_s = max(slowest_s, loop.time() - began_s)
                n += 1
            assert slowest_s < limits.no_progress_s / 2
            await eventually(lambda: service.counters.connections == 1)
            stalled.drop()
            assert host.sections["comments"]["total"] == n

    asyncio.run(scenario())


class Deaf:
    """Stands in for a WebSocket whose client talks and takes nothing; its own wire."""

    def __init__(self, *frames: dict[str, Any]) -> None:
        self.aborted = False
        self.scope = {"extensions": {WIRE: self}}
        self.writable = asyncio.Event()
        self._frames = [json.dumps(frame) for frame in frames]

    def abort(self) -> None:
        """See `Wire`."""
        self.aborted = True

    async def accept(self) -> None:
        """See starlette."""

    async def receive(self) -> dict[str, Any]:
        """See starlette."""
        if not self._frames:
            await asyncio.Event().wait()
        return {"type": "websocket.receive", "text": self._frames.pop(0)}

    async def close(self, code: int, reason: str) -> None:
        """See starlette."""
        await asyncio.Event().wait()


def test_a_client_that_lets_answers_pile_up_is_cut() -> None:
    """It asks and never reads: the answers are bounded, and its transport is aborted."""
    limits = replace(FAST, no_progress_s=60.0, direct_max=64, close_s=0.05)

    async def scenario() -> None:
        async with running(limits) as service, connected(HOST, service.url) as host:
            hello = {"type": "hello", "token": token(WANG), "resume": None}
            deaf = Deaf(hello, *[PING] * 100)
            socket_of_starlette: Any = deaf
            async with asyncio.timeout(WAIT_S):
                await Connection(socket_of_starlette, service.hubs, Tokens()).serve()
            assert deaf.aborted
            assert service.counters.closed == {"TOO_SLOW": 1}
            assert service.counters.frames_in <= 64 + 5
            await host.ask(OpenMeeting())

    asyncio.run(scenario())


def test_connections_that_never_finish_their_handshake_hurt_nobody() -> None:
    """Fifty sockets that say nothing, or half of a request."""

    async def scenario(service: Service, wild: Client) -> None:
        port = int(service.url.split(":")[2].split("/")[0])
        loose = []
        for n in range(50):
            sock = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
            if n % 2:
                sock.sendall(b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n")
            loose.append(sock)
        await wild.greet()
        for sock in loose:
            sock.close()

    beside_others(scenario)


def test_a_token_of_the_right_length_but_wrong_is_told_from_a_frame_that_is_wrong() -> None:
    """A token that is too long for the frame is malformed; the next hello may be right."""

    async def scenario(_: Service, wild: Client) -> None:
        await wild.say({"type": "hello", "token": "x" * 3_000, "resume": None})
        assert await error(wild) == ErrorCode.MALFORMED
        await wild.say({"type": "hello", "token": token(WANG), "resume": None})
        await wild.answer("welcome")

    beside_others(scenario)
