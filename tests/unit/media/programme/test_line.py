"""The line keeps messages in order, bounds what waits, and notices its end."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

import pytest

from media.programme import line as module
from media.programme.feed import PACKET, Finished, Want, decode_note, encode_note
from media.programme.line import Line


@pytest.fixture
def pair() -> Iterator[tuple[Line, socket.socket]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line = Line(ours)
    with theirs:
        yield line, theirs
        line.close()


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not done():
        assert time.monotonic() < end
        time.sleep(0.001)


def collect(line: Line, count: int) -> list[bytes]:
    found: list[bytes] = []

    def enough() -> bool:
        found.extend(message for _, message in line.messages())
        return len(found) >= count

    until(enough)
    return found


def test_messages_come_in_order_with_their_time(pair: tuple[Line, socket.socket]) -> None:
    """Borders are kept."""
    line, forwarder = pair
    before = time.monotonic()
    for number in range(100):
        forwarder.send(PACKET + bytes((number,)) * 900)
    assert [message[1] for message in collect(line, 100)] == list(range(100))
    forwarder.send(b"Px")
    until(lambda: any(before <= at <= time.monotonic() for at, _ in line.messages()))


def test_notes_are_sent(pair: tuple[Line, socket.socket]) -> None:
    """At once, or within the given time."""
    line, forwarder = pair
    assert line.send(Want(sources={1: 0, 2: 198}))
    assert line.send(Finished(), 1.0)
    assert decode_note(forwarder.recv(9_999)) == Want(sources={1: 0, 2: 198})
    assert decode_note(forwarder.recv(9_999)) == Finished()


def test_a_full_line_refuses_instead_of_waiting(pair: tuple[Line, socket.socket]) -> None:
    """The programme's clock goes on when the forwarder doesn't read."""
    line, _ = pair
    big = Want(sources=dict.fromkeys(range(9_000), 0))
    until(lambda: not line.send(big))
    assert not line.send(big, 0.01)


def test_what_waits_has_a_bound_but_notes_are_kept(
    pair: tuple[Line, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packets beyond it are dropped and counted."""
    line, forwarder = pair
    monkeypatch.setattr(module, "QUEUE_MAX", 10)
    for _ in range(30):
        forwarder.send(b"Pxx")
    forwarder.send(encode_note(Finished()))
    until(lambda: line.dropped == 20)
    messages = collect(line, 11)
    assert len(messages) == 11
    assert decode_note(messages[-1]) == Finished()


def test_the_end_is_told_after_the_last_message(pair: tuple[Line, socket.socket]) -> None:
    """Nothing that the forwarder sent is lost by its death."""
    line, forwarder = pair
    forwarder.send(b"Plast")
    forwarder.close()
    assert collect(line, 1) == [b"Plast"]

    def closed() -> bool:
        assert not list(line.messages())
        return line.closed

    until(closed)
    assert not line.send(Finished())
