"""Nothing lost, nothing twice: over dropped connections and over a killed service."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from meetings.commands import Join, LikeComment, OpenMeeting, OpenVote, PostComment, RequestFloor
from meetings.people import Person, Role
from meetings.record.port import read_all
from meetings.record.sqlite import SqliteRecord
from tests.integration.signaling.client import Client, connected, snapshot
from tests.integration.signaling.service import (
    HOST,
    LI,
    MEETING,
    WAIT_S,
    WANG,
    ZHAO,
    Service,
    eventually,
    running,
)

COMMANDS = 2_000
DROPS = 40


async def busy(service: Service, commands: int) -> None:
    """Comments, likes and hands of many people, in waves, so that updates have time to go out."""
    people = [Person(id=f"p{n}", name=f"居民{n}", role=Role.VIEWER) for n in range(8)]
    for person in people:
        await service.meetings.submit(MEETING, person, f"joining-{person.id}", Join())
    last = 0
    for wave in range(0, commands, len(people)):
        answers = []
        for n, person in enumerate(people):
            number = wave + n
            if number % 5 == 4 and last:
                command: Any = LikeComment(comment=last)
            elif number % 41 == 7:
                command = RequestFloor()
            else:
                command = PostComment(text=f"第{number}条")
            answers.append(service.ask(person, command, f"command-{number:06}"))
        done = await asyncio.gather(*answers)
        last = max((getattr(one, "offset", 0) for one in done), default=last)
        await asyncio.sleep(0.002)


async def dropping(client: Client, dice: random.Random, done: asyncio.Event) -> int:
    """Read a few frames, lose the connection, come back with the position; over and over."""
    drops = 0
    while not done.is_set() or drops < DROPS:
        for _frame in range(dice.randrange(6)):
            if done.is_set():
                break
            with suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    await client.read()
        client.drop()
        drops += 1
        await client.connect()
        assert client.frames[0]["resumed"]
    return drops


@pytest.mark.parametrize("person", [WANG, LI], ids=["viewer", "member"])
def test_a_client_that_drops_at_random_misses_nothing_and_sees_nothing_twice(
    person: Person,
) -> None:
    """
    While 2,000 commands are carried out. The client itself checks that offsets of record sections
    strictly rise; what it has in the end is what somebody sees who comes fresh.
    """

    async def scenario() -> None:
        async with running() as service, connected(HOST, service.url) as host:
            await host.ask(OpenMeeting())
            client = await Client(person, service.url).connect()
            done = asyncio.Event()
            async with asyncio.TaskGroup() as tasks:
                task = tasks.create_task(dropping(client, random.Random(11), done))
                await busy(service, COMMANDS)
                done.set()
            assert task.result() >= DROPS
            live = await service.meetings.live(MEETING)
            assert live.meeting.offset > COMMANDS * 0.9
            await client.until(lambda: client.offset == live.meeting.offset)
            assert client.sections == await snapshot(person, service.url)
            await client.close()

    asyncio.run(scenario())


# --- the service is killed --------------------------------------------------------------------


class Process:
    """The service as a process of its own, on a SQLite file."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._process: asyncio.subprocess.Process | None = None
        self.url = ""

    async def start(self, port: int = 0) -> None:
        """Returns once it answers."""
        arguments = ("-m", "tests.integration.signaling.node", str(self._database), str(port))
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdout=asyncio.subprocess.PIPE
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(60):
            self.url = (await self._process.stdout.readline()).decode().strip()
        assert self.url

    async def kill(self) -> None:
        """At once, without a word."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.split(":")[2].split("/")[0])


@asynccontextmanager
async def process(database: Path) -> AsyncIterator[Process]:
    """A service process for the time of the context."""
    service = Process(database)
    await service.start()
    try:
        yield service
    finally:
        await service.kill()


async def persistent(client: Client, said: dict[str, int], last: int) -> None:
    """
    Post numbered comments until the last one is acknowledged, over every loss of the connection;
    what was not acknowledged is sent again under its id.
    """
    number = 0
    while number < last:
        try:
            while number < last:
                command_id = f"{client.person.id}-{number:06}"
                answer = await client.ask(PostComment(text=command_id), command_id)
                assert answer["type"] == "result"
                said[command_id] = answer["offset"]
                number += 1
        except (ConnectionClosed, ConnectionError):
            await come_back(client)


async def come_back(client: Client) -> None:
    """As a page does: again and again."""
    for _attempt in range(int(WAIT_S / 0.05)):
        try:
            await client.connect()
        except (OSError, InvalidHandshake, ConnectionClosed):
            await asyncio.sleep(0.05)  # the pause of a page that comes again
        else:
            assert client.frames[0]["resumed"]
            return
    raise TimeoutError("the service did not come back")


def test_a_killed_service_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    """
    SIGKILL twice under load. Clients come back by themselves with (epoch, offset), repeat
    what was not acknowledged, and each comment is in the record once, at the promised offset.
    """
    database = tmp_path / "meeting.sqlite"
    people = (LI, WANG, ZHAO)
    each = 120

    async def scenario() -> None:
        said: dict[str, int] = {}
        async with process(database) as service:
            port = service.port
            async with connected(HOST, service.url) as host:
                await host.ask(OpenMeeting())
                await host.ask(OpenVote(question="同意吗", options=("同意", "反对")))
            clients = [await Client(person, service.url).connect() for person in people]
            async with asyncio.TaskGroup() as tasks:
                for client in clients:
                    tasks.create_task(persistent(client, said, each))
                for kill in (1, 2):
                    enough = kill * len(people) * each // 3
                    await eventually(lambda enough=enough: len(said) >= enough)  # type: ignore[misc]
                    await service.kill()
                    await service.start(port)
            head = max(said.values())
            for client in clients:
                await client.until(lambda client=client: client.offset >= head)  # type: ignore[misc]
                assert client.sections == await snapshot(client.person, service.url)
                await client.close()
        record = SqliteRecord(database)
        entries = await read_all(record, MEETING)
        await record.close()
        posted = [entry for entry in entries if entry.event.type == "comment.posted"]
        assert {entry.cause: entry.offset for entry in posted} == said
        assert len(posted) == len(said) == len(people) * each

    asyncio.run(scenario())
