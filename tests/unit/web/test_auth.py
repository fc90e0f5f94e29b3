"""Tokens: valid ones say who; forged, damaged and expired ones have their own refusals."""

from __future__ import annotations

import base64
import json

import itsdangerous
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.people import NAME_MAX, OFFICE_MAX, Person, Role
from signaling.identity import TokenExpired, TokenInvalid, TokenRevoked
from signaling.wire.frames import TOKEN_MAX
from web.auth import SALT, Invitations, new_meeting_id, new_person_id

SECRET = b"0123456789abcdef0123456789abcdef"
NOW_S = 1_800_000_000.0
LI = Person(id="p1", name="李 梅", office="区住建局 副局长", role=Role.PARTICIPANT)


def invitations(secret: bytes = SECRET, now_s: float = NOW_S) -> Invitations:
    """Invitations whose clock stands."""
    return Invitations(secret, lambda: now_s)


def test_a_token_says_who_it_was_made_for() -> None:
    """Meeting, person, role, name and office come back as they went in."""
    claims = invitations().verify(invitations().issue("m1", LI))
    assert claims.meeting == "m1"
    assert claims.to_person() == LI


@pytest.mark.parametrize("role", list(Role))
def test_every_role_can_be_invited(role: Role) -> None:
    """Devices too."""
    person = Person(id="p", name="会议室", role=role)
    assert invitations().verify(invitations().issue("m", person)).role is role


def test_a_token_of_another_secret_is_invalid() -> None:
    """Who does not know the secret can't sign."""
    forged = invitations(secret=b"another secret, as long as the first").issue("m1", LI)
    with pytest.raises(TokenInvalid):
        invitations().verify(forged)


def test_a_token_for_another_use_is_invalid() -> None:
    """The same secret under another salt signs nothing for us."""
    payload = {"m": "m1", "p": "p1", "r": "host", "n": "甲", "o": "", "x": int(NOW_S) + 60}
    other = itsdangerous.URLSafeSerializer(SECRET, salt=SALT + "x").dumps(payload)
    with pytest.raises(TokenInvalid):
        invitations().verify(str(other))


def test_changed_claims_are_invalid() -> None:
    """A viewer can't write "host" into the token."""
    viewer = Person(id="p1", name="甲", role=Role.VIEWER)
    _, signature = invitations().issue("m1", viewer).rsplit(".", 1)
    claims = {"m": "m1", "p": "p1", "r": "host", "n": "甲", "o": "", "x": int(NOW_S) + 60}
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenInvalid):
        invitations().verify(f"{changed}.{signature}")


@pytest.mark.parametrize(
    "payload",
    [
        "text",
        [],
        {"m": "m1"},
        {"m": "m1", "p": "p1", "r": "king", "n": "甲", "o": "", "x": 9_999_999_999},
        {"m": "m1", "p": "p1", "r": "host", "n": "甲", "o": "", "x": "9999999999"},
        {"m": "m1", "p": "../x", "r": "host", "n": "甲", "o": "", "x": 9_999_999_999},
        {"m": "m1", "p": "p1", "r": "host", "n": "甲" * 41, "o": "", "x": 9_999_999_999},
    ],
)
def test_signed_nonsense_is_invalid(payload: object) -> None:
    """What another version of the service signed is refused, not misread."""
    maker = invitations()
    token = maker._signer.dumps(payload)
    with pytest.raises(TokenInvalid):
        maker.verify(str(token))


@given(st.text(max_size=200))
def test_no_text_at_all_is_a_token(text: str) -> None:
    """Garbage is invalid and never anything else."""
    with pytest.raises(TokenInvalid):
        invitations().verify(text)


def test_a_token_that_is_too_long_is_not_even_looked_at() -> None:
    """The work for a forged token is bounded."""
    with pytest.raises(TokenInvalid, match="too long"):
        invitations().verify("A" * (TOKEN_MAX + 1))


def test_each_showing_of_a_valid_link_is_told_by_its_id() -> None:
    """Of a forged, expired or withdrawn one nothing is: nobody came by it."""
    now_s, shown, withdrawn = [NOW_S], list[str](), set[str]()
    tokens = Invitations(SECRET, lambda: now_s[0], withdrawn, shown.append)
    token = tokens.issue("m1", LI, invitation="i1", valid_s=60)
    unnamed = tokens.issue("m1", LI)
    for _ in range(2):
        tokens.verify(token)
    tokens.verify(unnamed)
    assert shown == ["i1", "i1"]
    with pytest.raises(TokenInvalid):
        tokens.verify(f"{token}x")
    withdrawn.add("i1")
    with pytest.raises(TokenRevoked):
        tokens.verify(token)
    now_s[0] += 60
    with pytest.raises(TokenExpired):
        tokens.verify(token)
    assert shown == ["i1", "i1"]


def test_the_longest_names_fit() -> None:
    """Letters outside the basic plane are four bytes each."""
    person = Person(
        id="p" * 64,
        name="𠮷" * NAME_MAX,
        real_name="𠮷" * NAME_MAX,
        office="𠮷" * OFFICE_MAX,
        role=Role.HOST,
    )
    token = invitations().issue("m" * 64, person, invitation="i" * 32)
    assert len(token) <= TOKEN_MAX
    assert invitations().verify(token).to_person() == person


def test_ids_are_random_and_fit_the_record() -> None:
    """No two alike, and allowed as ids of persons and meetings."""
    ids = {new_person_id() for _ in range(1000)} | {new_meeting_id() for _ in range(1000)}
    assert len(ids) == 2000
    assert all(Person(id=one, name="甲", role=Role.VIEWER) for one in ids)
