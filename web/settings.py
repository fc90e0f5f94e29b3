"""
Every setting, and the only place that reads the environment.

A setting `udp_port_min` is the variable `YISHI_UDP_PORT_MIN`; an empty variable counts as unset, so
that compose files can pass variables through. Command line flags go before the environment.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from media.programme.timing import PART_MS, PART_MS_MAX
from meetings.comments.words import USUAL, WordList, WordListError
from meetings.comments.words import parse as parse_words
from meetings.voting.events import GRACE_MAX_MS
from signaling.relay import IceServers
from signaling.wire.frames import IceServer

PREFIX = "YISHI_"
SECRET_MIN = 32  # characters; 128 bits even as hexadecimal digits
NOT_SETTINGS = frozenset({"YISHI_NODE"})
"""Variables with our prefix that other programs read: the build hook."""

log = logging.getLogger(__name__)


class SettingsError(Exception):
    """A setting is wrong; the message names it, for the person who starts the service."""


def _origin(value: str) -> str:
    """An origin without the trailing slash: scheme, host, port."""
    parts = urlsplit(value.rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be like https://yishi.example.cn")
    if parts.path or parts.query or parts.fragment or parts.username:
        raise ValueError("must be scheme, host and port alone, without a path")
    return parts.geturl()


def _issuer(value: str) -> str:
    """An issuer identifier (OpenID Connect Discovery 1.0, 2); plain HTTP on this machine alone."""
    parts = urlsplit(value)
    local = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ValueError("must begin with https://")
    if not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("must be host and path alone")
    return value


def _from_json(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


def _from_list(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _address(value: str) -> str:
    return str(ipaddress.ip_address(value))


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (LookupError, ValueError, OSError) as error:
        raise ValueError("is not a time zone that this machine knows (Debian: tzdata)") from error
    return value


def _long_secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SECRET_MIN:
        raise ValueError(f"must have at least {SECRET_MIN} characters")
    return value


def _relay_url(value: str) -> str:
    """RFC 7065: turn: or turns:, host, port, transport."""
    if not re.fullmatch(
        r"turns?:(\[[0-9A-Fa-f:]+\]|[\w.-]+)(:\d{1,5})?(\?transport=(udp|tcp))?", value
    ):
        raise ValueError("must be like turn:relay.example.cn:3478?transport=tcp")
    return value


Port = Annotated[int, Field(ge=0, le=65535)]
Origin = Annotated[str, AfterValidator(_origin)]
Address = Annotated[str, AfterValidator(_address)]
RelayUrl = Annotated[str, AfterValidator(_relay_url)]


class Settings(BaseModel):
    """All settings of one process. The descriptions are shown by `yishi serve --help`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(Path("data"), description="folder for record, recordings, keys")
    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0: all")
    port: Port = Field(8000, description="TCP port for HTTP; 0: any free one")
    public_url: Origin | None = Field(
        None, description="how people reach the service, e.g. https://yishi.example.cn"
    )
    tls: bool = Field(
        False, description="also listen with HTTPS, under a certificate of an own local CA"
    )
    tls_port: Port = Field(8443, description="TCP port for HTTPS, with tls; 0: any free one")
    trusted_proxies: str = Field(
        "127.0.0.1,::1",
        description="addresses of reverse proxies whose X-Forwarded-For and -Proto are believed",
    )
    secret: Annotated[SecretStr, AfterValidator(_long_secret)] | None = Field(
        None, description="signs invitations; default: made once and kept in the data folder"
    )
    metrics_token: Annotated[SecretStr, AfterValidator(_long_secret)] | None = Field(
        None, description="bearer token for /metrics; default: answered to this machine alone"
    )
    timezone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "Asia/Shanghai", description="time zone of the minutes"
    )
    oidc_issuer: Annotated[str, AfterValidator(_issuer)] | None = Field(
        None, description="OpenID provider for single sign-on: its issuer, e.g. https://id.gov.cn"
    )
    oidc_client_id: str = Field("", description="how the provider calls this service")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="given by the provider")
    oidc_claim: str = Field(
        "preferred_username", description="claim of the provider that names a local account"
    )
    oidc_name: str = Field("统一身份认证", description="how the sign-in page calls the provider")
    word_list: Path | None = Field(
        None, description="file with words for which comments wait for the desk, a word a line"
    )
    font: Path | None = Field(
        None, description="font file with Chinese letters for the livestream's picture"
    )
    livestream_part_ms: Annotated[int, Field(ge=PART_MS, le=PART_MS_MAX, multiple_of=PART_MS)] = (
        Field(
            PART_MS,
            description="length of the livestream's parts; 400 halves the requests of large "
            "audiences, for 0.7 s more delay",
        )
    )
    stream_grace_s: Annotated[float, Field(ge=0, le=GRACE_MAX_MS / 1000)] = Field(
        4.0,
        description="how long after the close ballots may arrive that were given before it "
        "in the livestream; a little more than most viewers are behind",
    )
    cameras: Path | None = Field(
        None, description="file with the rooms' IP cameras (JSON, see docs/sources.md), mode 600"
    )
    captions_model: Path | None = Field(
        None,
        description="folder of a Whisper model (CTranslate2) that writes captions; needs the extra "
        "`captions`, see docs/captions.md",
    )
    platforms: Path | None = Field(
        None,
        description="file with platforms to pass livestreams on to (JSON, see docs/push.md), "
        "mode 600",
    )
    recording_days: Annotated[int, Field(ge=1)] | None = Field(
        None, description="delete recordings so many days after the close; default: keep them"
    )
    room_days: Path | None = Field(
        None, description="file with rooms that have a rule of their own (JSON, docs/recording.md)"
    )
    download_days: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="delete MP4s so many days after they were made; they can be made again; "
        "default: keep them",
    )
    udp_port_min: Port = Field(0, description="lowest UDP port for video links; 0: any")
    udp_port_max: Port = Field(0, description="highest UDP port for video links; 0: any")
    udp_addresses: Annotated[tuple[Address, ...], BeforeValidator(_from_list)] = Field(
        (), description="local addresses for video links, with commas; default: all but loopback"
    )
    public_address: Address | None = Field(
        None, description="IP address that video links are told, behind a 1:1 NAT or in a container"
    )
    ice_loopback: bool = Field(
        False, description="offer 127.0.0.1 for video links too: everything on one machine"
    )
    ice_servers: Annotated[tuple[IceServer, ...], BeforeValidator(_from_json)] = Field(
        (), description='STUN and TURN, JSON: [{"urls": ["turn:..."], "username": "", ...}]'
    )
    turn_urls: Annotated[tuple[RelayUrl, ...], BeforeValidator(_from_list)] = Field(
        (),
        description="the relay (coturn) for clients behind firewalls, with commas: "
        "turn:host:3478,turn:host:3478?transport=tcp,turns:host:443?transport=tcp",
    )
    turn_secret: Annotated[SecretStr, AfterValidator(_long_secret)] | None = Field(
        None, description="shared with the relay: coturn's static-auth-secret"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least level that is logged"
    )

    @model_validator(mode="after")
    def _ports_make_a_range(self) -> Self:
        low, high = self.udp_port_min, self.udp_port_max
        if (low == 0) != (high == 0) or low > high:
            raise ValueError("udp_port_min and udp_port_max must both be set, in order")
        return self

    @model_validator(mode="after")
    def _relay_is_whole(self) -> Self:
        if bool(self.turn_urls) != (self.turn_secret is not None):
            raise ValueError("turn_urls and turn_secret must both be set")
        return self

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        if (self.oidc_issuer is None) != (not self.oidc_client_id):
            raise ValueError("oidc_issuer and oidc_client_id must both be set")
        return self

    def read_words(self) -> WordList:
        """
        The words that hold comments: the usual ones, and those of the file.

        Raises:
            SettingsError: the file can't be read, or is no word list.
        """
        if self.word_list is None:
            return USUAL
        try:
            return parse_words(self.word_list.read_text("utf-8"))
        except (OSError, UnicodeError, WordListError) as error:
            raise SettingsError(f"{variable('word_list')}: {error}") from error

    def servers_for_clients(self) -> IceServers:
        """The ICE servers that clients are told: fixed ones, and the relay."""
        secret = self.turn_secret.get_secret_value().encode() if self.turn_secret else b""
        return IceServers(self.ice_servers, self.turn_urls, secret)

    def signing_secret(self) -> bytes:
        """
        What signs invitations: the setting, or the one kept in the data folder (made when missing).

        Raises:
            OSError: the data folder can't be written.
        """
        if self.secret is not None:
            return self.secret.get_secret_value().encode()
        return kept_secret(self.data / "secret")

    def record_seed(self) -> bytes:
        """
        What the key that signs records is made of, kept in the data folder (made when missing).

        Raises:
            OSError: the data folder can't be written.
            SettingsError: the file holds something else.
        """
        path = self.data / "record-key"
        text = kept_secret(path).decode("ascii", "replace")
        if not re.fullmatch("[0-9a-f]{64}", text):
            raise SettingsError(f"{path} holds no key; where is the one that was made first?")
        return bytes.fromhex(text)


def kept_secret(path: Path) -> bytes:
    """
    The secret in this file; made (256 bits, mode 0600) when there is none.

    Two processes may come at once: the file appears whole, and the first one's stays.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_hex(32).encode())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()


def variable(name: str) -> str:
    """Name of the environment variable of a setting."""
    return PREFIX + name.upper()


def read_settings(
    flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """
    Settings from command line flags (those that are not None), then the environment, then defaults.

    Raises:
        SettingsError: a value is wrong; a variable with our prefix that is no setting only warns.
    """
    environ = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for name in Settings.model_fields:
        text = environ.get(variable(name), "")
        if text:
            values[name] = text
    known = {variable(name) for name in Settings.model_fields} | NOT_SETTINGS
    for key in sorted(environ.keys() - known):
        if key.startswith(PREFIX):
            log.warning("%s is no setting of this service", key)
    values |= {name: value for name, value in (flags or {}).items() if value is not None}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_input=False, include_url=False):
            name = str(problem["loc"][0]) if problem["loc"] else ""
            lines.append(f"{variable(name)}: {problem['msg']}" if name else problem["msg"])
        raise SettingsError("; ".join(lines)) from error
