"""How long recordings stay: the service's rule, and rooms' own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from meetings import events as ev
from tests.unit.meetings.given import CLOSED, OPEN, meeting
from web.retention import Retention, read_retention, retention_line
from web.settings import SettingsError

SEALED = (*CLOSED, ev.RecordingSealed(files=3, through=0, root="a" * 64, complete=True))
XFL = replace(meeting(*SEALED), room="xfl")


def test_how_long_a_recording_stays_is_said_in_a_line() -> None:
    """By the rule, unless somebody holds it or it is gone."""
    held = (*SEALED, ev.RecordingHeld(reason="有人申诉"))
    gone = (*SEALED, ev.RecordingDeleted(reason="居民要求", files=3, root="a" * 64))
    for events, days, words in (
        (OPEN, 90, "未闭会"),
        (SEALED, None, "一直保留"),
        (SEALED, 90, "保留到 until 1970-04-01"),
        (held, 90, "要求保留 held: 有人申诉"),
        (gone, 90, "1970-01-01 已删除"),
    ):
        assert words in retention_line(meeting(*events), Retention(days), "Asia/Shanghai")


@pytest.mark.parametrize(
    ("rooms", "days"), [('{"dj": 7}', 30), ('{"xfl": 365}', 365), ('{"XFL": null}', None)]
)
def test_a_rooms_own_rule_goes_before_the_services(
    tmp_path: Path, rooms: str, days: int | None
) -> None:
    """Longer, shorter, or for ever; the file holds no secret, so everybody may read it."""
    path = tmp_path / "days.json"
    path.write_text(rooms)
    path.chmod(0o644)
    assert read_retention(30, path).days_of(XFL) == days
    assert read_retention(30, None).days_of(XFL) == 30


@pytest.mark.parametrize("rooms", ['{"xfl": 0}', '{"xfl": "long"}', "[]", "{"])
def test_a_file_that_makes_no_sense_is_named(tmp_path: Path, rooms: str) -> None:
    """At the start, not at the first deletion."""
    path = tmp_path / "days.json"
    path.write_text(rooms)
    with pytest.raises(SettingsError, match=r"YISHI_ROOM_DAYS: .*days.json"):
        read_retention(None, path)
