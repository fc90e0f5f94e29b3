"""Ballot boxes in memory, for tests."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from meetings.ballots.blind import PaperKey, blind_sign, verify
from meetings.ballots.port import UnknownBox
from meetings.refusals import Code, Refused
from meetings.voting.terms import PublishedBallot


@dataclass(slots=True)
class _Box:
    key: PaperKey
    ballots: dict[str, PublishedBallot] = field(default_factory=dict)
    closed: bool = False


class MemoryBox:
    """
    See the port. Nothing is sealed; nothing is ever old.

    Args:
        generate: makes the key of a new box.
    """

    def __init__(self, generate: Callable[[], PaperKey] = PaperKey.generate) -> None:
        self._generate = generate
        self._boxes: dict[tuple[str, str], _Box] = {}

    async def prepare(self, meeting: str) -> str:
        key = self._generate()
        paper_key = f"{key.modulus:x}"
        self._boxes[meeting, paper_key] = _Box(key)
        return paper_key

    async def sign(self, meeting: str, paper_key: str, blinded: bytes) -> bytes:
        return blind_sign(self._box(meeting, paper_key).key, blinded)

    async def cast(
        self, meeting: str, paper_key: str, ballot: PublishedBallot, *, changeable: bool
    ) -> Refused | None:
        box = self._boxes.get((meeting, paper_key))
        if box is None:
            return Refused(Code.VOTE_CLOSED)
        serial, signature = bytes.fromhex(ballot.serial), bytes.fromhex(ballot.signature)
        if not verify(box.key.modulus, serial, signature):
            return Refused(Code.VOTE_BAD_PAPER)
        if box.closed:
            return Refused(Code.VOTE_CLOSED)
        before = box.ballots.get(ballot.serial)
        if before is not None and before.marks != ballot.marks and not changeable:
            return Refused(Code.VOTE_ALREADY_CAST)
        box.ballots[ballot.serial] = ballot
        return None

    async def open(self, meeting: str, paper_key: str) -> tuple[PublishedBallot, ...]:
        box = self._box(meeting, paper_key)
        box.closed = True
        return tuple(sorted(box.ballots.values(), key=lambda ballot: ballot.serial))

    async def destroy(self, meeting: str, paper_key: str) -> None:
        self._boxes.pop((meeting, paper_key), None)

    async def clear(self, meeting: str, keep: Collection[str]) -> None:
        for name in [name for name in self._boxes if name[0] == meeting and name[1] not in keep]:
            del self._boxes[name]

    def _box(self, meeting: str, paper_key: str) -> _Box:
        try:
            return self._boxes[meeting, paper_key]
        except KeyError as error:
            raise UnknownBox(paper_key[:16]) from error
