"""
Fragments of descriptions, as a PATCH of WHIP and WHEP carries them (RFC 8840, section 9). Pure.

The service's candidates stand in its answer and the client's become known by its checks, so of a
fragment only the ICE credentials matter: new ones ask for an ICE restart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FRAGMENT_MAX = 16_384  # characters; a hundred candidates are 10 kB
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")  # RFC 8839, section 5.4
_PWD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_CREDENTIALS = re.compile(r"^a=ice-(ufrag|pwd):[^\r\n]*", re.MULTILINE)
_KEPT = ("a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=mid:", "m=")


class BadFragment(ValueError):
    """No fragment of a description, or one without the ICE credentials."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of one side's ICE (RFC 8839, section 5.4)."""

    ufrag: str
    pwd: str


def credentials(fragment: str) -> Credentials:
    """
    The ICE credentials that a fragment names, in its head or in its first m-line.

    Raises:
        BadFragment: there are none, or they can't be read.
    """
    found: dict[str, str] = {}
    for line in fragment.splitlines():
        if not line:
            continue
        if line[1:2] != "=" or not line.isprintable():
            raise BadFragment("a line that is not type=value")
        for name in ("ufrag", "pwd"):
            head = f"a=ice-{name}:"
            if line.startswith(head):
                found.setdefault(name, line.removeprefix(head).strip())
    ufrag, pwd = found.get("ufrag", ""), found.get("pwd", "")
    if not _UFRAG.fullmatch(ufrag) or not _PWD.fullmatch(pwd):
        raise BadFragment("ICE username fragment or password is missing or wrong")
    return Credentials(ufrag, pwd)


def restarted(offer: str, anew: Credentials) -> str:
    """The same offer with new ICE credentials: what asks the media plane for a restart."""
    return _CREDENTIALS.sub(lambda m: f"a=ice-{m[1]}:{getattr(anew, m[1])}", offer)


def fragment_of(answer: str) -> str:
    """
    The part of an answer that an ICE restart changes: credentials and candidates.

    RFC 9725, section 4.3.3: the answer to a restart is a fragment with the service's own.
    """
    kept = [line for line in answer.splitlines() if line.startswith(_KEPT)]
    first = next((i for i, line in enumerate(kept) if line.startswith("m=")), len(kept))
    # One bundled transport: what its first m-line says holds for all.
    end = next((i for i, line in enumerate(kept) if line.startswith("m=") and i > first), len(kept))
    lines = [line for line in kept[first:end] if line.startswith("a=ice-")]
    lines += [line for line in kept[first:end] if not line.startswith("a=ice-")]
    return "\r\n".join((*lines, "a=end-of-candidates")) + "\r\n"
