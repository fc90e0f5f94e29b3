"""
People, times and votes in Chinese words.

Text that people typed is cleaned here of what no document can hold (control characters); escaping
is the renderers' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from meetings.events import Electors, FloorEnd, HideReason
from meetings.floor.rulebook import Kind, Side
from meetings.minutes.model import Minutes, Named, Question, Span, Speech
from meetings.people import Place, Role
from meetings.sections import MeetingState
from meetings.voting import terms

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
PLACES: Final[Mapping[Place, str]] = {
    Place.ROOM: "现场",
    Place.LINK: "视频连线",
    Place.ONLINE: "线上",
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
KINDS: Final[Mapping[Kind, str]] = {
    "speech": "",
    "reply": "回应",
    "question": "插问",
    "point_of_order": "程序动议",
}
SIDES: Final[Mapping[Side, str]] = {"for": "赞成方", "against": "反对方"}
ELECTORS: Final[Mapping[Electors, str]] = {
    "members": "具有表决权的参会人员",
    "present": "到会的具有表决权的人员",
    "listed": "指定的人员",
    "everyone": "全体到会人员（含线上居民）",
}
HIDE_REASONS: Final[Mapping[HideReason, str]] = {
    "abuse": "辱骂攻击",
    "privacy": "泄露隐私",
    "untrue": "不实信息",
    "unlawful": "违法违规",
    "advertising": "广告",
    "off_topic": "与议题无关",
    "repeated": "重复刷屏",
    "other": "其他",
}
BASES: Final[Mapping[str, str]] = {
    "cast": "有效票",
    "present": "到会表决权",
    "entitled": "全部表决权",
}
WEEKDAYS: Final = "一二三四五六日"
NUMERALS: Final = "零一二三四五六七八九十"
FORGOTTEN: Final = "（已删除）"

# What XML 1.0 (2.2, Char) leaves out and the C1 controls; and the marks that turn the direction of
# writing, with which one name could garble the list that it stands in.
_UNWRITABLE = re.compile(
    "[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\u202a-\u202e\u2066-\u2069]"
)


def clean(text: str) -> str:
    """Leave out what no document can hold, and what could garble its neighbours."""
    return _UNWRITABLE.sub("", text)


def numeral(number: int) -> str:
    """Return a number up to 99 in Chinese letters, a greater one in digits."""
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    if tens == 0:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


# --- people ---------------------------------------------------------------------------------------


def name(who: Named) -> str:
    return clean(who.name) or FORGOTTEN


def full(who: Named) -> str:
    """Return the name, with the office if there is one."""
    office = clean(who.office)
    return f"{name(who)}（{office}）" if office else name(who)


def speaker(who: Named) -> str:
    """Return the name with the office, or else with what the person is in the meeting."""
    return full(who) if who.office else f"{name(who)}（{ROLES[who.role]}）"


def names(people: Iterable[Named]) -> str:
    return "、".join(name(who) for who in people)


def turn(speech: Speech) -> str:
    """Return who spoke, and in what manner."""
    manner = [KINDS[speech.kind], "" if speech.side is None else SIDES[speech.side]]
    said = "，".join(word for word in manner if word)
    return f"{speaker(speech.who)}【{said}】" if said else speaker(speech.who)


# --- times ----------------------------------------------------------------------------------------


def day(minutes: Minutes) -> date:
    """Return the day of the meeting: times of that day are told without it."""
    return (minutes.opened or minutes.planned).date()


def full_date(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日（星期{WEEKDAYS[at.weekday()]}）"


def moment(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日{at:%H:%M}"


def clock(at: datetime, today: date) -> str:
    return f"{at:%H:%M:%S}" if at.date() == today else f"{at.month}月{at.day}日{at:%H:%M:%S}"


def span(of: Span, today: date) -> str:
    end = "今" if of.end is None else clock(of.end, today)
    return f"{clock(of.begin, today)}至{end}"


def spans(of: Sequence[Span], today: date) -> str:
    return "、".join(span(one, today) for one in of)


def length(of: timedelta) -> str:
    minutes, seconds = divmod(round(of.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}小时{minutes:02}分"
    return f"{minutes}分{seconds:02}秒" if minutes else f"{seconds}秒"


def held(minutes: Minutes) -> str:
    """Return when the meeting was held, or is planned to be."""
    if minutes.opened is None:
        return f"{moment(minutes.planned)}（计划）"
    when = span(Span(minutes.opened, minutes.closed), day(minutes))
    return f"{full_date(minutes.opened)} {when}"


# --- votes ----------------------------------------------------------------------------------------


def manner(question: Question) -> str:
    """Return how a vote was held, e.g. 记名表决，按权重计票."""
    rules = question.rules
    words = ["无记名表决" if rules.secrecy == "secret" else "记名表决"]
    if rules.kind == "multiple":
        words.append(f"可选{rules.min_choices}至{rules.max_choices}项")
    elif rules.kind == "score":
        words.append(f"评分（每项0至{rules.score_max}分）")
    if rules.tellers:
        words.append("现场举手与电子表决合并计票")
    return "，".join(words)


def majority(of: terms.Majority) -> str:
    """Return what it took, e.g. 超过有效票的1/2."""
    part = "1/2" if (of.num, of.den) == (1, 2) else f"{of.num}/{of.den}"
    return f"{'超过' if of.strictly else '不少于'}{BASES[of.of]}的{part}"


def result(question: Question) -> str | None:
    """Return how a vote ended, in one sentence; None if it has not, or has no outcome."""
    asked = clean(question.question)
    if question.cancelled is not None:
        reason = clean(question.cancelled)
        return f"“{asked}”的表决取消{f'（{reason}）' if reason else ''}。"
    outcome = question.outcome
    if outcome is None:
        return None
    tally = "，".join(
        f"{clean(choice.option)}{choice.votes}{'分' if question.rules.kind == 'score' else '票'}"
        for choice in question.choices
    )
    return f"“{asked}”：{verdict(question)}（{tally}）。"


def verdict(question: Question) -> str:
    """Return the outcome of a vote in a few words; empty if there is none."""
    outcome = question.outcome
    if outcome is None:
        return ""
    if outcome.result == "no_quorum":
        return "未达法定人数，表决无效"
    if outcome.result == "unsettled":
        return "会议结束前举手未计票完毕，没有结果"
    if outcome.result == "tied":
        return "票数相同，尚待裁定"
    how = ""
    if question.tie_broken is not None:
        how = f"（票数相同，{'抽签决定' if question.rules.tie == 'drawn' else '由主持人裁定'}）"
    if outcome.result == "rejected":
        return _rejected(outcome) + how
    if outcome.option is None or question.rules.kind == "motion":
        return "表决通过" + how
    option = clean(question.choices[outcome.option].option)
    won = "得票最多" if "most_votes" in outcome.reasons else "获得通过"
    return f"“{option}”{won}{how}"


def _rejected(outcome: terms.Outcome) -> str:
    if "nobody_voted" in outcome.reasons:
        return "无人投票，表决未通过"
    if "tie_rejected" in outcome.reasons:
        return "票数相同，表决未通过"
    return "表决未通过"
