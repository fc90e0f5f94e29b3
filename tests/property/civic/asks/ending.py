"""What is asked once a meeting is over, at random: minutes, their signing, the recording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from meetings import commands as cmd
from tests.property.civic.drawing import Builder, Drawing, by


def _revision(draw: Drawing) -> dict[str, Any]:
    revision = draw.of(1, 1, 2)
    return {"revision": revision, "sha256": f"{revision}" * 64}


MINUTES: Final[Sequence[tuple[int, Builder]]] = (
    (4, by(lambda draw: cmd.SignMinutes(**_revision(draw)))),
    (2, by(lambda draw: cmd.PublishMinutes(**_revision(draw)))),
    (2, by(lambda _: cmd.AmendMinutes(text="更正：日期有误"))),
)

ENDING: Final[Sequence[tuple[int, Builder]]] = (
    (1, by(lambda _: cmd.CloseMeeting())),
    (1, by(lambda draw: cmd.ForgetPerson(person=draw.of("xu", "zhou", "wu", "nobody")))),
)
