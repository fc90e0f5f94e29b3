"""Drawing what fits a random meeting as it stands, and who asks for it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from meetings import commands as cmd
from meetings.authority import ALLOWED
from meetings.people import PersonId, Role
from meetings.state import Meeting
from meetings.voting.state import Vote
from tests.property.civic.hall import PEOPLE

Ask = tuple[PersonId, cmd.Command]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws what fits a meeting as it stands."""

    meeting: Meeting
    chance: random.Random

    def of(self, *choices: T) -> T:
        return self.chance.choice(choices)

    def often(self, likely: Sequence[T], anything: Sequence[T]) -> T:
        """Draw something likely, if there is any; now and then anything."""
        return self.chance.choice(likely if likely and self.chance.random() < 0.9 else anything)

    def role(self, person: PersonId) -> Role:
        return self.meeting.attendance.role(person, PEOPLE[person].role)

    def actor(self, command: cmd.Command, likely: Sequence[PersonId] = ()) -> PersonId:
        """Draw who asks: one of *likely* or of those who are there and may, sometimes anybody."""
        here = [person for person in PEOPLE if self.meeting.attendance.present(person)]
        able = [person for person in here if self.role(person) in ALLOWED[command.type]]
        known = [person for person in likely if person in PEOPLE]
        return self.often(known or able, list(PEOPLE))

    def person(self) -> PersonId:
        """Draw somebody, mostly somebody who is there, or was entered by the desk."""
        here = [p for p, one in self.meeting.attendance.people.items() if one.present]
        return self.often(sorted(here), list(PEOPLE))

    def persons(self, most: int) -> tuple[PersonId, ...]:
        return tuple(self.chance.sample(sorted(PEOPLE), self.chance.randrange(1, most + 1)))

    def item(self) -> int:
        return self.often([item.plan.id for item in self.meeting.agenda.items], [1, 99])

    def offset(self) -> int:
        return self.chance.randrange(1, self.meeting.offset + 2)

    def seconds(self) -> int | None:
        return self.of(None, 5, 60)

    def comment(self, ids: Sequence[int] = ()) -> int:
        return self.often(list(ids) or list(self.meeting.comments.latest), [self.offset()])

    def vote_id(self, *, running: bool = True) -> int:
        votes = self.meeting.votes
        return self.often(votes.open if running else votes.order, [self.offset()])

    def vote(self, vote_id: int) -> Vote | None:
        return self.meeting.votes.by_id.get(vote_id)

    def text(self) -> str:
        """Draw a text that is nowhere else."""
        return f"意见{self.chance.randrange(10**9):09}"

    def marks(self, vote: Vote | None) -> tuple[int, ...]:
        """Draw a ballot, mostly one that fits the rules."""
        options = 3 if vote is None else len(vote.options)
        if vote is None or self.chance.random() < 0.05:
            return tuple(self.chance.randrange(3) for _ in range(self.of(2, 3, 4)))
        if vote.rules.kind == "score":
            return tuple(self.chance.randrange(vote.rules.score_max + 1) for _ in range(options))
        count = 1
        if vote.rules.kind == "multiple":
            most = min(vote.rules.max_choices, options)
            count = self.chance.randint(min(vote.rules.min_choices, most), most)
        chosen = self.chance.sample(range(options), count)
        return tuple(int(option in chosen) for option in range(options))


Builder = Callable[[Drawing], Ask]


def by(build: Callable[[Drawing], cmd.Command]) -> Builder:
    """Somebody who may ask for the command does."""

    def ask(draw: Drawing) -> Ask:
        command = build(draw)
        return draw.actor(command), command

    return ask
