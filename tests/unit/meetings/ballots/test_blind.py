"""Blind signatures: the vectors of RFC 9474, and what must be refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from meetings.ballots.blind import BITS, BadPaper, PaperKey, blind_sign, verify
from meetings.ballots.voter import Forged, blind, new_serial

VECTOR = json.loads(Path("tests/fixtures/rfc9474.json").read_text())
KEY = PaperKey(int(VECTOR["p"], 16), int(VECTOR["q"], 16))
N = KEY.modulus
MESSAGE = bytes.fromhex(VECTOR["msg"])
SIGNATURE = bytes.fromhex(VECTOR["sig"])
OWN = PaperKey.generate()


def test_the_vector_of_the_standard_is_blinded_signed_and_finished() -> None:
    """RFC 9474, appendix A.3: every value on the way is the one that is printed there."""
    assert f"{N:x}" == VECTOR["n"]
    r = pow(int(VECTOR["inv"], 16), -1, N)
    blinded = blind(N, MESSAGE, bytes.fromhex(VECTOR["salt"]), r)
    assert blinded.message.hex() == VECTOR["blinded_msg"]
    assert f"{blinded.inverse:x}" == VECTOR["inv"]
    signed = blind_sign(KEY, blinded.message)
    assert signed.hex() == VECTOR["blind_sig"]
    assert blinded.unblind(signed).hex() == VECTOR["sig"]


def test_a_signature_is_of_its_message_and_its_key() -> None:
    assert verify(N, MESSAGE, SIGNATURE)
    assert not verify(N, MESSAGE + b"\0", SIGNATURE)
    assert not verify(N, MESSAGE, bytes([SIGNATURE[0] ^ 1]) + SIGNATURE[1:])
    assert not verify(N, MESSAGE, SIGNATURE[:-1])
    assert not verify(OWN.modulus, MESSAGE, SIGNATURE)


def test_the_same_paper_gets_the_same_signature() -> None:
    """Although the signer hides it from its own clock by another number each time."""
    blinded = blind(OWN.modulus, new_serial())
    assert blind_sign(OWN, blinded.message) == blind_sign(OWN, blinded.message)


def test_the_signer_sees_another_number_each_time() -> None:
    """What is blinded says nothing of the serial, not even that it is the same one."""
    serial = new_serial()
    assert blind(OWN.modulus, serial).message != blind(OWN.modulus, serial).message


def test_any_paper_may_be_anybodys() -> None:
    """
    Of whatever was blinded and whatever was published there is a factor that links them: two
    papers fit each other's serials as well as their own.
    """
    first, second = blind(OWN.modulus, new_serial()), blind(OWN.modulus, new_serial())
    for paper in (first, second):
        signature = paper.unblind(blind_sign(OWN, paper.message))
        for seen in (first, second):
            # r = blind signature / signature, and r^e * EM = what was blinded (section 7.2).
            blind_signature = int.from_bytes(blind_sign(OWN, seen.message))
            r = blind_signature * pow(int.from_bytes(signature), -1, OWN.modulus) % OWN.modulus
            em = pow(int.from_bytes(signature), 65537, OWN.modulus)
            assert pow(r, 65537, OWN.modulus) * em % OWN.modulus == int.from_bytes(seen.message)


@pytest.mark.parametrize("above", [0, 1])
def test_what_is_not_below_the_modulus_is_not_signed(above: int) -> None:
    length = BITS // 8
    with pytest.raises(BadPaper):
        blind_sign(OWN, (OWN.modulus + above).to_bytes(length))
    with pytest.raises(BadPaper):
        blind_sign(OWN, bytes(length + 1))
    assert blind_sign(OWN, (OWN.modulus - 1).to_bytes(length))


def test_a_signer_that_cheats_is_noticed() -> None:
    blinded = blind(OWN.modulus, new_serial())
    other = blind_sign(OWN, blind(OWN.modulus, new_serial()).message)
    with pytest.raises(Forged):
        blinded.unblind(other)


def test_a_key_that_miscalculates_gives_no_signature() -> None:
    """A faulty one would give the primes away (RFC 9474, section 4.3, step 4)."""
    broken = PaperKey(OWN.p, OWN.q + 2)
    with pytest.raises((ArithmeticError, ZeroDivisionError)):
        blind_sign(broken, bytes(255) + b"\x07")


def test_a_blinding_factor_has_an_inverse() -> None:
    with pytest.raises(ValueError, match="inverse"):
        blind(OWN.modulus, new_serial(), r=OWN.p)


def test_a_key_has_all_its_bits() -> None:
    """The modulus is as long as a signature, and starts with a one."""
    assert OWN.modulus.bit_length() == BITS
