"""签到表: who was there, where, when and for how long; with room to sign by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from meetings.minutes import wording as say
from meetings.minutes.blocks import Block, Column, Document, Heading, Paragraph, Table
from meetings.minutes.draft import Draft
from meetings.minutes.forms.common import ending, facts, standing
from meetings.minutes.model import Attended, Minutes

TITLE = "签到表"


def compose(minutes: Minutes, draft: Draft) -> Document:
    blocks: tuple[Block, ...] = (
        *standing(minutes),
        facts(minutes),
        *_listed(minutes),
        *ending(minutes),
    )
    return Document(TITLE, say.clean(draft.title), blocks)


def _listed(minutes: Minutes) -> Iterator[Block]:
    yield Heading(1, f"一、出席人员（{len(minutes.members)}人）")
    if minutes.members:
        yield _table(minutes, minutes.members)
    else:
        yield Paragraph("无。")
    if minutes.absent:
        yield Paragraph("、".join(say.full(who) for who in minutes.absent), label="未到会：")
    yield Heading(1, f"二、参加居民（{len(minutes.residents)}人）")
    if minutes.residents:
        yield _table(minutes, minutes.residents)
    else:
        yield Paragraph("无。")


def _table(minutes: Minutes, people: Sequence[Attended]) -> Table:
    columns = (
        Column("序号", 8, centred=True),
        Column("姓名", 14),
        Column("单位及职务", 21),
        Column("方式", 13, centred=True),
        Column("到会", 13, centred=True),
        Column("时长", 15, centred=True),
        Column("签名", 16),
    )
    today = say.day(minutes)
    rows = tuple(
        (
            str(number),
            say.name(one.who),
            say.clean(one.who.office) or say.ROLES[one.who.role],
            "、".join(say.PLACES[place] for place in one.places),
            say.clock(one.stays[0].begin, today),
            "在会" if one.length is None else say.length(one.length),
            "",
        )
        for number, one in enumerate(people, 1)
    )
    return Table(columns, rows, tall=True)
