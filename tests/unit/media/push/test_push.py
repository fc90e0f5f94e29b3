"""A push tries again until it is no longer wanted, says how it is, and never tells its key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from media.push.__main__ import LIVE_AFTER, Pusher
from media.push.job import Fault, Job, Told, checked
from media.push.remux import FormatChanged
from media.segments.follow import Follower

URL = "rtmp://127.0.0.1/live/geheim"
LOST = Told(state="reconnecting", fault=Fault.LOST)
UNREACHABLE = Told(state="reconnecting", fault=Fault.UNREACHABLE)
LIVE, ENDED = Told(state="live"), Told(state="ended")
Try = Callable[[Callable[[], None]], None]


def _taken(mark: Callable[[], None], count: int = LIVE_AFTER) -> None:
    for _ in range(count):
        mark()


class Impatient(Follower):
    """Waits for nothing, and knows how long it was to wait."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.pauses: list[float] = []

    def wait(self, seconds: float) -> None:
        self.pauses.append(seconds)


def told(*tries: Try) -> list[Told]:
    """What is said when one try after the other goes like this; after the last it is unwanted."""
    said: list[Told] = []
    left = list(tries)
    follower = Impatient(Path("/nonexistent"))

    def attempt(url: str, _: Follower, mark: Callable[[], None]) -> None:
        assert url == URL
        one = left.pop(0)
        if not left:
            follower.close()
        one(mark)

    Pusher(URL, follower, said.append, attempt).run()
    assert all(pause <= 2.0 for pause in follower.pauses)
    return said


def refused(_: Callable[[], None]) -> None:
    raise ConnectionRefusedError(URL)


def broken(mark: Callable[[], None]) -> None:
    _taken(mark)
    raise BrokenPipeError(URL)


def test_it_says_when_it_is_live_and_when_it_is_not() -> None:
    assert told(refused, refused, _taken) == [UNREACHABLE, LIVE, ENDED]
    assert told(broken, refused, _taken) == [LIVE, LOST, UNREACHABLE, LIVE, ENDED]


def test_a_line_that_breaks_before_anything_was_taken_was_never_live() -> None:
    def early(mark: Callable[[], None]) -> None:
        _taken(mark, LIVE_AFTER - 1)
        raise BrokenPipeError(URL)

    assert told(early, refused) == [UNREACHABLE, ENDED]


def test_another_coding_is_announced_by_a_new_line_at_once() -> None:
    def changed(mark: Callable[[], None]) -> None:
        _taken(mark)
        raise FormatChanged

    assert told(changed, _taken) == [LIVE, ENDED]


def test_no_key_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Not with what FFmpeg says, which has the address."""
    with caplog.at_level(logging.DEBUG):
        told(refused, broken)
    assert caplog.text
    assert "geheim" not in caplog.text
    assert "geheim" not in repr(Job(url=SecretStr(URL), folder="x"))


@pytest.mark.parametrize("url", [URL, "rtmps://a.example:443/app/key?a=b"])
def test_an_address_is_taken(url: str) -> None:
    assert checked(SecretStr(url)).get_secret_value() == url


@pytest.mark.parametrize(
    "url",
    [
        "http://a/geheim",
        "rtmp:///geheim",
        "rtmp://a",
        "rtmp://a/",
        "rtmp://a/geheim b",
        "rtmp://a/一",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="must be like") as error:
        checked(SecretStr(url))
    assert "geheim" not in str(error.value)
