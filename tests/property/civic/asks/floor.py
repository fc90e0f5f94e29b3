"""The floor, asked for at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from meetings import commands as cmd
from meetings import events as ev
from meetings.floor.rulebook import FloorMode, OrderRule
from meetings.people import PersonId
from tests.property.civic.drawing import Ask, Builder, Drawing, by
from tests.property.civic.hall import NOTE, PEOPLE

_ORDERS: Final[Sequence[OrderRule]] = (
    "first_time_first",
    "alternate_place",
    "alternate_side",
    "least_time_first",
)


def _rules(draw: Drawing) -> ev.FloorRules:
    modes: Sequence[FloorMode] = ("open", "open", "host", "list", "draw", "nominate")
    return ev.FloorRules(
        mode=draw.of(*modes),
        order=tuple(draw.chance.sample(_ORDERS, draw.chance.randrange(5))),
        patience=draw.of(1, 20),
        speech_s=draw.of(None, 10),
        item_s=draw.of(None, 30),
        group_s=draw.of(None, 30),
        group_by=draw.of("place", "side"),
        overtime=draw.of("warn", "mute", "host"),
    )


def _request(draw: Drawing) -> Ask:
    kinds: Sequence[ev.Kind] = ("speech", "speech", "speech", "question", "reply", "point_of_order")
    person = draw.person() if draw.chance.random() < 0.2 else None
    command = cmd.RequestFloor(
        about=NOTE, kind=draw.of(*kinds), side=draw.of(None, "for", "against"), person=person
    )
    return draw.actor(command, () if person is None else ("chen", "he")), command


def _grant(draw: Drawing) -> cmd.Command:
    waiting = [placed.waiting.person for placed in draw.meeting.floor.order]
    ready = [called.person for called in draw.meeting.floor.called if called.ready]
    person = draw.often(ready or waiting, sorted(PEOPLE))
    return cmd.GrantFloor(
        person=person, seconds=draw.seconds(), interrupt=draw.chance.random() < 0.2
    )


def _holder(draw: Drawing) -> tuple[PersonId, ...]:
    holder = draw.meeting.floor.holder
    return () if holder is None else (holder.person, "chen")


def _called(draw: Drawing) -> list[PersonId]:
    return [called.person for called in draw.meeting.floor.called]


def _ready(draw: Drawing) -> Ask:
    return draw.actor(cmd.ReadyFloor(), _called(draw)), cmd.ReadyFloor()


def _call_off(draw: Drawing) -> Ask:
    if draw.of(True, False):
        return draw.actor(cmd.CallOffFloor(), _called(draw)), cmd.CallOffFloor()
    command = cmd.CallOffFloor(person=draw.often(_called(draw), sorted(PEOPLE)))
    return draw.actor(command, ("he",)), command


def _give_text(draw: Drawing) -> Ask:
    command = cmd.GiveFloorText(text="请代读：谢谢")
    return draw.actor(command, [*_called(draw), *_holder(draw)]), command


def _end(draw: Drawing) -> Ask:
    return draw.actor(cmd.EndFloor(), _holder(draw)), cmd.EndFloor()


def _nominate(draw: Drawing) -> Ask:
    command = cmd.NominateFloor(person=draw.person())
    return draw.actor(command, _holder(draw)), command


FLOOR: Final[Sequence[tuple[int, Builder]]] = (
    (12, _request),
    (1, by(lambda draw: cmd.WithdrawFloor(person=draw.of(None, draw.person())))),
    (2, by(lambda draw: cmd.SetFloorRules(rules=_rules(draw), item=draw.of(None, draw.item())))),
    (2, by(lambda _: cmd.DrawFloor())),
    (1, by(lambda draw: cmd.ListFloor(persons=draw.persons(4)))),
    (2, _nominate),
    (4, by(lambda draw: cmd.CallFloor(person=draw.person()))),
    (3, _ready),
    (1, _call_off),
    (2, _give_text),
    (10, by(_grant)),
    (4, _end),
    (2, by(lambda _: cmd.PauseFloor())),
    (3, by(lambda _: cmd.UnpauseFloor())),
    (2, by(lambda _: cmd.ExtendFloor(seconds=5))),
)
