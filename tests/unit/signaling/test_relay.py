"""Credentials for the relay are signed as coturn checks them, and told with their end."""

from __future__ import annotations

from signaling.relay import CREDENTIAL_S, IceServers
from signaling.wire.frames import IceServer

FIXED = IceServer(urls=("stun:192.0.2.1",))
NOW_MS = 1_763_784_000_123


def test_without_a_relay_everybody_is_told_the_same_and_nothing_runs_out() -> None:
    servers = IceServers((FIXED,))
    assert servers.of("li", NOW_MS) == (FIXED,)
    assert servers.renew_s is None


def test_credentials_name_their_end_and_the_person_and_are_signed() -> None:
    """As `openssl dgst -sha1 -hmac geheim -binary | base64` says of "1763805600:li"."""
    servers = IceServers((FIXED,), ("turn:192.0.2.1", "turns:192.0.2.1:443"), b"geheim")
    fixed, relay = servers.of("li", NOW_MS)
    assert fixed == FIXED
    assert relay.urls == ("turn:192.0.2.1", "turns:192.0.2.1:443")
    assert relay.username == "1763805600:li"
    assert relay.credential == "dk0ay1ZJkgJr3Xx0EFf/+daBgXM="
    assert relay.expires_ms == 1_763_805_600_000


def test_they_are_renewed_while_the_old_ones_hold() -> None:
    renew_s = IceServers((), ("turn:192.0.2.1",), b"geheim").renew_s
    assert renew_s is not None
    assert 0 < renew_s < CREDENTIAL_S
