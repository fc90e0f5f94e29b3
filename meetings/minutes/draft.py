"""
The draft: what the clerk adds to what the record tells.

A draft says how far in the record it goes, and holds blocks in their order. Each block is linked to
the entries that it is about; who spoke when, and how a vote ended, is read from there when the
minutes are written down, so that it can't be edited by mistake, and a name can be forgotten.

Revisions are kept as the bytes of `canonical`; their SHA-256 is what is signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from meetings.minutes.model import Minutes, Question, Speech
from meetings.minutes.wording import result
from meetings.models import TITLE_MAX, Offset

BLOCKS_MAX = 1000
TEXT_MAX = 10_000  # characters of one block
SOURCES_MAX = 100  # entries of one block

Form = Literal["record", "summary", "results", "attendance"]
"""会议记录, 会议纪要, 表决结果公告, 签到表: four documents of one draft."""

FORMS: tuple[Form, ...] = ("record", "summary", "results", "attendance")

BlockKind = Literal["speech", "vote", "note", "conclusion", "task"]
"""
speech, vote: what was said, and a remark, under what the record tells of the entry; note: anything
else that the full record should say; conclusion, task: for the summary.
"""


class DraftError(Exception):
    """A draft does not fit the record; the message names the block."""


class DraftBlock(BaseModel):
    """One block."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    """Stays the same over revisions; the editor makes those of new blocks."""
    kind: BlockKind
    item: int | None = None
    """Agenda item that it stands under; None: outside the agenda."""
    sources: Annotated[tuple[Offset, ...], Field(max_length=SOURCES_MAX)] = ()
    """Entries that it is about; the first of a speech is its grant, of a vote its opening."""
    text: Annotated[str, StringConstraints(max_length=TEXT_MAX)] = ""
    department: Annotated[str, StringConstraints(max_length=60)] = ""
    """Of a task: who has to see to it."""
    due: Annotated[str, StringConstraints(max_length=40)] = ""
    """Of a task: until when, in words or as a date."""


class Draft(BaseModel):
    """The whole draft."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    """Of this layout."""
    through: Offset
    """Last entry of the record that it tells of."""
    title: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_MAX)
    ]
    """What the documents are about; the meeting's title, if the clerk has no better one."""
    comments: Literal["all", "liked", "none"] = "all"
    """Which public comments stand in the full record."""
    blocks: Annotated[tuple[DraftBlock, ...], Field(max_length=BLOCKS_MAX)] = ()


def canonical(draft: Draft) -> bytes:
    """Return the bytes that are kept and signed: JSON in UTF-8, fields in order, no spaces."""
    return draft.model_dump_json().encode()


def digest(revision: bytes) -> str:
    """Return what stands for a revision in the record."""
    return hashlib.sha256(revision).hexdigest()


def fresh(minutes: Minutes) -> Draft:
    """Write the draft that the record alone gives: a block a speech and vote, under its item."""
    blocks: list[DraftBlock] = []
    for item in (*(matter.id for matter in minutes.matters), None):
        blocks += _of_item(minutes, item)
    for question in minutes.questions:
        said = result(question)
        if said is not None:
            conclusion = DraftBlock(
                id=f"c{question.id}",
                kind="conclusion",
                item=question.item,
                sources=(question.id,),
                text=said,
            )
            blocks.append(conclusion)
    return Draft(through=minutes.entries, title=minutes.title, blocks=tuple(blocks[:BLOCKS_MAX]))


def additions(draft: Draft, minutes: Minutes) -> tuple[DraftBlock, ...]:
    """Return the blocks of what happened after a draft was written, for the clerk to add."""
    return tuple(
        block for block in fresh(minutes).blocks if all(at > draft.through for at in block.sources)
    )


def check(draft: Draft, minutes: Minutes) -> None:
    """
    Make sure that a draft fits the record.

    Args:
        minutes: of the whole record.

    Raises: DraftError.
    """
    if draft.through > minutes.entries:
        raise DraftError(f"the record has no entry {draft.through}")
    items = {None, *(matter.id for matter in minutes.matters)}
    speeches = {speech.id for speech in minutes.speeches}
    votes = {question.id for question in minutes.questions}
    seen: set[str] = set()
    for block in draft.blocks:
        if block.id in seen:
            raise DraftError(f"{block.id}: a second block of this name")
        seen.add(block.id)
        if block.item not in items:
            raise DraftError(f"{block.id}: there is no agenda item {block.item}")
        if any(source > draft.through for source in block.sources):
            raise DraftError(f"{block.id}: about an entry after {draft.through}")
        if block.kind == "speech" and not speeches.issuperset(block.sources[:1] or (0,)):
            raise DraftError(f"{block.id}: about no speech")
        if block.kind == "vote" and not votes.issuperset(block.sources[:1] or (0,)):
            raise DraftError(f"{block.id}: about no vote")


def _of_item(minutes: Minutes, item: int | None) -> Iterator[DraftBlock]:
    """What happened under an item, in order."""
    found: list[Speech | Question] = [s for s in minutes.speeches if s.item == item]
    found += [q for q in minutes.questions if q.item == item]
    for one in sorted(found, key=lambda one: one.id):
        if isinstance(one, Speech):
            yield DraftBlock(
                id=f"s{one.id}", kind="speech", item=item, sources=(one.id,), text=one.text
            )
        else:
            yield DraftBlock(id=f"v{one.id}", kind="vote", item=item, sources=(one.id,))
