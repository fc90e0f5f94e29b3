"""What any ballot box has to do: one suite for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from meetings.ballots.blind import BadPaper
from meetings.ballots.box import SqliteBox
from meetings.ballots.keys import KeyFolder
from meetings.ballots.memory import MemoryBox
from meetings.ballots.port import BallotBox, UnknownBox
from meetings.ballots.voter import blind, new_serial
from meetings.record.sqlite import SqliteRecord
from meetings.refusals import Code, Refused
from meetings.voting.terms import PublishedBallot

YES, NO = (1, 0), (0, 1)


@asynccontextmanager
async def _memory(_: Path) -> AsyncIterator[BallotBox]:
    yield MemoryBox()


@asynccontextmanager
async def _sqlite(folder: Path) -> AsyncIterator[BallotBox]:
    record = SqliteRecord(folder / "record.sqlite")
    try:
        box = SqliteBox(record, KeyFolder(folder / "ballot-keys"))
        await box.prepare_tables()
        yield box
    finally:
        await record.close()


BOXES = {"memory": _memory, "sqlite": _sqlite}


@pytest.fixture(params=BOXES)
def play(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[Callable[[BallotBox], Awaitable[None]]], None]:
    """Run a scenario with a box."""

    def run(scenario: Callable[[BallotBox], Awaitable[None]]) -> None:
        async def go() -> None:
            async with BOXES[request.param](tmp_path) as box, asyncio.timeout(30):
                await scenario(box)

        asyncio.run(go())

    return run


Play = Callable[[Callable[[BallotBox], Awaitable[None]]], None]


async def ballot(box: BallotBox, paper_key: str, marks: tuple[int, ...] = YES) -> PublishedBallot:
    """A ballot of a paper of this box."""
    paper = blind(int(paper_key, 16), new_serial())
    signature = paper.unblind(await box.sign("m1", paper_key, paper.message))
    return PublishedBallot(serial=paper.serial.hex(), signature=signature.hex(), marks=marks)


def remarked(cast: PublishedBallot, marks: tuple[int, ...]) -> PublishedBallot:
    return cast.model_copy(update={"marks": marks})


def test_what_was_cast_is_in_the_box_in_the_order_of_the_serials(play: Play) -> None:
    async def scenario(box: BallotBox) -> None:
        key = await box.prepare("m1")
        ballots = [await ballot(box, key, marks) for marks in (YES, NO, NO, YES, YES)]
        for one in ballots:
            assert await box.cast("m1", key, one, changeable=False) is None
        assert await box.open("m1", key) == tuple(sorted(ballots, key=lambda one: one.serial))

    play(scenario)


def test_the_same_ballot_again_changes_nothing(play: Play) -> None:
    async def scenario(box: BallotBox) -> None:
        key = await box.prepare("m1")
        cast = await ballot(box, key)
        for changeable in (False, False, True):
            assert await box.cast("m1", key, cast, changeable=changeable) is None
        assert await box.open("m1", key) == (cast,)

    play(scenario)


def test_a_ballot_is_changed_only_where_it_may_be(play: Play) -> None:
    async def scenario(box: BallotBox) -> None:
        key = await box.prepare("m1")
        cast = await ballot(box, key)
        await box.cast("m1", key, cast, changeable=True)
        other = remarked(cast, NO)
        refused = await box.cast("m1", key, other, changeable=False)
        assert refused == Refused(Code.VOTE_ALREADY_CAST)
        assert await box.cast("m1", key, other, changeable=True) is None
        assert await box.open("m1", key) == (other,)

    play(scenario)


def test_a_paper_that_the_box_did_not_sign_is_refused(play: Play) -> None:
    async def scenario(box: BallotBox) -> None:
        key, another = await box.prepare("m1"), await box.prepare("m1")
        for forged in (
            await ballot(box, another),
            PublishedBallot(serial="0" * 64, signature="0" * 512, marks=YES),
            (await ballot(box, key)).model_copy(update={"serial": "1" * 64}),
        ):
            refused = await box.cast("m1", key, forged, changeable=True)
            assert refused == Refused(Code.VOTE_BAD_PAPER)
        assert await box.open("m1", key) == ()

    play(scenario)


def test_an_opened_box_takes_nothing_more(play: Play) -> None:
    """And gives the same again, for a service that was killed before it had told anybody."""

    async def scenario(box: BallotBox) -> None:
        key = await box.prepare("m1")
        cast, late = await ballot(box, key), await ballot(box, key)
        await box.cast("m1", key, cast, changeable=True)
        assert await box.open("m1", key) == (cast,)
        for one in (late, remarked(cast, NO)):
            refused = await box.cast("m1", key, one, changeable=True)
            assert refused == Refused(Code.VOTE_CLOSED)
        assert await box.open("m1", key) == (cast,)

    play(scenario)


def test_a_destroyed_box_is_none(play: Play) -> None:
    async def scenario(box: BallotBox) -> None:
        key, other = await box.prepare("m1"), await box.prepare("m1")
        cast, kept = await ballot(box, key), await ballot(box, other)
        await box.cast("m1", key, cast, changeable=False)
        await box.cast("m1", other, kept, changeable=False)
        await box.destroy("m1", key)
        await box.destroy("m1", key)  # nothing happens
        refused = await box.cast("m1", key, cast, changeable=False)
        assert refused == Refused(Code.VOTE_CLOSED)
        with pytest.raises(UnknownBox):
            await box.open("m1", key)
        with pytest.raises(UnknownBox):
            await box.sign("m1", key, bytes(256))
        assert await box.open("m1", other) == (kept,)

    play(scenario)


def test_a_box_that_a_vote_has_is_not_cleared(play: Play) -> None:
    async def scenario(box: BallotBox) -> None:
        key = await box.prepare("m1")
        await box.clear("m1", [key])
        assert await box.open("m1", key) == ()

    play(scenario)


def test_papers_get_the_same_signature_again(play: Play) -> None:
    async def scenario(box: BallotBox) -> None:
        key = await box.prepare("m1")
        paper = blind(int(key, 16), new_serial())
        first = await box.sign("m1", key, paper.message)
        assert await box.sign("m1", key, paper.message) == first
        with pytest.raises(BadPaper):
            await box.sign("m1", key, b"\xff" * 256)

    play(scenario)


def test_ballots_that_come_together_are_judged_one_by_one(play: Play) -> None:
    """Of two boxes, one of them closed, and one paper twice: as if each had come alone."""

    async def scenario(box: BallotBox) -> None:
        key, other, closed = [await box.prepare("m1") for _ in range(3)]
        await box.open("m1", closed)
        paper = await ballot(box, key)
        casts = [
            (key, paper),
            (key, remarked(paper, NO)),
            (key, paper),
            (other, await ballot(box, other, NO)),
            (closed, await ballot(box, closed)),
            (key, await ballot(box, key, NO)),
        ]
        answers = await asyncio.gather(
            *(box.cast("m1", where, one, changeable=False) for where, one in casts)
        )
        twice, late = Refused(Code.VOTE_ALREADY_CAST), Refused(Code.VOTE_CLOSED)
        assert list(answers) == [None, twice, None, None, late, None]
        assert {one.marks for one in await box.open("m1", key)} == {YES, NO}
        assert [one.marks for one in await box.open("m1", other)] == [NO]

    play(scenario)


def test_of_changes_that_come_together_the_last_one_counts(play: Play) -> None:
    async def scenario(box: BallotBox) -> None:
        key = await box.prepare("m1")
        paper = await ballot(box, key)
        casts = [paper, remarked(paper, NO), paper, remarked(paper, NO)]
        answers = await asyncio.gather(
            *(box.cast("m1", key, one, changeable=True) for one in casts)
        )
        assert list(answers) == [None] * 4
        assert [one.marks for one in await box.open("m1", key)] == [NO]

    play(scenario)
