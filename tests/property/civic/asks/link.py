"""The video link, asked about at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from meetings import commands as cmd
from meetings.people import PersonId
from tests.property.civic.drawing import Builder, Drawing, by
from tests.property.civic.hall import PEOPLE


def _muted(draw: Drawing) -> PersonId:
    return draw.often(sorted(draw.meeting.link.muted), list(PEOPLE))


def _stopped(draw: Drawing) -> PersonId:
    return draw.often(sorted(draw.meeting.link.stopped), list(PEOPLE))


def _removed(draw: Drawing) -> PersonId:
    return draw.often(sorted(draw.meeting.link.removed), list(PEOPLE))


def _room(draw: Drawing) -> PersonId:
    return draw.often(["room"], list(PEOPLE))


LINK: Final[Sequence[tuple[int, Builder]]] = (
    (3, by(lambda draw: cmd.Mute(person=draw.of(None, draw.person())))),
    (2, by(lambda draw: cmd.Unmute(person=_muted(draw)))),
    (2, by(lambda draw: cmd.StopPicture(person=draw.person()))),
    (2, by(lambda draw: cmd.AllowPicture(person=_stopped(draw)))),
    (1, by(lambda _: cmd.LockLink())),
    (2, by(lambda _: cmd.UnlockLink())),
    (1, by(lambda draw: cmd.ChooseCamera(person=_room(draw)))),
    (2, by(lambda draw: cmd.ShowProgramme(layout=draw.of("auto", "two", "vote")))),
    (1, by(lambda draw: cmd.ChooseMicrophone(person=_room(draw)))),
    (1, by(lambda draw: cmd.RemovePerson(person=draw.person(), reason="扰乱会场"))),
    (3, by(lambda draw: cmd.Readmit(person=_removed(draw)))),
)
