"""What leaves the meeting, at random: captions, and other platforms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from meetings import commands as cmd
from tests.property.civic.drawing import Builder, Drawing, by

_PLATFORMS: Final = ("电视台", "视频号")


def _caption(draw: Drawing) -> cmd.Command:
    until_ms = draw.meeting.at_ms + draw.of(0, 500, 1000, -200_000)
    return cmd.AddCaption(
        from_ms=until_ms - draw.of(1_500, 4_000, 90_000),
        until_ms=until_ms,
        text=draw.text(),
        speaker=draw.of(None, None, draw.person()),
    )


def _correct_caption(draw: Drawing) -> cmd.Command:
    written = list(draw.meeting.captions.latest)
    return cmd.CorrectCaption(
        caption=draw.often(written, [draw.offset()]), text=draw.of(draw.text(), "")
    )


OUTWARD: Final[Sequence[tuple[int, Builder]]] = (
    (3, by(lambda draw: cmd.SetCaptions(on=draw.of(True, True, False)))),
    (6, by(_caption)),
    (5, by(_correct_caption)),
    (2, by(lambda draw: cmd.StartPush(platform=draw.of(*_PLATFORMS)))),
    (2, by(lambda draw: cmd.StopPush(platform=draw.often(draw.meeting.pushed, _PLATFORMS)))),
    (2, by(lambda draw: cmd.HoldRecording(reason=draw.of("申诉", "巡察")))),
    (2, by(lambda _: cmd.ReleaseRecording())),
    (2, by(lambda _: cmd.DeleteRecording(reason="居民要求"))),
)
