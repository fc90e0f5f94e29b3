"""What waits for one connection."""

from __future__ import annotations

import json
from typing import Any

from signaling.outbox import Batch, Outbox


def record(offset: int, **sections: object) -> Batch:
    """Sections of the record."""
    return Batch(offset, {n: json.dumps(s) for n, s in sections.items()}, of_record=True)


def runtime(offset: int, **sections: object) -> Batch:
    """Sections that the record doesn't hold."""
    return Batch(offset, {n: json.dumps(s) for n, s in sections.items()}, of_record=False)


def taken(outbox: Outbox) -> list[Any]:
    """What goes out, parsed."""
    return [json.loads(frame) for frame in outbox.take()]


def test_direct_frames_go_first_and_in_order() -> None:
    """A welcome stands before the update that follows it."""
    outbox = Outbox(8)
    outbox.push(record(1, floor="a"))
    assert outbox.put(b'"one"')
    assert outbox.put(b'"two"')
    update = {"type": "update", "offset": 1, "sections": {"floor": "a"}}
    assert taken(outbox) == ["one", "two", update]
    assert taken(outbox) == []


def test_the_newest_version_of_a_section_wins() -> None:
    """A reader that missed two ticks gets one update with the newest of each section."""
    outbox = Outbox(8)
    outbox.push(record(1, floor="a", votes="x"))
    outbox.push(record(2, floor="b"))
    outbox.push(runtime(2, links="l"))
    sections = {"floor": "b", "votes": "x", "links": "l"}
    assert taken(outbox) == [{"type": "update", "offset": 2, "sections": sections}]


def test_what_was_pushed_already_does_not_come_again() -> None:
    """A connection that came between two ticks has that tick's sections from its welcome."""
    outbox = Outbox(8)
    outbox.push(record(5, floor="a"))
    outbox.push(record(5, floor="a"))
    outbox.take()
    outbox.push(record(5, floor="a"))
    assert taken(outbox) == []


def test_sections_without_an_offset_of_their_own_come_at_the_same_offset() -> None:
    """The livestream changes while the record stands still."""
    outbox = Outbox(8)
    outbox.push(record(5, floor="a"))
    outbox.take()
    outbox.push(runtime(5, livestream="live"))
    assert taken(outbox) == [{"type": "update", "offset": 5, "sections": {"livestream": "live"}}]


def test_an_own_section_never_takes_the_connection_back() -> None:
    """It was made for those who had seen less of the record than one who came meanwhile."""
    outbox = Outbox(8)
    assert outbox.begin(b'"welcome"', record(7, floor="a"))
    outbox.take()
    outbox.push(runtime(5, me="m"))
    assert taken(outbox) == [{"type": "update", "offset": 7, "sections": {"me": "m"}}]


def test_the_bound_of_direct_frames_is_exact() -> None:
    """The frame beyond it is not taken; after taking there is room again."""
    outbox = Outbox(2)
    assert outbox.put(b"1")
    assert outbox.put(b"2")
    assert not outbox.put(b"3")
    assert outbox.take() == (b"1", b"2")
    assert outbox.put(b"3")


def test_a_frame_for_many_is_composed_once() -> None:
    """Connections that get the same get the same object."""
    shared = record(1, floor="a")
    one, two = Outbox(8), Outbox(8)
    one.push(shared)
    two.push(shared)
    assert one.take()[0] is two.take()[0]
    one.push(record(2, votes="v"))
    assert shared.fragments == {"floor": '"a"'}
