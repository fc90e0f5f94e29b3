"""The captions, for the annex: what was said, by whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from meetings.minutes import wording as say
from meetings.minutes.blocks import Block, Heading, Link, Paragraph
from meetings.minutes.model import Minutes, Uttered

PAUSE = timedelta(seconds=60)
"""After a longer one a new paragraph begins, with its time."""


def annex(minutes: Minutes, *, new_page: bool) -> Iterator[Block]:
    """A paragraph for each time that somebody spoke; nothing if there were no captions."""
    if not minutes.transcript:
        return
    yield Heading(1, "附件四　发言文字记录", new_page=new_page)
    read = "依会议字幕整理"
    if any(one.recognised for one in minutes.transcript):
        read += "；标有“※”的由机器识别，未经人工核对"
    yield Paragraph(f"{read}。")
    for spoken in _turns(minutes.transcript):
        who = spoken[0].who
        text = "".join(_joined(one) for one in spoken)
        clock = say.clock(spoken[0].at, say.day(minutes))
        label = "会场：" if who is None else f"{say.name(who)}："
        yield Paragraph(text, label=label, when=Link(clock, spoken[0].at))


def _turns(transcript: tuple[Uttered, ...]) -> Iterator[list[Uttered]]:
    spoken = [transcript[0]]
    for before, one in pairwise(transcript):
        if one.who != before.who or one.at - before.at > PAUSE:
            yield spoken
            spoken = []
        spoken.append(one)
    yield spoken


def _joined(one: Uttered) -> str:
    """With a mark at its end, as a sentence is written."""
    text = say.clean(one.text)
    if text[-1:] not in "。！？，；：…、.!?,;":
        text += "。"
    return ("※" if one.recognised else "") + text
