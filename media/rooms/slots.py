"""
The m-lines of one subscriber and whose media they carry. Pure.

An m-line can't be taken away again (RFC 8829, 5.2.2), so a slot whose person left is emptied and
later used for somebody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from media.peers.port import CodecName, Kind, Slot


class SourceKey(NamedTuple):
    """The one sound, the one picture or the one screen of a person."""

    person: str
    kind: Kind


class SourceFormat(NamedTuple):
    """What a slot for a source must offer."""

    codec: CodecName
    fmtp: str
    red: bool = False


class Slots:
    """
    The slots of one subscriber.

    Args:
        new_ssrc: gives an SSRC that this peer has not used yet.
        maximum: slots; sources beyond wait until one is free.
    """

    def __init__(self, new_ssrc: Callable[[], int], maximum: int) -> None:
        self._new_ssrc = new_ssrc
        self._maximum = maximum
        self._slots: list[Slot] = []

    @property
    def slots(self) -> tuple[Slot, ...]:
        """As last planned."""
        return tuple(self._slots)

    def plan(self, wanted: Mapping[SourceKey, SourceFormat]) -> bool:
        """
        Make slots for exactly these sources.

        Returns: whether anything changed, so that an offer is needed.
        """
        before = self.slots
        # A slot emptied now is not filled in the same offer: browsers tell their page of a new
        # track only when the m-line was inactive in between.
        free = [i for i, slot in enumerate(before) if not slot.person]
        placed: set[SourceKey] = set()
        for index, slot in enumerate(before):
            if not slot.person:
                continue
            key = SourceKey(slot.person, slot.kind)
            form = wanted.get(key)
            if form is None:
                self._slots[index] = replace(slot, person="")
                continue
            placed.add(key)
            if form != (slot.codec, slot.fmtp, slot.red):
                self._slots[index] = self._make(index, key, form)
        for key, form in wanted.items():
            if key in placed:
                continue
            reused = next((i for i in free if before[i].kind == key.kind), None)
            if reused is not None:
                free.remove(reused)
                self._slots[reused] = self._make(reused, key, form)
            elif len(self._slots) < self._maximum:
                self._slots.append(self._make(len(self._slots), key, form))
        return self.slots != before

    def waiting(self, wanted: Mapping[SourceKey, SourceFormat]) -> bool:
        """Whether another plan would find room for a source that has no slot now."""
        placed = {SourceKey(slot.person, slot.kind) for slot in self._slots}
        free = {slot.kind for slot in self._slots if not slot.person}
        return any(key not in placed and key.kind in free for key in wanted)

    def _make(self, index: int, key: SourceKey, form: SourceFormat) -> Slot:
        # New SSRCs for each use: a receiver must not take one person's stream for another's.
        return Slot(
            mid=str(index),
            kind=key.kind,
            person=key.person,
            codec=form.codec,
            ssrc=self._new_ssrc(),
            rtx_ssrc=self._new_ssrc() if key.kind != "sound" else None,
            fmtp=form.fmtp,
            red=form.red,
        )
