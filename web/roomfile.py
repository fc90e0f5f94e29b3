"""Files of the operator by room. What secret ones hold is in no log and no argument list."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from web.links import room_code
from web.settings import SettingsError

T = TypeVar("T")


def read_room_file(
    path: Path | None, adapter: TypeAdapter[dict[str, T]], setting: str, *, secret: bool = True
) -> Mapping[str, T]:
    """
    A file in JSON, room code -> what it has; none if there is no file.

    Args:
        adapter: hides its input in errors if it is secret.
        setting: its name, for messages.
        secret: nobody else on the machine may read it.

    Raises:
        SettingsError: it can't be read, is none, or others may read a secret.
    """
    if path is None:
        return {}
    try:
        if secret and path.stat().st_mode & 0o077:
            raise SettingsError(f"{setting}: {path} holds passwords: chmod 600")
        found = adapter.validate_json(path.read_bytes())
        return {room_code(code): value for code, value in found.items()}
    except ValidationError as error:
        places = [".".join(map(str, one["loc"])) + ": " + one["msg"] for one in error.errors()]
        raise SettingsError(f"{setting}: {path}: {'; '.join(places)}") from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"{setting}: {path}: {error}") from error
