"""Putting a question: its rules have to make sense together, and its electors are frozen."""

from __future__ import annotations

from meetings.attendance.quorum import quorum
from meetings.moment import Moment
from meetings.refusals import Code, Refused
from meetings.state import Meeting
from meetings.voting import roll
from meetings.voting.commands import OpenVote
from meetings.voting.events import VoteOpened
from meetings.voting.terms import ABSTAIN, SIMPLE, QuorumTaken, RollLine, VoteRules

OPEN_MAX = 5
"""Votes that can run at once: as many as a phone's screen can ask without hiding one."""
PAPERS_MAX = 100
"""Papers of one elector in a secret vote, and so the greatest weight there."""


def open_vote(
    meeting: Meeting, command: OpenVote, moment: Moment
) -> tuple[VoteOpened, ...] | Refused:
    """
    Put a question.

    Refused with `meeting.not_open`, `vote.too_many_open`, `vote.bad_rules`,
    `vote.secret_unavailable`, `vote.too_heavy`, and as `roll.freeze`.
    """
    if meeting.state != "open":
        return Refused(Code.MEETING_NOT_OPEN)
    if len(meeting.votes.open) >= OPEN_MAX:
        return Refused(Code.VOTE_TOO_MANY_OPEN)
    rules = _complete(command.rules)
    problem = _problem(meeting, command, rules)
    if problem is not None:
        return Refused(Code.VOTE_BAD_RULES, problem)
    if rules.secrecy == "secret" and not moment.paper_key:
        return Refused(Code.VOTE_SECRET_UNAVAILABLE)
    lines = roll.freeze(meeting, command)
    if isinstance(lines, Refused):
        return lines
    if rules.secrecy == "secret" and any(line.weight > PAPERS_MAX for line in lines or ()):
        return Refused(Code.VOTE_TOO_HEAVY, f"at most {PAPERS_MAX} papers a person")
    return (_opened(meeting, command, rules, lines, moment),)


def _opened(
    meeting: Meeting,
    command: OpenVote,
    rules: VoteRules,
    lines: tuple[RollLine, ...] | None,
    moment: Moment,
) -> VoteOpened:
    until_ms = None
    if command.seconds is not None:
        until_ms = moment.now_ms + command.seconds * 1000
    present, taken = None, None
    if lines is not None:
        present = sum(line.weight for line in lines if roll.represented(meeting, line))
        if meeting.attendance.roster.quorum is not None:
            now = quorum(meeting)
            taken = QuorumTaken(needed=now.needed, present=now.present)
    return VoteOpened(
        question=command.question,
        options=command.options,
        electors=command.electors,
        until_ms=until_ms,
        rules=rules,
        item=meeting.agenda.current,
        roll=lines,
        present=present,
        quorum=taken,
        grace_ms=moment.stream_delay_ms,
        paper_key=moment.paper_key if rules.secrecy == "secret" else "",
    )


def _complete(rules: VoteRules) -> VoteRules:
    """A motion is carried by a majority, if nothing else is said by the simple one."""
    if rules.kind == "motion" and rules.majority is None:
        return rules.model_copy(update={"majority": SIMPLE})
    return rules


def _problem(meeting: Meeting, command: OpenVote, rules: VoteRules) -> str | None:
    """Say what does not go together."""
    options, majority = len(command.options), rules.majority
    if rules.kind == "motion" and options > ABSTAIN + 1:
        return "a motion has for, against and perhaps abstain"
    if rules.kind == "multiple" and not rules.min_choices <= rules.max_choices <= options:
        return "so many options cannot be chosen"
    if majority is not None:
        if rules.kind == "score":
            return "points have no majority"
        if majority.num > majority.den or (majority.strictly and majority.num == majority.den):
            return "nobody can reach this majority"
        if command.electors == "everyone" and majority.of != "cast":
            return "an open poll knows only the votes cast"
    if rules.secrecy == "secret" and rules.results == "live":
        return "nobody can know a secret vote's results before the close"
    if (command.electors == "listed") != bool(command.listed):
        return "electors are listed, or the list is empty"
    return _tellers_problem(meeting, rules)


def _tellers_problem(meeting: Meeting, rules: VoteRules) -> str | None:
    tellers = rules.tellers
    if not tellers:
        return None
    if rules.kind not in {"motion", "single"}:
        return "a hand marks one option"
    if len(set(tellers)) != 2:
        return "two count, or nobody"
    if not all(meeting.attendance.knows(teller) for teller in tellers):
        return "a teller is not known"
    return None
