"""What entries make of the video link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from immutables import Map

from meetings.events import Entry
from meetings.evolve import evolve
from meetings.link.events import (
    CallSummarised,
    CameraChosen,
    LinkEvent,
    LinkLocked,
    LinkMuted,
    LinkUnlocked,
    LinkUnmuted,
    MicrophoneChosen,
    PersonReadmitted,
    PersonRemoved,
    PictureAllowed,
    PictureStopped,
)
from meetings.link.state import CALLS_KEPT, Ruling, VideoLink
from meetings.people import PersonId


def apply(
    link: VideoLink, event: LinkEvent, entry: Entry, present: Iterable[PersonId]
) -> VideoLink:
    """
    Return the link after *entry*.

    Args:
        present: the members and the rooms that are there now.
    """
    ruling = Ruling(entry.actor, entry.at_ms)
    match event:
        case LinkMuted():
            return evolve(link, muted=link.muted.set(event.person, ruling))
        case LinkUnmuted():
            return evolve(link, muted=_without(link.muted, event.person))
        case PictureStopped():
            return evolve(link, stopped=link.stopped.set(event.person, ruling))
        case PictureAllowed():
            return evolve(link, stopped=_without(link.stopped, event.person))
        case LinkLocked():
            return evolve(link, inside=frozenset(present))
        case LinkUnlocked():
            return evolve(link, inside=None)
        case PersonRemoved():
            removed = evolve(ruling, reason=event.reason)
            inside = None if link.inside is None else link.inside - {event.person}
            return evolve(link, removed=link.removed.set(event.person, removed), inside=inside)
        case PersonReadmitted():
            inside = None if link.inside is None else link.inside | {event.person}
            return evolve(link, removed=_without(link.removed, event.person), inside=inside)
        case CameraChosen():
            return evolve(link, camera=event.person)
        case MicrophoneChosen():
            return evolve(link, microphone=event.person)
        case CallSummarised():
            return evolve(link, calls=(*link.calls, (event.person, event.call))[-CALLS_KEPT:])
        case _:
            assert_never(event)


def _without(rulings: Map[PersonId, Ruling], person: PersonId) -> Map[PersonId, Ruling]:
    return rulings.delete(person) if person in rulings else rulings
