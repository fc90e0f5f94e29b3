"""
What the programme shows and plays, decided from the cue and from what arrives. Pure.

The cue (`media.cue.Cue`) comes from the record: it says what the meeting is about, and what the
host wants to be shown. The director adds what the record can't know: whose picture really arrives.
It never shows a frozen picture as live: a source that fell silent is replaced by the next best
scene. It cuts only to what is there: until the first picture of the next scene is decoded, the last
scene stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, assert_never

from media.cue import Cue, Layout
from media.programme.ballot import progress, vote_is_due
from media.programme.scene import Card, CardKind, Kind, Look, Scene, Shot, Source

OPENING: Final = Cue(mode="opening", title="")
"""Before the first cue."""

BEGUN_MS: Final = 3_000
"""The opening card: until the room's picture is there, and the title is read."""
AGENDA_MS: Final = 6_000
"""The agenda card, when the meeting turns to another item: a title is read twice."""


def direct(
    cue: Cue, sources: Iterable[Source], before: Scene | None = None, at_ms: int = 0
) -> Shot:
    """
    Decide what to show.

    Args:
        cue: the last one.
        sources: all that exist, oldest first. Of several of one person and kind the newest counts:
            the older ones are leftovers of a connection that was replaced.
        before: the last scene; it stays while the first picture of the next is on its way.
        at_ms: wall clock of the picture that is being made.
    """
    match cue.mode:
        case "opening" | "recess" | "closing":
            item = "" if cue.mode == "closing" else cue.item
            card = Card(cue.mode, cue.title, cue.place, item)
            if cue.mode == "recess":
                card = replace(card, resume_ms=cue.resume_ms, adjourned=cue.adjourned)
            return Shot(Scene(cue.mode, card), frozenset(), frozenset())
        case "meeting":
            return _Meeting(cue, sources, before, at_ms).shot()
        case _:
            assert_never(cue.mode)


class _Meeting:
    """One decision while the meeting is open."""

    def __init__(
        self, cue: Cue, sources: Iterable[Source], before: Scene | None, at_ms: int
    ) -> None:
        self.cue = cue
        self.before = before
        self.at_ms = at_ms
        self.speaker = cue.speaker if cue.speaker != cue.room else None
        self.all = {s.number: s for s in sources}
        self.newest = {(s.person, s.kind): s for s in self.all.values()}
        self.waits = False
        """The scene that was looked for lacks nothing but a first picture."""

    def shot(self) -> Shot:
        scene = self._scene(self.cue.layout)
        if scene is None and self.cue.layout != "auto" and not self.waits:
            scene = self._scene("auto")
        if scene is None:
            scene = self._held() or self._stand_in()
        persons = {self.cue.room, self.speaker}
        heard = persons | {self.cue.microphone}
        if self.cue.partner is not None and self.cue.layout in ("auto", "two"):
            persons.add(self.cue.partner.person)
        return Shot(
            scene,
            want=scene.sources
            | {
                s.number
                for (person, kind), s in self.newest.items()
                if person in (heard if kind == "sound" else persons)
            },
            heard=frozenset(
                s.number
                for (person, kind), s in self.newest.items()
                if kind == "sound" and person in heard
            ),
        )

    # --- which scene

    def _scene(self, layout: Layout) -> Scene | None:
        """That layout; None: it isn't to be had, or not yet."""
        match layout:
            case "auto":
                return self._auto()
            case "room":
                return self._room()
            case "speaker":
                return self._speaker()
            case "two":
                return self._two()
            case "screen":
                return self._screen()
            case "agenda":
                return self._agenda()
            case "vote":
                return self._vote()
            case "card":
                return Scene("card", self._card("title"))
            case _:
                assert_never(layout)

    def _auto(self) -> Scene | None:
        cue, at_ms = self.cue, self.at_ms
        if cue.opened_ms is not None and 0 <= at_ms - cue.opened_ms < BEGUN_MS:
            return Scene("opening", self._card("begun"))
        turned_ms = None if cue.agenda is None else cue.agenda.since_ms
        last_ms = 0 if cue.vote is None else cue.vote.closed_ms or cue.vote.opened_ms
        if turned_ms and 0 <= at_ms - turned_ms < AGENDA_MS and turned_ms >= last_ms:
            return self._agenda()
        if cue.vote is not None and vote_is_due(cue.vote, at_ms, alone=cue.strap is None):
            return self._vote()
        screen = self._screen()
        if screen is not None:
            return screen
        if cue.partner is not None:
            two = self._two()
            if two is not None or self.waits:
                return two
        if self.speaker is not None:
            return self._speaker()
        return self._room()

    def _held(self) -> Scene | None:
        """The last scene, while nothing but the first picture of the next one is missing."""
        before = self.before
        if not self.waits or before is None:
            return None
        alive = all(
            number in self.all and self.all[number].look is Look.ALIVE for number in before.sources
        )
        return before if alive else None

    def _stand_in(self) -> Scene:
        """Nothing else is there."""
        room = self._alive(self.cue.room)
        if room is not None:
            return self._titled(Scene("room", main=room, strap=self.cue.strap))
        if self.speaker is not None:
            return self._voice()
        return Scene("waiting", self._card("waiting"))

    # --- each scene

    def _room(self) -> Scene | None:
        room = self._alive(self.cue.room, wait=True)
        if room is None:
            return None
        return self._titled(Scene("room", main=room, strap=self.cue.strap))

    def _speaker(self) -> Scene | None:
        if self.speaker is None:
            return None
        picture = self._alive(self.speaker, wait=True)
        if picture is None:
            return None if self.waits else self._voice()
        inset = self._alive(self.cue.room)
        return self._titled(Scene("speaker", main=picture, inset=inset, strap=self.cue.strap))

    def _voice(self) -> Scene:
        strap = self.cue.strap
        if strap is not None and strap.channel == "video":
            strap = strap.model_copy(update={"channel": "voice"})
        card = replace(self._card("voice"), strap=strap)
        return Scene("speaker", card, inset=self._alive(self.cue.room))

    def _two(self) -> Scene | None:
        """Whoever spoke before at the left, whoever has the floor at the right."""
        partner = self.cue.partner
        left_person = partner.person if partner is not None else None
        left = self._alive(left_person or self.cue.room, wait=True)
        right = self._alive(self.speaker or self.cue.room, wait=True)
        if left is None or right is None or left == right:
            # Where one of the two is not there at all, nothing is waited for.
            self.waits = self.waits and self._both_come(left_person)
            return None
        return self._titled(
            Scene(
                "two",
                main=right,
                second=left,
                strap=self.cue.strap,
                second_strap=partner.strap if partner is not None else None,
            )
        )

    def _both_come(self, left_person: str | None) -> bool:
        looks = [
            self.newest.get((person or "", "picture"))
            for person in (left_person or self.cue.room, self.speaker or self.cue.room)
        ]
        return all(one is not None and one.look is not Look.STALLED for one in looks)

    def _screen(self) -> Scene | None:
        """
        A shared screen fills the picture, with the face of whoever shares it, or the room, beside.

        The item is not written over it: there stands its own heading. Whether it may be shared is
        the forwarder's business: what is not let through is not alive.
        """
        for person in (self.speaker, self.cue.room):
            screen = self._alive(person, "screen")
            if screen is not None:
                face = self._alive(person)
                inset = face if face is not None else self._alive(self.cue.room)
                scene = Scene("screen", main=screen, inset=inset, strap=self.cue.strap)
                return self._titled(scene, item="")
        return None

    def _agenda(self) -> Scene | None:
        if self.cue.agenda is None:
            return None
        card = replace(self._card("agenda"), agenda=self.cue.agenda)
        return Scene("agenda", card, inset=self._beside())

    def _vote(self) -> Scene | None:
        vote = self.cue.vote
        if vote is None:
            return None
        still = vote.model_copy(update={"turnout": None, "tally": None, "until_ms": None})
        card = replace(self._card("vote"), vote=still)
        return Scene("vote", card, inset=self._beside(), progress=progress(vote, self.at_ms))

    # --- parts of scenes

    def _beside(self) -> int | None:
        """Who is seen beside a card: whoever speaks, else the room."""
        speaker = self._alive(self.speaker)
        return speaker if speaker is not None else self._alive(self.cue.room)

    def _card(self, kind: CardKind) -> Card:
        return Card(kind, self.cue.title, self.cue.place, self.cue.item)

    def _titled(self, scene: Scene, item: str | None = None) -> Scene:
        """With the item, the meeting's if nothing is said; or the question of a vote that runs."""
        vote = self.cue.vote
        if vote is not None and vote.closed_ms is None:
            return replace(scene, item=vote.question, voting=True)
        return replace(scene, item=self.cue.item if item is None else item)

    def _alive(
        self, person: str | None, kind: Kind = "picture", *, wait: bool = False
    ) -> int | None:
        """Number of somebody's picture, if it can be shown. *wait*: it is worth waiting for."""
        source = self.newest.get((person, kind)) if person is not None else None
        if source is None:
            return None
        self.waits = self.waits or (wait and source.look is Look.WAITING)
        return source.number if source.look is Look.ALIVE else None
