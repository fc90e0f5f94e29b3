"""
What the programme shows and plays, decided from the cue and from what arrives. Pure.

The cue (`media.control.Cue`) comes from the record: it says what the meeting is about. The director
adds what the record can't know: whose picture really arrives. It never shows a frozen picture as
live: a source that fell silent is replaced by the next best scene.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal, assert_never

from media.control import Cue, Strap

Kind = Literal["sound", "picture", "screen"]


class Look(Enum):
    """Whether a source's picture can be shown."""

    WAITING = "waiting"
    """Asked for a moment ago, nothing decoded yet."""
    ALIVE = "alive"
    STALLED = "stalled"
    """Nothing decoded for longer than the worker's limit."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source as the worker sees it; `look` means nothing for sound."""

    number: int
    person: str
    kind: Kind
    look: Look = Look.WAITING


CardKind = Literal["opening", "waiting", "voice", "recess", "closing"]


@dataclass(frozen=True, slots=True)
class Card:
    """
    A picture made of letters.

    `voice` is the name card of somebody who is heard but not seen; `waiting` stands in while the
    room's picture is missing.
    """

    kind: CardKind
    title: str
    place: str = ""
    item: str = ""
    strap: Strap | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """
    One layout of the picture: either `card` or `main` fills it.

    `inset` is the small picture over either: of the room, or of whoever shares the screen that is
    `main`. `strap` and `item` are written over `main`; a card carries its own words.
    """

    card: Card | None = None
    main: int | None = None
    inset: int | None = None
    strap: Strap | None = None
    item: str = ""


@dataclass(frozen=True, slots=True)
class Shot:
    """The director's decision. `want` includes sources that are not shown yet but should be."""

    scene: Scene
    want: frozenset[int]
    heard: frozenset[int]


OPENING = Cue(mode="opening", title="")
"""Before the first cue."""


def direct(cue: Cue, sources: Iterable[Source], before: Scene | None = None) -> Shot:
    """
    Decide what to show.

    Args:
        cue: the last one.
        sources: all that exist, oldest first. Of several of one person and kind the newest counts:
            the older ones are leftovers of a connection that was replaced.
        before: the last scene; a card of it stays while the first picture is on its way.
    """
    match cue.mode:
        case "opening" | "recess" | "closing":
            card = Card(cue.mode, cue.title, cue.place, "" if cue.mode == "closing" else cue.item)
            return Shot(Scene(card=card), frozenset(), frozenset())
        case "meeting":
            return _meeting(cue, tuple(sources), before)
        case _:
            assert_never(cue.mode)


def _meeting(cue: Cue, sources: tuple[Source, ...], before: Scene | None) -> Shot:
    speaker = cue.speaker if cue.speaker != cue.room else None
    shown = {person for person in (cue.room, speaker) if person is not None}
    newest = {
        (s.person, s.kind): s
        for s in sources
        if s.person in shown or (s.person == cue.microphone and s.kind == "sound")
    }
    heard = frozenset(s.number for s in newest.values() if s.kind == "sound")
    want = frozenset(s.number for s in newest.values())
    room = newest.get((cue.room, "picture")) if cue.room is not None else None
    shared = _of_screen(cue, newest, speaker)
    if shared is not None:
        return Shot(shared, want, heard)
    if speaker is None:
        return Shot(_of_room(cue, room, before), want, heard)
    return Shot(_of_speaker(cue, room, newest.get((speaker, "picture"))), want, heard)


def _of_screen(
    cue: Cue, newest: Mapping[tuple[str, Kind], Source], speaker: str | None
) -> Scene | None:
    """
    A shared screen fills the picture, with the face of whoever shares it, or the room, beside it.

    Whether it may be shared is the forwarder's business: what is not let through is not alive.
    """
    for person in (speaker, cue.room):
        screen = _number(newest.get((person, "screen"))) if person is not None else None
        if person is None or screen is None:
            continue
        face = _number(newest.get((person, "picture")))
        if face is None and cue.room is not None:
            face = _number(newest.get((cue.room, "picture")))
        return Scene(main=screen, inset=face, strap=cue.strap, item=cue.item)
    return None


def _of_room(cue: Cue, source: Source | None, before: Scene | None) -> Scene:
    room = _number(source)
    if room is not None:
        return Scene(main=room, strap=cue.strap, item=cue.item)
    waits = source is not None and source.look is Look.WAITING
    if waits and before is not None and before.card is not None and before.inset is None:
        return before
    return Scene(card=Card("waiting", cue.title, cue.place, cue.item))


def _of_speaker(cue: Cue, room_source: Source | None, source: Source | None) -> Scene:
    room, picture = _number(room_source), _number(source)
    if picture is not None:
        return Scene(main=picture, inset=room, strap=cue.strap, item=cue.item)
    # The first picture needs a keyframe and a round trip. Until then the room stays, with the
    # speaker's name: a name card that flashes up for three frames would look like a fault.
    if source is not None and source.look is Look.WAITING and room is not None:
        return Scene(main=room, strap=cue.strap, item=cue.item)
    card = Card("voice", cue.title, cue.place, cue.item, cue.strap)
    return Scene(card=card, inset=room)


def _number(source: Source | None) -> int | None:
    return source.number if source is not None and source.look is Look.ALIVE else None
