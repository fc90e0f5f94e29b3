"""
What a client lacks. Pure.

A section is whole, so what a client lacks of it is the section or nothing. The same question is
asked when a client comes back and at every tick: a tick is a resume from the tick before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from meetings.sections import Audience
from signaling.wire.frames import Position


@dataclass(frozen=True, slots=True)
class Missing:
    """Sections of the record to send."""

    sections: tuple[str, ...]
    resumed: bool
    """False: the client shall forget what it had; all sections are sent."""


def changed_since(
    offset: int, changed: Mapping[str, int], names: Collection[str]
) -> tuple[str, ...]:
    """
    Which of these sections may have changed after *offset*.

    Args:
        changed: section -> offset of the last entry that could change it.
        names: what the audience sees; sections that are unknown to *changed* never change.
    """
    return tuple(name for name in names if changed.get(name, 0) > offset)


def missing(
    position: Position | None,
    *,
    epoch: str,
    head: int,
    audience: Audience,
    changed: Mapping[str, int],
    names: Collection[str],
) -> Missing:
    """
    What a client at *position* lacks of the record.

    A position of another epoch, or ahead of the head, is of another record (one that was restored
    from a backup, say): what the client has seen is not this meeting. What it has seen as another
    audience is not what it may see now.

    Args:
        position: where the client says it is; None: nowhere.
        epoch: of the record.
        head: offset of the record's last entry.
        audience: as which the client is here now.
        changed: section -> offset of the last entry that could change it.
        names: sections that the audience sees.
    """
    if position is None or position.epoch != epoch or position.offset > head:
        return Missing(tuple(names), resumed=False)
    if position.audience not in {None, audience}:
        return Missing(tuple(names), resumed=False)
    return Missing(changed_since(position.offset, changed, names), resumed=True)
