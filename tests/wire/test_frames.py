"""
Golden frames: what is on the wire, letter by letter.

`golden.json` holds frames of every type. It changes only together with `docs/protocol.md`: pages
of before are open when the service is renewed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from meetings.commands import Command
from meetings.sections import AgendaSection
from meetings.voting.terms import LISTED_MAX
from signaling.outbox import Batch
from signaling.wire.codes import CloseCode, ErrorCode
from signaling.wire.frames import (
    COMMAND_MAX,
    ClientFrame,
    LivestreamSection,
    Sections,
    ServerFrame,
    Update,
)

GOLDEN: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "golden.json").read_text()
)
CLIENT: TypeAdapter[ClientFrame] = TypeAdapter(ClientFrame)
SERVER: TypeAdapter[ServerFrame] = TypeAdapter(ServerFrame)


def types(union: Any) -> set[str]:
    """Every `type` of a discriminated union."""
    alternatives: tuple[type[BaseModel], ...] = get_args(get_args(union)[0])
    return {str(one.model_fields["type"].default) for one in alternatives}


def names(frames: list[dict[str, Any]]) -> list[str]:
    """For test ids."""
    return [str(frame["type"]) for frame in frames]


@pytest.mark.parametrize("frame", GOLDEN["client"], ids=names(GOLDEN["client"]))
def test_frames_of_clients_are_understood_as_they_were(frame: dict[str, Any]) -> None:
    """Strictly, and nothing of them is lost."""
    parsed = CLIENT.validate_json(json.dumps(frame), strict=True)
    assert json.loads(parsed.model_dump_json()) == frame


@pytest.mark.parametrize("frame", GOLDEN["server"], ids=names(GOLDEN["server"]))
def test_frames_of_the_service_look_as_they_did(frame: dict[str, Any]) -> None:
    """Absent sections stay absent."""
    parsed = SERVER.validate_json(json.dumps(frame), strict=True)
    if isinstance(parsed, Update):
        sections = parsed.sections.model_dump(mode="json")
        fragments = {n: json.dumps(s) for n, s in sections.items() if s is not None}
        made = Batch(parsed.offset, fragments, of_record=True).frame
    else:
        made = parsed.model_dump_json().encode()
    assert json.loads(made) == frame


def test_there_is_a_golden_frame_of_every_type_and_command() -> None:
    """A new one needs one too."""
    assert set(names(GOLDEN["client"])) == types(ClientFrame)
    assert set(names(GOLDEN["server"])) == types(ServerFrame)
    commands = [frame["command"] for frame in GOLDEN["client"] if frame["type"] == "command"]
    assert set(names(commands)) == types(Command)


def test_there_is_a_golden_section_of_every_name() -> None:
    """In one update that has them all."""
    shown = [set(one["sections"]) for one in GOLDEN["server"] if one["type"] == "update"]
    assert set(Sections.model_fields) in shown


@pytest.mark.parametrize("frame", GOLDEN["client"], ids=names(GOLDEN["client"]))
def test_an_unknown_field_is_refused(frame: dict[str, Any]) -> None:
    """A client of another version shall be seen at once."""
    with pytest.raises(ValidationError):
        CLIENT.validate_json(json.dumps({**frame, "surplus": 1}))


def test_the_largest_command_fits_its_bound() -> None:
    """A vote with ten long options, in characters of three bytes, and as many listed electors."""
    vote = {
        "type": "vote.open",
        "question": "议" * 120,
        "options": ["案" * 59 + str(n) for n in range(10)],
        "electors": "listed",
        "seconds": 86400,
        "listed": [f"{n:064}" for n in range(LISTED_MAX)],
    }
    frame = {"type": "command", "id": "x" * 64, "command": vote}
    text = json.dumps(frame, ensure_ascii=False)
    CLIENT.validate_json(text, strict=True)
    assert len(text.encode()) < COMMAND_MAX


def test_a_composed_update_is_what_the_models_say() -> None:
    """Fragments that were encoded apart make the frame that would be encoded whole."""
    agenda = AgendaSection(items=(), current=None)
    live = LivestreamSection(state="off", live_url=None, recording_url=None, since_ms=None)
    fragments = {"agenda": agenda.model_dump_json(), "livestream": live.model_dump_json()}
    composed = SERVER.validate_json(Batch(7, fragments, of_record=True).frame, strict=True)
    assert composed == Update(offset=7, sections=Sections(agenda=agenda, livestream=live))


def test_codes_are_never_renamed() -> None:
    """Clients have words for them."""
    assert GOLDEN["codes"] == [
        {
            "type": "codes",
            "error": [code.value for code in ErrorCode],
            "close": {code.name: code.value for code in CloseCode},
        }
    ]


def test_close_codes_tell_by_their_range_whether_to_come_again() -> None:
    """RFC 6455, 7.4.2: 4000-4999 are the application's."""
    stop = {code for code in CloseCode if 4500 <= code <= 4999}
    again = {code for code in CloseCode if 4000 <= code <= 4499}
    assert stop | again == set(CloseCode)
    assert CloseCode.REPLACED in stop
    assert CloseCode.SHUTTING_DOWN in again
