"""What the media process is told at its start."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from media.programme.timing import PART_MS, PART_MS_MAX

_Port = Annotated[int, Field(ge=0, le=65_535)]


class MediaSettings(BaseModel):
    """
    Settings of the media process, passed to it as JSON on its command line.

    Raises:
        pydantic.ValidationError: a value that makes no sense.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    udp_port_min: _Port = 0
    udp_port_max: _Port = 0
    """
    UDP ports for media, both ends included; 0 and 0: any free port.

    Each peer takes one per local address; an ICE restart takes as many again for about a second.
    """

    addresses: tuple[str, ...] = ()
    """Local addresses to listen on; empty: those of all interfaces but loopback."""

    ice_loopback: bool = False
    """Listen on 127.0.0.1 besides, for clients on the same machine."""

    public_address: str | None = None
    """Address under which a 1:1 NAT shows this machine; the same ports must lead here."""

    ice_servers: tuple[str, ...] = ()
    """
    `stun:host` or `stun:host:port`; the first is asked for our public address. None by default.
    """

    font: Path | None = None
    """Font file for Chinese letters in the programme, handed on to its worker."""

    part_ms: Annotated[int, Field(ge=PART_MS, le=PART_MS_MAX, multiple_of=PART_MS)] = PART_MS
    """Length of the livestream's parts (`media.programme.timing`), of programmes that begin."""

    @field_validator("addresses")
    @classmethod
    def _are_addresses(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ipaddress.ip_address(value)) for value in values)

    @field_validator("public_address")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        return None if value is None else str(ipaddress.ip_address(value))

    @field_validator("ice_servers")
    @classmethod
    def _are_stun(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            stun_server(value)
        return values

    @model_validator(mode="after")
    def _is_range(self) -> Self:
        if self.udp_port_min > self.udp_port_max or (self.udp_port_max and not self.udp_port_min):
            raise ValueError("udp_port_min..udp_port_max is no range")
        return self


def stun_server(url: str) -> tuple[str, int]:
    """
    Host and port of a STUN server (RFC 7064); the port is 3478 unless it is given.

    TURN is for clients: a relay of the server's own would only stand before an address that clients
    must reach anyway.

    Raises:
        ValueError: not a `stun:` URL.
    """
    scheme, _, rest = url.partition(":")
    host, colon, port = rest.rpartition(":")
    if not colon or rest.endswith("]"):
        host, port = rest, "3478"
    host = host.removeprefix("[").removesuffix("]")
    if scheme != "stun" or not host or not (port.isascii() and port.isdecimal()):
        raise ValueError(f"not a stun: URL: {url!r}")
    return host, int(port)
