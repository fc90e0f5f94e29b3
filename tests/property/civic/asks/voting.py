"""Votes, at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from meetings import commands as cmd
from meetings import events as ev
from meetings.voting.state import Vote
from meetings.voting.terms import ABSOLUTE, SIMPLE, TWO_THIRDS
from tests.property.civic.drawing import Ask, Builder, Drawing, by
from tests.property.civic.hall import PEOPLE


def open_vote(draw: Drawing) -> cmd.Command:
    electors: ev.Electors = draw.of("members", "members", "present", "listed", "everyone")
    rules = _vote_rules(draw, frozen=electors != "everyone")
    motion = rules.kind == "motion"
    options = (
        ("同意", "反对", "弃权") if motion else draw.of(("甲", "乙"), ("甲", "乙", "丙", "丁"))
    )
    return cmd.OpenVote(
        question="是否同意？",
        options=options,
        electors=electors,
        seconds=draw.seconds(),
        rules=rules,
        listed=draw.persons(6) if electors == "listed" else (),
    )


def _vote_rules(draw: Drawing, *, frozen: bool) -> ev.VoteRules:
    secrecy: Literal["named", "secret"] = "named"
    if frozen and draw.chance.random() < 0.4:
        secrecy = "secret"
    kind = draw.of("motion", "motion", "single", "multiple", "score")
    majorities = (SIMPLE, ABSOLUTE, TWO_THIRDS) if frozen else (SIMPLE,)
    return ev.VoteRules(
        kind=kind,
        min_choices=draw.of(0, 1) if kind == "multiple" else 1,
        max_choices=2 if kind == "multiple" else 1,
        secrecy=secrecy,
        majority=draw.of(*majorities) if kind == "motion" else None,
        tie=draw.of("rejected", "host", "drawn"),
        results=draw.of("hidden", "live") if secrecy == "named" else "hidden",
        changeable=draw.of(True, False),
        tellers=("li", "qian") if kind in ("motion", "single") and draw.of(True, False) else (),
    )


def _cast(draw: Drawing) -> cmd.Command:
    vote_id = draw.vote_id()
    vote = draw.vote(vote_id)
    return cmd.CastBallot(vote=vote_id, marks=draw.marks(vote), at_ms=_seen(draw, vote))


def _seen(draw: Drawing, vote: Vote | None) -> int | None:
    """What the voter's page shows: the room, or the livestream around the vote's close."""
    close_ms = None if vote is None else vote.until_ms
    return None if close_ms is None else close_ms + draw.of(-2000, -1, -1, 0, 1)


def _cast_for(draw: Drawing) -> Ask:
    vote_id = draw.vote_id()
    vote = draw.vote(vote_id)
    holders = {} if vote is None else dict(vote.holders)
    marks = draw.marks(vote)
    if holders and draw.chance.random() < 0.7:
        holder = draw.of(*sorted(holders))
        command = cmd.CastBallotFor(
            vote=vote_id, person=draw.of(*holders[holder]), marks=marks, at_ms=_seen(draw, vote)
        )
        return draw.actor(command, (holder,)), command
    command = cmd.CastBallotFor(vote=vote_id, person=draw.person(), marks=marks)
    return draw.actor(command, ("he", "chen")), command


def _claim(draw: Drawing) -> Ask:
    channel: Literal["electronic", "hands"] = draw.of("electronic", "hands", "hands")
    vote_id = draw.vote_id()
    if draw.of(True, False):
        command = cmd.ClaimChannel(vote=vote_id, channel=channel)
        return draw.actor(command), command
    command = cmd.ClaimChannel(vote=vote_id, channel=channel, persons=draw.persons(2))
    return draw.actor(command, ("he",)), command


def _release(draw: Drawing) -> Ask:
    vote_id = draw.vote_id()
    vote = draw.vote(vote_id)
    claims = [] if vote is None else sorted(vote.claims)
    command = cmd.ReleaseChannel(vote=vote_id, person=draw.often(claims, sorted(PEOPLE)))
    return draw.actor(command, ("he", command.person or "he")), command


def _count(draw: Drawing) -> Ask:
    vote_id = draw.vote_id()
    vote = draw.vote(vote_id)
    options = 2 if vote is None else len(vote.options)
    hands = 0 if vote is None else vote.by_hand
    entered = [] if vote is None else [*vote.counted.values()]
    first = draw.chance.randrange(hands + 2)
    counts = (first, *([max(0, hands - first)] + [0] * (options - 2)))
    command = cmd.CountHands(vote=vote_id, counts=draw.often(entered, [counts]))
    tellers = () if vote is None else vote.rules.tellers
    waiting = [t for t in tellers if vote is not None and t not in vote.counted]
    return draw.actor(command, waiting or tellers), command


def _recount(draw: Drawing) -> cmd.Command:
    return cmd.RecountHands(vote=draw.vote_id())


def _take_paper(draw: Drawing) -> cmd.Command:
    """A careless client's: what it sends is no blinded paper."""
    return cmd.TakePaper(vote=draw.vote_id(), blinded=draw.of("0", "f") * 512)


def _decide_tie(draw: Drawing) -> cmd.Command:
    votes = draw.meeting.votes
    tied = [
        vote_id
        for vote_id, vote in votes.by_id.items()
        if vote.outcome is not None and vote.outcome.result == "tied"
    ]
    vote_id = draw.often(sorted(tied), [draw.vote_id(running=False)])
    return cmd.DecideTie(vote=vote_id, option=draw.of(0, 1, 2))


VOTING: Final[Sequence[tuple[int, Builder]]] = (
    (8, by(open_vote)),
    (14, by(_cast)),
    (5, _cast_for),
    (1, by(_take_paper)),
    (6, _claim),
    (1, _release),
    (6, _count),
    (2, by(_recount)),
    (4, by(lambda draw: cmd.CloseVote(vote=draw.vote_id(), window_s=draw.of(0, 0, 5)))),
    (2, by(_decide_tie)),
    (1, by(lambda draw: cmd.CancelVote(vote=draw.vote_id(), reason="问题有误"))),
)
