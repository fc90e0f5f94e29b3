"""
RSA blind signatures, the signer's and the verifier's side: RSABSSA-SHA384-PSS-Deterministic of
RFC 9474. What is signed is a ballot paper's serial: 256 random bits, so that the message needs no
randomizer of its own (RFC 9474, section 7.2).

The signer learns nothing of the serial: for whatever was blinded and whatever is published later
there is exactly one blinding factor that would link the two, so any paper may be anybody's.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from gmpy2 import invert, mpz, powmod, powmod_sec

BITS = 2048
EXPONENT = 65537
KEY_BYTES = BITS // 8
SALT_BYTES = 48  # sLen of the PSS variants: that of SHA-384
_PSS = padding.PSS(padding.MGF1(hashes.SHA384()), SALT_BYTES)


class BadPaper(ValueError):
    """A blinded paper that no honest client makes."""


@dataclass(frozen=True, slots=True)
class PaperKey:
    """The private key of one secret vote."""

    p: int
    q: int

    @property
    def modulus(self) -> int:
        """The public key; the exponent is always `EXPONENT`."""
        return self.p * self.q

    @classmethod
    def generate(cls) -> PaperKey:
        """Make a key of `BITS` bits: some 100 ms of CPU, outside the interpreter's lock."""
        numbers = rsa.generate_private_key(EXPONENT, BITS).private_numbers()
        return cls(numbers.p, numbers.q)


def blind_sign(key: PaperKey, blinded: bytes) -> bytes:
    """
    Sign a blinded paper (RFC 9474, section 4.3): some 2 ms.

    Args:
        blinded: as long as the modulus, big-endian, below it.

    Raises:
        BadPaper: it is not.
        ArithmeticError: the result is no signature; something is wrong with the key or the machine.
    """
    n = mpz(key.modulus)
    message = mpz(int.from_bytes(blinded))
    if len(blinded) != _length(n) or message >= n:
        raise BadPaper("not below the modulus")
    # Another blinding on top, against timing (RFC 9474, section 7.1): the number that meets the
    # private key is none that anybody outside chose. `powmod_sec` takes as long for every number.
    factor = mpz(secrets.randbelow(int(n) - 1) + 1)
    hidden = message * powmod(factor, EXPONENT, n) % n
    signed = _private(key, hidden) * invert(factor, n) % n
    # "4. If m != m', raise a 'signing failure' error": a faulty signature would give the key away.
    if powmod(signed, EXPONENT, n) != message:
        raise ArithmeticError("signing failure")
    return int(signed).to_bytes(len(blinded))


def verify(modulus: int, message: bytes, signature: bytes) -> bool:
    """Tell whether *signature* is one over *message* by the key of this modulus: some 40 us."""
    try:
        _public(modulus).verify(signature, message, _PSS, hashes.SHA384())
    except InvalidSignature:
        return False
    return True


def _private(key: PaperKey, message: mpz) -> mpz:
    """RSASP1 by the Chinese remainder theorem (RFC 8017, section 5.1.2)."""
    p, q = mpz(key.p), mpz(key.q)
    by_p = powmod_sec(message % p, invert(EXPONENT, p - 1), p)
    by_q = powmod_sec(message % q, invert(EXPONENT, q - 1), q)
    return by_q + q * ((by_p - by_q) * invert(q, p) % p)


def _length(n: mpz) -> int:
    return (int(n).bit_length() + 7) // 8


@lru_cache(maxsize=32)
def _public(modulus: int) -> rsa.RSAPublicKey:
    return rsa.RSAPublicNumbers(EXPONENT, modulus).public_key()
