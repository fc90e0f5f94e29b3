"""
The meeting that is demonstrated: its room, agenda and people.

Everybody and everything here is made up. The words are such as are heard in deliberation rooms.
"""

from __future__ import annotations

from dataclasses import dataclass

from meetings.events import AgendaItem, FloorRules, MeetingCreated, Side
from meetings.people import Person, Role

ROOM = "xingfuli"
ROOM_NAME = "幸福里小区议事室"
TITLE = "幸福里小区三件民生实事协商会"
SPEECH_S = 60

HOST = Person(id="demo-host", name="王秀兰", office="社区党委书记、室长", role=Role.HOST)
CLERK = Person(id="demo-clerk", name="周晓", office="议事室书记员", role=Role.HOST)
"""Runs the meeting by the script, until somebody comes as host and does it."""
OFFICIAL = Person(
    id="demo-official", name="陈建国", office="区住房和建设局副局长", role=Role.PARTICIPANT
)
"""Played by a camera of the demonstration."""
MEMBER = Person(id="demo-member", name="赵敏", office="区政协委员", role=Role.PARTICIPANT)
"""The link for a newcomer's own camera."""
CAMERA = Person(id="demo-room", name=ROOM_NAME, role=Role.ROOM)
DISPLAY = Person(id="demo-display", name="议事室大屏", role=Role.DISPLAY)

PEOPLE = (HOST, CLERK, OFFICIAL, MEMBER, CAMERA, DISPLAY)
VIEWERS = ("刘桂芳", "3号楼老李", "小区业主张磊", "孙阿姨", "快递小哥阿强", "周奶奶的孙女")
"""Residents who come by the room's code."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One agenda item and what is said about it."""

    title: str
    minutes: int
    question: str
    options: tuple[str, ...]
    asks: str
    """What the official wants to speak about."""
    comments: tuple[str, ...]


MATTERS = (
    Matter(
        "雨季积水治理",
        20,
        "是否同意下月开工改造排水管道，工期四十天？",
        ("同意", "不同意", "弃权"),
        "回应排水管道改造的工期和费用",
        (
            "一下大雨，2号楼门口的水就没过脚面",
            "我妈七十多岁，下雨天根本不敢出门",
            "希望这次不是修修补补，能把主管道换掉",
            "雨水井的盖板也坏了两块，晚上走路危险",
            "施工的时候车往哪里停？",
            "支持改造！越快越好",
            "能不能每周在楼下公示一次进度",
            "去年也说要修，希望这次说到做到",
            "听到不用居民出钱，心里踏实了",
            "建议先修地势最低的5号楼",
            "老人和孩子多，请留一条安全的临时通道",
            "谢谢住建局的同志来现场看",
        ),
    ),
    Matter(
        "电动车充电桩选址",
        15,
        "充电桩建在哪里最合适？",
        ("东门空地", "地下车库入口", "6号楼北侧", "都不合适"),
        "说明充电桩的消防间距要求",
        (
            "飞线充电太吓人了，早该管管",
            "东门空地离居民楼远，安全",
            "6号楼北侧晒不到太阳，夏天也好",
            "收费能不能便宜一点，送外卖一天要充两次",
            "一定要装烟感和灭火器",
            "地下车库我不同意，着火了怎么办",
            "建议装个雨棚",
            "先装二十个看看够不够用",
            "晚上充电的声音会不会吵到一楼？",
            "希望支持手机扫码，也能投币，老人不会扫码",
            "谁来维护？坏了找谁？",
            "东门那里还可以顺便装个摄像头",
        ),
    ),
    Matter(
        "老旧楼加装电梯",
        25,
        "是否同意4号楼先行试点加装电梯？",
        ("同意", "不同意", "弃权"),
        "介绍加装电梯的补贴政策",
        (
            "我住六楼，盼电梯盼了八年",
            "一楼会不会被挡光？",
            "费用怎么分摊，能不能按楼层来",
            "听说每台有财政补贴，是真的吗",
            "二楼邻居有顾虑，可以坐下来慢慢谈",
            "腿脚不好的老人真的需要",
            "后期的电费和维保谁出？",
            "可以用公积金吗？",
            "先试点再推广，这个办法好",
            "施工噪音希望避开午休时间",
            "我们楼已经有九成住户签字了",
            "愿意给一楼适当补偿",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a resident wants to say. Without a camera, so the host reads it out."""

    about: str
    """The note to the host."""
    text: str
    side: Side | None = None


WISHES = (
    Wish(
        "想问问楼道口的坡道什么时候修",
        "我想问一句：楼道口的坡道什么时候能修？轮椅和婴儿车都上不来，下雨天更不敢走。",
    ),
    Wish(
        "支持方案，说说5号楼的情况",
        "我们5号楼地势最低，每年汛期都进水。方案我支持，只盼着早一天开工。",
        "for",
    ),
    Wish(
        "担心施工影响停车",
        "方案我不反对，可施工期间车停到哪里？这个问题不先说清楚，我投不了赞成票。",
        "against",
    ),
)


def meeting(planned_ms: int) -> MeetingCreated:
    """The beginning of the record; *planned_ms* is wall clock."""
    return MeetingCreated(
        title=TITLE,
        room=ROOM,
        room_name=ROOM_NAME,
        planned_ms=planned_ms,
        agenda=tuple(
            AgendaItem(id=number, title=matter.title, minutes=matter.minutes)
            for number, matter in enumerate(MATTERS, 1)
        ),
        speech_s=SPEECH_S,
        # Room, link and livestream take turns, and first come those who have not spoken yet.
        rules=FloorRules(order=("alternate_place", "first_time_first"), warning_s=10),
    )
