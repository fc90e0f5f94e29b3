"""
Invitations, accounts and sessions, in the record's SQLite file.

They are no part of any record: an invitation can be withdrawn and an account removed, and nothing
that was decided depends on them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

from meetings.record.port import RecordError
from meetings.record.sqlite import SqliteRecord

ACCOUNTS_MAX = 1_000
INVITATIONS_MAX = 20_000  # of one meeting; each is a line that somebody asked for
SEATS_MAX = 500  # of one account
SESSIONS_MAX = 20  # of one account at a time; one more ends the oldest

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS invitations (
        id TEXT PRIMARY KEY,
        meeting TEXT NOT NULL,
        person TEXT NOT NULL,
        issued_s INTEGER NOT NULL,
        ends_s INTEGER NOT NULL,
        revoked_s INTEGER
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS invitations_of_meeting ON invitations (meeting, issued_s)",
    """
    CREATE INDEX IF NOT EXISTS invitations_revoked ON invitations (ends_s)
    WHERE revoked_s IS NOT NULL
    """,
    """
    CREATE TABLE IF NOT EXISTS uses (
        invitation TEXT PRIMARY KEY,
        first_s INTEGER NOT NULL,
        last_s INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS accounts (
        id TEXT PRIMARY KEY,
        login TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        office TEXT NOT NULL,
        password TEXT NOT NULL,
        issuer TEXT NOT NULL,
        subject TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS seats (
        account TEXT NOT NULL REFERENCES accounts (id),
        meeting TEXT NOT NULL,
        person TEXT NOT NULL,
        role TEXT NOT NULL,
        PRIMARY KEY (account, meeting)
    ) STRICT, WITHOUT ROWID
    """,
    # Outlives its account: the links that were given out in it have to be refused.
    """
    CREATE TABLE IF NOT EXISTS sessions (
        id TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        ends_s INTEGER NOT NULL,
        links_end_s INTEGER NOT NULL,
        ended_s INTEGER
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS sessions_of_account ON sessions (account, ends_s)",
    "CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (links_end_s)",
)


class StoreRefused(RecordError):
    """What was asked can't be stored: a login that is taken, a bound that is reached."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A personal link, as it was given out. The link itself is not kept."""

    id: str
    meeting: str
    person: str
    issued_s: int
    ends_s: int
    revoked_s: int | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """When somebody came in by an invitation, seconds since 1970."""

    first_s: int
    last_s: int


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signs in."""

    id: str
    login: str
    name: str
    office: str
    password: str = ""
    """Its argon2id hash; empty: signs in elsewhere only."""
    issuer: str = ""
    subject: str = ""
    """Who this is at the issuer (OpenID Connect Core 1.0, 2); empty: never signed in there."""


@dataclass(frozen=True, slots=True)
class Seat:
    """An account's place in a meeting."""

    account: str
    meeting: str
    person: str
    role: str


@dataclass(frozen=True, slots=True)
class Session:
    """An account's time of being signed in on one browser."""

    id: str
    account: str
    ends_s: int
    links_end_s: int
    """When the last of the links ends that were given out in it."""
    ended_s: int | None = None
    """Signed out, or ended with the account or its password."""


class IdentityStore:
    """Raises RecordError when the file can't be written, StoreRefused as each method says."""

    def __init__(self, record: SqliteRecord) -> None:
        self._record = record

    async def prepare_tables(self) -> None:
        """To be called once, before anything else."""

        def make(db: sqlite3.Connection) -> None:
            for statement in _TABLES:
                db.execute(statement)

        await self._record.ask(make)

    # --- invitations

    async def add_invitations(self, invitations: Sequence[Invitation]) -> None:
        """Raises: StoreRefused above INVITATIONS_MAX of a meeting; then none is added."""

        def add(db: sqlite3.Connection) -> None:
            for meeting in {one.meeting for one in invitations}:
                (held,) = db.execute(
                    "SELECT count(*) FROM invitations WHERE meeting = ?", (meeting,)
                ).fetchone()
                more = sum(one.meeting == meeting for one in invitations)
                if held + more > INVITATIONS_MAX:
                    raise StoreRefused(f"at most {INVITATIONS_MAX} invitations to a meeting")
            db.executemany(
                "INSERT INTO invitations VALUES (?, ?, ?, ?, ?, ?)", map(astuple, invitations)
            )

        await self._record.ask(add)

    async def invitations(self, meeting: str) -> tuple[Invitation, ...]:
        """All of a meeting, newest first."""

        def read(db: sqlite3.Connection) -> tuple[Invitation, ...]:
            rows = db.execute(
                "SELECT * FROM invitations WHERE meeting = ? ORDER BY issued_s DESC, id LIMIT ?",
                (meeting, INVITATIONS_MAX),
            )
            return tuple(Invitation(*row) for row in rows)

        return await self._record.ask(read)

    async def invitation(self, meeting: str, invitation: str) -> Invitation | None:
        """One of a meeting's, by id."""

        def read(db: sqlite3.Connection) -> Invitation | None:
            row = db.execute(
                "SELECT * FROM invitations WHERE meeting = ? AND id = ?", (meeting, invitation)
            ).fetchone()
            return None if row is None else Invitation(*row)

        return await self._record.ask(read)

    async def revoke(self, meeting: str, invitation: str, now_s: int) -> bool:
        """Withdraw an invitation; returns False if there is none. Again: no effect."""

        def write(db: sqlite3.Connection) -> bool:
            changed = db.execute(
                "UPDATE invitations SET revoked_s = coalesce(revoked_s, ?)"
                " WHERE meeting = ? AND id = ?",
                (now_s, meeting, invitation),
            )
            return changed.rowcount > 0

        return await self._record.ask(write)

    async def revoked(self, now_s: int) -> frozenset[str]:
        """Invitations and sessions that were ended, and whose links would hold by now."""

        def read(db: sqlite3.Connection) -> frozenset[str]:
            rows = db.execute(
                "SELECT id FROM invitations WHERE revoked_s IS NOT NULL AND ends_s > ?1 UNION ALL"
                " SELECT id FROM sessions WHERE ended_s IS NOT NULL AND links_end_s > ?1",
                (now_s,),
            )
            return frozenset(one for (one,) in rows)

        return await self._record.ask(read)

    async def note_uses(self, last_s: Mapping[str, int]) -> None:
        """
        Keep when somebody came in.

        Args:
            last_s: id -> seconds since 1970; ids that are no invitations are passed over.
        """

        def write(db: sqlite3.Connection) -> None:
            db.executemany(
                "INSERT INTO uses SELECT id, ?2, ?2 FROM invitations WHERE id = ?1"
                " ON CONFLICT DO UPDATE SET last_s = excluded.last_s",
                last_s.items(),
            )

        await self._record.ask(write)

    async def uses(self, meeting: str) -> dict[str, Used]:
        """Of a meeting's invitations, by id; those that nobody came by are missing."""

        def read(db: sqlite3.Connection) -> dict[str, Used]:
            rows = db.execute(
                "SELECT uses.* FROM uses JOIN invitations ON id = invitation WHERE meeting = ?",
                (meeting,),
            )
            return {one: Used(first_s, last_s) for one, first_s, last_s in rows}

        return await self._record.ask(read)

    # --- sessions

    async def begin_session(self, session: Session, now_s: int) -> None:
        """Above SESSIONS_MAX of the account its oldest is ended."""

        def write(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM sessions WHERE links_end_s <= ?", (now_s,))
            db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", astuple(session))
            db.execute(
                "UPDATE sessions SET ended_s = ?1 WHERE id IN (SELECT id FROM sessions"
                " WHERE account = ?2 AND ended_s IS NULL ORDER BY ends_s DESC, id = ?3 DESC"
                " LIMIT -1 OFFSET ?4)",
                (now_s, session.account, session.id, SESSIONS_MAX),
            )

        await self._record.ask(write)

    async def session(self, session: str, now_s: int) -> tuple[Session, Account] | None:
        """The session with this id and whose it is; None: it is over."""

        def read(db: sqlite3.Connection) -> tuple[Session, Account] | None:
            row = db.execute(
                "SELECT * FROM sessions WHERE id = ? AND ended_s IS NULL AND ends_s > ?",
                (session, now_s),
            ).fetchone()
            if row is None:
                return None
            found = Session(*row)
            account = _account(db, "id", found.account)
            return None if account is None else (found, account)

        return await self._record.ask(read)

    async def end_session(self, session: str, now_s: int) -> None:
        """Sign out. Again, or of none: no effect."""
        await self._record.ask(lambda db: _end_sessions(db, "id", session, now_s))

    # --- accounts

    async def add_account(self, account: Account) -> None:
        """Raises: StoreRefused if the login is taken, or there are ACCOUNTS_MAX."""

        def add(db: sqlite3.Connection) -> None:
            (held,) = db.execute("SELECT count(*) FROM accounts").fetchone()
            if held >= ACCOUNTS_MAX:
                raise StoreRefused(f"at most {ACCOUNTS_MAX} accounts")
            if _account(db, "login", account.login) is not None:
                raise StoreRefused(f"login {account.login} is taken")
            db.execute("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?)", astuple(account))

        await self._record.ask(add)

    async def account(self, account: str) -> Account | None:
        """By id."""
        return await self._record.ask(lambda db: _account(db, "id", account))

    async def account_of(self, login: str) -> Account | None:
        """By login."""
        return await self._record.ask(lambda db: _account(db, "login", login))

    async def accounts(self) -> tuple[Account, ...]:
        """All, by login."""

        def read(db: sqlite3.Connection) -> tuple[Account, ...]:
            return tuple(Account(*row) for row in db.execute("SELECT * FROM accounts ORDER BY 2"))

        return await self._record.ask(read)

    async def set_password(self, login: str, password: str, now_s: int) -> bool:
        """Store another hash, end all sessions; returns False if there is no such account."""

        def write(db: sqlite3.Connection) -> bool:
            account = _account(db, "login", login)
            if account is None:
                return False
            db.execute("UPDATE accounts SET password = ? WHERE id = ?", (password, account.id))
            _end_sessions(db, "account", account.id, now_s)
            return True

        return await self._record.ask(write)

    async def bind(self, login: str, issuer: str, subject: str) -> Account | None:
        """
        The account of whoever *issuer* calls *subject*.

        It is the one that was bound before; else the one of this login, which is bound now, unless
        it is another subject's already (logins are given anew to others, subjects never are).
        """

        def write(db: sqlite3.Connection) -> Account | None:
            row = db.execute(
                "SELECT * FROM accounts WHERE issuer = ? AND subject = ?", (issuer, subject)
            ).fetchone()
            if row is not None:
                return Account(*row)
            db.execute(
                "UPDATE accounts SET issuer = ?, subject = ? WHERE login = ? AND subject = ''",
                (issuer, subject, login),
            )
            found = _account(db, "login", login)
            same = found is not None and (found.issuer, found.subject) == (issuer, subject)
            return found if same else None

        return await self._record.ask(write)

    async def remove_account(self, login: str, now_s: int) -> bool:
        """With its seats; ends its sessions. Returns False if there is no such account."""

        def write(db: sqlite3.Connection) -> bool:
            account = _account(db, "login", login)
            if account is None:
                return False
            db.execute("DELETE FROM seats WHERE account = ?", (account.id,))
            db.execute("DELETE FROM accounts WHERE id = ?", (account.id,))
            _end_sessions(db, "account", account.id, now_s)
            return True

        return await self._record.ask(write, erases=True)

    async def seat(self, seat: Seat) -> Seat:
        """
        Give an account a place in a meeting; who has one stays the same person, in the new role.

        Raises: StoreRefused above SEATS_MAX.
        """

        def write(db: sqlite3.Connection) -> Seat:
            (held,) = db.execute(
                "SELECT count(*) FROM seats WHERE account = ? AND meeting != ?",
                (seat.account, seat.meeting),
            ).fetchone()
            if held >= SEATS_MAX:
                raise StoreRefused(f"at most {SEATS_MAX} seats of an account")
            db.execute(
                "INSERT INTO seats VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET role = excluded.role",
                astuple(seat),
            )
            row = db.execute(
                "SELECT * FROM seats WHERE account = ? AND meeting = ?",
                (seat.account, seat.meeting),
            ).fetchone()
            return Seat(*row)

        return await self._record.ask(write)

    async def unseat(self, account: str, meeting: str, now_s: int) -> bool:
        """Take the place away, and end the account's sessions; returns False if it had none."""

        def write(db: sqlite3.Connection) -> bool:
            gone = db.execute(
                "DELETE FROM seats WHERE account = ? AND meeting = ?", (account, meeting)
            )
            if gone.rowcount:
                _end_sessions(db, "account", account, now_s)
            return gone.rowcount > 0

        return await self._record.ask(write)

    async def seats(self, account: str) -> tuple[Seat, ...]:
        """All of an account."""

        def read(db: sqlite3.Connection) -> tuple[Seat, ...]:
            rows = db.execute(
                "SELECT * FROM seats WHERE account = ? ORDER BY meeting LIMIT ?",
                (account, SEATS_MAX),
            )
            return tuple(Seat(*row) for row in rows)

        return await self._record.ask(read)


def _account(db: sqlite3.Connection, column: str, value: str) -> Account | None:
    """By one of our own columns."""
    row = db.execute(f"SELECT * FROM accounts WHERE {column} = ?", (value,)).fetchone()  # noqa: S608 - ours
    return None if row is None else Account(*row)


def _end_sessions(db: sqlite3.Connection, column: str, value: str, now_s: int) -> None:
    """By one of our own columns."""
    db.execute(
        f"UPDATE sessions SET ended_s = ? WHERE {column} = ? AND ended_s IS NULL",  # noqa: S608 - ours
        (now_s, value),
    )
