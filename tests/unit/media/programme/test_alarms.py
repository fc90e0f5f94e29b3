"""The forwarder hears of each alarm twice: when it begins and when it is over."""

from __future__ import annotations

from media.programme.alarms import Alarms
from media.programme.feed import AlarmNote


class Line:
    """Remembers what is told, while it has room."""

    def __init__(self) -> None:
        self.room = True
        self.told: list[AlarmNote] = []

    def send(self, note: AlarmNote) -> bool:
        if self.room:
            self.told.append(note)
        return self.room


def test_what_is_so_already_is_not_told_again() -> None:
    line = Line()
    alarms = Alarms(line.send)
    for raised in (False, True, True, False, False):
        alarms.set("black", raised=raised)
        alarms.tell()
    begun, over = line.told
    assert begun.since_ms is not None
    assert (begun.kind, over) == ("black", AlarmNote(kind="black", since_ms=None))


def test_what_finds_no_room_is_told_later_and_in_order() -> None:
    line = Line()
    line.room = False
    alarms = Alarms(line.send)
    alarms.set("black", raised=True)
    alarms.set("silent", raised=True)
    alarms.tell()
    assert not line.told
    alarms.clear()
    line.room = True
    alarms.tell()
    told = line.told
    assert [note.kind for note in told[:2]] == ["black", "silent"]
    assert {note.kind for note in told[2:]} == {"black", "silent"}
    assert [note.since_ms is None for note in told] == [False, False, True, True]
