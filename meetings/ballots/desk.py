"""
What happens around a secret vote besides the record: a box is made when one is put, papers are
signed, ballots cast without a name, the box opened at the end, and destroyed once all is published.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from meetings import authority
from meetings.ballots.blind import BadPaper
from meetings.ballots.port import BallotBox, UnknownBox
from meetings.commands import Asked, OpenVote, TakePaper
from meetings.events import Entry, VoteCancelled, VoteClosed
from meetings.people import Person
from meetings.refusals import Code, Refused
from meetings.state import Meeting
from meetings.voting.ballots import problem
from meetings.voting.rules import boxes_due
from meetings.voting.terms import PublishedBallot

log = logging.getLogger(__name__)


class BallotDesk:
    """
    The boxes of all meetings, as the service uses them.

    Args:
        box: where ballots lie; None: there are no secret votes here.
    """

    def __init__(self, box: BallotBox | None) -> None:
        self._box = box

    async def prepare(self, meeting: Meeting, person: Person, command: Asked) -> str:
        """Make a box if *command* puts a secret vote; return its public key, else nothing."""
        if self._box is None or not isinstance(command, OpenVote):
            return ""
        role = meeting.attendance.role(person.id, person.role)
        if command.rules.secrecy != "secret" or not authority.may(role, command.type):
            return ""  # no keys for those whom the rules will turn down anyway
        return await self._box.prepare(meeting.id)

    async def drop_unused(self, meeting: Meeting, paper_key: str) -> None:
        """Destroy a box if no vote came of it."""
        if self._box is not None and paper_key and paper_key not in _paper_keys(meeting):
            await self._box.destroy(meeting.id, paper_key)

    async def sign(self, meeting: Meeting, command: TakePaper) -> str | Refused:
        """
        Sign a paper that was given out: the same one gets the same signature.

        Refused with `vote.closed` if the box is gone meanwhile, `vote.bad_paper`.
        """
        assert self._box is not None, "can't happen: a paper without a box"
        paper_key = meeting.votes.by_id[command.vote].paper_key
        try:
            signed = await self._box.sign(meeting.id, paper_key, bytes.fromhex(command.blinded))
        except UnknownBox:
            return Refused(Code.VOTE_CLOSED)
        except BadPaper as error:
            return Refused(Code.VOTE_BAD_PAPER, str(error))
        return signed.hex()

    async def cast(
        self, meeting: Meeting, vote_id: int, ballot: PublishedBallot, now_ms: int
    ) -> Refused | None:
        """
        Put a ballot into the box of a vote; return once it is durable.

        Refused with `vote.unknown`, `vote.not_secret`, `vote.closed`, and as `ballots.problem` and
        `BallotBox.cast`.
        """
        vote = meeting.votes.by_id.get(vote_id)
        if vote is None:
            return Refused(Code.VOTE_UNKNOWN)
        if not vote.secret or self._box is None:
            return Refused(Code.VOTE_NOT_SECRET)
        if not vote.boxes(now_ms):
            return Refused(Code.VOTE_CLOSED)
        refused = problem(vote.rules, len(vote.options), ballot.marks)
        if refused is not None:
            return refused
        return await self._box.cast(
            meeting.id, vote.paper_key, ballot, changeable=vote.rules.changeable
        )

    async def open(
        self, meeting: Meeting, now_ms: int
    ) -> Mapping[int, tuple[PublishedBallot, ...] | None]:
        """Open the boxes of votes that are over; None: the box is lost."""
        boxes: dict[int, tuple[PublishedBallot, ...] | None] = {}
        for vote_id in boxes_due(meeting, now_ms):
            assert self._box is not None, "can't happen: a secret vote without a box"
            paper_key = meeting.votes.by_id[vote_id].paper_key
            try:
                boxes[vote_id] = await self._box.open(meeting.id, paper_key)
            except UnknownBox:
                log.exception("meeting %s: vote %d can't be counted", meeting.id, vote_id)
                boxes[vote_id] = None
        return boxes

    async def settle(self, meeting: Meeting, entries: Iterable[Entry]) -> None:
        """Destroy the boxes of votes that ended with *entries*, which are in the record."""
        for entry in entries:
            if isinstance(entry.event, VoteClosed | VoteCancelled):
                await self._destroy(meeting, entry.event.vote)

    async def resume(self, meeting: Meeting) -> None:
        """Destroy what a killed service left behind: boxes of ended votes, and of none."""
        if self._box is None:
            return
        for vote_id, vote in meeting.votes.by_id.items():
            if not vote.open:
                await self._destroy(meeting, vote_id)
        await self._box.clear(meeting.id, _paper_keys(meeting))

    async def _destroy(self, meeting: Meeting, vote_id: int) -> None:
        vote = meeting.votes.by_id[vote_id]
        if vote.secret and self._box is not None:
            await self._box.destroy(meeting.id, vote.paper_key)


def _paper_keys(meeting: Meeting) -> frozenset[str]:
    return frozenset(vote.paper_key for vote in meeting.votes.by_id.values())
