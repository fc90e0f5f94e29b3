"""
The minutes in Chinese words.

Text that people typed is cleaned here of what no document can hold (control characters); escaping
is the renderers' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from meetings.events import Electors, FloorEnd
from meetings.minutes.blocks import (
    Block,
    Column,
    Document,
    Facts,
    Heading,
    Paragraph,
    Signatures,
    Table,
)
from meetings.minutes.model import (
    Attended,
    Choice,
    Matter,
    Minutes,
    Named,
    Question,
    Span,
    Speech,
)
from meetings.people import Role
from meetings.sections import MeetingState

STATES: Final[Mapping[MeetingState, str]] = {
    "scheduled": "尚未开始",
    "open": "进行中",
    "recess": "休会中",
    "closed": "已结束",
}
ROLES: Final[Mapping[Role, str]] = {
    Role.HOST: "主持人",
    Role.DEPUTY: "副主持人",
    Role.CLERK: "书记员",
    Role.PARTICIPANT: "参会人员",
    Role.VIEWER: "居民",
    Role.ROOM: "现场",
    Role.DISPLAY: "大屏",
}
ENDS: Final[Mapping[FloorEnd, str]] = {
    "ended": "主持人结束",
    "yielded": "发言完毕",
    "passed": "转由下一位",
    "timed_out": "时间到",
    "left": "离会",
    "recess": "休会",
    "closed": "会议结束",
}
ELECTORS: Final[Mapping[Electors, str]] = {
    "members": "主持人和参会人员",
    "everyone": "全体到会人员（含线上居民）",
}
WEEKDAYS: Final = "一二三四五六日"
NUMERALS: Final = "一二三四五六七八九十"
FORGOTTEN: Final = "（已注销）"

# What XML 1.0 (2.2, Char) leaves out and the C1 controls; and the marks that turn the direction of
# writing, with which one name could garble the list that it stands in.
_UNWRITABLE = re.compile(
    "[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\u202a-\u202e\u2066-\u2069]"
)


def compose(minutes: Minutes) -> Document:
    """Put *minutes* into words."""
    blocks = (
        *_head(minutes),
        *_attendance(minutes),
        *_agenda(minutes),
        *_speeches(minutes),
        *_votes(minutes),
        *_comments(minutes),
        _origin(minutes),
        Signatures(("主持人", "记录人", "日期")),
        *_annexes(minutes),
    )
    return Document("议事协商会议纪要", _clean(minutes.title), blocks)


def _head(minutes: Minutes) -> Iterator[Block]:
    if minutes.state != "closed":
        until = _moment(minutes.until)
        yield Paragraph(f"草稿：会议{STATES[minutes.state]}，内容截至{until}。", muted=True)
    day = _day(minutes)
    if minutes.opened is None:
        when = f"{_moment(minutes.planned)}（计划）"
    else:
        when = f"{_date(minutes.opened)} {_span(Span(minutes.opened, minutes.closed), day)}"
    rows = [
        ("会议主题", _clean(minutes.title)),
        ("会议地点", _clean(minutes.room_name)),
        ("会议时间", when),
    ]
    if minutes.recesses:
        rows.append(("休会时间", _spans(minutes.recesses, day)))
    rows += [
        ("主持人", "、".join(_full(host) for host in minutes.hosts) or "无"),
        ("会议状态", STATES[minutes.state]),
    ]
    yield Facts(tuple(rows))


def _attendance(minutes: Minutes) -> Iterator[Block]:
    yield Heading(1, "一、出席情况")
    residents = "无居民线上参加"
    if minutes.residents:
        residents = (
            f"居民线上参加{len(minutes.residents)}人，同时在线最多{minutes.most_residents}人"
        )
        residents += "，名单见附件一"
    yield Paragraph(f"到会{len(minutes.members)}人；{residents}。")
    if minutes.members:
        yield _attended(minutes.members, _day(minutes))
    if minutes.absent:
        yield Paragraph("、".join(_full(who) for who in minutes.absent), label="未到会：")


def _attended(people: Sequence[Attended], day: date) -> Table:
    columns = (
        Column("姓名", 18),
        Column("单位及职务", 32),
        Column("身份", 15, centred=True),
        Column("到会时间", 35),
    )
    rows = tuple(
        (
            _name(one.who),
            _clean(one.who.office) or "—",
            ROLES[one.who.role],
            _spans(one.stays, day),
        )
        for one in people
    )
    return Table(columns, rows)


def _agenda(minutes: Minutes) -> Iterator[Block]:
    yield Heading(1, "二、会议议程")
    if not minutes.matters:
        yield Paragraph("无。")
        return
    columns = (
        Column("序号", 10, centred=True),
        Column("议题", 45),
        Column("计划用时", 15, centred=True),
        Column("实际时间", 30),
    )
    rows = tuple(
        (
            str(matter.number),
            _clean(matter.title),
            "—" if matter.minutes is None else f"{matter.minutes}分钟",
            _spans(matter.spans, _day(minutes)) or "未进行",
        )
        for matter in minutes.matters
    )
    yield Table(columns, rows)


def _speeches(minutes: Minutes) -> Iterator[Block]:
    yield Heading(1, "三、发言情况")
    spoken = [matter for matter in minutes.matters if matter.speeches]
    if not spoken and not minutes.other_speeches:
        yield Paragraph("无。")
    for matter in spoken:
        yield Heading(2, _matter(matter))
        yield _turns(matter.speeches, _day(minutes))
    if minutes.other_speeches:
        yield Heading(2, "议程之外")
        yield _turns(minutes.other_speeches, _day(minutes))


def _matter(matter: Matter) -> str:
    number = NUMERALS[matter.number - 1] if matter.number <= len(NUMERALS) else str(matter.number)
    return f"（{number}）{_clean(matter.title)}"


def _turns(speeches: Sequence[Speech], day: date) -> Table:
    columns = (
        Column("时间", 26),
        Column("发言人", 38),
        Column("时长", 16, centred=True),
        Column("结束方式", 20, centred=True),
    )
    rows = tuple(
        (
            _span(speech.span, day),
            _speaker(speech.who),
            "—" if speech.span.length is None else _length(speech.span.length),
            "发言中" if speech.reason is None else ENDS[speech.reason],
        )
        for speech in speeches
    )
    return Table(columns, rows)


def _votes(minutes: Minutes) -> Iterator[Block]:
    yield Heading(1, "四、表决情况")
    if not minutes.questions:
        yield Paragraph("无。")
    for number, question in enumerate(minutes.questions, 1):
        yield Heading(2, f"表决{number}：{_clean(question.question)}")
        span = _span(question.span, _day(minutes))
        yield Paragraph(
            f"记名表决，表决人：{ELECTORS[question.electors]}；时间：{span}；收到{question.cast}票。"
        )
        if question.span.end is None:
            yield Paragraph("表决进行中，结束后公布结果。")
            continue
        yield _result(question)
        for choice in question.choices:
            if choice.members:
                names = "、".join(_name(who) for who in choice.members)
                yield Paragraph(names, label=f"{_counted(choice, len(choice.members))}：")
        if any(choice.residents for choice in question.choices):
            yield Paragraph("居民投票名单见附件二。")


def _result(question: Question) -> Table:
    columns = (
        Column("选项", 42),
        Column("参会人员", 16, centred=True),
        Column("居民", 14, centred=True),
        Column("合计", 14, centred=True),
        Column("占比", 14, centred=True),
    )
    rows = tuple(
        (
            _clean(choice.option),
            str(len(choice.members)),
            str(len(choice.residents)),
            str(choice.count),
            f"{choice.count / question.cast:.1%}" if question.cast else "—",
        )
        for choice in question.choices
    )
    return Table(columns, rows)


def _counted(choice: Choice, count: int) -> str:
    return f"{_clean(choice.option)}（{count}人）"


def _comments(minutes: Minutes) -> Iterator[Block]:
    yield Heading(1, "五、线上评论")
    if not minutes.remarks:
        yield Paragraph("无。")
        return
    likes = sum(remark.likes for remark in minutes.remarks)
    yield Paragraph(f"共{len(minutes.remarks)}条，获点赞{likes}次。")
    columns = (
        Column("时间", 16, centred=True),
        Column("姓名", 18),
        Column("内容", 54),
        Column("点赞", 12, centred=True),
    )
    day = _day(minutes)
    rows = tuple(
        (_clock(remark.at, day), _name(remark.who), _clean(remark.text), str(remark.likes))
        for remark in minutes.remarks
    )
    yield Table(columns, rows)


def _origin(minutes: Minutes) -> Paragraph:
    until = _moment(minutes.until)
    return Paragraph(
        f"本纪要由会议记录自动生成，依据第1至第{minutes.entries}条记录，截至{until}。", muted=True
    )


def _annexes(minutes: Minutes) -> Iterator[Block]:
    if minutes.residents:
        yield Heading(1, "附件一　线上参加居民名单", new_page=True)
        day = _day(minutes)
        columns = (Column("序号", 12, centred=True), Column("姓名", 33), Column("在线时间", 55))
        rows = tuple(
            (str(number), _name(one.who), _spans(one.stays, day))
            for number, one in enumerate(minutes.residents, 1)
        )
        yield Table(columns, rows)
    voted = [
        (number, question)
        for number, question in enumerate(minutes.questions, 1)
        if any(choice.residents for choice in question.choices)
    ]
    if voted:
        yield Heading(1, "附件二　居民投票名单", new_page=not minutes.residents)
    for number, question in voted:
        yield Heading(2, f"表决{number}：{_clean(question.question)}")
        for choice in question.choices:
            names = "、".join(_name(who) for who in choice.residents) or "无"
            yield Paragraph(names, label=f"{_counted(choice, len(choice.residents))}：")


def _name(who: Named) -> str:
    return _clean(who.name) or FORGOTTEN


def _full(who: Named) -> str:
    """Return the name, with the office if there is one."""
    office = _clean(who.office)
    return f"{_name(who)}（{office}）" if office else _name(who)


def _speaker(who: Named) -> str:
    """Return the name with the office, or else with what the person is in the meeting."""
    return _full(who) if who.office else f"{_name(who)}（{ROLES[who.role]}）"


def _day(minutes: Minutes) -> date:
    """Return the day of the meeting: times of that day are told without it."""
    return (minutes.opened or minutes.planned).date()


def _date(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日（星期{WEEKDAYS[at.weekday()]}）"


def _moment(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日{at:%H:%M}"


def _clock(at: datetime, day: date) -> str:
    return f"{at:%H:%M:%S}" if at.date() == day else f"{at.month}月{at.day}日{at:%H:%M:%S}"


def _span(span: Span, day: date) -> str:
    end = "今" if span.end is None else _clock(span.end, day)
    return f"{_clock(span.begin, day)}至{end}"


def _spans(spans: Sequence[Span], day: date) -> str:
    return "、".join(_span(span, day) for span in spans)


def _length(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes}分{seconds:02}秒" if minutes else f"{seconds}秒"


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)
