"""`yishi account`, `accounts`, `invitations`, `revoke`: beside a running service."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import getpass
import secrets
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from meetings.commands import EnterRoster
from meetings.people import DESK, Name, Office, Role
from meetings.record.sqlite import SqliteRecord
from web.auth import new_person_id
from web.identity.passwords import PasswordUnfit, hash_password
from web.identity.roster_file import RosterFileError, read_roster
from web.identity.store import Account, IdentityStore, Seat
from web.settings import Settings

_NAME: TypeAdapter[str] = TypeAdapter(Name)
_OFFICE: TypeAdapter[str] = TypeAdapter(Office)


class IdentityFailed(Exception):
    """Told to people in a line."""


def add_identity(add: Callable[..., argparse.ArgumentParser]) -> None:
    """
    Add the commands.

    Args:
        add: (name, words, function that carries it out) -> the command's parser.
    """
    account = add("account", "新建或更改账号 make or change an account", _account)
    account.add_argument("login", metavar="LOGIN", help="登录名 login")
    account.add_argument("--name", help="姓名 name; needed for a new account")
    account.add_argument("--office", default="", help="单位职务 unit and post")
    account.add_argument(
        "--password",
        action="store_true",
        help="设置密码（从终端或标准输入读）set the password, from terminal or standard input",
    )
    account.add_argument("--seat", metavar="MEETING", help="在此会议任职 give a seat there")
    account.add_argument("--role", choices=sorted(DESK), default="clerk", help="(clerk)")
    account.add_argument("--unseat", metavar="MEETING", help="取消任职 take the seat away")
    account.add_argument("--remove", action="store_true", help="删除账号 remove the account")

    add("accounts", "列出账号 list the accounts", _accounts)

    invitations = add("invitations", "列出邀请 list a meeting's personal links", _invitations)
    invitations.add_argument("meeting", metavar="MEETING", help="会议编号 the meeting's id")

    revoke = add("revoke", "撤回邀请 withdraw a personal link", _revoke)
    revoke.add_argument("meeting", metavar="MEETING", help="会议编号 the meeting's id")
    revoke.add_argument("invitation", metavar="ID", help="邀请编号 the invitation's id")


async def roster_of(path: Path) -> tuple[EnterRoster, ...]:
    """Read a roster file. Raises: IdentityFailed, OSError."""
    data = await asyncio.to_thread(path.read_bytes)
    try:
        return await asyncio.to_thread(read_roster, data)
    except RosterFileError as error:
        lines = "\n".join(f"  {problem}" for problem in error.problems)
        raise IdentityFailed(f"{path}: 名册有误 the roster has mistakes\n{lines}") from error


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[SqliteRecord, IdentityStore]]:
    settings.data.mkdir(parents=True, exist_ok=True)
    record = await asyncio.to_thread(SqliteRecord, settings.data / "record.sqlite")
    try:
        store = IdentityStore(record)
        await store.prepare_tables()
        yield record, store
    finally:
        await record.close()


async def _account(parsed: argparse.Namespace, settings: Settings) -> None:
    password = await asyncio.to_thread(_password) if parsed.password else ""
    now_s = int(time.time())
    async with _opened(settings) as (record, store):
        if parsed.remove:
            if not await store.remove_account(parsed.login, now_s):
                raise IdentityFailed(f"没有这个账号 no such account: {parsed.login}")
            return
        account = await store.account_of(parsed.login)
        if account is None:
            account = _new(parsed, password)
            await store.add_account(account)
        elif parsed.password:
            await store.set_password(parsed.login, password, now_s)
        if parsed.seat is not None:
            await record.head(parsed.seat)
            role = Role(parsed.role)
            await store.seat(Seat(account.id, parsed.seat, new_person_id(), role.value))
        if parsed.unseat is not None and not await store.unseat(account.id, parsed.unseat, now_s):
            raise IdentityFailed(f"没有在此会议任职 no seat in this meeting: {parsed.unseat}")
    print(f"{account.login}  {account.name}  {account.office}")


def _new(parsed: argparse.Namespace, password: str) -> Account:
    if parsed.name is None:
        raise IdentityFailed("新账号须有姓名 a new account needs --name")
    if not 0 < len(parsed.login) <= 64:
        raise IdentityFailed("登录名 1 至 64 个字 a login has 1 to 64 characters")
    try:
        name, office = _NAME.validate_python(parsed.name), _OFFICE.validate_python(parsed.office)
    except ValidationError as error:
        raise IdentityFailed(error.errors(include_url=False)[0]["msg"]) from error
    return Account(secrets.token_urlsafe(9), parsed.login, name, office, password)


def _password() -> str:
    """Its hash. Raises: IdentityFailed."""
    if sys.stdin.isatty():
        typed = getpass.getpass("密码 password: ")
        if getpass.getpass("再输一次 once more: ") != typed:
            raise IdentityFailed("两次输入不同 the two differ")
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    try:
        return hash_password(typed)
    except PasswordUnfit as error:
        raise IdentityFailed(f"密码长度不合要求 the password must have {error}") from error


async def _accounts(_: argparse.Namespace, settings: Settings) -> None:
    async with _opened(settings) as (_record, store):
        for account in await store.accounts():
            ways = [
                *(["密码 password"] if account.password else []),
                *([f"统一认证 {account.issuer}"] if account.subject else []),
            ]
            print(f"{account.login}  {account.name}  {account.office}  {', '.join(ways)}".rstrip())


async def _invitations(parsed: argparse.Namespace, settings: Settings) -> None:
    zone = ZoneInfo(settings.timezone)
    async with _opened(settings) as (record, store):
        known = (await record.register(parsed.meeting)).people
        for one in await store.invitations(parsed.meeting):
            name = known[one.person].name if one.person in known else "-"
            ends = dt.datetime.fromtimestamp(one.ends_s, zone).strftime("%Y-%m-%d %H:%M")
            state = "有效至 until"
            if one.revoked_s is not None:
                state = "已撤回 withdrawn"
            elif one.ends_s <= time.time():
                state = "已过期 ended"
            print(f"{one.id}  {name}  {state} {ends}")


async def _revoke(parsed: argparse.Namespace, settings: Settings) -> None:
    async with _opened(settings) as (_record, store):
        if not await store.revoke(parsed.meeting, parsed.invitation, int(time.time())):
            raise IdentityFailed(f"没有这个邀请 no such invitation: {parsed.invitation}")
