"""A subscriber's m-lines are filled, emptied and used again, and never taken away."""

from __future__ import annotations

from itertools import count

from media.rooms.slots import Slots, SourceFormat, SourceKey

VP8 = SourceFormat("VP8", "")
OPUS = SourceFormat("opus", "minptime=10")


def sources(*persons: str, form: SourceFormat = VP8) -> dict[SourceKey, SourceFormat]:
    return {SourceKey(person, "picture"): form for person in persons}


def make(maximum: int = 8) -> Slots:
    return Slots(count(100).__next__, maximum)


def persons(slots: Slots) -> list[str]:
    return [slot.person for slot in slots.slots]


def test_each_source_gets_a_slot_with_its_format() -> None:
    slots = make()
    assert slots.plan({**sources("a"), SourceKey("a", "sound"): OPUS})
    picture, sound = slots.slots
    assert (picture.mid, picture.kind, picture.codec, picture.rtx_ssrc) == (
        "0",
        "picture",
        "VP8",
        101,
    )
    assert (sound.mid, sound.codec, sound.fmtp, sound.rtx_ssrc) == ("1", "opus", OPUS.fmtp, None)
    assert picture.person == sound.person == "a"


def test_nothing_new_needs_no_offer() -> None:
    slots = make()
    slots.plan(sources("a"))
    assert not slots.plan(sources("a"))


def test_a_slot_is_emptied_and_used_for_the_next_of_its_kind() -> None:
    slots = make()
    slots.plan(sources("a", "b"))
    before = slots.slots[0]
    assert slots.plan(sources("b"))
    assert persons(slots) == ["", "b"]
    assert slots.plan(sources("b", "c"))
    assert persons(slots) == ["c", "b"]
    assert slots.slots[0].mid == before.mid
    assert slots.slots[0].ssrc != before.ssrc


def test_a_slot_is_not_emptied_and_filled_in_one_offer() -> None:
    """The browser would not tell its page of the new track."""
    slots = make()
    slots.plan(sources("a"))
    slots.plan(sources("b"))
    assert persons(slots) == ["", "b"]


def test_a_sound_does_not_go_where_a_picture_was() -> None:
    slots = make()
    slots.plan(sources("a"))
    slots.plan({})
    slots.plan({SourceKey("b", "sound"): OPUS})
    assert [slot.kind for slot in slots.slots] == ["picture", "sound"]


def test_another_codec_is_offered_in_the_same_slot() -> None:
    slots = make()
    slots.plan(sources("a"))
    ssrc = slots.slots[0].ssrc
    assert slots.plan(sources("a", form=SourceFormat("H264", "profile-level-id=42e01f")))
    (slot,) = slots.slots
    assert (slot.codec, slot.mid) == ("H264", "0")
    assert slot.ssrc != ssrc


def test_sources_beyond_the_maximum_wait_for_a_free_slot() -> None:
    slots = make(2)
    slots.plan(sources("a", "b", "c"))
    assert persons(slots) == ["a", "b"]
    assert not slots.waiting(sources("a", "b", "c"))
    slots.plan(sources("b", "c"))
    assert persons(slots) == ["", "b"]
    assert slots.waiting(sources("b", "c"))
    slots.plan(sources("b", "c"))
    assert persons(slots) == ["c", "b"]
    assert not slots.waiting(sources("b", "c"))
