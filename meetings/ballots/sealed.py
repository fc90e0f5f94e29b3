"""
What lies in the box: rows of one length, under names that tell nothing.

A row is a ballot, encrypted and authenticated (AES-256-GCM), under HMAC-SHA-256 of its serial.
Neither its name nor its length nor its place says who cast it, what, or when.
"""

from __future__ import annotations

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from meetings.ballots.blind import KEY_BYTES
from meetings.ballots.keys import BoxKeys
from meetings.ballots.port import UnknownBox
from meetings.ballots.voter import SERIAL_BYTES
from meetings.voting.terms import OPTIONS_MAX, PublishedBallot

NONCE_BYTES = 12
TAG_BYTES = 16
ROW_BYTES = NONCE_BYTES + SERIAL_BYTES + KEY_BYTES + 1 + OPTIONS_MAX + TAG_BYTES


def slot(keys: BoxKeys, serial: str) -> bytes:
    """Name the row of a serial."""
    return hmac.digest(keys.slot, bytes.fromhex(serial), "sha256")


def seal(keys: BoxKeys, name: bytes, ballot: PublishedBallot) -> bytes:
    """Encrypt a ballot under its name: always `ROW_BYTES`, and never the same twice."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    marks = bytes([len(ballot.marks), *ballot.marks]).ljust(1 + OPTIONS_MAX, b"\0")
    plain = bytes.fromhex(ballot.serial) + bytes.fromhex(ballot.signature) + marks
    return nonce + AESGCM(keys.seal).encrypt(nonce, plain, name)


def unseal(keys: BoxKeys, name: bytes, row: bytes) -> PublishedBallot:
    """
    Decrypt the row of this name.

    Raises: UnknownBox if it is not of this box, or was changed.
    """
    nonce, sealed = row[:NONCE_BYTES], row[NONCE_BYTES:]
    try:
        plain = AESGCM(keys.seal).decrypt(nonce, sealed, name)
    except InvalidTag as error:
        raise UnknownBox("a ballot that was not sealed by this box's key") from error
    serial, rest = plain[:SERIAL_BYTES], plain[SERIAL_BYTES:]
    signature, marks = rest[:KEY_BYTES], rest[KEY_BYTES:]
    return PublishedBallot(
        serial=serial.hex(), signature=signature.hex(), marks=tuple(marks[1 : 1 + marks[0]])
    )
