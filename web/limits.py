"""Bounds on what strangers may ask of the HTTP side."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import OrderedDict

from starlette.requests import Request

from signaling.limits import Rate
from signaling.rates import TokenBucket

BODY_MAX = 8_192  # bytes; a name and an earlier token are under 3 kB
BODY_S = 10.0  # seconds for a body to arrive
ENTER = Rate(burst=200, per_s=10.0)
"""A hall full of residents behind one address scans at once; a carrier's stands for thousands."""
ADDRESSES_MAX = 10_000  # addresses remembered, about 2 MB; the longest silent one is forgotten


class BodyTooLarge(Exception):
    """The request's body is over its bound; what was read is dropped."""


async def read_body(request: Request, bound: int = BODY_MAX) -> bytes:
    """
    The whole body, at most *bound* bytes.

    Raises:
        BodyTooLarge: there is more; the rest isn't read.
        TimeoutError: it did not arrive in time.
        starlette.requests.ClientDisconnect: the client went away.
    """
    body = bytearray()
    async with asyncio.timeout(BODY_S):
        async for chunk in request.stream():
            body += chunk
            if len(body) > bound:
                raise BodyTooLarge
    return bytes(body)


class RateLimit:
    """
    A token bucket for each address, in a bounded map.

    Forgetting the longest silent address errs on the generous side: it comes back with a full
    bucket. Clocks are arguments, monotonic seconds.
    """

    def __init__(self, rate: Rate, addresses_max: int = ADDRESSES_MAX) -> None:
        self._rate = rate
        self._max = addresses_max
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, address: str, now_s: float) -> bool:
        """Whether *address* may have one more at this moment; if so, it is counted."""
        key = network(address)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = TokenBucket(self._rate)
            if len(self._buckets) > self._max:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        return bucket.take(now_s)


def network(address: str) -> str:
    """What counts as one address: IPv4 alone, IPv6 by /64 (RFC 6177: what one site gets)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((parsed, 64), strict=False))
    return str(parsed)
