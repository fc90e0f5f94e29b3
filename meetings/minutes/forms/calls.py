"""How the video link went, for the annex: a vote or a word may be doubted because of a bad line."""

from __future__ import annotations

from collections.abc import Iterator

from meetings.minutes import wording as say
from meetings.minutes.blocks import Block, Column, Heading, Paragraph, Table
from meetings.minutes.model import Called, Minutes


def annex(minutes: Minutes, *, new_page: bool) -> Iterator[Block]:
    """One line a stay on the link; nothing if nobody was on it."""
    if not minutes.calls:
        return
    yield Heading(1, "附件三　视频连线情况", new_page=new_page)
    columns = (
        Column("姓名", 16),
        Column("连线时间", 26),
        Column("往返", 12, centred=True),
        Column("丢失（送出／收到）", 18, centred=True),
        Column("画面停顿", 14, centred=True),
        Column("声音补偿", 14, centred=True),
    )
    yield Table(columns, tuple(_row(one, minutes) for one in minutes.calls))
    yield Paragraph("“—”表示没有测得。往返为平均值；声音补偿为网络丢失后由设备补出的部分。")


def _row(one: Called, minutes: Minutes) -> tuple[str, ...]:
    call = one.call
    when = say.span(one.span, say.day(minutes))
    if call.breaks:
        when += f"（中断{call.breaks}次）"
    return (
        say.name(one.who),
        when,
        "—" if call.round_trip_ms is None else f"{call.round_trip_ms}毫秒",
        f"{_share(call.lost_up)}／{_share(call.lost_down)}",
        "—" if call.frozen_ms is None else f"{call.frozen_ms / 1000:.1f}秒",
        _share(call.concealed),
    )


def _share(permille: int | None) -> str:
    return "—" if permille is None else f"{permille / 10:.1f}%"
