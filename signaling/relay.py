"""
ICE servers for clients: those of the settings, and a relay with credentials that run out. Pure.

The relay is coturn with `use-auth-secret`: whoever knows the shared secret names an instant and a
person, and signs both (draft-uberti-behave-turn-rest-00, section 2.2). coturn refuses a new
allocation after that instant; one that stands is refreshed with the credentials it began with.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from signaling.wire.frames import IceServer

CREDENTIAL_S = 6 * 3_600  # a meeting's length; who took them along has a relay to our media alone


@dataclass(frozen=True, slots=True)
class IceServers:
    """What the clients of a service are told."""

    fixed: tuple[IceServer, ...] = ()
    """The same for everybody, for ever."""
    relay_urls: tuple[str, ...] = ()
    """`turn:` and `turns:` addresses of the relay (RFC 7065); none: there is no relay."""
    relay_secret: bytes = b""
    """coturn's `static-auth-secret`."""
    lifetime_s: float = CREDENTIAL_S

    @property
    def renew_s(self) -> float | None:
        """When to send new ones, long before the old ones run out; None: they never do."""
        return self.lifetime_s / 2 if self.relay_urls else None

    def of(self, person: str, now_ms: int) -> tuple[IceServer, ...]:
        """
        The servers for one person.

        Args:
            now_ms: wall clock; the relay's must be about the same.
        """
        if not self.relay_urls:
            return self.fixed
        expires_s = now_ms // 1_000 + round(self.lifetime_s)
        name = f"{expires_s}:{person}"
        signed = hmac.digest(self.relay_secret, name.encode(), hashlib.sha1)
        relay = IceServer(
            urls=self.relay_urls,
            username=name,
            credential=base64.b64encode(signed).decode(),
            expires_ms=expires_s * 1_000,
        )
        return (*self.fixed, relay)
