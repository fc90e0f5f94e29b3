"""The forms in words."""

from __future__ import annotations

import pytest

from meetings import events as ev
from meetings.minutes.build import build
from meetings.minutes.draft import FORMS, Draft, DraftBlock, Form, fresh
from meetings.minutes.forms import TITLES, compose
from meetings.minutes.model import Minutes
from meetings.people import Person, Role
from tests.unit.meetings.minutes.sample import (
    BEGIN_MS,
    CHINA,
    INVITED,
    Happened,
    edited,
    held,
    minutes,
    record,
)
from tests.unit.meetings.minutes.words import words

WRITTEN = minutes()
EDITED = edited(WRITTEN)


def said(form: Form, written: Minutes = WRITTEN, draft: Draft | None = None) -> str:
    return words(compose(form, written, fresh(written) if draft is None else draft))


def test_the_record_reads_as_records_do() -> None:
    """The whole of it, word by word."""
    assert (
        said("record", draft=EDITED)
        == """\
草稿：尚未签字发布，内容以发布稿为准。
会议名称：老旧小区积水治理
会议地点：翠园社区议事室
会议时间：2026年11月22日（星期日） 12:01:00至12:12:40
休会时间：12:06:50至12:08:30
主持人：陈主任（议事室室长）
记录人：何书记员（社区工作站）
一、出席情况
到会3人；居民参加2人，同时在线最多2人，名单见附件一。
陈主任 | 议事室室长 | 主持人 | 现场 | 12:00:10至12:12:40
李工 | 住建局 | 参会人员 | 视频连线 | 12:00:10至12:12:40
何书记员 | 社区工作站 | 书记员 | 现场 | 12:00:10至12:12:40
未到会：周正（水务局）
法定人数的变化：
[12:01:00] | 2 | 2 | 2 | 达到
二、会议议程
1 | 通报情况 | 10分钟 | [12:02:10至12:06:40、12:11:50至12:12:40]
2 | 讨论方案 | — | [12:06:40至12:11:50]
三、会议经过
（一）通报情况
王阿姨（居民）【赞成方】 [12:02:30至12:05:35（3分05秒，时间到）] 积水每年都有，希望今年雨季前完工。
会上出示了积水照片。
（二）讨论方案
表决1：同意改造方案吗 [12:10:10至12:12:40] 记名表决。表决人：全体到会人员（含线上居民）；收到3票。
同意 | 2 | 66.7%
反对 | 1 | 33.3%
结果：“同意”得票最多。
同意（1人）：李工
居民投票名单见附件。
表决2：将积水治理列入年度计划 [12:10:40至12:10:54] 记名表决，现场举手与电子表决合并计票。\
表决人：具有表决权的参会人员，应表决3人；法定人数2人，开始时到会2人，已达到；收到2票，\
其中现场举手1票（计票人：何书记员、赵大爷）。
同意 | 2 | 100.0%
反对 | 0 | 0.0%
弃权 | 0 | 0.0%
结果：表决通过。（超过有效票的1/2：有效票2票，须得2票）
同意（1人）：陈主任
计票无异议。
李工（住建局）【回应】 [12:11:40至12:12:40（1分00秒，会议结束）] \

议程之外
陈主任（议事室室长） [12:01:01至12:02:01（1分00秒，发言完毕）] \

四、线上评论
公开2条，获点赞1次；已隐藏1条（辱骂攻击1条），原文封存于会议记录。
[12:10:30] | 赵大爷 | <b>尽快</b>修 & 公示
谢谢 | 1
[12:10:46] | 王阿姨 | 【问李工】何时动工？ | 0
依据会议记录第1至第42条编制，截至2026年11月23日12:00。
主持人： 记录人：
附件一　参加居民名单
1 | 王阿姨 | 线上 | 12:00:10至12:12:40
2 | 赵大爷 | 线上 | 12:00:10至12:05:40、12:08:20至12:12:40
附件二　居民投票名单
表决1：同意改造方案吗
同意（1人）：赵大爷
反对（1人）：王阿姨"""
    )


def test_the_summary_tells_conclusions_and_tasks() -> None:
    assert (
        said("summary", draft=EDITED)
        == """\
草稿：尚未签字发布，内容以发布稿为准。
2026年11月22日，翠园社区议事室召开“老旧小区积水治理”议事协商会议，由陈主任（议事室室长）主持。\
到会3人，居民参加2人，收到线上评论2条。会议议题：通报情况；讨论方案。
一、会议议定事项
（一）讨论方案
1．“同意改造方案吗”：“同意”得票最多（同意2票，反对1票）。
2．“将积水治理列入年度计划”：表决通过（同意2票，反对0票，弃权0票）。
3．雨季前完成三号楼前的管网改造。
二、任务分工
1 | 编制改造方案并公示（议程2） | 住建局 | 2026年12月20日
2 | 向居民通报进展 | 待定 | 待定
三、出席人员
出席：陈主任（议事室室长）、李工（住建局）、何书记员（社区工作站）。
缺席：周正（水务局）。
依据会议记录第1至第42条编制，截至2026年11月23日12:00。
主持人： 记录人："""
    )


def test_the_announcement_tells_every_vote() -> None:
    read = said("results", draft=EDITED)
    assert "共进行2项表决，结果公告如下：" in read
    assert "一、同意改造方案吗\n表决时间 [12:10:10至12:12:40] 记名表决。" in read
    assert "二、将积水治理列入年度计划" in read
    assert "说明：计票无异议。" in read
    assert "附件　居民投票名单\n一、同意改造方案吗\n同意（1人）：赵大爷" in read


def test_the_attendance_list_leaves_room_to_sign() -> None:
    read = said("attendance")
    assert "一、出席人员（3人）\n1 | 陈主任 | 议事室室长 | 现场 | 12:00:10 | 12分30秒 | \n" in read
    assert "二、参加居民（2人）" in read
    assert "2 | 赵大爷 | 居民 | 线上 | 12:00:10 | 9分50秒 | " in read


@pytest.mark.parametrize("form", FORMS)
def test_nothing_that_is_withheld_stands_in_any_form(form: Form) -> None:
    """Neither notes to the host nor hidden comments; whatever the clerk lists."""
    read = said(form, draft=EDITED)
    assert "只说给主持人听" not in read
    assert "见不得人" not in read


@pytest.mark.parametrize("form", FORMS)
def test_a_meeting_in_which_nothing_happened_has_minutes_too(form: Form) -> None:
    document = compose(form, minutes(held()[:1], {}), fresh(minutes(held()[:1], {})))
    read = words(document)
    assert (document.title, document.subtitle) == (TITLES[form], "老旧小区积水治理")
    assert "草稿：会议尚未开始，内容截至2026年11月22日12:00。" in read
    assert "附件" not in read


@pytest.mark.parametrize("form", FORMS)
def test_somebody_forgotten_is_told_as_such(form: Form) -> None:
    known = {person: who for person, who in INVITED.items() if person not in ("li", "he")}
    read = said(form, minutes(register=known))
    assert "（已删除）" in read
    assert "李工" not in read


def test_a_name_can_garble_nothing_around_it() -> None:
    """Controls that no document can hold, and marks that turn the direction, are left out."""
    odd = Person(id="wang", name="王\u202e阿\x00姨\ufffe", role=Role.VIEWER)
    assert "1 | 王阿姨 | " in said("record", minutes(register={**INVITED, "wang": odd}))


def test_a_meeting_over_midnight_tells_the_day() -> None:
    """Of times that are not of the meeting's own day."""
    late: list[Happened] = [*held(closed=False)[:9], (43_260, ev.MeetingClosed())]
    assert "12:01:00至11月23日00:01:00" in said("record", minutes(late))


def test_what_the_clerk_takes_out_is_not_told() -> None:
    draft = EDITED.model_copy(update={"blocks": (), "comments": "none"})
    read = said("record", draft=draft)
    assert "三、会议经过\n无。\n四、线上评论\n公开2条" in read
    assert "何时动工" not in read
    liked = EDITED.model_copy(update={"comments": "liked"})
    assert "何时动工" not in said("record", draft=liked)
    assert "公示\n谢谢" in said("record", draft=liked)


def test_the_clerk_may_give_a_better_title() -> None:
    draft = EDITED.model_copy(update={"title": "雨季积水协商会"})
    assert compose("summary", WRITTEN, draft).subtitle == "雨季积水协商会"


def test_signed_and_published_minutes_say_by_whom_and_when() -> None:
    signatures = [
        ev.MinutesSigned(person=person, signed_as=as_, revision=3, sha256="a" * 64)
        for person, as_ in (("chen", "host"), ("he", "clerk"))
    ]
    published = ev.MinutesPublished(revision=3, sha256="a" * 64)
    amended = ev.MinutesAddendum(person="he", text="第二项议题应为“讨论方案（修订）”。")
    entries = record(
        [*held(), (90_000, signatures[0]), (90_060, signatures[1]), (90_120, published)]
    )
    told = len(held())
    written = build(entries, INVITED, CHINA, through=told, revision=3, sha256="a" * 64)
    read = said("summary", written, EDITED)
    assert "草稿" not in read
    assert "主持人：陈主任（2026年11月23日13:00在线签署）" in read
    assert "记录人：何书记员（2026年11月23日13:01在线签署）" in read
    assert f"文稿第3版，SHA-256：{'a' * 64}。2026年11月23日13:02发布。" in read
    entries += record([*held(), *[(0, published)] * 3, (90_180, amended)])[-1:]
    written = build(entries, INVITED, CHINA, through=told, revision=3, sha256="a" * 64)
    assert (
        "更正与补充\n1．何书记员，2026年11月23日13:03：第二项议题应为“讨论方案（修订）”。"
        in said("summary", written, EDITED)
    )


def test_proxies_recusals_and_unmaskings_are_told() -> None:
    happened: list[Happened] = [
        *held()[:8],
        (25, ev.RosterSet(person="zhou", role=Role.PARTICIPANT)),
        (30, ev.ProxyGiven(giver="zhou", holder="li", until="item", item=2)),
        (40, ev.RecusalDeclared(person="li", item=1)),
        (50, ev.PersonUnmasked(person="wang", reason="?")),
        (60, ev.MeetingOpened()),
    ]
    read = said("record", minutes(happened))
    assert "委托表决：周正委托李工（仅限第2项议程）。" in read
    assert "回避：李工（第1项议程）。" in read
    assert "会议期间依规查看居民实名1人次，理由均已记录。" in read


def test_a_draft_says_so_and_keeps_a_running_vote_to_itself() -> None:
    read = said("record", minutes(held(closed=False)))
    assert "草稿：会议进行中，内容截至2026年11月22日12:10。" in read
    assert "[12:10:10至今] 记名表决。表决人：全体到会人员（含线上居民）；收到3票。" in read
    assert "表决进行中，结束后公布结果。" in read
    assert "附件二" not in read


def vote(outcome: ev.Outcome | None, **opened: object) -> str:
    """The result of one vote, as the summary concludes it."""
    happened: list[Happened] = [
        *held()[:9],
        (70, ev.VoteOpened.model_validate({**MOTION, **opened})),
        (80, ev.VoteClosed(vote=10, reason="closed", outcome=outcome)),
    ]
    return said("summary", minutes(happened)).split("一、会议议定事项\n")[1].split("\n二、")[0]


MOTION: dict[str, object] = {
    "question": "甲",
    "options": ("同意", "反对", "弃权"),
    "electors": "members",
    "rules": ev.VoteRules(kind="motion", majority=ev.Majority()),
}
TALLY = ev.Outcome(result="rejected", tally=(1, 1, 0), ballots=2, cast=2, abstained=0)


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "表决未通过"),
        ({"reasons": ("nobody_voted",)}, "无人投票，表决未通过"),
        ({"reasons": ("tie", "tie_rejected")}, "票数相同，表决未通过"),
        ({"result": "passed", "option": 0, "reasons": ("majority_met",)}, "表决通过"),
        ({"result": "tied", "reasons": ("tie",)}, "票数相同，尚待裁定"),
        ({"result": "no_quorum", "reasons": ("no_quorum",)}, "未达法定人数，表决无效"),
        ({"result": "unsettled"}, "会议结束前举手未计票完毕，没有结果"),
    ],
)
def test_each_outcome_has_its_words(changed: dict[str, object], verdict: str) -> None:
    outcome = TALLY.model_copy(update=changed)
    assert vote(outcome) == f"1．“甲”：{verdict}（同意1票，反对1票，弃权0票）。"


def test_a_vote_without_an_outcome_concludes_nothing() -> None:
    """Of a record from before there were outcomes."""
    assert vote(None) == "无。"


def test_a_secret_vote_names_nobody() -> None:
    rules = ev.VoteRules(kind="motion", majority=ev.Majority(), secrecy="secret")
    happened: list[Happened] = [
        *held()[:9],
        (70, ev.VoteOpened.model_validate({**MOTION, "rules": rules})),
        (75, ev.BallotPaperIssued(vote=10, person="li", blinded="0" * 64)),
        (80, ev.VoteClosed(vote=10, reason="closed", outcome=TALLY)),
    ]
    read = said("results", minutes(happened))
    assert "无记名表决。" in read
    assert "投票人可凭回执查验" in read
    assert "李工" not in read.split("一、甲")[1]


def test_weights_and_points_are_told_as_such() -> None:
    rules = ev.VoteRules(kind="score", score_max=5)
    outcome = ev.Outcome(
        result="passed",
        option=1,
        leading=(1,),
        tally=(7, 9),
        ballots=2,
        cast=2,
        abstained=0,
        reasons=("most_votes",),
    )
    options = ("甲方案", "乙方案")
    assert vote(outcome, rules=rules, options=options) == (
        "1．“甲”：“乙方案”得票最多（甲方案7分，乙方案9分）。"
    )


def test_blocks_without_text_take_no_room_in_the_summary() -> None:
    blank = DraftBlock(id="c9", kind="conclusion", text="  ")
    draft = EDITED.model_copy(update={"blocks": (blank,)})
    assert "一、会议议定事项\n无。\n二、任务分工\n无。" in said("summary", draft=draft)


def test_the_annex_tells_how_the_link_went_and_that_somebody_was_put_out() -> None:
    """Also of calls that were summed up after the close; what was not measured is not told."""
    second = BEGIN_MS // 1000
    measured = ev.Call(
        from_ms=(second + 30) * 1000,
        to_ms=(second + 760) * 1000,
        round_trip_ms=84,
        lost_up=12,
        lost_down=31,
        frozen_ms=2_400,
        concealed=18,
        breaks=1,
    )
    unknown = ev.Call(from_ms=(second + 150) * 1000, to_ms=(second + 335) * 1000)
    told = said(
        "record",
        minutes(
            [
                *held(),
                (86_401, ev.PersonRemoved(person="zhao", reason="只在记录里")),
                (86_402, ev.CallSummarised(person="li", call=measured)),
                (86_403, ev.CallSummarised(person="wang", call=unknown)),
            ]
        ),
    )
    assert "会议期间请出会议1人次，理由均已记录。" in told
    assert "只在记录里" not in told
    assert (
        """附件三　视频连线情况
李工 | 12:00:30至12:12:40（中断1次） | 84毫秒 | 1.2%／3.1% | 2.4秒 | 1.8%
王阿姨 | 12:02:30至12:05:35 | — | —／— | — | —
"""
        in told
    )
    assert "附件三" not in said("record")


def test_the_annex_has_what_was_said_and_by_whom() -> None:
    """
    Of a caption without a name it is whoever had the floor then; one that was taken back is not
    told, and what only a machine heard is marked.
    """

    def caption(
        second: int, text: str, speaker: str | None = None, *, heard: bool = False
    ) -> ev.CaptionAdded:
        begin = BEGIN_MS + second * 1000
        return ev.CaptionAdded(
            from_ms=begin, until_ms=begin + 2000, text=text, speaker=speaker, recognised=heard
        )

    happened = held(closed=False)
    first = len(happened) + 2
    told = said(
        "record",
        minutes(
            [
                *happened,
                (700, ev.CaptionsSet(on=True)),
                (701, caption(153, "每次下雨都积水")),
                (702, caption(156, "请尽快修", heard=True)),
                (703, caption(240, "谢谢！")),
                (704, caption(340, "<i>大家</i>好")),
                (705, caption(344, "打错了")),
                (706, ev.CaptionCorrected(caption=first + 4, text="")),
                (707, caption(150, "先请王阿姨讲", "chen")),
            ]
        ),
    )
    annex = told[told.index("附件四") :]
    assert annex.splitlines()[1:] == [
        "依会议字幕整理；标有“※”的由机器识别，未经人工核对。",
        "陈主任： [12:02:30] 先请王阿姨讲。",
        "王阿姨： [12:02:33] 每次下雨都积水。※请尽快修。",
        "王阿姨： [12:04:00] 谢谢！",
        "会场： [12:05:40] <i>大家</i>好。",
    ]
    assert "附件四" not in said("record")


def test_late_ballots_of_viewers_are_told() -> None:
    """How many were given before the close, and came after it."""
    close_ms = BEGIN_MS + 655_000
    happened = [
        *held(closed=False),
        (655, ev.VoteTimeUp(vote=21, close_ms=close_ms, until_ms=close_ms + 4000, reason="closed")),
        (
            656,
            ev.BallotGiven(
                vote=21, person="zhao", marks=(0, 1), channel="electronic", seen_ms=close_ms - 800
            ),
        ),
        (659, ev.VoteClosed(vote=21, reason="closed")),
    ]
    assert "收到3票，其中看直播在截止前投出、稍后到达1票" in said("results", minutes(happened))
