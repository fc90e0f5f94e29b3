"""
Random meetings of all commands and roles, on two nodes that come and go, and what holds in each.

A few hundred meetings by default; at least 10,000 with `--hypothesis-profile=nightly`.
"""

from __future__ import annotations

import random
from typing import get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from meetings import commands as cmd
from meetings import events as ev
from tests.property.civic import steps
from tests.property.civic.asking import CONCERNS, draw_ask
from tests.property.civic.asks.ending import ENDING
from tests.property.civic.checks import AFTER_EACH_STEP, AT_THE_END
from tests.property.civic.hall import Hall, begin

STEPS = 30  # of a meeting; a step is up to a dozen commands
LIVELY = range(48, 248)  # seeds of meetings in which each event has to happen; 23 are enough
EARLY = 10  # steps before which nobody ends a meeting

CHANCE = st.integers(0, 2**32).map(random.Random)


class CivicMachine(RuleBasedStateMachine):
    """One meeting: what people do is drawn, and what may be relied on is checked all the time."""

    hall: Hall
    steps = 0
    checked = 0
    """Offset up to which all was well."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.hall = begin(seed)

    @rule(chance=CHANCE)
    def people_ask(self, chance: random.Random) -> None:
        steps.ask(self.hall, chance)

    @rule(chance=CHANCE)
    def people_ask_for_more(self, chance: random.Random) -> None:
        steps.ask(self.hall, chance)

    @rule(chance=CHANCE)
    def a_crowd_asks(self, chance: random.Random) -> None:
        steps.crowd(self.hall, chance)

    @rule(chance=CHANCE)
    def a_vote_is_held(self, chance: random.Random) -> None:
        steps.hold_vote(self.hall, chance)

    @rule(chance=CHANCE)
    def an_answer_was_lost(self, chance: random.Random) -> None:
        steps.ask_again(self.hall, chance)

    @precondition(lambda self: self.hall.meeting.votes.open)
    @rule(chance=CHANCE)
    def people_vote(self, chance: random.Random) -> None:
        steps.vote(self.hall, chance)

    @precondition(lambda self: self.hall.meeting.votes.open)
    @rule(chance=CHANCE)
    def somebody_cheats(self, chance: random.Random) -> None:
        steps.cheat(self.hall, chance)

    @precondition(lambda self: self.hall.meeting.votes.open)
    @rule(chance=CHANCE)
    def hands_go_up(self, chance: random.Random) -> None:
        steps.count_hands(self.hall, chance)

    @rule(chance=CHANCE)
    def somebody_speaks(self, chance: random.Random) -> None:
        steps.speak(self.hall, chance)

    @rule(chance=CHANCE)
    def the_queue_is_arranged(self, chance: random.Random) -> None:
        steps.arrange(self.hall, chance)

    @rule(chance=CHANCE)
    def a_comment_is_moderated(self, chance: random.Random) -> None:
        steps.moderate(self.hall, chance)

    @rule(chance=CHANCE)
    def people_wait_in_the_lobby(self, chance: random.Random) -> None:
        steps.use_lobby(self.hall, chance)

    @rule(chance=CHANCE)
    def time_passes(self, chance: random.Random) -> None:
        steps.wait(self.hall, chance)

    @rule()
    def another_node_is_asked(self) -> None:
        self.hall.change_node()

    @rule()
    def a_node_starts_anew(self) -> None:
        self.hall.restart()

    @precondition(lambda self: self.steps > EARLY)
    @rule(chance=CHANCE)
    def it_ends(self, chance: random.Random) -> None:
        steps.end(self.hall, chance)

    @precondition(lambda self: self.hall.meeting.state == "closed")
    @rule(chance=CHANCE)
    def the_minutes_are_signed(self, chance: random.Random) -> None:
        steps.sign_off(self.hall, chance)

    @invariant()
    def all_is_well(self) -> None:
        self.steps += 1
        offset = self.hall.meeting.offset
        if offset > self.checked:  # else nothing has happened since
            self.checked = offset
            for check in AFTER_EACH_STEP:
                check(self.hall)

    def teardown(self) -> None:
        if not hasattr(self, "hall"):
            return
        try:
            for check in AT_THE_END:
                check(self.hall)
        finally:
            self.hall.end()


TestCivic = CivicMachine.TestCase
TestCivic.settings = settings(
    # 200 meetings by default; 10,000 in the nightly profile.
    max_examples=2 * settings().max_examples,
    stateful_step_count=STEPS,
    suppress_health_check=list(HealthCheck),
)


def hold(seed: int, length: int) -> list[ev.Entry]:
    """Hold a whole meeting by one seed; the invariants are for `CivicMachine`."""
    chance = random.Random(seed)
    hall = begin(seed)
    try:
        for _ in range(length):
            steps.draw_step(chance)(hall, chance)
        for _ in range(4):
            steps.end(hall, chance)
        steps.sign_off(hall, chance)
        for _ in range(6):
            steps.ask(hall, chance)
        return hall.entries
    finally:
        hall.end()


def test_every_command_is_asked() -> None:
    """A command that is new has to be drawn too."""
    hall = begin(1)
    chance = random.Random(1)
    try:
        asked = {
            draw_ask(hall, [choice], chance)[1].type
            for concern in (*CONCERNS.values(), ENDING)
            for choice in concern
            for _ in range(30)
        }
    finally:
        hall.end()
    union = get_args(get_args(cmd.Command)[0])
    assert asked == {command.model_fields["type"].default for command in union}


def test_random_meetings_are_lively() -> None:
    """In some meetings everything happens that can: otherwise the invariants would say little."""
    union = get_args(get_args(ev.Event)[0])
    wanted = {kind.model_fields["type"].default for kind in union}
    wanted.remove("ballot.cast")  # written by earlier versions alone
    for seed in LIVELY:
        wanted -= {entry.event.type for entry in hold(seed, 60)}
        if not wanted:
            break
    assert not wanted, f"never in {len(LIVELY)} meetings"
