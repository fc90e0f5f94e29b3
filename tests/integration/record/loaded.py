"""
A meeting under load, in a process that is killed at any moment (`test_kill_loaded`).

Two dozen people comment, raise hands and vote, by name and secretly, while the host puts one
question after the other. Each line on stdout is something that was asked or acknowledged, said only
after it was; the parent is the memory of the people. What they had asked without an answer comes
back on stdin when the next process starts, and is asked again.

Usage: loaded.py FOLDER [close]      close: end all votes and the meeting, then leave.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from meetings import commands as cmd
from meetings import events as ev
from meetings.ballots import voter
from meetings.ballots.box import SqliteBox
from meetings.ballots.keys import KeyFolder
from meetings.people import Person, PersonId, Role
from meetings.proof.keys import SigningKey
from meetings.proof.notary import Notary
from meetings.record.port import MeetingExists, RecordError
from meetings.record.sqlite import SqliteRecord
from meetings.refusals import Refused
from meetings.service import Accepted, Answer, MeetingService
from meetings.voting.terms import PublishedBallot
from signaling.bus.in_process import InProcessBus

MEETING = "m1"
KEY = SigningKey(b"l" * 32)
SIGN_S = 0.05  # often, so that a kill falls between an entry and its checkpoint
PEOPLE = {
    "chen": Person(id="chen", name="陈主任", role=Role.HOST),
    **{
        f"p{number}": Person(id=f"p{number}", name=f"居民{number}", role=Role.PARTICIPANT)
        for number in range(24)
    },
}
COMMAND: TypeAdapter[cmd.Command] = TypeAdapter(cmd.Command)


def say(kind: str, **what: Any) -> None:
    """One line, at once: what was said stays said when the process is killed."""
    sys.stdout.write(json.dumps({"kind": kind, **what}) + "\n")
    sys.stdout.flush()


def clock_ms() -> int:
    return time.time_ns() // 1_000_000


class Hall:
    """The meeting, its people, and what is under way."""

    def __init__(self, service: MeetingService) -> None:
        self.service = service
        self.chance = random.Random(secrets.token_bytes(8))

    async def ask(
        self, person: PersonId, command: cmd.Command, command_id: str | None = None
    ) -> Answer:
        command_id = command_id or secrets.token_hex(8)
        about = {"person": person, "id": command_id, "command": COMMAND.dump_python(command)}
        say("ask", **about)
        answer = await self.service.submit(MEETING, PEOPLE[person], command_id, command)
        say("answer", **about, offset=answer.offset if isinstance(answer, Accepted) else None)
        return answer

    async def cast(self, vote: int, ballot: PublishedBallot) -> None:
        about = {"vote": vote, "ballot": ballot.model_dump()}
        say("cast", **about)
        refused = await self.service.cast(MEETING, vote, ballot)
        say("cast_answer", **about, taken=refused is None)

    async def take(self, person: PersonId, vote: int, blinded: voter.Blinded) -> bytes | None:
        """Return the paper's signature."""
        say("take", person=person, vote=vote, blinded=_kept(blinded))
        command = cmd.TakePaper(vote=vote, blinded=blinded.message.hex())
        answer = await self.ask(person, command)
        if isinstance(answer, Refused) or answer.paper is None:
            return None
        return blinded.unblind(bytes.fromhex(answer.paper))


def _kept(blinded: voter.Blinded) -> dict[str, Any]:
    fields = asdict(blinded)
    return {name: v.hex() if isinstance(v, bytes) else f"{v:x}" for name, v in fields.items()}


def _found(kept: dict[str, str]) -> voter.Blinded:
    return voter.Blinded(
        modulus=int(kept["modulus"], 16),
        serial=bytes.fromhex(kept["serial"]),
        message=bytes.fromhex(kept["message"]),
        inverse=int(kept["inverse"], 16),
    )


# --- people ---------------------------------------------------------------------------------------


async def host(hall: Hall) -> None:
    """Puts one question after the other, by name and secretly."""
    number = 0
    while True:
        number += 1
        votes = (await hall.service.live(MEETING)).meeting.votes
        if len(votes.open) >= 3:
            await hall.ask("chen", cmd.CloseVote(vote=votes.open[0]))
        secrecy = hall.chance.choice(["named", "secret"])
        rules = ev.VoteRules.model_validate(
            {"kind": "motion", "secrecy": secrecy, "changeable": hall.chance.random() < 0.5}
        )
        question = cmd.OpenVote(
            question=f"第{number}问",
            options=("同意", "反对", "弃权"),
            electors="members",
            rules=rules,
        )
        await hall.ask("chen", question)
        await asyncio.sleep(0.05)


async def participant(hall: Hall, person: PersonId) -> None:
    """Comments, raises the hand, and votes in what runs."""
    await hall.ask(person, cmd.Join())
    while True:
        votes = (await hall.service.live(MEETING)).meeting.votes
        choice = hall.chance.random()
        if choice < 0.3 or not votes.open:
            await hall.ask(person, cmd.PostComment(text=f"意见{secrets.token_hex(4)}"))
        elif choice < 0.4:
            up = hall.chance.random() < 0.5
            await hall.ask(person, cmd.RequestFloor() if up else cmd.WithdrawFloor())
        else:
            vote = hall.chance.choice(votes.open)
            await _vote(hall, person, vote, secret=votes.by_id[vote].secret)
        await asyncio.sleep(hall.chance.random() * 0.05)


async def _vote(hall: Hall, person: PersonId, vote: int, *, secret: bool) -> None:
    chosen = hall.chance.randrange(3)
    marks = tuple(int(option == chosen) for option in range(3))
    if not secret:
        await hall.ask(person, cmd.CastBallot(vote=vote, marks=marks))
        return
    paper_key = (await hall.service.live(MEETING)).meeting.votes.by_id[vote].paper_key
    blinded = voter.blind(int(paper_key, 16), voter.new_serial())
    await _cast_secretly(hall, person, vote, blinded, marks)


async def _cast_secretly(
    hall: Hall, person: PersonId, vote: int, blinded: voter.Blinded, marks: tuple[int, ...]
) -> None:
    signature = await hall.take(person, vote, blinded)
    if signature is not None:
        ballot = PublishedBallot(
            serial=blinded.serial.hex(), signature=signature.hex(), marks=marks
        )
        await hall.cast(vote, ballot)


async def ask_again(hall: Hall) -> None:
    """Ask what had no answer when the process before was killed."""
    for line in sys.stdin:
        asked = json.loads(line)
        match asked["kind"]:
            case "ask":
                command = COMMAND.validate_python(asked["command"])
                await hall.ask(asked["person"], command, asked["id"])
            case "take":
                marks = (1, 0, 0)
                blinded = _found(asked["blinded"])
                await _cast_secretly(hall, asked["person"], asked["vote"], blinded, marks)
            case _:
                await hall.cast(
                    asked["vote"], PublishedBallot.model_validate(asked["ballot"], strict=False)
                )


# --- the process ----------------------------------------------------------------------------------


async def close(hall: Hall) -> None:
    """End all votes, secret ones in two steps, and the meeting."""
    live = await hall.service.live(MEETING)
    for vote in live.meeting.votes.open:
        await hall.ask("chen", cmd.CloseVote(vote=vote))
    while live.meeting.votes.open:
        await asyncio.sleep(0.01)
        await hall.ask("chen", cmd.PostComment(text="稍候"))
    assert isinstance(await hall.ask("chen", cmd.CloseMeeting()), Accepted)


async def main(folder: Path, *, closing: bool) -> None:
    record, bus = SqliteRecord(folder / "record.sqlite"), InProcessBus()
    box = SqliteBox(record, KeyFolder(folder / "ballot-keys"))
    await box.prepare_tables()
    service = MeetingService(record, clock_ms, bus.publish, box)
    wake = bus.subscribe().wake
    notary = Notary(record, service, KEY, clock_ms=clock_ms, wake=wake, sign_s=SIGN_S)
    created = ev.MeetingCreated(title="停电", room="A1B2", room_name="议事室", planned_ms=0)
    with suppress(MeetingExists):
        await service.create(MEETING, created, tuple(PEOPLE.values()))
    hall = Hall(service)
    async with asyncio.TaskGroup() as tasks:
        signing = tasks.create_task(notary.run())
        await hall.ask("chen", cmd.Join())
        await hall.ask("chen", cmd.OpenMeeting())
        await ask_again(hall)
        if closing:
            await close(hall)
            await service.close()
            signing.cancel()
            await notary.finish()
            await record.close()
            return
        say("ready")
        tasks.create_task(host(hall))
        for person in PEOPLE:
            if person != "chen":
                tasks.create_task(participant(hall, person))


if __name__ == "__main__":
    try:
        asyncio.run(main(Path(sys.argv[1]), closing=sys.argv[2:] == ["close"]))
    except RecordError as error:
        sys.exit(f"record: {error}")
