"""
Ed25519 (RFC 8032): the service's signature under checkpoints and exports.

What is signed always begins with a line that says what it is, so that a signature under one kind of
text is none under another.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEED_BYTES = 32
PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64

CHECKPOINT = b"yishi checkpoint 1\n"
SEAL = b"yishi seal 1\n"


class SigningKey:
    """
    A service's key.

    Args:
        seed: SEED_BYTES of chance, kept secret.

    Raises: ValueError if the seed has another length.
    """

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public: bytes = self._key.public_key().public_bytes_raw()
        """PUBLIC_BYTES, for everybody."""

    def sign(self, kind: bytes, body: bytes) -> bytes:
        """Sign *body* as a text of one kind: CHECKPOINT or SEAL."""
        return self._key.sign(kind + body)


def signed(public: bytes, signature: bytes, kind: bytes, body: bytes) -> bool:
    """Tell whether *signature* is that of *public* under *body* as a text of one kind."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, kind + body)
    except (InvalidSignature, ValueError):  # the latter: no point of the curve, another length
        return False
    return True
