"""The recording: sealed as it grows, kept by rule, deleted once and for good, and said so."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings.recording.rules import DAY_MS
from meetings.refusals import Code
from tests.each import each
from tests.unit.meetings.given import CLOSED, HOST, OPEN, given, meeting

ROOT = "a" * 64
SEALED = ev.RecordingSealed(files=3, through=0, root=ROOT)
WHOLE = ev.RecordingSealed(files=9, through=2, root="b" * 64, complete=True)
HELD = ev.RecordingHeld(reason="有人申诉")
DELETE = cmd.DeleteRecording(reason="居民要求")
DELETED = ev.RecordingDeleted(reason="居民要求", files=9, root="b" * 64)


def seal(event: ev.RecordingSealed) -> cmd.SealRecording:
    return cmd.SealRecording.model_validate(event.model_dump(exclude={"type"}))


def test_seals_are_written_once_and_in_order() -> None:
    """Two services that both look write one entry; who comes late changes nothing."""
    given(*OPEN).when(HOST, seal(SEALED)).then(SEALED)
    given(*OPEN, SEALED).when(HOST, seal(SEALED)).then()
    given(*CLOSED, SEALED).when(HOST, seal(WHOLE)).then(WHOLE)
    given(*CLOSED, WHOLE).when(HOST, seal(SEALED)).then()


def test_an_end_that_brings_no_file_is_written_too() -> None:
    end = SEALED.model_copy(update={"complete": True})
    given(*CLOSED, SEALED).when(HOST, seal(end)).then(end)


def test_only_what_is_over_and_sealed_to_its_end_can_be_deleted() -> None:
    given(*OPEN).when(HOST, DELETE).refused(Code.RECORDING_OPEN)
    given(*CLOSED, SEALED).when(HOST, DELETE).refused(Code.RECORDING_OPEN)
    given(*CLOSED, WHOLE).when(HOST, DELETE).then(DELETED)


def test_the_sums_stay_in_the_record_when_the_files_are_gone() -> None:
    gone = meeting(*CLOSED, WHOLE, DELETED).recording
    assert (gone.files, gone.root) == (9, "b" * 64)
    assert gone.deleted_ms is not None


@each("ask", [DELETE, cmd.HoldRecording(reason="?"), cmd.ReleaseRecording()])
def test_what_was_deleted_can_neither_be_kept_nor_deleted_again(ask: cmd.Command) -> None:
    given(*CLOSED, WHOLE, DELETED).when(HOST, ask).refused(Code.RECORDING_DELETED)


def test_what_is_held_is_deleted_by_nobody_until_it_is_released() -> None:
    """Neither by the host nor by a rule."""
    late = 8_000 + DAY_MS
    given(*CLOSED, WHOLE).when(HOST, cmd.HoldRecording(reason="有人申诉")).then(HELD)
    given(*CLOSED, WHOLE, HELD).when(HOST, DELETE).refused(Code.RECORDING_HELD)
    expire = cmd.ExpireRecording(days=1)
    given(*CLOSED, WHOLE, HELD).when(HOST, expire, at_ms=late).refused(Code.RECORDING_HELD)
    released = ev.RecordingReleased()
    given(*CLOSED, WHOLE, HELD).when(HOST, cmd.ReleaseRecording()).then(released)
    given(*CLOSED, WHOLE, HELD, released).when(HOST, DELETE).then(DELETED)
    given(*CLOSED, WHOLE, HELD).when(HOST, cmd.HoldRecording(reason="有人申诉")).then()
    given(*CLOSED, WHOLE).when(HOST, cmd.ReleaseRecording()).then()


def test_a_rule_deletes_to_the_day_after_the_close() -> None:
    """By the clock of the service; the entry says which rule it was."""
    closed_ms = meeting(*CLOSED).closed_ms
    assert closed_ms is not None
    expire = cmd.ExpireRecording(days=90)
    due = closed_ms + 90 * DAY_MS
    given(*CLOSED, WHOLE).when(HOST, expire, at_ms=due - 1).refused(Code.RECORDING_OPEN)
    by_rule = ev.RecordingDeleted(reason="", days=90, files=9, root="b" * 64)
    given(*CLOSED, WHOLE).when(HOST, expire, at_ms=due).then(by_rule)
    given(*OPEN, SEALED).when(HOST, expire, at_ms=due).refused(Code.RECORDING_OPEN)
