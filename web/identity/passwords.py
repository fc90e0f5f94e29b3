"""Passwords of local accounts: argon2id (RFC 9106), off the event loop."""

from __future__ import annotations

import asyncio
import unicodedata
from functools import cache
from typing import Final

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

PASSWORD_MIN = 10  # characters
PASSWORD_MAX = 128  # characters
AT_ONCE = 2  # each takes 64 MiB and some 50 ms of a core

_HASHER: Final = argon2.PasswordHasher()  # RFC 9106, 4: the second recommended set of parameters


class PasswordUnfit(ValueError):
    """Too short or too long."""


def hash_password(password: str) -> str:
    """What is stored. Raises: PasswordUnfit."""
    if not PASSWORD_MIN <= len(_composed(password)) <= PASSWORD_MAX:
        raise PasswordUnfit(f"{PASSWORD_MIN} to {PASSWORD_MAX} characters")
    return _HASHER.hash(_composed(password))


class Passwords:
    """Checks passwords, few at a time."""

    def __init__(self) -> None:
        _nobodys()  # now: the first wrong login must not take longer than the others
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def right(self, stored: str, password: str) -> bool:
        """
        Tell whether *password* is the one of this hash.

        It takes as long when there is no hash (""), so that nobody learns which logins exist.
        """
        if len(password) > 4 * PASSWORD_MAX:
            return False
        async with self._slots:
            found = await asyncio.to_thread(_verify, stored, _composed(password))
        return found and stored != ""


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False


def _composed(password: str) -> str:
    """As RFC 8265, 4.2.2 has it: keyboards differ in how they compose letters."""
    return unicodedata.normalize("NFC", password)
