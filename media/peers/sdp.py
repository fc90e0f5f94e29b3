"""
Session descriptions: text to sections and back (RFC 8866), and what they say of the transport.

Pure, and generic: attributes are kept as they came, in their order, so that nothing a browser adds
is lost on the way to those who look for it. Of the other lines only `o=` and `m=` are kept; the
rest (bandwidth, connection, timing) means nothing between two WebRTC peers.

What can't be read is refused with `MediaCode.BAD_SDP`, never anything else, but for too many
m-lines (`MediaCode.TOO_MANY`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from media.control import MediaCode, MediaRefused

TEXT_MAX = 131_072  # characters; 64 sections of Chromium, without candidates, are about 130 kB
SECTIONS_MAX = 64  # m-lines of one description
ATTRIBUTES_MAX = 512  # per section; Chromium's longest (video, all codecs) has about 130
CANDIDATES_MAX = (
    16  # of the client that are tried; a machine with more has its others tried by itself
)

Setup = Literal["actpass", "active", "passive"]

_TOKEN = re.compile(r"[!#-'*+\-.0-9A-Z^-~]+")  # RFC 8866, section 9: token
_FORMAT = re.compile(r"[!-~]+")
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")  # RFC 8839, section 5.4
_PWD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_DIGEST_BYTES = {"sha-256": 32, "sha-384": 48, "sha-512": 64}  # those that RTCDtlsTransport checks


def bad(detail: str) -> MediaRefused:
    """The refusal of a description that can't be used."""
    return MediaRefused(MediaCode.BAD_SDP, detail)


class Attribute(NamedTuple):
    """One `a=` line: `a=name` or `a=name:value`."""

    name: str
    value: str | None = None


def _first(attributes: tuple[Attribute, ...], name: str) -> str | None:
    for attribute in attributes:
        if attribute.name == name:
            return attribute.value or ""
    return None


@dataclass(frozen=True, slots=True)
class Section:
    """An m-line with its attributes."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    attributes: tuple[Attribute, ...] = ()

    def first(self, name: str) -> str | None:
        """Value of the first attribute of this name ("" if it has none), None if it is missing."""
        return _first(self.attributes, name)

    def every(self, name: str) -> tuple[str, ...]:
        """Values of all attributes of this name, in order."""
        return tuple(value or "" for key, value in self.attributes if key == name)

    def has(self, name: str) -> bool:
        return self.first(name) is not None

    @property
    def rejected(self) -> bool:
        """
        Port 0 means that the section is not used.

        RFC 9143, section 7.1.2: with "bundle-only" the port is zero too, and the section *is* used.
        """
        return self.port == 0 and not self.has("bundle-only")

    @property
    def mid(self) -> str:
        """
        Raises:
            MediaRefused: BAD_SDP, if the section has none.
        """
        mid = self.first("mid")
        if mid is None or len(mid) > 16 or not _TOKEN.fullmatch(mid):
            raise bad("an m-line without a usable mid")
        return mid


@dataclass(frozen=True, slots=True)
class Description:
    """A session description."""

    session: int
    """Number of the session, the same in every description of one side (RFC 8866, 5.2)."""
    version: int
    """Rises with every description of one side."""
    attributes: tuple[Attribute, ...]
    sections: tuple[Section, ...]

    def first(self, name: str) -> str | None:
        """Value of the first attribute of this name at session level."""
        return _first(self.attributes, name)

    def bundle(self) -> tuple[str, ...]:
        """Mids of the first BUNDLE group; empty if there is none."""
        for name, value in self.attributes:
            if name == "group" and value is not None:
                semantics, *mids = value.split(" ")
                if semantics == "BUNDLE":
                    return tuple(mids)
        return ()


def parse(text: str, *, sections_max: int = SECTIONS_MAX) -> Description:
    """
    Read a description.

    Raises:
        MediaRefused: BAD_SDP, or TOO_MANY for more than *sections_max* m-lines.
    """
    if len(text) > TEXT_MAX:
        raise bad(f"longer than {TEXT_MAX} characters")
    lines = text.split("\n")
    if lines[0].rstrip("\r") != "v=0":
        raise bad("does not begin with v=0")
    session, version = 0, 0
    # The attributes of the session first, then those of each m-line.
    heads: list[tuple[str, int, str, tuple[str, ...]]] = []
    levels: list[list[Attribute]] = [[]]
    for line in lines[1:]:
        line = line.rstrip("\r")
        if not line:
            continue
        key, equals, value = line[:1], line[1:2], line[2:]
        if equals != "=" or not key.isalpha() or not value.isprintable():
            raise bad("a line that is not type=value")
        match key:
            case "a":
                name, colon, rest = value.partition(":")
                if not _TOKEN.fullmatch(name):
                    raise bad("an attribute without a name")
                if len(levels[-1]) >= ATTRIBUTES_MAX:
                    raise bad(f"more than {ATTRIBUTES_MAX} attributes in a section")
                levels[-1].append(Attribute(name, rest if colon else None))
            case "m":
                if len(heads) >= sections_max:
                    raise MediaRefused(MediaCode.TOO_MANY, f"more than {sections_max} m-lines")
                heads.append(_media_line(value))
                levels.append([])
            case "o":
                session, version = _origin_line(value)
            case _:
                pass
    return Description(
        session=session,
        version=version,
        attributes=tuple(levels[0]),
        sections=tuple(
            Section(*head, tuple(attributes))
            for head, attributes in zip(heads, levels[1:], strict=True)
        ),
    )


def _media_line(value: str) -> tuple[str, int, str, tuple[str, ...]]:
    """RFC 8866, section 5.14: "m=<media> <port> <proto> <fmt> ..." """
    kind, *rest = value.split(" ")
    if len(rest) < 3 or not all(map(_FORMAT.fullmatch, (kind, *rest))):
        raise bad("an m-line that can't be read")
    port, protocol, *formats = rest
    if len(formats) > 128 or len(set(formats)) != len(formats):
        raise bad("an m-line with too many or repeated formats")
    return kind, number(port, 65_535), protocol, tuple(formats)


def _origin_line(value: str) -> tuple[int, int]:
    """RFC 8866, section 5.2; the numbers are 64 bits wide, Firefox writes its name before them."""
    fields = value.split(" ")
    if len(fields) != 6:
        raise bad("an o-line that can't be read")
    return number(fields[1], 2**64 - 1), number(fields[2], 2**64 - 1)


def number(text: str, highest: int) -> int:
    """
    A decimal number, 0..highest.

    Raises:
        MediaRefused: BAD_SDP.
    """
    # isdecimal alone takes digits of other scripts, and int() takes signs, blanks and underscores.
    if not (text.isascii() and text.isdecimal() and len(text) <= 20 and int(text) <= highest):
        raise bad("a number that is none or out of range")
    return int(text)


def render(description: Description) -> str:
    """The text of a description, lines ended as RFC 8866 wants them."""
    lines = [
        "v=0",
        f"o=- {description.session} {description.version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
    ]
    lines += map(_attribute_line, description.attributes)
    for section in description.sections:
        formats = " ".join(section.formats)
        lines.append(f"m={section.kind} {section.port} {section.protocol} {formats}")
        lines.append("c=IN IP4 0.0.0.0")
        lines += map(_attribute_line, section.attributes)
    return "\r\n".join(lines) + "\r\n"


def _attribute_line(attribute: Attribute) -> str:
    name, value = attribute
    return f"a={name}" if value is None else f"a={name}:{value}"


# --- the transport ----------------------------------------------------------------------------


class Fingerprint(NamedTuple):
    """Of a certificate (RFC 8122, section 5)."""

    algorithm: str
    """Lower case, for instance "sha-256"."""
    value: str
    """Bytes in upper case hex, with colons."""


@dataclass(frozen=True, slots=True)
class Transport:
    """How one side is reached and known: ICE and DTLS parameters of the bundle."""

    ufrag: str
    pwd: str
    fingerprints: tuple[Fingerprint, ...]
    setup: Setup
    candidates: tuple[str, ...] = ()
    """Values of a=candidate."""

    def attributes(self) -> tuple[Attribute, ...]:
        """As they stand in every used section; candidates come apart."""
        return (
            Attribute("ice-ufrag", self.ufrag),
            Attribute("ice-pwd", self.pwd),
            *(Attribute("fingerprint", f"{f.algorithm} {f.value}") for f in self.fingerprints),
            Attribute("setup", self.setup),
        )


def transport_of(description: Description) -> Transport:
    """
    The transport that a description offers or answers with.

    It stands in the first section that is used (the BUNDLE tag), with the session as fallback.

    Raises:
        MediaRefused: BAD_SDP, if it is missing, wrong, or has no fingerprint that can be checked.
    """
    used = next((s for s in description.sections if not s.rejected), None)
    if used is None:
        raise bad("no m-line is used")

    def level(name: str) -> tuple[str, ...]:
        return used.every(name) or tuple(v or "" for k, v in description.attributes if k == name)

    ufrag, pwd = (next(iter(level(name)), "") for name in ("ice-ufrag", "ice-pwd"))
    if not _UFRAG.fullmatch(ufrag) or not _PWD.fullmatch(pwd):
        raise bad("ICE username fragment or password is missing or wrong")
    return Transport(
        ufrag=ufrag,
        pwd=pwd,
        fingerprints=_fingerprints(level("fingerprint")),
        setup=_setup(next(iter(level("setup")), "")),
        candidates=used.every("candidate")[:CANDIDATES_MAX],
    )


def _setup(value: str) -> Setup:
    match value:
        case "actpass" | "active" | "passive":
            return value
        case _:
            raise bad("a=setup is missing or wrong")


def _fingerprints(values: tuple[str, ...]) -> tuple[Fingerprint, ...]:
    found: list[Fingerprint] = []
    for value in values:
        algorithm, _, digest = value.partition(" ")
        algorithm, digest = algorithm.lower(), digest.upper()
        size = _DIGEST_BYTES.get(algorithm)
        if size is None:
            continue  # RFC 8122, section 5.1: one that is not understood is ignored
        if not re.fullmatch(rf"[0-9A-F]{{2}}(:[0-9A-F]{{2}}){{{size - 1}}}", digest):
            raise bad("a fingerprint that can't be read")
        found.append(Fingerprint(algorithm, digest))
    if not 0 < len(found) <= 8:
        raise bad("no fingerprint that can be checked, or too many")
    return tuple(found)
