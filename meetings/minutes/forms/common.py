"""What all forms begin and end with."""

from __future__ import annotations

from collections.abc import Iterator

from meetings.minutes import wording as say
from meetings.minutes.blocks import Block, Facts, Heading, Paragraph, Signatures
from meetings.minutes.model import Minutes, Signing
from meetings.signoff.events import SignedAs

SIGNERS: tuple[tuple[SignedAs, str], ...] = (("host", "主持人"), ("clerk", "记录人"))


def standing(minutes: Minutes) -> Iterator[Block]:
    """Tell a draft from what was published."""
    if minutes.signing.published is not None:
        return
    if minutes.state != "closed":
        state = say.STATES[minutes.state]
        until = say.moment(minutes.until)
        yield Paragraph(f"草稿：会议{state}，内容截至{until}。", muted=True)
    else:
        yield Paragraph("草稿：尚未签字发布，内容以发布稿为准。", muted=True)


def facts(minutes: Minutes) -> Facts:
    """What, where, when, who presided."""
    rows = [
        ("会议名称", say.clean(minutes.title)),
        ("会议地点", say.clean(minutes.room_name)),
        ("会议时间", say.held(minutes)),
    ]
    if minutes.recesses:
        rows.append(("休会时间", say.spans(minutes.recesses, say.day(minutes))))
    rows.append(("主持人", "、".join(say.full(host) for host in minutes.hosts) or "无"))
    if minutes.clerks:
        rows.append(("记录人", "、".join(say.full(clerk) for clerk in minutes.clerks)))
    return Facts(tuple(rows))


def ending(minutes: Minutes) -> Iterator[Block]:
    """Where it comes from, who stands by it, what was corrected since."""
    signing = minutes.signing
    yield Paragraph(_origin(minutes), muted=True)
    yield Signatures(tuple((label, _signed(signing, capacity)) for capacity, label in SIGNERS))
    if signing.published is not None and signing.addenda:
        yield Heading(1, "更正与补充")
        for number, addendum in enumerate(signing.addenda, 1):
            label = f"{number}．{say.name(addendum.who)}，{say.moment(addendum.at)}："
            yield Paragraph(say.clean(addendum.text), label=label)


def _signed(signing: Signing, capacity: SignedAs) -> str:
    """Return who signed and when; empty: a line to be signed by hand."""
    return "、".join(
        f"{say.name(one.who)}（{say.moment(one.at)}在线签署）"
        for one in signing.signatures
        if one.signed_as == capacity
    )


def _origin(minutes: Minutes) -> str:
    signing = minutes.signing
    until = say.moment(minutes.until)
    origin = f"依据会议记录第1至第{minutes.entries}条编制，截至{until}。"
    if signing.revision:
        origin += f"文稿第{signing.revision}版，SHA-256：{signing.sha256}。"
    if signing.published is not None:
        origin += f"{say.moment(signing.published)}发布。"
    return origin
