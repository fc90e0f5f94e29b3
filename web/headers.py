"""What every answer carries, and the count of answers."""

from __future__ import annotations

import re
from functools import lru_cache

from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.metrics import Metrics

_HOST = re.compile(r"^[A-Za-z0-9.:\[\]-]{1,255}$")

_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    # Minutes open from a blob, which has this page's policy, and carry their style inside.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "media-src 'self' blob:",  # Media Source Extensions play from blob: addresses
    "worker-src 'self' blob:",  # hls.js makes its worker of a blob
    "frame-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)

_PERMISSIONS = (
    b"camera=(self), microphone=(self), autoplay=(self), fullscreen=(self),"
    b" screen-wake-lock=(self), geolocation=(), payment=(), usb=()"
)
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),  # a room's address is nobody else's business
    (b"permissions-policy", _PERMISSIONS),
    (b"x-frame-options", b"DENY"),  # for browsers that know no frame-ancestors
)
HOSTS_KEPT = 64  # names under which one service is reached; strangers may send any others


@lru_cache(maxsize=HOSTS_KEPT)
def content_policy(host: str, *, secure: bool) -> str:
    """
    The Content-Security-Policy of the pages.

    Sockets stand beside 'self', which does not cover ws: in Safari before 15.4.

    Args:
        host: the request's Host header; left out when it is no host.
        secure: whether the page came by HTTPS.
    """
    connect = "connect-src 'self'"
    if _HOST.match(host):
        connect += f" {'wss' if secure else 'ws'}://{host}"
    return "; ".join((*_POLICY, connect))


UNCOUNTED = "uncounted"
"""Name of routes whose answers are not counted: how many there were is nobody's business yet."""


class Headers:
    """ASGI middleware: security headers that the route has not set itself; counts by route."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers added to the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = next(
            (value.decode("latin-1") for key, value in scope["headers"] if key == b"host"), ""
        )

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message.get("headers", ())
                policy = content_policy(host, secure=scope["scheme"] == "https").encode("latin-1")
                added = (*_ALWAYS, (b"content-security-policy", policy))
                named = {name for name, _ in own}
                message["headers"] = [*own, *(one for one in added if one[0] not in named)]
                route = scope.get("route")
                path = route.path if isinstance(route, Route) else "other"
                if not (isinstance(route, Route) and route.name == UNCOUNTED):
                    self._metrics.requests[path, message["status"]] += 1
            await send(message)

        await self._app(scope, receive, send_with_headers)
