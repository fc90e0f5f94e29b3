"""`media.line`: the lines between the service and its media process."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from media import line
from media.control import MediaCode, Offered, Publish, Reply, Restarted
from media.vitals import Vitals


def test_a_call_comes_out_as_it_went_in() -> None:
    call = line.Call(
        n=3, request=Publish(room="m", peer="c/pub", person="p", sdp="v=0\r\ns=会议\r\n")
    )
    encoded = line.encode(call)
    assert encoded.count(b"\n") == 1
    assert encoded.endswith(b"\n")
    assert line.decode_call(encoded) == call


@pytest.mark.parametrize(
    "said",
    [
        Reply(n=1, sdp="v=0\r\n"),
        Reply(n=2, code=MediaCode.BAD_SDP, detail="no"),
        Offered(peer="c/sub", offer=4, sdp="v=0\r\n"),
        Restarted(),
        Vitals(late_ms=(0.0, 1.5), starved_ms=(0.0,), tasks=7, files=12, memory=50_000_000),
    ],
)
def test_replies_and_reports_are_told_apart(said: line.Said) -> None:
    assert line.decode_said(line.encode(said)) == said


@pytest.mark.parametrize("text", [b"", b"{}", b"null", b'{"type":"call"}', b"\xff", b'{"n":0}'])
def test_what_is_no_line_is_refused(text: bytes) -> None:
    with pytest.raises(ValidationError):
        line.decode_call(text)
    with pytest.raises(ValidationError):
        line.decode_said(text)
