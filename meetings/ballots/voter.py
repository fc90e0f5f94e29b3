"""
The voter's side of blind signatures (RFC 9474), in Python: for tests, measurements, and whoever
wants to read it. Browsers have the same in `web/client/src/ballot/`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha384

from gmpy2 import invert, mpz, powmod

from meetings.ballots.blind import EXPONENT, SALT_BYTES, verify

HASH_BYTES = 48  # of SHA-384
SERIAL_BYTES = 32


class Forged(ValueError):
    """What came back is no signature of the paper."""


@dataclass(frozen=True, slots=True)
class Blinded:
    """A paper on its way to be signed. The voter keeps everything but `message` secret."""

    modulus: int
    serial: bytes
    message: bytes
    """What is sent."""
    inverse: int

    def unblind(self, blind_signature: bytes) -> bytes:
        """
        Make the paper's own signature of the blind one (RFC 9474, section 4.4, Finalize).

        Raises: Forged.
        """
        signature = int.from_bytes(blind_signature) * self.inverse % self.modulus
        finished = signature.to_bytes(len(self.message))
        if not verify(self.modulus, self.serial, finished):
            raise Forged
        return finished


def blind(modulus: int, serial: bytes, salt: bytes | None = None, r: int | None = None) -> Blinded:
    """
    Blind a paper (RFC 9474, section 4.2, Blind).

    Args:
        salt: of PSS, `SALT_BYTES`; None: random, as it has to be.
        r: blinding factor; None: random, as it has to be.

    Raises: ValueError if *r* has no inverse.
    """
    n = mpz(modulus)
    encoded = int.from_bytes(_encode(serial, n.bit_length() - 1, salt or _random_salt()))
    factor = mpz(secrets.randbelow(modulus - 1) + 1 if r is None else r)
    try:
        inverse = invert(factor, n)
    except ZeroDivisionError as error:
        raise ValueError("blinding factor without an inverse") from error
    blinded = encoded * powmod(factor, EXPONENT, n) % n
    length = (n.bit_length() + 7) // 8
    return Blinded(modulus, serial, int(blinded).to_bytes(length), int(inverse))


def new_serial() -> bytes:
    """Return the serial of a new paper: the receipt of whatever is cast with it."""
    return secrets.token_bytes(SERIAL_BYTES)


def _random_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def _encode(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE with SHA-384 (RFC 8017, section 9.1.1)."""
    length = (bits + 7) // 8
    hashed = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - HASH_BYTES - 2) + b"\x01" + salt
    masked = bytes(a ^ b for a, b in zip(block, _mask(hashed, len(block)), strict=True))
    top = masked[0] & (0xFF >> (8 * length - bits))
    return bytes([top]) + masked[1:] + hashed + b"\xbc"


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 with SHA-384 (RFC 8017, appendix B.2.1)."""
    blocks = range(-(-length // HASH_BYTES))
    return b"".join(sha384(seed + block.to_bytes(4)).digest() for block in blocks)[:length]
