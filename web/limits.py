"""Bounds on what strangers may ask of the HTTP side."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass

from starlette.requests import Request

BODY_MAX = 8_192  # bytes; a name and an earlier token are under 3 kB
ENTER_BURST = 200  # a hall full of residents behind one Wi-Fi address scans at once
ENTER_PER_S = 10.0  # afterwards; a mobile carrier's address stands for thousands of phones
ADDRESSES_MAX = 10_000  # addresses remembered, about 2 MB; the longest silent one is forgotten


class BodyTooLarge(Exception):
    """The request's body is over its bound; what was read is dropped."""


async def read_body(request: Request, bound: int = BODY_MAX) -> bytes:
    """
    The whole body, at most *bound* bytes.

    Raises:
        BodyTooLarge: there is more; the rest isn't read.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > bound:
            raise BodyTooLarge
    return bytes(body)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


class RateLimit:
    """
    A token bucket for each address, in a bounded map.

    Forgetting the longest silent address errs on the generous side: it comes back with a full
    bucket. Clocks are arguments, monotonic seconds.
    """

    def __init__(self, burst: int, per_s: float, addresses_max: int = ADDRESSES_MAX) -> None:
        self._burst = burst
        self._per_s = per_s
        self._max = addresses_max
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, address: str, now_s: float) -> bool:
        """Whether *address* may have one more at this moment; if so, it is counted."""
        key = network(address)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(tokens=float(self._burst), at_s=now_s)
            if len(self._buckets) > self._max:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
            earned = (now_s - bucket.at_s) * self._per_s
            bucket.tokens = min(float(self._burst), bucket.tokens + earned)
            bucket.at_s = now_s
        if bucket.tokens < 1.0:
            return False
        bucket.tokens -= 1.0
        return True


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
