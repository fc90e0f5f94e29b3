"""
Platforms that a programme can be passed on to, and their keys.

The operator's stand in a file, by room; the host may enter others for a meeting, which are kept in
a file of their own that only the service's user may read, until the meeting is over. Nobody is ever
shown an address again: the record and the screens have names alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    field_serializer,
)

from media.push.job import checked
from meetings.push.events import PlatformName
from web.roomfile import read_room_file

PLATFORMS_MAX = 8
"""Of a room, and as many of a meeting: more would crowd the console."""
URL_MAX = 1_000  # characters


def _short(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) > URL_MAX:
        raise ValueError(f"at most {URL_MAX} characters")
    return value


class Platform(BaseModel):
    """Where the programme can be sent to."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: PlatformName
    url: Annotated[SecretStr, AfterValidator(_short), AfterValidator(checked)]

    @field_serializer("url", when_used="json")
    def _plain(self, secret: SecretStr) -> str:
        return secret.get_secret_value()


Rooms = Mapping[str, tuple[Platform, ...]]
"""Room code -> its platforms."""

_SOME = Annotated[tuple[Platform, ...], Field(max_length=PLATFORMS_MAX)]
_ROOMS: Final = TypeAdapter(dict[str, _SOME], config=ConfigDict(hide_input_in_errors=True))
_ENTERED: Final = TypeAdapter(_SOME, config=ConfigDict(hide_input_in_errors=True))


def read_platforms(path: Path | None) -> Rooms:
    """
    The operator's: JSON, `{"room code": [{"name", "url"}]}`.

    Raises:
        SettingsError: the file can't be read, is none, or others may read it too.
    """
    return read_room_file(path, _ROOMS, "YISHI_PLATFORMS")


class TooManyPlatforms(Exception):
    """The meeting has as many as it may have."""


class Entered:
    """What hosts entered, a file a meeting."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, meeting: str) -> tuple[Platform, ...]:
        """
        Raises:
            OSError, ValueError: the file can't be read.
        """
        try:
            return _ENTERED.validate_json(self._path(meeting).read_bytes())
        except FileNotFoundError:
            return ()

    def put(self, meeting: str, platform: Platform) -> None:
        """
        Keep one; another of the same name takes its place.

        Raises:
            TooManyPlatforms, OSError
        """
        others = tuple(one for one in self.of(meeting) if one.name != platform.name)
        if len(others) >= PLATFORMS_MAX:
            raise TooManyPlatforms
        self._write(meeting, (*others, platform))

    def remove(self, meeting: str, name: str) -> None:
        """Forget one; what is not known is forgotten already."""
        self._write(meeting, tuple(one for one in self.of(meeting) if one.name != name))

    def forget(self, meeting: str) -> None:
        """Forget all of a meeting."""
        self._path(meeting).unlink(missing_ok=True)

    def _write(self, meeting: str, platforms: tuple[Platform, ...]) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._path(meeting).with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_ENTERED.dump_json(platforms))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path(meeting))

    def _path(self, meeting: str) -> Path:
        assert "/" not in meeting, "can't happen: ids of meetings have none"
        return self._folder / f"{meeting}.json"
