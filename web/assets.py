"""
The built client, kept in memory.

It is a handful of files, some hundred kB: read once at the start, compressed once, answered without
touching the disk. Vite puts a digest into the names under `assets/`, so those may be cached for
ever; everything else is asked again each time and answered 304 when unchanged.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"
"""Where the build puts the client."""

TOTAL_MAX = 64 * 2**20  # bytes; more in the folder is a mistake, not a client
COMPRESS_MIN = 1_024  # bytes; below, compression saves no packet
COMPRESSIBLE = (
    "text/",
    "application/javascript",
    "application/json",
    "image/svg",
    "application/manifest",
)


class ClientMissing(Exception):
    """The client was not built."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to be sent."""

    body: bytes
    compressed: bytes | None
    media_type: str
    etag: str
    forever: bool
    """The name changes with the content."""

    def response(self, request: Request) -> Response:
        """The answer to *request* for this file: 200 or 304."""
        headers = {
            "etag": self.etag,
            "cache-control": "public, max-age=31536000, immutable" if self.forever else "no-cache",
            "vary": "accept-encoding",
        }
        if self.etag in [
            tag.strip() for tag in request.headers.get("if-none-match", "").split(",")
        ]:
            return Response(status_code=304, headers=headers)
        body = self.body
        if self.compressed is not None and _takes_gzip(request.headers.get("accept-encoding", "")):
            body = self.compressed
            headers["content-encoding"] = "gzip"
        return Response(body, media_type=self.media_type, headers=headers)


class Assets:
    """The built client's files by their path in the folder, `index.html` among them."""

    def __init__(self, files: dict[str, Asset]) -> None:
        self._files = files

    @classmethod
    def load(cls, folder: Path = STATIC) -> Assets:
        """
        Read the folder.

        Raises:
            ClientMissing: there is no index.html, or far too much.
        """
        if not (folder / "index.html").is_file():
            raise ClientMissing(
                f"网页尚未构建：缺少 {folder / 'index.html'}。"
                " The web client was not built; run `make setup` (or: pip install -e .)."
            )
        files: dict[str, Asset] = {}
        total = 0
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not path.name.startswith("."):
                body = path.read_bytes()
                total += len(body)
                if total > TOTAL_MAX:
                    raise ClientMissing(f"{folder} holds over {TOTAL_MAX} bytes: no client")
                files[name] = _asset(name, body)
        return cls(files)

    def get(self, name: str) -> Asset | None:
        """The file of this path, such as `assets/index-C0ffee.js`."""
        return self._files.get(name)

    @property
    def index(self) -> Asset:
        """The page that every screen starts from."""
        return self._files["index.html"]


def _asset(name: str, body: bytes) -> Asset:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type == "text/javascript" or name.endswith(".mjs"):
        media_type = "application/javascript"
    compressed = None
    if len(body) >= COMPRESS_MIN and media_type.startswith(COMPRESSIBLE):
        compressed = gzip.compress(body, compresslevel=9, mtime=0)
    return Asset(
        body=body,
        compressed=compressed,
        media_type=media_type,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        forever=name.startswith("assets/"),
    )


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in {"gzip", "*"} and weight.replace(" ", "") not in {"q=0", "q=0.0"}:
            return True
    return False
