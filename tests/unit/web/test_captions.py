"""Captions reach players: live when they come, in the recording when they were said."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from media import livestream as module
from media.livestream import Livestream
from media.segments.memory import MemoryStore
from media.segments.port import Ended
from meetings import events as ev
from meetings.captions.reading import LEAST_MS
from meetings.live import LiveMeeting
from meetings.record.port import RecordError
from meetings.service import UnknownMeeting
from tests.fixtures.parts import START_MS
from tests.unit.meetings.given import CREATED, REGISTER, joined, meeting
from tests.unit.meetings.given import MEMBER as LI
from tests.unit.web.test_livestream_routes import store
from web.captions import live_cues, spoken_cues
from web.routes import captions


def said(from_ms: int, until_ms: int, text: str, speaker: str | None = None) -> ev.CaptionAdded:
    return ev.CaptionAdded(from_ms=from_ms, until_ms=until_ms, text=text, speaker=speaker)


def test_live_it_is_shown_when_it_was_written_and_in_the_recording_when_it_was_said() -> None:
    """As long as one reads; the next one takes its place when it has stood for a second."""
    now = meeting(
        CREATED,
        *joined(LI),
        said(500, 1_500, "管网下月开工", "li"),  # entry 3, written at 3000
        said(1_600, 2_000, "请放心", "li"),  # at 4000
        said(2_200, 2_900, "好", "wang"),
        said(3_000, 3_100, "打错了"),
        ev.CaptionCorrected(caption=6, text=""),
    )
    told = [(c.id, c.from_ms, c.until_ms, c.text) for c in live_cues(now, REGISTER)]
    assert told == [
        (3, 3_000, 4_000, "李工：管网下月开工"),
        (4, 4_000, 5_000, "请放心"),
        (5, 5_000, 6_000, "王阿姨：好"),
    ]
    told = [(c.id, c.from_ms, c.until_ms, c.text) for c in spoken_cues(now, REGISTER)]
    assert told == [
        (3, 500, 1_600, "李工：管网下月开工"),
        (4, 1_600, 2_600, "请放心"),
        (5, 2_200, 3_200, "王阿姨：好"),
    ]


def test_the_last_one_stays_until_one_has_read_it_and_until_all_was_said() -> None:
    now = meeting(CREATED, said(0, 1_000, "好"))
    assert [c.until_ms for c in live_cues(now, {})] == [2_000 + LEAST_MS]
    assert [c.until_ms for c in spoken_cues(now, {})] == [LEAST_MS]
    slow = meeting(CREATED, said(0, 9_000, "好"))
    assert [c.until_ms for c in spoken_cues(slow, {})] == [9_000]
    assert live_cues(meeting(CREATED), {}) == spoken_cues(meeting(CREATED), {}) == []


def test_who_was_forgotten_is_not_named() -> None:
    now = meeting(CREATED, said(0, 1_000, "好", "li"))
    assert [c.text for c in live_cues(now, {})] == ["好"]


def _written() -> LiveMeeting:
    caption = said(START_MS + 100, START_MS + 900, "管网下月开工")
    entries = [
        ev.Entry(offset=1, at_ms=0, event=CREATED),
        ev.Entry(offset=2, at_ms=START_MS + 1_200, event=caption),
    ]
    live = LiveMeeting("m1", "e", entries[0])
    live.advance(entries[1:])
    return live


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_S", 0.02)


def get(path: str, filled: MemoryStore | None = None) -> httpx.Response:
    async def read(name: str) -> LiveMeeting:
        if name == "broken":
            raise RecordError("the disk is gone")
        if name != "m1":
            raise UnknownMeeting(name)
        return _written()

    async def main() -> httpx.Response:
        livestream = Livestream(filled or store())
        streams = {"m1": livestream, "gone": livestream, "broken": livestream}
        app = Starlette(routes=captions.routes(streams.get, read))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)

    return asyncio.run(main())


def ended() -> MemoryStore:
    filled = store()
    filled.note(Ended(at_ms=1))
    return filled


LIST, TEXT = "application/vnd.apple.mpegurl", "text/vtt"


@pytest.mark.parametrize(
    ("path", "over", "kind", "seconds"),
    [
        ("captions.m3u8", False, LIST, 1),
        ("captions.m3u8?_HLS_msn=1", False, LIST, 6),
        ("captions-recording.m3u8", False, LIST, 1),
        ("captions-recording.m3u8", True, LIST, 60),
        ("captions-spoken.m3u8", True, LIST, 60),
        ("captions-1.vtt", False, TEXT, 6),
        ("spoken-0.vtt", True, TEXT, 60),
        ("captions.vtt", True, TEXT, 60),
    ],
)
def test_what_is_served(path: str, over: bool, kind: str, seconds: int) -> None:
    """With its type, and for how long a cache may keep it: never for ever."""
    response = get(f"/hls/m1/{path}", ended() if over else None)
    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == kind
    assert response.headers["cache-control"] == f"public, max-age={seconds}"


def test_a_caption_is_in_the_segment_in_which_it_came_and_later_where_it_was_said() -> None:
    assert "管网下月开工" not in get("/hls/m1/captions-0.vtt").text
    assert "00:00:01.200 --> 00:00:03.700\n管网下月开工\n" in get("/hls/m1/captions-1.vtt").text
    assert "00:00:00.100 --> 00:00:02.600\n管网下月开工\n" in get("/hls/m1/spoken-0.vtt").text
    assert "00:00:00.100 --> 00:00:02.600\n管网下月开工\n" in get("/hls/m1/captions.vtt").text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("none/captions.m3u8", 404, "livestream.unknown"),
        ("none/captions-0.vtt", 404, "livestream.unknown"),
        ("gone/captions-0.vtt", 404, "livestream.unknown_file"),
        ("broken/captions-0.vtt", 503, "livestream.not_yet"),
        ("m1/captions-2.vtt", 404, "livestream.unknown_file"),
        ("m1/captions-99.vtt", 404, "livestream.unknown_file"),
        ("m1/captions.m3u8?_HLS_msn=9", 400, "livestream.too_far_ahead"),
        ("m1/captions.m3u8?_HLS_msn=x", 400, "livestream.bad_request"),
        ("m1/captions.m3u8?_HLS_msn=2", 503, "livestream.not_yet"),
    ],
)
def test_what_is_refused_is_never_kept(path: str, status: int, code: str) -> None:
    response = get(f"/hls/{path}")
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert "no-store" in response.headers["cache-control"]
