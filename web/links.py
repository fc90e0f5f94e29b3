"""Links that people click or scan."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from web.addresses import reachable_host
from web.settings import Settings

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,31}")


@dataclass(frozen=True, slots=True)
class Origins:
    """Where people reach the service: scheme, host and port, without a slash at the end."""

    viewers: str
    """Printed under the QR code: no warning of an unknown certificate there."""
    members: str
    """For those with a camera: HTTPS, if there is any."""


def origins(settings: Settings, port: int | None = None, tls_port: int | None = None) -> Origins:
    """
    The origins by the settings.

    Args:
        port: the TCP port that is really listened on, where the setting says 0.
        tls_port: the same for HTTPS.
    """
    if settings.public_url is not None:
        return Origins(viewers=settings.public_url, members=settings.public_url)
    host = reachable_host(settings.host)
    viewers = f"http://{host}:{settings.port if port is None else port}"
    if not settings.tls:
        return Origins(viewers=viewers, members=viewers)
    secure = f"https://{host}:{settings.tls_port if tls_port is None else tls_port}"
    return Origins(viewers=viewers, members=secure)


def room_code(text: str) -> str:
    """
    A room's code as it is kept: people type it from paper, so case and spaces don't count.

    Raises:
        ValueError: it is none: 2..32 letters a-z, digits, hyphens.
    """
    code = "".join(text.split()).lower()
    if not _CODE.fullmatch(code):
        raise ValueError(f"a room's code is 2-32 letters a-z, digits, hyphens, not {text[:40]!r}")
    return code


def room_link(viewers: str, code: str) -> str:
    """The page behind a room's QR code."""
    return f"{viewers}/r/{code}"


def secure_link(where: Origins, code: str) -> str | None:
    """
    Where browsers allow the camera (W3C secure-contexts, 3.1: HTTPS), for a viewer who came without
    and is granted the floor; None: there is no HTTPS here.
    """
    return room_link(where.members, code) if where.members.startswith("https:") else None


def join_link(members: str, token: str) -> str:
    """A personal link; the token stands in the fragment, which browsers do not send."""
    return f"{members}/join#t={token}"


def moment_link(viewers: str, code: str, meeting: str, at_ms: int) -> str:
    """The page of a meeting's recording, at an instant (wall clock, ms)."""
    return f"{room_link(viewers, code)}?meeting={quote(meeting, safe='')}&at={at_ms}"
