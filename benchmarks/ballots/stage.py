"""A service of its own, an open meeting, and the votes that are cast into."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from benchmarks.ballots.sockets import HttpVoter, SocketVoter, Tally
from benchmarks.forwarding.machine import cpu_ns
from demo.client import MeetingClient
from meetings.ballots.blind import EXPONENT, PaperKey
from meetings.ballots.keys import KeyFolder
from meetings.ballots.voter import new_serial
from meetings.commands import CloseVote, OpenMeeting, OpenVote
from meetings.people import Person, Role
from meetings.sections import VoteView
from meetings.voting.terms import VoteRules
from signaling.wire.frames import Result, Sections
from tests.fixtures.service import Meeting, Service
from web.auth import Invitations
from web.settings import Settings

OPTIONS = ("同意", "反对", "弃权")
JOINING = 50  # connections that come at a time


@dataclass
class Stage:
    """What is measured."""

    service: Service
    meeting: Meeting
    host: MeetingClient
    pid: int

    def cpu_s(self) -> float:
        """CPU time of the service's main process so far."""
        return cpu_ns(self.pid) / 1e9

    async def put(self, secrecy: str) -> VoteView:
        """Put a vote in which ballots may be changed."""
        rules = VoteRules(kind="motion", secrecy=secrecy, changeable=True)
        answer = await self.host.ask(OpenVote(question="同意吗", options=OPTIONS, rules=rules))
        assert isinstance(answer, Result), answer
        return await self._vote(answer.offset, "open")

    async def close(self, vote: int) -> VoteView:
        """Close it; returns it with its outcome."""
        assert isinstance(await self.host.ask(CloseVote(vote=vote)), Result)
        return await self._vote(vote, "closed")

    async def _vote(self, number: int, state: str) -> VoteView:
        def found(sections: Sections) -> VoteView | None:
            votes = sections.votes.votes if sections.votes is not None else ()
            return next((v for v in votes if v.id == number and v.state == state), None)

        vote = found(await self.host.until(lambda sections: found(sections) is not None))
        assert vote is not None
        return vote

    async def by_socket(self, voters: int, vote: VoteView, tally: Tally) -> list[SocketVoter]:
        """So many residents, connected and welcomed."""
        settings = Settings(data=self.service.data)
        tokens = Invitations(settings.signing_secret(), time.time)
        loop = asyncio.get_running_loop()
        joined: list[SocketVoter] = []

        async def join(number: int) -> SocketVoter:
            person = Person(id=f"voter-{number:05}", name=f"居民{number}", role=Role.VIEWER)
            token = tokens.issue(self.meeting.id, person)
            _, voter = await loop.create_connection(
                lambda: SocketVoter(tally, number, token, vote.id, len(vote.options)),
                "127.0.0.1",
                self.service.port,
            )
            await voter.ready
            return voter

        for first in range(0, voters, JOINING):
            numbers = range(first, min(first + JOINING, voters))
            joined += await asyncio.gather(*(join(number) for number in numbers))
        return joined

    async def by_http(self, voters: int, vote: VoteView, tally: Tally) -> list[HttpVoter]:
        """
        So many papers, each with a connection of its own.

        They are signed here with the vote's own key: how papers are blinded and given out is not
        what is measured.
        """
        folder = KeyFolder(self.service.data / "ballot-keys")
        key = _signer(folder.load(self.meeting.id, vote.paper_key).paper)
        pss = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
        path = f"/api/ballots/{self.meeting.id}/{vote.id}"
        loop = asyncio.get_running_loop()
        connected: list[HttpVoter] = []
        for _ in range(voters):
            serial = new_serial()
            signature = key.sign(serial, pss, hashes.SHA384())
            paper = {"serial": serial.hex(), "signature": signature.hex()}
            ballots = tuple(
                json.dumps({**paper, "marks": marks}).encode()
                for marks in ([1, 0, 0], [0, 1, 0], [0, 0, 1])
            )
            _, voter = await loop.create_connection(
                lambda ballots=ballots: HttpVoter(tally, path, ballots),  # type: ignore[misc]
                "127.0.0.1",
                self.service.port,
            )
            connected.append(voter)
        return connected


def _signer(key: PaperKey) -> rsa.RSAPrivateKey:
    """The vote's key, as the library takes it: it signs faster than blinding would go."""
    d = pow(EXPONENT, -1, (key.p - 1) * (key.q - 1))
    return rsa.RSAPrivateNumbers(
        p=key.p,
        q=key.q,
        d=d,
        dmp1=d % (key.p - 1),
        dmq1=d % (key.q - 1),
        iqmp=rsa.rsa_crt_iqmp(key.p, key.q),
        public_numbers=rsa.RSAPublicNumbers(EXPONENT, key.modulus),
    ).private_key()


def _pin(pid: int, cpu: int) -> None:
    """Keep all threads of a process on one processor."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {cpu})


@contextlib.asynccontextmanager
async def stage(folder: Path, cpu: int) -> AsyncIterator[Stage]:
    """Start a service on an empty folder and one processor, and open a meeting."""
    service = Service(folder)
    await asyncio.to_thread(service.start)
    try:
        pid = service.pid
        _pin(pid, cpu)
        meeting = await asyncio.to_thread(
            lambda: service.new_meeting("投票", host="主持人", participants=[], agenda=["测量"])
        )
        host = MeetingClient(service.url, meeting.people["主持人"].token)
        running = asyncio.create_task(host.run())
        try:
            await host.ask(OpenMeeting())
            yield Stage(service, meeting, host, pid)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    finally:
        await asyncio.to_thread(service.stop)
