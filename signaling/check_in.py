"""
Checking in from one's own phone: four digits on the room's display, new ones each minute.

The digits follow from a secret, the meeting and the minute, so that they need not be kept, and all
nodes show the same ones. They prove that somebody sees the display, no more: with the wrong ones
counted, a guesser of a meeting finds a right one with a probability of 1.2 % a minute (60 tries, 2
of 10,000 right), and the clerk sees who is signed in.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict

from meetings.people import PersonId
from meetings.refusals import Code
from signaling.limits import Limits
from signaling.rates import TokenBucket
from signaling.wire.frames import CheckInSection

MINUTE_MS = 60_000
BUCKETS_MAX = 5_000
"""Persons whose tries are remembered in one meeting; the longest silent one is forgotten."""


def digits(secret: bytes, meeting: str, minute: int) -> str:
    """The code of one minute: HMAC-SHA256 (RFC 2104), cut to four digits as in RFC 4226, 5.3."""
    message = f"yishi.check-in.1\n{meeting}\n{minute}".encode()
    tag = hmac.new(secret, message, hashlib.sha256).digest()
    at = tag[-1] & 0x0F
    number = int.from_bytes(tag[at : at + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10_000:04}"


class CheckIn:
    """The codes of one meeting, and who tries them. Clocks are arguments."""

    def __init__(self, secret: bytes, meeting: str, limits: Limits) -> None:
        self._secret = secret
        self._meeting = meeting
        self._limits = limits
        self._wrong = TokenBucket(limits.wrong_codes)
        self._tries: OrderedDict[PersonId, TokenBucket] = OrderedDict()

    def section(self, now_ms: int) -> CheckInSection:
        """What the room's display shows."""
        minute = now_ms // MINUTE_MS
        return CheckInSection(
            code=digits(self._secret, self._meeting, minute), until_ms=(minute + 1) * MINUTE_MS
        )

    def judge(self, person: PersonId, code: str, now_ms: int, now_s: float) -> Code | None:
        """
        Judge a code: those of this minute and the one before are right, since people type slowly.

        Returns: None if it is right, else the refusal; after too many tries of the person, or too
            many wrong ones of all, it isn't looked at.
        """
        tries = self._tries.setdefault(person, TokenBucket(self._limits.codes))
        self._tries.move_to_end(person)
        if len(self._tries) > BUCKETS_MAX:
            self._tries.popitem(last=False)
        if not tries.take(now_s):
            return Code.ATTENDANCE_TOO_MANY_CODES
        minute = now_ms // MINUTE_MS
        right = [digits(self._secret, self._meeting, at) for at in (minute, minute - 1)]
        # A right one is paid for too, and given back: else an empty bucket would tell right ones.
        if not self._wrong.take(now_s):
            return Code.ATTENDANCE_TOO_MANY_CODES
        if any(hmac.compare_digest(code, one) for one in right):
            self._wrong.give_back()
            return None
        return Code.ATTENDANCE_WRONG_CODE
