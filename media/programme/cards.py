"""
Cards: pictures that are made of letters alone. Pure but for the fonts.

What changes while a card is shown (the clock, a countdown, figures) is laid over it by `lettering`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from media.cue import AgendaCue, VoteCue
from media.programme.planes import HEIGHT, WIDTH, Box
from media.programme.scene import Card, CardKind, Progress
from media.programme.text import Fonts, clean, shorten, wrap

# Deep teal and ink, one warm accent.
INK = (9, 28, 38)
TEAL_DEEP = (13, 62, 70)
TEAL = (16, 84, 92)
TEAL_PALE = (190, 222, 219)
GOLD = (214, 174, 98)
WHITE = (255, 255, 255)

LABELS: dict[CardKind, str] = {
    "opening": "会议即将开始",
    "begun": "会议开始",
    "waiting": "正在连接会场画面",
    "voice": "语音连线",
    "title": "会议进行中",
    "agenda": "议程",
    "vote": "表决",
    "recess": "休会中，稍后继续",
    "closing": "会议已结束",
}
KINDS = {"report": "通报", "discussion": "讨论", "questions": "问答", "vote": "表决"}

MARGIN = 88
FULL = WIDTH - 2 * MARGIN
BESIDE = 780
"""Width of what stands beside the inset."""
OPTION_ROWS = Box(MARGIN, 300, BESIDE, 364)
ONE_COLUMN = 5
"""Options in one column; more stand in two."""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    font: ImageFont.FreeTypeFont
    colour: tuple[int, int, int]


def draw(card: Card, fonts: Fonts | None, zone: tzinfo | None) -> Image.Image:
    """
    A card, 1280x720, RGB.

    Args:
        fonts: None: the background alone.
        zone: of the time at which a recess ends.
    """
    image = background().copy()
    if fonts is None:
        return image
    canvas = ImageDraw.Draw(image)
    if card.kind == "agenda" and card.agenda is not None:
        _agenda(canvas, fonts, card.agenda)
    elif card.kind == "vote" and card.vote is not None:
        _vote(canvas, fonts, card.vote)
    else:
        _title(canvas, fonts, card, zone)
    return image


def option_places(count: int) -> tuple[Box, ...]:
    """Where each option of a vote stands on its card."""
    columns = 1 if count <= ONE_COLUMN else 2
    rows = -(-count // columns)
    height = min(96, OPTION_ROWS.height // rows // 2 * 2)
    width = (OPTION_ROWS.width - 40 * (columns - 1)) // columns // 2 * 2
    return tuple(
        Box(OPTION_ROWS.x + n // rows * (width + 40), OPTION_ROWS.y + n % rows * height, width, 68)
        for n in range(count)
    )


def told(vote: VoteCue, progress: Progress) -> tuple[str, list[str]]:
    """What stands large at the side of a vote, and the lines below it."""
    of = "" if progress.entitled is None else f" / {progress.entitled}"
    turnout = [] if progress.turnout is None else [f"已投 {progress.turnout}{of}"]
    if vote.secret and turnout and progress.state != "closed":
        turnout = [f"已领票 {progress.turnout}{of}"]
    match progress.state:
        case "open" if progress.left_s is not None:
            minutes, seconds = divmod(progress.left_s, 60)
            return f"{minutes}:{seconds:02}", turnout
        case "open":
            return "请表决", turnout
        case "counting":
            return "正在计票", turnout
        case "closed":
            return _result(vote), turnout


def _result(vote: VoteCue) -> str:
    match vote.result:
        case "passed":
            return "通过" if vote.motion else "已选出"
        case "rejected":
            return "未通过" if vote.motion else "未选出"
        case "tied":
            return "票数相同"
        case "no_quorum":
            return "人数不足"
        case "" | "unsettled":
            return "表决结束"


# --- each card


def _title(canvas: ImageDraw.ImageDraw, fonts: Fonts, card: Card, zone: tzinfo | None) -> None:
    small, big = fonts(40), fonts(76)
    if card.place:
        place = shorten(clean(card.place), small, FULL)
        canvas.text((MARGIN, 64), place, TEAL_PALE, small)
    lines = [_Line(_label(card, zone), small, GOLD)]
    if card.kind == "voice" and card.strap is not None:
        lines.append(_Line(shorten(clean(card.strap.name), big, FULL), big, WHITE))
        if card.strap.office:
            lines.append(_Line(shorten(clean(card.strap.office), small, FULL), small, TEAL_PALE))
    else:
        title, font = fonts.fitting(clean(card.title), FULL, 2, (76, 64, 52))
        lines += [_Line(text, font, WHITE) for text in title]
        lines += [_Line(t, small, TEAL_PALE) for t in wrap(clean(card.item), small, BESIDE, 2)]
    _stack(canvas, lines)


def _label(card: Card, zone: tzinfo | None) -> str:
    if card.kind != "recess":
        return LABELS[card.kind]
    label = "会议改日继续" if card.adjourned else "休会中"
    if card.resume_ms is None:
        return label if card.adjourned else LABELS["recess"]
    at = datetime.fromtimestamp(card.resume_ms / 1_000, zone)
    day = f"{at.month}月{at.day}日 " if card.adjourned else ""
    return f"{label}，{day}{at:%H:%M} 继续"


def _agenda(canvas: ImageDraw.ImageDraw, fonts: Fonts, agenda: AgendaCue) -> None:
    lead = fonts(44)
    label = f"第 {agenda.number} 项，共 {agenda.of} 项"
    canvas.rectangle((MARGIN - 36, 108, MARGIN - 29, 160), GOLD)
    canvas.text((MARGIN, 152), label, GOLD, lead, anchor="ls")
    kind = KINDS[agenda.kind]
    canvas.text((MARGIN + lead.getlength(label) + 36, 152), kind, TEAL_PALE, lead, anchor="ls")
    title, font = fonts.fitting(clean(agenda.title), FULL, 3, (80, 66, 54, 44))
    y = 176.0
    for text in title:
        y += font.size * 1.35
        canvas.text((MARGIN, y), text, WHITE, font, anchor="ls")
    if agenda.department:
        text = shorten(f"牵头部门：{clean(agenda.department)}", fonts(40), BESIDE)
        canvas.text((MARGIN, y + 72), text, TEAL_PALE, fonts(40), anchor="ls")
    if agenda.next:
        text = shorten(f"下一项：{clean(agenda.next)}", fonts(36), BESIDE)
        canvas.text((MARGIN, HEIGHT - 64), text, TEAL_PALE, fonts(36), anchor="ls")


def _vote(canvas: ImageDraw.ImageDraw, fonts: Fonts, vote: VoteCue) -> None:
    label = "无记名表决" if vote.secret else "表决"
    if vote.closed_ms is not None:
        label += "结果"
    canvas.rectangle((MARGIN - 36, 46, MARGIN - 29, 90), GOLD)
    canvas.text((MARGIN, 82), label, GOLD, fonts(40), anchor="ls")
    question, font = fonts.fitting(clean(vote.question), FULL, 2, (60, 50, 42))
    y = 96.0
    for text in question:
        y += font.size * 1.28
        canvas.text((MARGIN, y), text, WHITE, font, anchor="ls")
    room = 250 if len(vote.options) <= ONE_COLUMN else 90  # for the figures at the right
    for place, option in zip(option_places(len(vote.options)), vote.options, strict=True):
        chosen = vote.closed_ms is not None and vote.options.index(option) == vote.chosen
        text = shorten(clean(option), fonts(36), place.width - room)
        colour = GOLD if chosen else WHITE
        canvas.text((place.x, place.y + 40), text, colour, fonts(36), anchor="ls")
        canvas.rectangle((place.x, place.y + 52, place.x + place.width, place.y + 65), TEAL_DEEP)


@cache
def background() -> Image.Image:
    """Teal above, ink below, a thin line of gold. Never written to."""
    shade = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    image = Image.composite(
        Image.new("RGB", (WIDTH, HEIGHT), INK), Image.new("RGB", (WIDTH, HEIGHT), TEAL), shade
    )
    ImageDraw.Draw(image).rectangle((0, HEIGHT - 8, WIDTH, HEIGHT), GOLD)
    return image


def _stack(draw: ImageDraw.ImageDraw, lines: list[_Line]) -> None:
    """Lines under each other, the block a little above the middle, with a gold bar at its left."""
    heights = [round(line.font.size * (1.4 if line.font.size > 50 else 1.65)) for line in lines]
    top = (HEIGHT - sum(heights)) // 2 - 24
    draw.rectangle((MARGIN - 36, top + 10, MARGIN - 29, top + sum(heights) - 6), GOLD)
    y = top
    for line, height in zip(lines, heights, strict=True):
        draw.text((MARGIN, y + height * 0.76), line.text, line.colour, line.font, anchor="ls")
        y += height
