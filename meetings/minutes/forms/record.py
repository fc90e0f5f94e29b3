"""会议记录: the full record. Who was there, what was said in which order, votes, comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from meetings.minutes import wording as say
from meetings.minutes.blocks import (
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Link,
    Paragraph,
    Table,
)
from meetings.minutes.draft import Draft, DraftBlock
from meetings.minutes.forms import calls, transcript, votes
from meetings.minutes.forms.common import ending, facts, standing
from meetings.minutes.model import Attended, Matter, Minutes, Remark, Speech

TITLE = "会议记录"
WENT_BACK = timedelta(seconds=30)
"""Nobody who watches live is farther behind: whoever answers what was before that went back."""


def compose(minutes: Minutes, draft: Draft) -> Document:
    blocks: tuple[Block, ...] = (
        *standing(minutes),
        facts(minutes),
        *_attendance(minutes),
        *_agenda(minutes),
        *_course(minutes, draft),
        *_comments(minutes, draft),
        *ending(minutes),
        *_annexes(minutes, draft),
    )
    return Document(TITLE, say.clean(draft.title), blocks)


def _attendance(minutes: Minutes) -> Iterator[Block]:
    yield Heading(1, "一、出席情况")
    residents = "无居民线上参加"
    if minutes.residents:
        residents = (
            f"居民参加{len(minutes.residents)}人，同时在线最多{minutes.most_residents}人，"
            "名单见附件一"
        )
    yield Paragraph(f"到会{len(minutes.members)}人；{residents}。")
    if minutes.members:
        yield _attended(minutes)
    if minutes.absent:
        yield Paragraph("、".join(say.full(who) for who in minutes.absent), label="未到会：")
    if minutes.represented:
        proxies = "；".join(
            f"{say.name(one.giver)}委托{say.name(one.holder)}"
            + (f"（仅限第{one.matter}项议程）" if one.matter is not None else "")
            for one in minutes.represented
        )
        yield Paragraph(f"{proxies}。", label="委托表决：")
    recused = [
        f"{say.name(one.who)}（第{'、'.join(map(str, one.recused))}项议程）"
        for one in minutes.members
        if one.recused
    ]
    if recused:
        yield Paragraph(f"{'、'.join(recused)}。", label="回避：")
    if minutes.unmasked:
        yield Paragraph(f"会议期间依规查看居民实名{minutes.unmasked}人次，理由均已记录。")
    if minutes.removed:
        yield Paragraph(f"会议期间请出会议{minutes.removed}人次，理由均已记录。")
    if minutes.quorum:
        yield from _quorum(minutes)


def _quorum(minutes: Minutes) -> Iterator[Block]:
    columns = (
        Column("自此时起", 28, centred=True),
        Column("应到", 18, centred=True),
        Column("实到", 18, centred=True),
        Column("法定人数", 18, centred=True),
        Column("是否达到", 18, centred=True),
    )
    today = say.day(minutes)
    rows = tuple(
        (
            Link(say.clock(one.at, today), one.at),
            str(one.electors),
            str(one.present),
            str(one.needed),
            "达到" if one.met else "未达到",
        )
        for one in minutes.quorum
    )
    yield Paragraph("法定人数的变化：")
    yield Table(columns, rows)


def _attended(minutes: Minutes) -> Table:
    columns = (
        Column("姓名", 16),
        Column("单位及职务", 28),
        Column("身份", 13, centred=True),
        Column("方式", 13, centred=True),
        Column("到会时间", 30),
    )
    rows = tuple(
        (
            say.name(one.who),
            say.clean(one.who.office) or "—",
            say.ROLES[one.who.role],
            _places(one),
            say.spans(one.stays, say.day(minutes)),
        )
        for one in minutes.members
    )
    return Table(columns, rows)


def _places(one: Attended) -> str:
    return "、".join(say.PLACES[place] for place in one.places)


def _agenda(minutes: Minutes) -> Iterator[Block]:
    yield Heading(1, "二、会议议程")
    if not minutes.matters:
        yield Paragraph("无。")
        return
    columns = (
        Column("序号", 9, centred=True),
        Column("议题", 43),
        Column("计划用时", 15, centred=True),
        Column("实际时间", 33),
    )
    rows = tuple(
        (
            str(matter.number),
            _titled(matter),
            "—" if matter.minutes is None else f"{matter.minutes}分钟",
            _when(minutes, matter),
        )
        for matter in minutes.matters
    )
    yield Table(columns, rows)


def _titled(matter: Matter) -> str:
    department = say.clean(matter.department)
    return say.clean(matter.title) + (f"（牵头单位：{department}）" if department else "")


def _when(minutes: Minutes, matter: Matter) -> Cell:
    words = say.spans(matter.spans, say.day(minutes))
    if matter.postponed:
        reason = say.clean(matter.reason)
        postponed = f"延期{f'（{reason}）' if reason else ''}"
        return f"{words}；{postponed}" if words else postponed
    return Link(words, matter.spans[0].begin) if matter.spans else "未进行"


def _course(minutes: Minutes, draft: Draft) -> Iterator[Block]:
    """What the clerk left of speeches, votes and notes, under the items in the agenda's order."""
    yield Heading(1, "三、会议经过")
    told = [block for block in draft.blocks if block.kind in ("speech", "vote", "note")]
    if not told:
        yield Paragraph("无。")
    for matter in minutes.matters:
        its = [block for block in told if block.item == matter.id]
        if its:
            yield Heading(2, f"（{say.numeral(matter.number)}）{say.clean(matter.title)}")
            yield from _told(minutes, its)
    others = [block for block in told if block.item is None]
    if others:
        yield Heading(2, "议程之外")
        yield from _told(minutes, others)


def _told(minutes: Minutes, blocks: Sequence[DraftBlock]) -> Iterator[Block]:
    speeches = {speech.id: speech for speech in minutes.speeches}
    questions = {question.id: question for question in minutes.questions}
    for block in blocks:
        text = say.clean(block.text)
        source = block.sources[0] if block.sources else 0
        if block.kind == "speech":
            yield _speech(minutes, speeches[source], text)
        elif block.kind == "vote":
            question = questions[source]
            label = f"表决{question.number}：{say.clean(question.question)}"
            yield from votes.told(question, say.day(minutes), label)
            if text:
                yield Paragraph(text, indented=True)
        elif text:
            yield Paragraph(text, indented=True)


def _speech(minutes: Minutes, speech: Speech, text: str) -> Paragraph:
    when = say.span(speech.span, say.day(minutes))
    length = speech.span.length
    how = "发言中" if speech.reason is None else say.ENDS[speech.reason]
    if length is not None:
        how = f"{say.length(length)}，{how}"
    return Paragraph(text, label=say.turn(speech), when=Link(f"{when}（{how}）", speech.span.begin))


def _comments(minutes: Minutes, draft: Draft) -> Iterator[Block]:
    yield Heading(1, "四、线上评论")
    hidden = sum(count for _, count in minutes.hidden)
    likes = sum(remark.likes for remark in minutes.remarks)
    said = f"公开{len(minutes.remarks)}条，获点赞{likes}次"
    if hidden:
        reasons = "、".join(f"{say.HIDE_REASONS[why]}{count}条" for why, count in minutes.hidden)
        said += f"；已隐藏{hidden}条（{reasons}），原文封存于会议记录"
    if minutes.waiting:
        said += f"；未经审核{minutes.waiting}条"
    yield Paragraph(f"{said}。")
    if draft.comments == "none":
        return
    remarks = [one for one in minutes.remarks if draft.comments == "all" or one.likes]
    if not remarks:
        return
    columns = (
        Column("时间", 15, centred=True),
        Column("姓名", 17),
        Column("内容", 57),
        Column("点赞", 11, centred=True),
    )
    rows = tuple(
        (
            Link(say.clock(one.at, say.day(minutes)), one.seen or one.at),
            say.name(one.who),
            _addressed(one) + _earlier(one, minutes) + say.clean(one.text),
            str(one.likes),
        )
        for one in remarks
    )
    yield Table(columns, rows)


def _addressed(remark: Remark) -> str:
    if remark.asked is not None:
        return f"【问{say.name(remark.asked)}】"
    return "" if remark.reply_to is None else f"【回复{say.name(remark.reply_to)}】"


def _earlier(remark: Remark, minutes: Minutes) -> str:
    """What it answers, if its writer had gone back in the livestream."""
    if remark.seen is None or remark.at - remark.seen < WENT_BACK:
        return ""
    return f"【针对{say.clock(remark.seen, say.day(minutes))}】"


def _annexes(minutes: Minutes, draft: Draft) -> Iterator[Block]:
    voted = {block.sources[0] for block in draft.blocks if block.kind == "vote"}
    questions = [one for one in minutes.questions if one.id in voted and votes.has_residents(one)]
    if minutes.residents:
        yield Heading(1, "附件一　参加居民名单", new_page=True)
        columns = (
            Column("序号", 10, centred=True),
            Column("姓名", 28),
            Column("方式", 14, centred=True),
            Column("参加时间", 48),
        )
        today = say.day(minutes)
        rows = tuple(
            (str(number), say.name(one.who), _places(one), say.spans(one.stays, today))
            for number, one in enumerate(minutes.residents, 1)
        )
        yield Table(columns, rows)
    if questions:
        yield Heading(1, "附件二　居民投票名单", new_page=not minutes.residents)
    for question in questions:
        yield Heading(2, f"表决{question.number}：{say.clean(question.question)}")
        yield from votes.residents(question)
    yield from calls.annex(minutes, new_page=not (minutes.residents or questions))
    before = minutes.residents or questions or minutes.calls
    yield from transcript.annex(minutes, new_page=not before)
