"""The minutes in words."""

from __future__ import annotations

from meetings.minutes.blocks import Block, Facts, Heading, Paragraph, Signatures, Table
from meetings.minutes.model import Minutes
from meetings.minutes.wording import compose
from meetings.people import Person, Role
from tests.unit.meetings.minutes.sample import INVITED, held, minutes


def text_of(block: Block) -> str:
    match block:
        case Heading():
            return block.text
        case Paragraph():
            return block.label + block.text
        case Facts():
            return "\n".join(f"{label}：{value}" for label, value in block.rows)
        case Table():
            return "\n".join(" | ".join(row) for row in block.rows)
        case Signatures():
            return " ".join(block.labels)


def words(written: Minutes) -> str:
    return "\n".join(text_of(block) for block in compose(written).blocks)


def test_the_minutes_read_as_minutes_do() -> None:
    """The whole of them, word by word."""
    assert (
        words(minutes())
        == """\
会议主题：老旧小区积水治理
会议地点：翠园社区议事室
会议时间：2026年11月22日（星期日） 12:01:00至12:12:40
休会时间：12:06:50至12:08:30
主持人：陈主任（议事室室长）
会议状态：已结束
一、出席情况
到会2人；居民线上参加2人，同时在线最多2人，名单见附件一。
陈主任 | 议事室室长 | 主持人 | 12:00:10至12:12:40
李工 | 住建局 | 参会人员 | 12:00:10至12:12:40
未到会：周正（水务局）
二、会议议程
1 | 通报情况 | 10分钟 | 12:02:10至12:06:40、12:11:50至12:12:40
2 | 讨论方案 | — | 12:06:40至12:11:50
三、发言情况
（一）通报情况
12:02:30至12:05:35 | 王阿姨（居民） | 3分05秒 | 时间到
（二）讨论方案
12:11:40至12:12:40 | 李工（住建局） | 1分00秒 | 会议结束
议程之外
12:01:01至12:02:01 | 陈主任（议事室室长） | 1分00秒 | 发言完毕
四、表决情况
表决1：同意改造方案吗
记名表决，表决人：全体到会人员（含线上居民）；时间：12:10:10至12:12:40；收到3票。
同意 | 1 | 1 | 2 | 66.7%
反对 | 0 | 1 | 1 | 33.3%
同意（1人）：李工
居民投票名单见附件二。
五、线上评论
共1条，获点赞1次。
12:10:00 | 赵大爷 | <b>尽快</b>修 & 公示
谢谢 | 1
本纪要由会议记录自动生成，依据第1至第31条记录，截至2026年11月23日12:00。
主持人 记录人 日期
附件一　线上参加居民名单
1 | 王阿姨 | 12:00:10至12:12:40
2 | 赵大爷 | 12:00:10至12:05:40、12:08:20至12:12:40
附件二　居民投票名单
表决1：同意改造方案吗
同意（1人）：赵大爷
反对（1人）：王阿姨"""
    )


def test_a_note_to_the_host_is_not_in_the_minutes() -> None:
    assert "只说给主持人听" not in words(minutes())


def test_a_meeting_in_which_nothing_happened_has_minutes_too() -> None:
    read = words(minutes(held()[:1], {}))
    assert "草稿：会议尚未开始，内容截至2026年11月22日12:00。" in read
    assert "会议时间：1970年1月1日08:00（计划）" in read
    assert "主持人：无" in read
    assert "到会0人；无居民线上参加。" in read
    assert "三、发言情况\n无。" in read
    assert "四、表决情况\n无。" in read
    assert "五、线上评论\n无。" in read
    assert "附件" not in read


def test_a_draft_says_so_and_keeps_a_running_vote_to_itself() -> None:
    read = words(minutes(held(closed=False)))
    assert "草稿：会议进行中，内容截至2026年11月22日12:10。" in read
    assert "12:10:10至今；收到3票。\n表决进行中，结束后公布结果。\n五" in read
    assert "附件二" not in read


def test_somebody_forgotten_is_told_as_such() -> None:
    known = {person: who for person, who in INVITED.items() if person != "li"}
    assert "（已注销） | — | 参会人员" in words(minutes(register=known))


def test_a_name_can_garble_nothing_around_it() -> None:
    """Controls that no document can hold, and marks that turn the direction, are left out."""
    odd = Person(id="wang", name="王\u202e阿\x00姨\ufffe", role=Role.VIEWER)
    assert "1 | 王阿姨 | " in words(minutes(register={**INVITED, "wang": odd}))


def test_a_meeting_over_midnight_tells_the_day() -> None:
    """Of times that are not of the meeting's own day."""
    late = [*held(closed=False)[:7], (61_200 - 17_940, held()[28][1])]
    assert "12:01:00至11月23日00:01:00" in words(minutes(late))
