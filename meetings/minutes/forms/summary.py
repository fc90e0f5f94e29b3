"""会议纪要: the summary. What was dealt with, what was concluded, who has to do what until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from meetings.minutes import wording as say
from meetings.minutes.blocks import Block, Column, Document, Heading, Paragraph, Table
from meetings.minutes.draft import Draft, DraftBlock
from meetings.minutes.forms.common import ending, standing
from meetings.minutes.model import Minutes

TITLE = "会议纪要"


def compose(minutes: Minutes, draft: Draft) -> Document:
    blocks: tuple[Block, ...] = (
        *standing(minutes),
        Paragraph(_lead(minutes), indented=True),
        *_conclusions(minutes, draft),
        *_tasks(minutes, draft),
        *_present(minutes),
        *ending(minutes),
    )
    return Document(TITLE, say.clean(draft.title), blocks)


def _lead(minutes: Minutes) -> str:
    room, title = say.clean(minutes.room_name), say.clean(minutes.title)
    at = minutes.opened or minutes.planned
    hosts = "、".join(say.full(host) for host in minutes.hosts)
    lead = f"{at.year}年{at.month}月{at.day}日，{room}召开“{title}”议事协商会议"
    lead += f"，由{hosts}主持" if hosts else ""
    lead += f"。到会{len(minutes.members)}人"
    if minutes.residents:
        lead += f"，居民参加{len(minutes.residents)}人"
    if minutes.remarks:
        lead += f"，收到线上评论{len(minutes.remarks)}条"
    if not minutes.matters:
        return lead + "。"
    titles = "；".join(say.clean(matter.title) for matter in minutes.matters if matter.spans)
    return f"{lead}。会议议题：{titles}。" if titles else f"{lead}。"


def _conclusions(minutes: Minutes, draft: Draft) -> Iterator[Block]:
    yield Heading(1, "一、会议议定事项")
    said = [block for block in draft.blocks if block.kind == "conclusion" and block.text.strip()]
    if not said:
        yield Paragraph("无。")
        return
    number, concluded = 0, 0
    for matter in minutes.matters:
        its = [block for block in said if block.item == matter.id]
        if its:
            concluded += 1
            yield Heading(2, f"（{say.numeral(concluded)}）{say.clean(matter.title)}")
            yield from _numbered(its, number)
            number += len(its)
    others = [block for block in said if block.item is None]
    if others and number:
        yield Heading(2, "其他")
    yield from _numbered(others, number)


def _numbered(blocks: Sequence[DraftBlock], before: int) -> Iterator[Paragraph]:
    for number, block in enumerate(blocks, before + 1):
        yield Paragraph(f"{number}．{say.clean(block.text).strip()}", indented=True)


def _tasks(minutes: Minutes, draft: Draft) -> Iterator[Block]:
    yield Heading(1, "二、任务分工")
    tasks = [block for block in draft.blocks if block.kind == "task" and block.text.strip()]
    if not tasks:
        yield Paragraph("无。")
        return
    numbers = {matter.id: matter.number for matter in minutes.matters}
    columns = (
        Column("序号", 9, centred=True),
        Column("任务", 45),
        Column("责任单位（人）", 26),
        Column("完成时限", 20, centred=True),
    )
    rows = tuple(
        (
            str(number),
            say.clean(task.text).strip()
            + (f"（议程{numbers[task.item]}）" if task.item in numbers else ""),
            say.clean(task.department) or "待定",
            say.clean(task.due) or "待定",
        )
        for number, task in enumerate(tasks, 1)
    )
    yield Table(columns, rows)


def _present(minutes: Minutes) -> Iterator[Block]:
    yield Heading(1, "三、出席人员")
    present = "、".join(say.full(one.who) for one in minutes.members)
    yield Paragraph(f"{present or '无'}。", label="出席：")
    if minutes.absent:
        yield Paragraph(f"{'、'.join(say.full(who) for who in minutes.absent)}。", label="缺席：")
