"""Rows of the box: one length, never the same twice, of this key and this name alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meetings.ballots.keys import BoxKeys
from meetings.ballots.port import UnknownBox
from meetings.ballots.sealed import ROW_BYTES, seal, slot, unseal
from meetings.voting.terms import OPTIONS_MAX, SCORE_MAX, PublishedBallot

KEYS = BoxKeys.generate()
BALLOT = PublishedBallot(serial="ab" * 32, signature="cd" * 256, marks=(1, 0))
NAME = slot(KEYS, BALLOT.serial)


@pytest.mark.parametrize(
    "marks", [(0,), (1, 0), (0, 1), (SCORE_MAX,) * OPTIONS_MAX, (0,) * OPTIONS_MAX]
)
def test_a_row_is_read_as_it_was_sealed_and_as_long_as_any_other(marks: tuple[int, ...]) -> None:
    ballot = BALLOT.model_copy(update={"marks": marks})
    row = seal(KEYS, NAME, ballot)
    assert len(row) == ROW_BYTES
    assert unseal(KEYS, NAME, row) == ballot


def test_the_same_ballot_is_never_sealed_alike() -> None:
    assert seal(KEYS, NAME, BALLOT) != seal(KEYS, NAME, BALLOT)


def test_nothing_of_a_ballot_stands_in_its_row() -> None:
    row = seal(KEYS, NAME, BALLOT)
    for part in (bytes.fromhex(BALLOT.serial), bytes.fromhex(BALLOT.signature)):
        assert part[:8] not in row
        assert part[:8] not in NAME


def test_a_row_is_of_its_box_and_its_name() -> None:
    row = seal(KEYS, NAME, BALLOT)
    other = replace(KEYS, seal=bytes(32))
    for keys, under, what in (
        (other, NAME, row),
        (KEYS, bytes(32), row),
        (KEYS, NAME, row[:-1] + bytes([row[-1] ^ 1])),
    ):
        with pytest.raises(UnknownBox):
            unseal(keys, under, what)
