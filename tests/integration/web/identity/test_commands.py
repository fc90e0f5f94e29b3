"""Rosters, accounts and invitations on the command line."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from meetings.fold import fold
from meetings.people import Role
from meetings.record.port import read_all
from meetings.record.sqlite import SqliteRecord
from meetings.state import Meeting
from web.cli import main
from web.identity.passwords import Passwords
from web.identity.sessions import Sessions
from web.identity.store import IdentityStore

T = TypeVar("T")
Yishi = Callable[..., tuple[int, str, str]]

ROSTER = """姓名,单位职务,角色,权重,表决权,联系方式
王秀兰,社区党委书记,主持人,,,
周晓,议事室,书记员,,,
李娟,住建局,,3,,13800000000
"""


@pytest.fixture
def yishi(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Yishi:
    """Runs one command on this test's data folder: exit code, output, errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main([*arguments, "--data", str(tmp_path)])
        return (status, *capsys.readouterr())

    return run


def with_store(folder: Path, work: Callable[[SqliteRecord, IdentityStore], Awaitable[T]]) -> T:
    async def go() -> T:
        record = SqliteRecord(folder / "record.sqlite")
        try:
            return await work(record, IdentityStore(record))
        finally:
            await record.close()

    return asyncio.run(go())


def made(yishi: Yishi, *arguments: str) -> dict[str, Any]:
    status, out, err = yishi("new", "换届会", *arguments, "--json")
    assert status == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def state_of(folder: Path, meeting: str) -> Meeting:
    async def read(record: SqliteRecord, _: IdentityStore) -> Meeting:
        return fold(meeting, await read_all(record, meeting))

    return with_store(folder, read)


def test_a_meeting_is_made_with_its_roster(tmp_path: Path, yishi: Yishi) -> None:
    """Everybody has a link, electors are electors, and contacts are in the register alone."""
    file = tmp_path / "roster.csv"
    file.write_text(ROSTER)
    new = made(yishi, "--roster", str(file), "--lobby")
    roles = [(one["role"], one["name"]) for one in new["invitations"]]
    assert roles[:3] == [("host", "王秀兰"), ("clerk", "周晓"), ("participant", "李娟")]
    attendance = state_of(tmp_path, new["meeting"]).attendance
    lines = [attendance.roster.lines[person] for person in attendance.roster.order]
    assert [(line.role, line.weight, line.elector) for line in lines] == [
        (Role.HOST, 1, True),
        (Role.CLERK, 1, False),
        (Role.PARTICIPANT, 3, True),
    ]
    assert attendance.lobby.on

    async def contact(record: SqliteRecord, _: IdentityStore) -> str:
        people = (await record.register(new["meeting"])).people
        return people[new["invitations"][2]["person"]].contact

    assert with_store(tmp_path, contact) == "13800000000"
    assert "13800000000" not in json.dumps(new)


def test_a_roster_with_mistakes_makes_no_meeting(tmp_path: Path, yishi: Yishi) -> None:
    file = tmp_path / "roster.csv"
    file.write_text("姓名,权重\n李娟,x\n")
    status, _, err = yishi("new", "换届会", "--roster", str(file))
    assert status == 1
    assert "第 2 行：权重须是正整数，不是“x”" in err
    assert yishi("meetings")[1] == ""


def test_a_link_is_listed_and_withdrawn(tmp_path: Path, yishi: Yishi) -> None:
    new = made(yishi)
    status, out, _ = yishi("invitations", new["meeting"])
    assert status == 0
    assert len(out.splitlines()) == 3
    assert "有效至" in out
    host = new["invitations"][0]["id"]
    assert yishi("revoke", new["meeting"], host)[0] == 0
    (line,) = [
        line for line in yishi("invitations", new["meeting"])[1].splitlines() if host in line
    ]
    assert "已撤回" in line

    async def revoked(_: SqliteRecord, store: IdentityStore) -> frozenset[str]:
        return await store.revoked(0)

    assert with_store(tmp_path, revoked) == {host}
    status, _, err = yishi("revoke", new["meeting"], "nothing")
    assert (status, "没有这个邀请" in err) == (1, True)
    assert yishi("invitations", "nowhere")[0] == 1


def test_one_more_link_can_be_withdrawn_too(yishi: Yishi) -> None:
    new = made(yishi)
    link = json.loads(yishi("link", new["meeting"], "--name", "陈", "--json")[1])
    assert yishi("revoke", new["meeting"], link["id"])[0] == 0


def test_an_account_is_made_seated_and_removed(
    tmp_path: Path, yishi: Yishi, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = made(yishi)["meeting"]
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse 9\n"))
    status, out, err = yishi(
        *("account", "zhouxiao", "--name", "周晓", "--office", "议事室", "--password"),
        *("--seat", meeting, "--role", "deputy"),
    )
    assert (status, err) == (0, "")
    assert "周晓" in out
    assert "correct" not in out

    async def look(_: SqliteRecord, store: IdentityStore) -> tuple[bool, list[tuple[str, str]]]:
        account = await store.account_of("zhouxiao")
        assert account is not None
        right = await Passwords().right(account.password, "correct horse 9")
        return right, [(one.meeting, one.role) for one in await store.seats(account.id)]

    assert with_store(tmp_path, look) == (True, [(meeting, "deputy")])
    assert "密码" in yishi("accounts")[1]
    assert yishi("account", "zhouxiao", "--remove")[0] == 0
    assert yishi("accounts")[1] == ""


def test_a_seat_is_taken_away(tmp_path: Path, yishi: Yishi) -> None:
    """And the consoles that were opened from it end; the account stays, with its other seats."""
    one, other = made(yishi)["meeting"], made(yishi)["meeting"]
    assert yishi("account", "zhou", "--name", "周晓", "--seat", one)[0] == 0
    assert yishi("account", "zhou", "--seat", other)[0] == 0

    async def sign_in(_: SqliteRecord, store: IdentityStore) -> str:
        account = await store.account_of("zhou")
        assert account is not None
        return (await Sessions(b"s" * 32, store, time.time).begin(account)).id

    async def look(_: SqliteRecord, store: IdentityStore) -> tuple[list[str], frozenset[str]]:
        account = await store.account_of("zhou")
        assert account is not None
        seats = [seat.meeting for seat in await store.seats(account.id)]
        return seats, await store.revoked(int(time.time()))

    session = with_store(tmp_path, sign_in)
    assert yishi("account", "zhou", "--unseat", one)[0] == 0
    assert with_store(tmp_path, look) == ([other], frozenset({session}))
    status, _, err = yishi("account", "zhou", "--unseat", one)
    assert (status, "没有在此会议任职" in err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("account", "zhou"), "--name"),
        (("account", "zhou", "--name", "周" * 41), "40"),
        (("account", "z" * 65, "--name", "周"), "64"),
        (("account", "zhou", "--remove"), "没有这个账号"),
        (("account", "zhou", "--name", "周", "--seat", "nowhere"), "没有这个会议"),
        (("account", "zhou", "--name", "周", "--password"), "10"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    yishi: Yishi, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    status, _, err = yishi(*arguments)
    assert status == 1
    assert words in err
    assert "Traceback" not in err
