"""Repeated checks: as authentic as the first, and answered as aioice would."""

from __future__ import annotations

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from media.peers.consent import _ASKED_MAX, Answers, Checks

KEY = b"the password of the one who is asked"
CLIENT = ("192.0.2.7", 50_000)
ID = b"0123456789ab"


def check(transaction_id: bytes = ID, *, key: bytes = KEY, username: str = "us:them") -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, transaction_id)
    message.attributes["USERNAME"] = username
    message.attributes["PRIORITY"] = 1_853_824_767
    message.attributes["ICE-CONTROLLING"] = 0x0123456789ABCDEF
    message.add_message_integrity(key)
    return bytes(message)


def answer(transaction_id: bytes = ID, *, key: bytes = KEY) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction_id)
    message.attributes["XOR-MAPPED-ADDRESS"] = CLIENT
    message.add_message_integrity(key)
    return bytes(message)


def unsigned() -> stun.Message:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = "them:us"
    message.attributes["PRIORITY"] = 1_853_824_767
    message.attributes["ICE-CONTROLLED"] = 7
    return message


def test_a_repetition_is_answered_to_the_byte_as_aioice_answers() -> None:
    answers = Answers(check(b"first_first_"), CLIENT, KEY)
    assert answers.to(check()) == answer()


@pytest.mark.parametrize(
    "packet",
    [
        check(key=b"another"),
        check(username="us:somebody"),
        b"\x00" * 20,
        check()[:-20],
        answer(),
        b"",
    ],
)
def test_what_is_no_authentic_repetition_is_left_to_aioice(packet: bytes) -> None:
    assert Answers(check(), CLIENT, KEY).to(packet) is None


@given(position=st.integers(0, len(check()) - 9), flip=st.integers(1, 255))
def test_no_byte_of_a_check_can_be_changed(position: int, flip: int) -> None:
    """But in the fingerprint, which protects nothing that the integrity doesn't."""
    packet = bytearray(check())
    packet[position] ^= flip
    assert Answers(check(), CLIENT, KEY).to(bytes(packet)) is None


def test_our_check_is_one_that_aioice_takes() -> None:
    checks = Checks(unsigned(), KEY)
    first, second = (stun.parse_message(checks.ask()) for _ in range(2))
    assert first.check_message_integrity(KEY)
    assert first.transaction_id != second.transaction_id
    assert first.attributes["USERNAME"] == "them:us"
    assert first.attributes["ICE-CONTROLLED"] == 7


def test_an_answer_counts_once_and_only_to_a_check_that_was_sent() -> None:
    checks = Checks(unsigned(), KEY)
    transaction_id = checks.ask()[8:20]
    assert not checks.answered(answer())
    assert not checks.answered(answer(transaction_id, key=b"another"))
    assert checks.answered(answer(transaction_id))
    assert not checks.answered(answer(transaction_id))


@given(position=st.integers(0, len(answer()) - 9), flip=st.integers(1, 255))
def test_no_byte_of_an_answer_can_be_changed(position: int, flip: int) -> None:
    checks = Checks(unsigned(), KEY)
    packet = bytearray(answer(checks.ask()[8:20]))
    packet[position] ^= flip
    assert not checks.answered(bytes(packet))


@given(st.binary(max_size=200))
def test_any_bytes_are_no_answer(data: bytes) -> None:
    checks = Checks(unsigned(), KEY)
    transaction_id = checks.ask()[8:20]
    assert not checks.answered(answer()[:8] + transaction_id + data)


def test_only_the_newest_checks_may_still_be_answered() -> None:
    checks = Checks(unsigned(), KEY)
    asked = [checks.ask()[8:20] for _ in range(_ASKED_MAX + 1)]
    assert not checks.asked(answer(asked[0]))
    assert all(checks.asked(answer(each)) for each in asked[1:])
