"""
Consent checks (RFC 7675) on the path in use, both ways. Pure.

A browser repeats the same check every few seconds, and we ours: but for transaction id, integrity
and fingerprint each is like the one before. aioice takes half a millisecond for one, so it makes
and takes the first, and these classes repeat it.
"""

from __future__ import annotations

import hmac
import secrets
import zlib
from collections import deque
from typing import Final

from aioice import stun

_HEADER: Final = stun.HEADER_LENGTH
_ID: Final = slice(8, _HEADER)
_INTEGRITY: Final = 0x0008.to_bytes(2, "big") + (20).to_bytes(2, "big")
"""RFC 8489, 14.5: the attribute's head; SHA-1 follows."""
_INTEGRITY_SIZE: Final = 24
_FINGERPRINT: Final = 0x8028.to_bytes(2, "big") + (4).to_bytes(2, "big")
_FINGERPRINT_SIZE: Final = 8
_FINGERPRINT_XOR: Final = 0x5354554E
_RESPONSE: Final = (stun.Method.BINDING | stun.Class.RESPONSE).to_bytes(2, "big")
_ASKED_MAX: Final = 8
"""Checks of ours that may still be answered."""


def _sum(key: bytes, head: bytes, attributes: bytes) -> bytes:
    """
    Integrity of a message, RFC 8489, 14.5: the header counts up to the attribute itself.

    Args:
        head: the header, its length whatever.
        attributes: those before the integrity.
    """
    length = (len(attributes) + _INTEGRITY_SIZE).to_bytes(2, "big")
    return hmac.digest(key, head[:2] + length + head[4:_HEADER] + attributes, "sha1")


def _authentic(packet: bytes, key: bytes, size: int) -> bool:
    """Whether the integrity that stands behind *size* bytes of attributes is right."""
    at = _HEADER + size
    return packet[at : at + 4] == _INTEGRITY and hmac.compare_digest(
        packet[at + 4 : at + _INTEGRITY_SIZE], _sum(key, packet, packet[_HEADER:at])
    )


def _size_before_integrity(packet: bytes) -> int | None:
    """Bytes of attributes before the integrity; None: there is none."""
    at = _HEADER
    while at + _INTEGRITY_SIZE <= len(packet):
        if packet[at : at + 4] == _INTEGRITY:
            return at - _HEADER
        length = int.from_bytes(packet[at + 2 : at + 4], "big")
        at += 4 + (length + 3 & ~3)
    return None


class _Message:
    """A message that is sent again and again with another transaction id."""

    def __init__(self, message: stun.Message, key: bytes) -> None:
        self._key = key
        attributes = bytes(message)
        self._type = attributes[:2]
        self._cookie = attributes[4:8]
        self._attributes = attributes[_HEADER:]
        size = len(self._attributes) + _INTEGRITY_SIZE + _FINGERPRINT_SIZE
        self._length = size.to_bytes(2, "big")

    def with_id(self, transaction_id: bytes) -> bytes:
        head = self._type + self._length + self._cookie + transaction_id
        whole = head + self._attributes
        whole += _INTEGRITY + _sum(self._key, head, self._attributes)
        # RFC 8489, 14.7
        check = zlib.crc32(whole) ^ _FINGERPRINT_XOR
        return whole + _FINGERPRINT + check.to_bytes(4, "big")


class Answers:
    """
    Answers to the checks of one client on one path.

    Args:
        check: one that aioice found authentic and answered.
        sender: where it came from; IPv4 (an IPv6 answer depends on the transaction id).
        key: our password.
    """

    def __init__(self, check: bytes, sender: tuple[str, int], key: bytes) -> None:
        size = _size_before_integrity(check)
        assert size is not None, "authentic"
        self._length = len(check)
        self._head = check[:8]
        self._attributes = check[_HEADER : _HEADER + size]
        self._key = key
        answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, check[_ID])
        answer.attributes["XOR-MAPPED-ADDRESS"] = sender
        self._answer = _Message(answer, key)

    def to(self, check: bytes) -> bytes | None:
        """The answer; None: it is no authentic repetition of that check."""
        size = len(self._attributes)
        if (
            len(check) != self._length
            or check[:8] != self._head
            or check[_HEADER : _HEADER + size] != self._attributes
            or not _authentic(check, self._key, size)
        ):
            return None
        return self._answer.with_id(check[_ID])


class Checks:
    """
    Our checks of one client on one path.

    Args:
        request: as aioice builds it.
        key: the client's password.
    """

    def __init__(self, request: stun.Message, key: bytes) -> None:
        self._key = key
        self._request = _Message(request, key)
        self._asked: deque[bytes] = deque(maxlen=_ASKED_MAX)

    def ask(self) -> bytes:
        """The next check."""
        transaction_id = secrets.token_bytes(12)
        self._asked.append(transaction_id)
        return self._request.with_id(transaction_id)

    def asked(self, packet: bytes) -> bool:
        """Whether a packet carries the id of one of our checks."""
        return packet[_ID] in self._asked

    def answered(self, packet: bytes) -> bool:
        """Whether it is the authentic answer to a check of ours; each counts once."""
        if packet[:2] != _RESPONSE or not self.asked(packet):
            return False
        size = _size_before_integrity(packet)
        length = int.from_bytes(packet[2:4], "big")  # the integrity counts in another one
        if (
            size is None
            or length != len(packet) - _HEADER
            or not _authentic(packet, self._key, size)
        ):
            return False
        self._asked.remove(packet[_ID])
        return True
