"""Minutes of a meeting: drafts to be edited, and the forms as files."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from meetings.events import Entry
from meetings.minutes import wording as say
from meetings.minutes.build import build
from meetings.minutes.document import render_docx
from meetings.minutes.draft import Draft, DraftBlock, Form, additions, canonical, check, fresh
from meetings.minutes.forms import compose
from meetings.minutes.model import Minutes
from meetings.minutes.page import render_html
from meetings.minutes.typeset import render_pdf
from meetings.people import Register
from meetings.record.port import Record, read_all
from meetings.signoff.events import SignedAs
from meetings.signoff.rules import needed
from meetings.state import Meeting
from web.links import Origins, moment_link
from web.revisions import Revision, RevisionConflict, Revisions
from web.settings import Settings

Kind = Literal["html", "docx", "pdf"]

FILES_KEPT = 32  # files at hand, newest: a whole village opens the same one


def minutes_files(record: Record, settings: Settings, reached: Origins) -> MinutesFiles:
    """As the settings say: revisions in the data folder."""
    return MinutesFiles(
        record,
        Revisions(settings.data / "minutes"),
        timezone=settings.timezone,
        viewers=reached.viewers,
        fonts=() if settings.font is None else (settings.font,),
    )


class NotPublished(Exception):
    """There are no minutes yet for those who are not at the desk."""


class DraftView(BaseModel):
    """What the editor needs."""

    model_config = ConfigDict(frozen=True)

    revision: int
    """Number of the saved revision that `draft` is; 0: none was saved, it is the record's own."""
    sha256: str
    draft: Draft
    additions: tuple[DraftBlock, ...]
    """Of what happened after the draft was saved; the clerk may add them."""
    head: int
    """Last entry of the record: `through` of a draft to which all additions were added."""
    items: tuple[ItemView, ...]
    facts: dict[int, FactView]
    """Entry -> what the record tells of it; of every speech and vote."""
    needed: tuple[SignedAs, ...]
    """Whose signatures publication takes."""


class ItemView(BaseModel):
    """An agenda item that a block can stand under."""

    model_config = ConfigDict(frozen=True)

    id: int
    number: int
    title: str


class FactView(BaseModel):
    """A speech or a vote."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["speech", "vote"]
    label: str
    when: str
    at_ms: int
    url: str
    """Its moment in the recording."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A record and the people in it."""

    entries: Sequence[Entry]
    register: Register


class MinutesFiles:
    """
    Reads, saves and writes down the minutes of all meetings.

    What takes long is done in threads, one file at a time.

    Args:
        viewers: origin of the links to the recording.
        fonts: font files or folders for PDF, besides those of the machine.
    """

    def __init__(
        self,
        record: Record,
        revisions: Revisions,
        *,
        timezone: str,
        viewers: str,
        fonts: Sequence[Path] = (),
    ) -> None:
        self._record = record
        self._revisions = revisions
        self._timezone = ZoneInfo(timezone)
        self._viewers = viewers
        self._fonts = tuple(fonts)
        self._kept: OrderedDict[tuple[str, int, int, Form, Kind], bytes] = OrderedDict()
        self._writing = asyncio.Semaphore(1)

    async def draft(self, meeting: Meeting) -> DraftView:
        """The newest draft, with what the editor needs. Raises: RecordError, OSError."""
        read = await self._read(meeting.id)
        return await asyncio.to_thread(self._draft, meeting, read)

    async def save(self, meeting: Meeting, base: int, draft: Draft) -> Revision:
        """
        Keep a draft as the revision after *base*.

        Raises: DraftError, RevisionConflict, TooManyRevisions, RecordError, OSError.
        """
        read = await self._read(meeting.id)

        def save() -> Revision:
            check(draft, build(read.entries, read.register, self._timezone))
            return self._revisions.save(meeting.id, base, canonical(draft))

        return await asyncio.to_thread(save)

    async def confirm(self, meeting: str, number: int, sha256: str) -> None:
        """
        Make sure that this is the newest revision, as it is kept.

        Raises: RevisionConflict, OSError.
        """
        latest = await asyncio.to_thread(self._revisions.latest, meeting)
        if latest is None or (latest.number, latest.sha256) != (number, sha256):
            raise RevisionConflict(f"{number} is not the newest")

    async def write(self, meeting: Meeting, form: Form, kind: Kind, *, published: bool) -> bytes:
        """
        One form as a file: as published; else, unless *published*, as drafted.

        Raises: NotPublished, TypesetterMissing, FontMissing, UnknownMeeting, RecordError, OSError.
        """
        revision = await asyncio.to_thread(self._revision, meeting, published)
        number = 0 if revision is None else revision.number
        key = (meeting.id, meeting.offset, number, form, kind)
        async with self._writing:
            if key not in self._kept:
                read = await self._read(meeting.id)
                self._kept[key] = await asyncio.to_thread(
                    self._write, meeting, read, revision, form, kind
                )
                while len(self._kept) > FILES_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]

    async def _read(self, meeting: str) -> _Read:
        entries = await read_all(self._record, meeting)
        return _Read(entries, (await self._record.register(meeting)).people)

    def _revision(self, meeting: Meeting, published: bool) -> Revision | None:
        publication = meeting.signoff.publication
        if publication is None:
            if published:
                raise NotPublished
            return self._revisions.latest(meeting.id)
        revision = self._revisions.get(meeting.id, publication.revision)
        if revision is None or revision.sha256 != publication.sha256:
            raise OSError(f"revision {publication.revision} of {meeting.id} is not what was signed")
        return revision

    def _draft(self, meeting: Meeting, read: _Read) -> DraftView:
        revision = self._revisions.latest(meeting.id)
        minutes = build(read.entries, read.register, self._timezone)
        made = fresh(minutes)
        draft = made if revision is None else Draft.model_validate_json(revision.body)
        return DraftView(
            revision=0 if revision is None else revision.number,
            sha256="" if revision is None else revision.sha256,
            draft=draft,
            additions=additions(draft, minutes),
            head=minutes.entries,
            items=tuple(
                ItemView(id=matter.id, number=matter.number, title=matter.title)
                for matter in minutes.matters
            ),
            facts=self._facts(meeting, minutes),
            needed=tuple(sorted(needed(meeting), reverse=True)),
        )

    def _facts(self, meeting: Meeting, minutes: Minutes) -> dict[int, FactView]:
        today = say.day(minutes)

        def fact(kind: Literal["speech", "vote"], label: str, when: str, at: datetime) -> FactView:
            at_ms = round(at.timestamp() * 1000)
            url = moment_link(self._viewers, meeting.room, meeting.id, at_ms)
            return FactView(kind=kind, label=label, when=when, at_ms=at_ms, url=url)

        facts = {
            speech.id: fact(
                "speech", say.turn(speech), say.span(speech.span, today), speech.span.begin
            )
            for speech in minutes.speeches
        }
        for question in minutes.questions:
            when = say.span(question.span, today)
            label = f"表决{question.number}：{say.clean(question.question)}"
            facts[question.id] = fact("vote", label, when, question.span.begin)
        return facts

    def _write(
        self, meeting: Meeting, read: _Read, revision: Revision | None, form: Form, kind: Kind
    ) -> bytes:
        draft = None if revision is None else Draft.model_validate_json(revision.body)
        minutes = build(
            read.entries,
            read.register,
            self._timezone,
            through=None if draft is None else draft.through,
            revision=0 if revision is None else revision.number,
            sha256="" if revision is None else revision.sha256,
        )
        document = compose(form, minutes, fresh(minutes) if draft is None else draft)

        def address(at: datetime) -> str:
            at_ms = round(at.timestamp() * 1000)
            return moment_link(self._viewers, meeting.room, meeting.id, at_ms)

        match kind:
            case "html":
                return render_html(document, address).encode()
            case "docx":
                return render_docx(document, address)
            case "pdf":
                return render_pdf(document, address, self._fonts)
            case _:
                assert_never(kind)
