"""
A secret vote, as people hold it: a service of its own, sockets for the papers, HTTP for the
ballots, killed in between; and then a look at every byte that it left.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from demo.client import MeetingClient, enter
from meetings.ballots.blind import verify
from meetings.ballots.keys import KeyFolder
from meetings.ballots.sealed import ROW_BYTES, slot
from meetings.commands import CloseVote, OpenMeeting, OpenVote
from meetings.sections import VoteView
from meetings.voting.terms import PublishedBallot, VoteRules
from signaling.wire.frames import Result, Sections
from tests.fixtures.service import Service, served
from tests.fixtures.voter import Paper, post, refused_paper, take
from tests.fixtures.waiting import running
from tests.integration.signaling.service import eventually

pytestmark = pytest.mark.anyio

QUESTION = OpenVote(
    question="是否加装电梯",
    options=("同意", "反对", "弃权"),
    rules=VoteRules(kind="motion", secrecy="secret", changeable=True),
)
YES, NO, ABSTAIN = (1, 0, 0), (0, 1, 0), (0, 0, 1)
CHOICES = [YES, YES, NO, ABSTAIN, YES]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service of this test's own."""
    yield from served(tmp_path)


def newest(sections: Sections) -> VoteView | None:
    return sections.votes.votes[0] if sections.votes is not None and sections.votes.votes else None


async def vote_until(client: MeetingClient, state: str) -> VoteView:
    """Wait until the newest vote is in this state, as the client is shown it."""

    def there(sections: Sections) -> bool:
        vote = newest(sections)
        return vote is not None and vote.state == state

    vote = newest(await client.until(there))
    assert vote is not None
    return vote


def all_papers(sections: Sections) -> bool:
    vote = newest(sections)
    return vote is not None and vote.papers == len(CHOICES)


async def box_gone(service: Service) -> None:
    """The box is destroyed once its content is in the record, just after that was shown."""
    await eventually(lambda: not any((service.data / "ballot-keys").iterdir()))
    await eventually(lambda: not rows(service))


def left(service: Service) -> bytes:
    """Every byte that the service wrote anywhere, but for the folder of the keys."""
    files = [path for path in service.data.rglob("*") if path.is_file()]
    shown = [path for path in files if path.parent.name != "ballot-keys"]
    assert any(path.name == "record.sqlite-wal" for path in shown)
    metrics = service.get("/metrics")[1]
    return b"".join(path.read_bytes() for path in shown) + service.text().encode() + metrics


def rows(service: Service) -> list[tuple[bytes, bytes]]:
    with closing(sqlite3.connect(service.data / "record.sqlite")) as db:
        return db.execute("SELECT slot, sealed FROM ballots").fetchall()


def entries(service: Service) -> list[dict[str, object]]:
    with closing(sqlite3.connect(service.data / "record.sqlite")) as db:
        found = db.execute('SELECT body FROM entries ORDER BY meeting, "offset"').fetchall()
    return [json.loads(body) for (body,) in found]


def traces(paper: Paper) -> list[bytes]:
    """Everything by which a paper could be known again, in the ways that one would write it."""
    signature = paper.signature
    inverse = paper.blinded.inverse.to_bytes(len(signature))
    raw = [paper.blinded.serial, signature[:16], signature[-16:], inverse[:16]]
    return [*raw, *(part.hex().encode() for part in raw)]


async def test_a_secret_vote_from_the_opening_to_the_recount(service: Service) -> None:
    """
    Five residents take papers and cast; one repeats, one changes; the service is killed and comes
    back; the host closes; everybody finds the own receipt, and the recount gives the tally.
    """
    meeting = service.new_meeting("电梯", host="主持人", participants=["甲"], agenda=["议题"])
    host = MeetingClient(service.url, meeting.people["主持人"].token)
    residents = [
        MeetingClient(service.url, (await enter(service.url, meeting.room, f"居民{n}"))["token"])
        for n in range(len(CHOICES))
    ]

    async def cast(ballot: PublishedBallot) -> tuple[int, dict[str, str]]:
        return await asyncio.to_thread(post, service.url, meeting.id, vote_id, ballot)

    async with asyncio.timeout(120), running(host, *residents):
        await host.ask(OpenMeeting())
        put = await host.ask(QUESTION)
        assert isinstance(put, Result)
        vote_id = put.offset
        key = (await vote_until(residents[0], "open")).paper_key

        papers = [await take(one, vote_id, key) for one in residents]
        assert await refused_paper(residents[0], vote_id, key) == "vote.paper_taken"
        issued = len(entries(service))
        ballots = [paper.ballot(*marks) for paper, marks in zip(papers, CHOICES, strict=True)]
        for ballot in ballots[:3]:
            assert await cast(ballot) == (200, {"receipt": ballot.serial})
        assert await cast(ballots[0]) == (200, {"receipt": ballots[0].serial})  # repeated
        before = dict(rows(service))

        await asyncio.to_thread(service.kill)
        await asyncio.to_thread(service.start)

        # What was acknowledged is there, and may be repeated; a paper, too.
        assert dict(rows(service)) == before
        assert await cast(ballots[2]) == (200, {"receipt": ballots[2].serial})
        again = await take(residents[4], vote_id, key, papers[4].blinded)
        assert again.signature == papers[4].signature
        ballots[1] = papers[1].ballot(*NO)  # changed
        for ballot in (ballots[1], *ballots[3:]):
            assert await cast(ballot) == (200, {"receipt": ballot.serial})

        shown = newest(await host.until(all_papers))
        assert shown is not None
        assert (shown.cast, shown.tally) == (None, None)
        keys = KeyFolder(service.data / "ballot-keys").load(meeting.id, key)
        _nothing_is_told(service, papers)
        assert len(entries(service)) == issued, "casting left something in the record"

        assert isinstance(await host.ask(CloseVote(vote=vote_id)), Result)
        done = await vote_until(residents[0], "closed")
        late = await cast(papers[0].ballot(*YES))
        assert (late[0], late[1]["code"]) == (409, "vote.closed")
        await box_gone(service)

    assert done.outcome is not None
    assert (done.tally, done.cast, done.outcome.result) == ((2, 2, 1), 5, "rejected")
    _anybody_recounts(service, meeting.id, vote_id, residents[0].token, ballots)
    _nothing_is_left(service, [slot(keys, paper.serial) for paper in papers], keys.seal)


def _nothing_is_told(service: Service, papers: list[Paper]) -> None:
    """While the vote runs: no serial, no signature, no blinding; rows alike but for noise."""
    written = left(service)
    for paper in papers:
        assert not [trace for trace in traces(paper) if trace in written]
    found = rows(service)
    assert len(found) == len(CHOICES)
    assert {(len(name), len(row)) for name, row in found} == {(32, ROW_BYTES)}
    assert [name for name, _ in found] == sorted(name for name, _ in found)
    assert "/api/ballots" not in service.get("/metrics")[1].decode()


def _anybody_recounts(
    service: Service, meeting: str, vote: int, token: str, ballots: list[PublishedBallot]
) -> None:
    """From the published list and the public key alone."""
    status, body = service.get(f"/api/meetings/{meeting}/votes/{vote}/ballots", token)
    assert status == 200
    published = json.loads(body)
    secret = published["secret"]
    modulus = int(published["paper_key"], 16)
    assert all(
        verify(modulus, bytes.fromhex(one["serial"]), bytes.fromhex(one["signature"]))
        for one in secret
    )
    serials = [one["serial"] for one in secret]
    assert serials == sorted(set(serials))
    assert {one["serial"]: tuple(one["marks"]) for one in secret} == {
        ballot.serial: ballot.marks for ballot in ballots
    }
    recount = [sum(column) for column in zip(*(one["marks"] for one in secret), strict=True)]
    assert recount == [2, 2, 1]


def _nothing_is_left(service: Service, names: list[bytes], seal: bytes) -> None:
    """After the close: no key, no row, no name of a row, not even in the database's log."""
    assert list((service.data / "ballot-keys").iterdir()) == []
    assert rows(service) == []
    written = left(service)
    assert not [name for name in names if name in written]
    assert seal not in written
    assert seal.hex().encode() not in written
