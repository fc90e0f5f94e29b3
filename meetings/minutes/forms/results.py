"""表决结果公告: every vote, how it was held, how it ended and why."""

from __future__ import annotations

from collections.abc import Iterator

from meetings.minutes import wording as say
from meetings.minutes.blocks import Block, Document, Heading, Paragraph
from meetings.minutes.draft import Draft
from meetings.minutes.forms import votes
from meetings.minutes.forms.common import ending, standing
from meetings.minutes.model import Minutes

TITLE = "表决结果公告"


def compose(minutes: Minutes, draft: Draft) -> Document:
    blocks: tuple[Block, ...] = (
        *standing(minutes),
        Paragraph(_lead(minutes), indented=True),
        *_votes(minutes, draft),
        *ending(minutes),
        *_annex(minutes),
    )
    return Document(TITLE, say.clean(draft.title), blocks)


def _lead(minutes: Minutes) -> str:
    room, title = say.clean(minutes.room_name), say.clean(minutes.title)
    lead = f"{room}于{say.held(minutes)}召开“{title}”议事协商会议"
    count = len(minutes.questions)
    if not count:
        return f"{lead}，没有进行表决。"
    return f"{lead}，共进行{count}项表决，结果公告如下："


def _votes(minutes: Minutes, draft: Draft) -> Iterator[Block]:
    remarks = {
        block.sources[0]: block.text
        for block in draft.blocks
        if block.kind == "vote" and block.text.strip()
    }
    for question in minutes.questions:
        yield Heading(1, f"{say.numeral(question.number)}、{say.clean(question.question)}")
        yield from votes.told(question, say.day(minutes), "表决时间")
        if question.id in remarks:
            yield Paragraph(say.clean(remarks[question.id]), label="说明：")


def _annex(minutes: Minutes) -> Iterator[Block]:
    voted = [question for question in minutes.questions if votes.has_residents(question)]
    if voted:
        yield Heading(1, "附件　居民投票名单", new_page=True)
    for question in voted:
        yield Heading(2, f"{say.numeral(question.number)}、{say.clean(question.question)}")
        yield from votes.residents(question)
