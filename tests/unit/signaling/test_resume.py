"""What a client lacks."""

from __future__ import annotations

from meetings.sections import Audience
from signaling.resume import Missing, changed_since, missing
from signaling.wire.frames import Position
from tests.each import each

NAMES = ("meeting", "agenda", "floor")
CHANGED = {"meeting": 3, "agenda": 7, "floor": 9}


def ask(position: Position | None) -> Missing:
    """At a record of epoch "e" whose head is 9, as a viewer."""
    return missing(
        position, epoch="e", head=9, audience=Audience.VIEWER, changed=CHANGED, names=NAMES
    )


def test_a_client_that_comes_first_gets_everything() -> None:
    """No position: a snapshot."""
    assert ask(None) == Missing(NAMES, resumed=False)


@each(
    "offset, sections",
    [
        (9, ()),
        (8, ("floor",)),
        (7, ("floor",)),
        (6, ("agenda", "floor")),
        (3, ("agenda", "floor")),
        (2, NAMES),
        (0, NAMES),
    ],
)
def test_a_client_that_comes_back_gets_what_changed_since(
    offset: int, sections: tuple[str, ...]
) -> None:
    """A section changed at the client's own offset is known to it."""
    assert ask(Position(epoch="e", offset=offset)) == Missing(sections, resumed=True)


def test_a_position_ahead_of_the_head_is_of_another_record() -> None:
    """A restored backup has fewer entries: what the client saw does not exist any more."""
    assert ask(Position(epoch="e", offset=10)) == Missing(NAMES, resumed=False)


def test_a_position_of_another_epoch_is_of_another_record() -> None:
    """Same name, same offsets, other entries."""
    assert ask(Position(epoch="f", offset=9)) == Missing(NAMES, resumed=False)


def test_who_is_of_another_audience_by_now_sees_everything_anew() -> None:
    """What was withheld before has not been sent, although it has not changed."""
    before = Position(epoch="e", offset=9, audience=Audience.LOBBY)
    assert ask(before) == Missing(NAMES, resumed=False)
    same = Position(epoch="e", offset=9, audience=Audience.VIEWER)
    assert ask(same) == Missing((), resumed=True)


def test_only_what_the_audience_sees_is_sent() -> None:
    """Other sections may have changed; unknown ones never do."""
    assert changed_since(0, CHANGED, ("floor", "me")) == ("floor",)
