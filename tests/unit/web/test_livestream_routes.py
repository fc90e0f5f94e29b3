"""The livestream over HTTP: what may be cached, what is refused, and with which code."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from media import livestream as module
from media.livestream import Livestream
from media.segments.memory import MemoryStore
from media.segments.port import Ended
from tests.fixtures.parts import part, run_of, started
from web.routes.livestream import routes


def store() -> MemoryStore:
    """A run with two segments and one part."""
    filled = MemoryStore()
    filled.put("1.mp4", b"init")
    filled.put("1l.mp4", b"init")
    filled.note(started(1).model_copy(update={"others": ("1l.mp4",)}))
    for entry in (*run_of(1, segments=2, others=True), part(1, 2, 0, others=True)):
        filled.append(entry.file, b"x" * 100)
        for piece in entry.others:
            filled.append(piece.file, b"x" * piece.length)
        filled.note(entry)
    return filled


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_S", 0.02)


def get(path: str, filled: MemoryStore | None = None) -> httpx.Response:
    async def main() -> httpx.Response:
        streams = {"m1": Livestream(filled or store()), "empty": Livestream(MemoryStore())}
        app = Starlette(routes=routes(streams.get))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("path", "kind", "caching"),
    [
        ("/hls/m1/live.m3u8", "application/vnd.apple.mpegurl", "public, max-age=1"),
        ("/hls/m1/live.m3u8?_HLS_msn=1", "application/vnd.apple.mpegurl", "public, max-age=6"),
        (
            "/hls/m1/live.m3u8?_HLS_msn=2&_HLS_part=0",
            "application/vnd.apple.mpegurl",
            "public, max-age=6",
        ),
        ("/hls/m1/live-360.m3u8", "application/vnd.apple.mpegurl", "public, max-age=1"),
        (
            "/hls/m1/live-sound.m3u8?_HLS_msn=1",
            "application/vnd.apple.mpegurl",
            "public, max-age=6",
        ),
        ("/hls/m1/programme.m3u8", "application/vnd.apple.mpegurl", "public, max-age=60"),
        ("/hls/m1/whole.m3u8", "application/vnd.apple.mpegurl", "public, max-age=1"),
        ("/hls/m1/recording.m3u8", "application/vnd.apple.mpegurl", "public, max-age=1"),
        ("/hls/m1/recording-360.m3u8", "application/vnd.apple.mpegurl", "public, max-age=1"),
        (
            "/hls/m1/recording-sound.m3u8?_HLS_msn=2&_HLS_part=0&_HLS_skip=YES",
            "application/vnd.apple.mpegurl",
            "public, max-age=6",
        ),
        ("/hls/m1/1l.mp4", "video/mp4", "public, max-age=31536000, immutable"),
        ("/hls/m1/1a-1.m4s", "video/mp4", "public, max-age=31536000, immutable"),
        ("/hls/m1/1.mp4", "video/mp4", "public, max-age=31536000, immutable"),
        ("/hls/m1/1-1.m4s", "video/mp4", "public, max-age=31536000, immutable"),
        ("/hls/m1/1-2.0.m4s", "video/mp4", "public, max-age=31536000, immutable"),
    ],
)
def test_what_is_served(path: str, kind: str, caching: str) -> None:
    """With its type, and for how long a cache may keep it."""
    response = get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == kind
    assert response.headers["cache-control"] == caching


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/hls/m2/live.m3u8", 404, "livestream.unknown"),
        ("/hls/m2/recording.m3u8", 404, "livestream.unknown"),
        ("/hls/m2/programme.m3u8", 404, "livestream.unknown"),
        ("/hls/empty/whole.m3u8", 404, "livestream.not_yet"),
        ("/hls/m1/live-1080.m3u8", 404, "livestream.unknown_file"),
        ("/hls/m1/recording.m3u8?_HLS_msn=9", 400, "livestream.too_far_ahead"),
        ("/hls/m1/recording-360.m3u8?_HLS_part=1", 400, "livestream.bad_request"),
        ("/hls/m1/recording.m3u8?_HLS_msn=2&_HLS_part=1", 503, "livestream.not_yet"),
        ("/hls/m2/1.mp4", 404, "livestream.unknown"),
        ("/hls/empty/live.m3u8", 404, "livestream.not_yet"),
        ("/hls/m1/live.m3u8?_HLS_msn=x", 400, "livestream.bad_request"),
        ("/hls/m1/live.m3u8?_HLS_msn=-1", 400, "livestream.bad_request"),
        ("/hls/m1/live.m3u8?_HLS_msn=99999999999999999999", 400, "livestream.bad_request"),
        ("/hls/m1/live.m3u8?_HLS_part=1", 400, "livestream.bad_request"),
        ("/hls/m1/live.m3u8?_HLS_msn=9", 400, "livestream.too_far_ahead"),
        ("/hls/m1/live.m3u8?_HLS_msn=2&_HLS_part=1", 503, "livestream.not_yet"),
        ("/hls/m1/1-2.m4s", 404, "livestream.unknown_file"),
        ("/hls/m1/1-2.1.m4s", 404, "livestream.unknown_file"),
        ("/hls/m1/index.jsonl", 404, "livestream.unknown_file"),
        ("/hls/m1/..%2F..%2Fetc%2Fpasswd", 404, None),
        ("/hls/m1/%2e%2e", 404, None),
    ],
)
def test_what_is_refused(path: str, status: int, code: str | None) -> None:
    """With a stable code, and never kept by a cache."""
    response = get(path)
    assert response.status_code == status
    if code is not None:
        assert response.json()["code"] == code
        assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["recording.m3u8", "recording-sound.m3u8", "whole.m3u8"])
def test_a_complete_recording_may_be_kept_longer(path: str) -> None:
    """It doesn't grow any more."""
    filled = store()
    filled.note(Ended(at_ms=1))
    assert get(f"/hls/m1/{path}", filled).headers["cache-control"] == "public, max-age=60"


def test_longer_segments_are_kept_longer() -> None:
    """A playlist that was waited for: six target durations."""
    filled = MemoryStore()
    filled.note(started(1).model_copy(update={"part_ms": 400, "segment_ms": 2_000}))
    for entry in run_of(1, segments=2):
        filled.note(entry)
    kept = get("/hls/m1/live.m3u8?_HLS_msn=1", filled).headers["cache-control"]
    assert kept == "public, max-age=12"


@pytest.mark.parametrize(("value", "skipped"), [("YES", True), ("v2", True), ("no", False)])
def test_updates_that_skip_are_asked_for(value: str, skipped: bool) -> None:
    """By two names; what is not known is ignored."""
    filled = MemoryStore()
    for entry in run_of(1, segments=20):
        filled.note(entry)
    text = get(f"/hls/m1/recording.m3u8?_HLS_skip={value}", filled).text
    assert ("#EXT-X-SKIP:SKIPPED-SEGMENTS=14\n" in text) == skipped
