"""A meeting in memory says since when each section is as it is."""

from __future__ import annotations

from collections.abc import Sequence

from meetings import events as ev
from meetings.live import ENTRIES_KEPT, LiveMeeting
from meetings.people import Person, Role
from meetings.record.port import StoredRegister
from meetings.views import NAMED
from tests.unit.meetings.given import CREATED, OPEN, REGISTER, record


def live(events: Sequence[ev.Event]) -> LiveMeeting:
    first, *others = record(events)
    made = LiveMeeting("m1", "epoch", first)
    made.advance(others)
    made.take_register(StoredRegister(REGISTER, changed=0))
    return made


def test_a_section_has_the_offset_of_its_last_change() -> None:
    now = live((*OPEN, ev.AgendaMoved(item=1), ev.CommentPosted(person="wang", text="好")))
    assert now.section_offsets == {
        "meeting": 7,
        "agenda": 8,
        "floor": 8,  # another item may have other rules
        "votes": 1,
        "comments": 9,
        "people": 8,  # and another quorum
        "roster": 1,
        "minutes": 1,
        "captions": 1,
    }


def test_entries_come_after_an_offset() -> None:
    now = live(OPEN)
    assert [entry.offset for entry in now.entries_after(5) or ()] == [6, 7]
    assert len(now.entries_after(0) or ()) == 7
    assert now.entries_after(7) == ()
    assert now.entries_after(99) == ()


def test_entries_of_long_ago_are_not_at_hand() -> None:
    """Who asks is told so, instead of being given a gap."""
    comment = ev.CommentPosted(person="wang", text="好")
    now = live((CREATED, *[comment] * ENTRIES_KEPT))
    assert now.entries_after(0) is None
    newest = now.entries_after(1)
    assert newest is not None
    assert (newest[0].offset, len(newest)) == (2, ENTRIES_KEPT)


def test_a_new_person_changes_no_section_but_by_the_join() -> None:
    now = live(OPEN)
    before = dict(now.section_offsets)
    now.put_people([Person(id="sun", name="孙委员", role=Role.PARTICIPANT)])
    assert now.section_offsets == before
    assert now.register["sun"].name == "孙委员"


def test_another_name_changes_every_section_with_names() -> None:
    """Whether it came with an entry of this process or is read from the record."""
    renamed = Person(id="wang", name="王秀英", role=Role.VIEWER)
    now = live(OPEN)
    now.put_people([renamed])
    changed = {name for name, offset in now.section_offsets.items() if offset == 7}
    assert changed == NAMED | {"meeting"}  # the meeting was opened at 7
    again = live(OPEN)
    again.take_register(StoredRegister({**REGISTER, "wang": renamed}, changed=7))
    assert again.section_offsets == now.section_offsets
