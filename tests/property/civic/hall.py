"""
A meeting on two nodes of a service with one record, and the memory of a citizen who kept all
answers: what was acknowledged is held against the record at the end.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from functools import cache, reduce
from typing import Any, Final, TypeVar

from meetings import commands as cmd
from meetings import events as ev
from meetings.ballots import voter
from meetings.ballots.blind import PaperKey
from meetings.ballots.memory import MemoryBox
from meetings.people import Person, PersonId, Role
from meetings.proof.contents import FileLine
from meetings.proof.recording import BEGIN, root
from meetings.record.memory import MemoryRecord
from meetings.refusals import Refused
from meetings.service import Accepted, Answer, MeetingService
from meetings.state import Meeting
from meetings.voting.terms import PublishedBallot
from tests.property.civic.recount import Asked

MEETING: Final = "m1"
START_MS: Final = 1_795_320_000_000
STREAM_DELAY_MS: Final = 4000
PAPER_KEYS: Final = 12  # kept over all meetings; to make one takes 100 ms

NAMES: Final = {
    "chen": (Role.HOST, "陈"),
    "sun": (Role.DEPUTY, "孙"),
    "he": (Role.CLERK, "何"),
    "li": (Role.PARTICIPANT, "李"),
    "qian": (Role.PARTICIPANT, "钱"),
    "wu": (Role.PARTICIPANT, "吴"),
    "wang": (Role.VIEWER, "王"),
    "zhao": (Role.VIEWER, "赵"),
    "zhou": (Role.VIEWER, "周"),
    "xu": (Role.VIEWER, "徐"),
    "room": (Role.ROOM, "室"),
    "screen": (Role.DISPLAY, "屏"),
}
REAL_NAME: Final = "实名"
CONTACT: Final = "13800000000"
NOTE: Final = "只给主持人看"
"""In every note to the host."""

PEOPLE: Final = {
    person: Person(
        id=person,
        name=f"化名{name}",
        office="单位" if role is Role.PARTICIPANT else "",
        role=role,
        real_name=f"{REAL_NAME}{name}",
        contact=CONTACT,
    )
    for person, (role, name) in NAMES.items()
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paper:
    """A signed paper of a secret vote; nobody but the voter knows whose."""

    serial: str
    signature: str


@cache
def paper_key(number: int) -> PaperKey:
    return PaperKey.generate()


class Boxes(MemoryBox):
    """Boxes that take their keys from a store of them, no two of a meeting the same."""

    def __init__(self) -> None:
        super().__init__(self._next_key)
        self._made = 0

    def _next_key(self) -> PaperKey:
        self._made += 1
        return paper_key(self._made) if self._made <= PAPER_KEYS else PaperKey.generate()


def recorded(count: int) -> tuple[list[FileLine], str]:
    """The first files of every meeting's recording, and what the record says of them."""
    files = [FileLine(name=f"1-{n}.m4s", bytes=n, sha256=f"{n:064x}") for n in range(count)]
    return files, reduce(root, files, BEGIN).hex()


class Hall:
    """One meeting. Everything happens when it is asked for; time stands still in between."""

    def __init__(self, created: ev.MeetingCreated) -> None:
        self.now_ms = START_MS
        self.record = MemoryRecord()
        self.boxes = Boxes()
        self.asked: list[Asked] = []
        self.cast: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
        """Secret vote -> serial -> marks, as they were acknowledged last."""
        self.papers: dict[int, dict[tuple[PersonId, int], Paper]] = defaultdict(dict)
        self._loop = asyncio.new_event_loop()
        self._entries: list[ev.Entry] = []
        self._nodes = [self._node(), self._node()]
        self._at = 0
        self.run(self._nodes[0].create(MEETING, created, tuple(PEOPLE.values())))

    def _node(self) -> MeetingService:
        return MeetingService(
            self.record,
            lambda: self.now_ms,
            self._announce,
            self.boxes,
            stream_delay_ms=lambda _: STREAM_DELAY_MS,
        )

    def _announce(self, meeting: str, offset: int) -> None:
        for node in getattr(self, "_nodes", ()):
            node.heard(meeting, offset)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        # Not a Runner: it sets up its handling of signals anew for each of thousands of runs.
        return self._loop.run_until_complete(work)

    def end(self) -> None:
        """Let go of the nodes."""

        async def close() -> None:
            await asyncio.gather(*(node.close() for node in self._nodes))

        self.run(close())
        self._loop.close()

    # --- nodes

    @property
    def node(self) -> MeetingService:
        """The one that is asked now."""
        return self._nodes[self._at]

    @property
    def meeting(self) -> Meeting:
        """As the node has it."""
        return self.run(self.node.live(MEETING)).meeting

    @property
    def register(self) -> dict[PersonId, Person]:
        return dict(self.run(self.node.live(MEETING)).register)

    @property
    def entries(self) -> list[ev.Entry]:
        """As they are read from the record."""
        while more := self.run(self.record.read(MEETING, len(self._entries))):
            self._entries.extend(more)
        return self._entries

    def change_node(self) -> None:
        """From now on the other one is asked."""
        self._at = 1 - self._at

    def restart(self) -> None:
        """The node that is asked is replaced by one that knows nothing but the record."""
        self.run(self.node.close())
        self._nodes[self._at] = self._node()

    def wait(self, ms: int) -> None:
        """Let time pass; what is due then happens with the next command, so one is asked."""
        self.now_ms += ms
        self.ask(("screen", cmd.OpenMeeting()))

    # --- asking

    def ask(self, *asks: tuple[PersonId, cmd.Asked]) -> list[Answer]:
        """Ask at once; what waits together is decided and committed together."""
        first = len(self.asked)
        ids = [f"command-{first + number}" for number in range(len(asks))]

        async def submit() -> list[Answer]:
            return await asyncio.gather(
                *(
                    self.node.submit(MEETING, PEOPLE[person], command_id, command)
                    for command_id, (person, command) in zip(ids, asks, strict=True)
                )
            )

        answers = self.run(submit())
        for command_id, (person, command), answer in zip(ids, asks, answers, strict=True):
            self.asked.append(Asked(person, command_id, command, answer))
        return answers

    def ask_again(self, asked: Asked) -> Answer:
        """Send a command again, as a client does that did not hear the answer."""

        async def submit() -> Answer:
            return await self.node.submit(
                MEETING, PEOPLE[asked.person], asked.command_id, asked.command
            )

        answer = self.run(submit())
        self.asked.append(replace(asked, answer=answer))
        return answer

    # --- secret ballots

    def take_paper(self, vote_id: int, actor: PersonId, person: PersonId, number: int) -> Answer:
        """Take a paper for oneself or as holder of a proxy, and unblind it."""
        modulus = int(self.meeting.votes.by_id[vote_id].paper_key, 16)
        blinded = voter.blind(modulus, voter.new_serial())
        command = cmd.TakePaper(
            vote=vote_id,
            blinded=blinded.message.hex(),
            person=None if person == actor else person,
            number=number,
        )
        (answer,) = self.ask((actor, command))
        if isinstance(answer, Accepted):
            assert answer.paper is not None
            signature = blinded.unblind(bytes.fromhex(answer.paper))
            self.papers[vote_id][person, number] = Paper(blinded.serial.hex(), signature.hex())
        return answer

    def cast_paper(self, vote_id: int, paper: Paper, marks: tuple[int, ...]) -> Refused | None:
        """Put a ballot into the box."""
        ballot = PublishedBallot(serial=paper.serial, signature=paper.signature, marks=marks)
        refused = self.run(self.node.cast(MEETING, vote_id, ballot))
        if refused is None:
            self.cast[vote_id][paper.serial] = marks
        return refused


def begin(seed: int) -> Hall:
    """Make a meeting, in one of many ways, with most people there."""
    chance = random.Random(seed)
    created = ev.MeetingCreated(
        title="积水治理",
        room="A1B2",
        room_name="议事室",
        planned_ms=START_MS,
        agenda=tuple(ev.AgendaItem(id=number, title=f"议题{number}") for number in (1, 2, 3)),
        speech_s=chance.choice([10, 60]),
    )
    hall = Hall(created)
    hall.ask(
        *((person, cmd.Join()) for person in PEOPLE if person == "chen" or chance.random() < 0.8)
    )
    if chance.random() < 0.5:
        hall.ask(*_roster(chance))
    if chance.random() < 0.5:
        hall.ask(*(("he", cmd.SignIn(person=person)) for person in ("li", "qian", "wang", "zhao")))
    if chance.random() < 0.9:
        hall.ask(("chen", cmd.OpenMeeting()))
    return hall


def _roster(chance: random.Random) -> list[tuple[PersonId, cmd.Command]]:
    persons = ("chen", "sun", "li", "qian", "wu", "wang", "zhao")
    lines: list[tuple[PersonId, cmd.Command]] = [
        (
            "chen",
            cmd.SetRoster(
                person=person,
                role=Role.VIEWER if person in ("wang", "zhao") else Role.PARTICIPANT,
                weight=chance.choice([1, 1, 1, 3]),
                elector=chance.random() < 0.9,
            ),
        )
        for person in persons
    ]
    rule = ev.QuorumOfRoster(num=1, den=2, strictly=True, proxies=chance.random() < 0.5)
    return [*lines, ("chen", cmd.SetQuorum(rule=rule))]
