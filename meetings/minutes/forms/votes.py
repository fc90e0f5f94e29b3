"""How a vote is told: in the full record and in the announcement of results."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from meetings.minutes import wording as say
from meetings.minutes.blocks import Block, Column, Link, Paragraph, Table
from meetings.minutes.model import Choice, Named, Question


def told(question: Question, today: date, label: str) -> Iterator[Block]:
    """How it was held, how it ended, who voted how; *label* stands before the time."""
    when = Link(say.span(question.span, today), question.span.begin)
    yield Paragraph(f"{say.manner(question)}。{_electors(question)}", label=label, when=when)
    if question.cancelled is not None:
        reason = say.clean(question.cancelled)
        yield Paragraph(f"表决取消{f'：{reason}' if reason else ''}。")
        return
    if question.span.end is None:
        yield Paragraph("表决进行中，结束后公布结果。")
        return
    yield _tally(question)
    if question.outcome is not None:
        yield Paragraph(f"{say.verdict(question)}。{_reckoning(question)}", label="结果：")
    yield from _members(question)


def residents(question: Question) -> Iterator[Paragraph]:
    """Who of the residents voted how, by name."""
    for choice in question.choices:
        yield _named(choice, choice.residents)


def has_residents(question: Question) -> bool:
    return any(choice.residents for choice in question.choices)


def _electors(question: Question) -> str:
    words = f"表决人：{say.ELECTORS[question.electors]}"
    if question.entitled is not None:
        words += f"，应表决{question.entitled}人"
    if question.quorum is not None:
        met = "已达到" if question.quorum.present >= question.quorum.needed else "未达到"
        words += (
            f"；法定人数{question.quorum.needed}人，开始时到会{question.quorum.present}人，{met}"
        )
    if question.cast is not None:
        words += f"；收到{question.cast}票"
    counted = []
    if question.hands:
        tellers = say.names(question.tellers)
        counted.append(f"现场举手{question.hands}票（计票人：{tellers}）")
    if question.proxies:
        counted.append(f"委托{question.proxies}票")
    if question.late:
        counted.append(f"看直播在截止前投出、稍后到达{question.late}票")
    return words + (f"，其中{'、'.join(counted)}" if counted else "") + "。"


def _tally(question: Question) -> Table:
    score = question.rules.kind == "score"
    columns = (
        Column("选项", 52),
        Column("得分" if score else "票数", 24, centred=True),
        Column("占比", 24, centred=True),
    )
    whole = sum(choice.votes for choice in question.choices)
    if question.outcome is not None and not score:
        whole = question.outcome.cast + question.outcome.abstained
    rows = tuple(
        (
            say.clean(choice.option),
            str(choice.votes),
            f"{choice.votes / whole:.1%}" if whole else "—",
        )
        for choice in question.choices
    )
    return Table(columns, rows)


def _reckoning(question: Question) -> str:
    """Why: what it took and what there was."""
    outcome, majority = question.outcome, question.majority
    if outcome is None or majority is None or outcome.needed is None:
        return ""
    base = say.BASES[majority.of]
    return f"（{say.majority(majority)}：{base}{outcome.base}票，须得{outcome.needed}票）"


def _members(question: Question) -> Iterator[Paragraph]:
    if question.rules.secrecy == "secret":
        yield Paragraph("无记名投票的选票清单随会议记录公布，投票人可凭回执查验。", muted=True)
        return
    for choice in question.choices:
        if choice.members:
            yield _named(choice, choice.members)
    if has_residents(question):
        yield Paragraph("居民投票名单见附件。", muted=True)


def _named(choice: Choice, people: tuple[Named, ...]) -> Paragraph:
    label = f"{say.clean(choice.option)}（{len(people)}人）："
    return Paragraph(say.names(people) or "无", label=label)
