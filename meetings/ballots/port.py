"""
The ballot box's port: what any store of secret ballots has to do.

A box belongs to one secret vote and is named by its public key. Ballots come without a name and
with a signature that says that they are somebody's; nobody can look into the box before it is
opened, and then it takes nothing more. A ballot is durable when `cast` returns.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from meetings.refusals import Refused
from meetings.voting.terms import PublishedBallot


class UnknownBox(Exception):
    """There is no such box, or its keys are lost: it can never be opened."""


class BallotBox(Protocol):
    """All boxes. Every method may raise `RecordError`, and `OSError` of the keys' disk."""

    async def prepare(self, meeting: str) -> str:
        """Make a box with keys of its own, durable; return its public key."""
        ...

    async def sign(self, meeting: str, paper_key: str, blinded: bytes) -> bytes:
        """
        Sign a blinded paper: the same one gets the same signature.

        Raises: UnknownBox; BadPaper.
        """
        ...

    async def cast(
        self, meeting: str, paper_key: str, ballot: PublishedBallot, *, changeable: bool
    ) -> Refused | None:
        """
        Put a ballot into the box; return once it is durable. The same one again changes nothing.

        Args:
            changeable: another ballot with the same serial takes the place of the first.

        Refused with `vote.bad_paper` if the signature is not the box's, `vote.already_cast`,
        `vote.closed` once the box was opened, and if there is none.
        """
        ...

    async def open(self, meeting: str, paper_key: str) -> tuple[PublishedBallot, ...]:
        """
        Close the box for good and return what is in it, in the order of the serials. It stays as it
        is until it is destroyed, and may be opened again.

        Raises: UnknownBox.
        """
        ...

    async def destroy(self, meeting: str, paper_key: str) -> None:
        """Destroy the keys, and the ballots; nothing happens if they are gone."""
        ...

    async def clear(self, meeting: str, keep: Collection[str]) -> None:
        """Destroy old boxes of *meeting* that no vote has; *keep* are those of the votes."""
        ...
