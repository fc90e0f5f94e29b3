"""Captions: who may write them, what bounds them, and what is shown and kept of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings import views
from meetings.captions.events import CAPTION_MAX
from meetings.captions.reading import LEAST_MS, MOST_MS, reading_ms
from meetings.captions.rules import (
    AHEAD_MAX_MS,
    CAPTIONS_MAX,
    LATE_MAX_MS,
    LENGTH_MAX_MS,
    PER_MINUTE_MAX,
)
from meetings.captions.sections import CAPTIONS_SHOWN, CaptionsSection
from meetings.captions.state import LATEST_KEPT
from meetings.decide import decide
from meetings.moment import Moment
from meetings.refusals import Code, Refused
from meetings.sections import Audience
from meetings.state import Meeting
from tests.each import each
from tests.unit.meetings.given import CLERK, HOST, OPEN, REGISTER, given, joined, meeting

ON = (*OPEN, *joined(CLERK), ev.CaptionsSet(on=True))
"""Nine entries, the last at 9000 ms; captions that come next have offset 10."""
NOW = 20_000
SAID = ev.CaptionAdded(from_ms=17_000, until_ms=20_000, text="现在开会")


def add(from_ms: int = 17_000, until_ms: int = NOW, **more: str) -> cmd.AddCaption:
    return cmd.AddCaption(from_ms=from_ms, until_ms=until_ms, text="现在开会", **more)


def section(now: Meeting, audience: Audience = Audience.VIEWER) -> CaptionsSection:
    found = views.section("captions", now, REGISTER, audience)
    assert isinstance(found, CaptionsSection)
    return found


def test_the_host_switches_them_and_once_is_enough() -> None:
    given(*OPEN).when(HOST, cmd.SetCaptions(on=True)).then(ev.CaptionsSet(on=True))
    given(*ON).when(HOST, cmd.SetCaptions(on=True)).then()
    given(*ON).when(HOST, cmd.SetCaptions(on=False)).then(ev.CaptionsSet(on=False))


def test_nothing_is_written_while_they_are_off() -> None:
    given(*OPEN).when(HOST, add(), at_ms=NOW).refused(Code.CAPTIONS_OFF)
    heard = cmd.RecogniseCaption(from_ms=17_000, until_ms=NOW, text="好")
    given(*OPEN).when(HOST, heard, at_ms=NOW).refused(Code.CAPTIONS_OFF)


def test_the_clerk_types_what_somebody_in_the_room_said() -> None:
    given(*ON).when(CLERK, add(), at_ms=NOW).then(SAID)


def test_without_a_name_it_was_who_had_the_floor_meanwhile() -> None:
    """For the greater part of it; who was given the floor only now did not say it."""
    speaks = ev.FloorGranted(person="li")  # at 10_000
    spoken = given(*ON, speaks)
    spoken.when(CLERK, add(), at_ms=NOW).then(SAID.model_copy(update={"speaker": "li"}))
    spoken.when(CLERK, add(9_000, 10_998), at_ms=NOW).then(
        SAID.model_copy(update={"from_ms": 9_000, "until_ms": 10_998})
    )
    spoken.when(CLERK, add(speaker="wang"), at_ms=NOW).then(
        SAID.model_copy(update={"speaker": "wang"})
    )
    spoken.when(CLERK, add(speaker="nobody"), at_ms=NOW).refused(Code.PERSON_UNKNOWN)


def test_a_machine_says_that_it_is_one() -> None:
    heard = cmd.RecogniseCaption(from_ms=17_000, until_ms=NOW, text="现在开会")
    given(*ON).when(HOST, heard, at_ms=NOW).then(SAID.model_copy(update={"recognised": True}))
    closed = given(*ON, ev.MeetingClosed())
    closed.when(HOST, heard, at_ms=NOW).refused(Code.MEETING_CLOSED)


@each(
    "from_ms, until_ms, allowed",
    [
        (NOW - LENGTH_MAX_MS, NOW, True),
        (NOW - LENGTH_MAX_MS - 1, NOW, False),
        (NOW, NOW, False),
        (NOW, NOW + AHEAD_MAX_MS, True),
        (NOW, NOW + AHEAD_MAX_MS + 1, False),
        (NOW - LATE_MAX_MS - 1, NOW - LATE_MAX_MS, True),
        (NOW - LATE_MAX_MS - 2, NOW - LATE_MAX_MS - 1, False),
    ],
)
def test_its_time_has_bounds(from_ms: int, until_ms: int, *, allowed: bool) -> None:
    decision = given(*ON).when(HOST, add(from_ms, until_ms), at_ms=NOW).decision
    assert isinstance(decision, Refused) is not allowed
    if isinstance(decision, Refused):
        assert decision.code is Code.CAPTION_BAD_TIME


def test_so_many_a_minute_and_no_more() -> None:
    """The sixty-first comes when the first is a minute old."""
    many = tuple(SAID for _ in range(PER_MINUTE_MAX))  # at 10_000, 11_000, ...
    full = given(*ON, *many)
    late = add(66_000, 69_000)
    full.when(HOST, late, at_ms=69_999).refused(Code.CAPTIONS_TOO_MANY)
    full.when(HOST, late, at_ms=70_000).then(
        SAID.model_copy(update={"from_ms": 66_000, "until_ms": 69_000})
    )


def test_a_meeting_has_so_many_and_no_more() -> None:
    before = meeting(*ON, SAID)
    captions = before.captions
    (one,) = captions.by_id.values()
    for count, refused in ((CAPTIONS_MAX - 1, False), (CAPTIONS_MAX, True)):
        with captions.by_id.mutate() as many:
            for n in range(len(captions.by_id), count):
                many[-n] = one
            now = replace(before, captions=replace(captions, by_id=many.finish()))
        decision = decide(now, add(), HOST, Moment(NOW))
        assert (decision == Refused(Code.CAPTIONS_FULL)) is refused


def test_a_caption_has_a_longest() -> None:
    assert cmd.AddCaption(from_ms=1, until_ms=2, text="字" * CAPTION_MAX)
    with pytest.raises(ValueError, match="string_too_long"):
        cmd.AddCaption(from_ms=1, until_ms=2, text="字" * (CAPTION_MAX + 1))
    with pytest.raises(ValueError, match="string_too_short"):
        cmd.AddCaption(from_ms=1, until_ms=2, text=" ")


def test_it_is_corrected_or_taken_back_until_the_minutes_are_published() -> None:
    better = cmd.CorrectCaption(caption=10, text="现在开始开会")
    corrected = ev.CaptionCorrected(caption=10, text="现在开始开会")
    given(*ON, SAID).when(CLERK, better).then(corrected)
    given(*ON, SAID, corrected).when(CLERK, better).then()
    given(*ON, SAID, ev.MeetingClosed()).when(CLERK, better).then(corrected)
    given(*ON, SAID).when(CLERK, cmd.CorrectCaption(caption=9, text="")).refused(
        Code.CAPTION_UNKNOWN
    )
    published = (ev.MeetingClosed(), ev.MinutesPublished(revision=1, sha256="a" * 64))
    given(*ON, SAID, *published).when(CLERK, better).refused(Code.MINUTES_PUBLISHED)
    assert section(meeting(*ON, SAID, ev.CaptionCorrected(caption=10, text=""))).latest == ()


def test_what_a_person_confirms_is_no_machine_s_any_more() -> None:
    heard = SAID.model_copy(update={"recognised": True})
    same = cmd.CorrectCaption(caption=10, text=SAID.text)
    confirmed = ev.CaptionCorrected(caption=10, text=SAID.text)
    given(*ON, heard).when(CLERK, same).then(confirmed)
    assert not section(meeting(*ON, heard, confirmed)).latest[0].recognised


def test_everybody_sees_the_newest_with_names_and_none_when_they_are_off() -> None:
    spoken = SAID.model_copy(update={"speaker": "li"})
    many = [spoken.model_copy(update={"text": f"第{n}句"}) for n in range(LATEST_KEPT + 1)]
    now = meeting(*ON, *many)
    assert len(now.captions.latest) == LATEST_KEPT
    for audience in set(Audience) - {Audience.LOBBY}:
        shown = section(now, audience).latest
        assert [one.text for one in shown] == [one.text for one in many[-CAPTIONS_SHOWN:]]
    last = shown[-1]
    assert (last.name, last.at_ms) == ("李工", now.at_ms)
    assert last.until_ms - last.at_ms == reading_ms(last.text)
    off = section(meeting(*ON, *many, ev.CaptionsSet(on=False)))
    assert (off.on, off.latest) == (False, ())


def test_one_may_read_as_slowly_as_most_do() -> None:
    assert reading_ms("好") == LEAST_MS
    assert reading_ms("字" * 20) == 6_000
    assert reading_ms("字" * CAPTION_MAX) == MOST_MS
