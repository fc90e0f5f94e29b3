"""How votes are shown. Withheld: the tally of a vote that runs, from everybody."""

from __future__ import annotations

from meetings.state import Meeting
from meetings.voting.sections import VOTES_SHOWN, VotesSection, VoteView
from meetings.voting.state import Vote


def section(meeting: Meeting) -> VotesSection:
    newest = reversed(meeting.votes.order[-VOTES_SHOWN:])
    return VotesSection(votes=tuple(_vote(vote, meeting.votes.by_id[vote]) for vote in newest))


def _vote(vote_id: int, vote: Vote) -> VoteView:
    return VoteView(
        id=vote_id,
        question=vote.question,
        options=vote.options,
        electors=vote.electors,
        state="open" if vote.open else "closed",
        opened_ms=vote.opened_ms,
        until_ms=vote.until_ms,
        closed_ms=vote.closed_ms,
        cast=len(vote.ballots),
        # Not even to the host: a tally that runs would steer those who have not voted yet.
        tally=None if vote.open else vote.counts,
    )
