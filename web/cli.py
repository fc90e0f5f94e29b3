"""
`yishi`: the service, the demonstration, and what is made beside a running service.

What only the service needs is loaded when it starts, so that the other commands are quick.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import sys
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import segno
import uvloop
from pydantic import ValidationError

from media.programme.remux import Chapter
from meetings.events import AgendaItem
from meetings.fold import fold
from meetings.minutes.build import build
from meetings.minutes.draft import FORMS
from meetings.minutes.moments import chapters
from meetings.minutes.typeset import FontMissing, TypesetterMissing
from meetings.people import Person, Role
from meetings.record.port import RecordError, UnknownMeeting, read_all
from web.assets import ClientMissing
from web.auth import new_person_id
from web.identity.commands import IdentityFailed, add_identity, roster_of
from web.invite import Invitation, Invited, Plan, invite, local_ms, new_meeting, opened
from web.links import origins
from web.minutes import Kind, minutes_files
from web.proof import (
    SUFFIX,
    Damage,
    bar,
    check,
    check_recording,
    public_key,
    record_key,
    report_text,
    write_export,
)
from web.recordings import NoRecording, write_mp4
from web.retention import read_retention, retention_line
from web.server import PortTaken
from web.settings import Settings, SettingsError, read_settings, variable

if TYPE_CHECKING:
    from web import service

LOG_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
DAY_S = 86_400.0
HEALTH_S = 4.0  # seconds to answer
HEALTH_MAX = 4_096  # bytes of the answer

_ROLE_NAMES = {
    "host": "主持人 host",
    "deputy": "副主持人 deputy host",
    "clerk": "书记员 clerk",
    "participant": "参会人 participant",
    "room": "会场摄像机 room camera",
    "display": "会场大屏 room display",
    "viewer": "居民 viewer",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1 for a failure, 2 for wrong usage."""
    parsed = _parser().parse_args(arguments)
    try:
        settings = read_settings(_flags(parsed))
        logging.basicConfig(
            level=settings.log_level.upper(),
            format=LOG_FORMAT,
        )
        run: Callable[[argparse.Namespace, Settings], Any] = parsed.run
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(parsed, settings))
    except (*_FORESEEN, ExceptionGroup) as error:
        foreseen = _foreseen(error)
        if foreseen is None:
            raise
        if not isinstance(foreseen, _NotSoundError):
            print(f"yishi: {_words(foreseen)}", file=sys.stderr)
        return 2 if isinstance(foreseen, SettingsError | _UsageError) else 1
    except KeyboardInterrupt:
        return 130
    return 0


class _UsageError(Exception):
    """An argument that argparse can't judge."""


class _NotSoundError(Exception):
    """An export is not as it was written; that was said."""


_FORESEEN = (
    SettingsError,
    IdentityFailed,
    PortTaken,
    ClientMissing,
    RecordError,
    OSError,
    TypesetterMissing,
    FontMissing,
    _UsageError,
    _NotSoundError,
)


def _foreseen(error: Exception) -> Exception | None:
    """The error that people are told; None: it has to be looked at with its traceback."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error if isinstance(error, _FORESEEN) else None


def _words(error: Exception) -> str:
    if isinstance(error, UnknownMeeting):
        return f"没有这个会议 no such meeting: {error}"
    if isinstance(error, PortTaken):
        return f"无法监听 cannot listen: {error}"
    if isinstance(error, TypesetterMissing):
        return f"没有安装 PDF 组件 PDF needs a package: {error}"
    if isinstance(error, FontMissing):
        return f"没有中文字体 {error}"
    return str(error) or type(error).__name__


# --- arguments ------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yishi", description="议事：实时混合协商议事会议服务。Real-time hybrid deliberation."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    table = "\n".join(
        f"  {variable(name):22} {field.description}"
        for name, field in Settings.model_fields.items()
    )

    def add(name: str, words: str, run: Callable[..., Any], **more: Any) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words, **more)
        command.set_defaults(run=run)
        command.add_argument("--data", type=Path, help="数据文件夹 data folder (./data)")
        command.add_argument("--log-level", choices=["debug", "info", "warning", "error"])
        return command

    environment: dict[str, Any] = {
        "epilog": f"环境变量 environment variables:\n{table}",
        "formatter_class": argparse.RawDescriptionHelpFormatter,
    }
    serve = add("serve", "启动服务 start the service", _serve, **environment)
    demo = add("demo", "启动演示会议 start a demonstration meeting", _demo, **environment)
    for command in (serve, demo):
        command.add_argument("--host", help="监听地址 address to listen on (127.0.0.1)")
        command.add_argument("--port", type=int, help="端口 TCP port (8000)")
        command.add_argument("--public-url", help="对外网址 how people reach the service")
        command.add_argument("--tls", action="store_true", default=None, help="同时提供 HTTPS too")
        command.add_argument("--tls-port", type=int, help="HTTPS 端口 TCP port (8443)")
        command.add_argument(
            "--lan",
            action="store_true",
            help="供局域网使用 for a local network: --host 0.0.0.0 --tls",
        )
        command.add_argument(
            "--ice-loopback",
            action="store_true",
            default=None,
            help="视频连线也用 127.0.0.1 video links over loopback too",
        )

    new = add("new", "新建会议并打印链接 make a meeting, print its links", _new)
    new.add_argument("title", metavar="TITLE", help="会议名称 the meeting's title")
    new.add_argument("--room", metavar="CODE", help="议事室代码 the room's code; else a new room")
    new.add_argument("--room-name", default="协商议事室", help="议事室名称 the room's name")
    new.add_argument(
        "--agenda",
        action="append",
        default=[],
        metavar="TITLE[=MINUTES]",
        help="一项议程，可重复 an agenda item, repeatable",
    )
    new.add_argument("--at", metavar="'2026-11-22 19:00'", help="时间 when; default: now")
    new.add_argument("--speech", type=int, default=180, help="发言时长（秒）seconds a speech (180)")
    new.add_argument(
        "--real-names", action="store_true", help="居民须填实名 residents give their real name"
    )
    new.add_argument(
        "--roster", type=Path, metavar="FILE", help="名册 CSV 或 XLSX: who is expected, with links"
    )
    new.add_argument(
        "--lobby", action="store_true", help="受邀人先在等候室 whoever was invited waits outside"
    )
    new.add_argument("--host", metavar="NAME[,OFFICE]", help="主持人 the host")
    new.add_argument(
        "--participant",
        action="append",
        default=[],
        metavar="NAME[,OFFICE]",
        help="远程参会人，可重复 somebody on video, repeatable",
    )
    new.add_argument("--json", action="store_true", help="输出 JSON print JSON")

    link = add("link", "再发一个邀请链接 make one more personal link", _link)
    link.add_argument("meeting", metavar="MEETING", help="会议编号 the meeting's id")
    link.add_argument("--role", choices=[role.value for role in Role], default="participant")
    link.add_argument("--name", required=True, help="姓名 name")
    link.add_argument("--office", default="", help="单位职务 unit and post")
    link.add_argument("--json", action="store_true", help="输出 JSON print JSON")
    for command in (new, link):
        command.add_argument("--days", type=float, default=30.0, help="有效天数 days it holds (30)")
        command.add_argument("--public-url", help="对外网址 how people reach the service")

    add("meetings", "列出会议 list the meetings", _meetings)

    health = add("health", "检查服务是否正常 ask a running service whether it is well", _health)
    health.add_argument("--port", type=int, help="端口 TCP port (8000)")

    minutes = add("minutes", "写出会议文书 write a meeting's minutes", _minutes)
    minutes.add_argument("meeting", metavar="MEETING", help="会议编号 the meeting's id")
    minutes.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="FILE.html, .docx, .pdf (MEETING.html)"
    )
    minutes.add_argument(
        "--form",
        choices=FORMS,
        default="record",
        help="会议记录 record, 会议纪要 summary, 表决结果公告 results, 签到表 attendance",
    )
    recording = add("recording", "写出录像 MP4 write a recording as one MP4", _recording)
    recording.add_argument("meeting", metavar="MEETING", help="会议编号 the meeting's id")
    recording.add_argument("-o", "--output", type=Path, metavar="FILE", help="(MEETING.mp4)")
    add("retention", "列出录像及保留期限 list the recordings and how long they stay", _retention)
    add_identity(add)
    _add_proofs(add)
    return parser


def _add_proofs(add: Callable[..., argparse.ArgumentParser]) -> None:
    """What makes and checks proofs; see docs/proof.md."""
    add("key", "打印签名公钥 print the public key that signs the records", _key)

    export = add("export", "导出可验证的会议记录 export a record that anybody can check", _export)
    export.add_argument("meeting", metavar="MEETING", help="会议编号 the meeting's id")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help=f"(MEETING{SUFFIX})")
    export.add_argument(
        "--withhold-names", action="store_true", help="隐去姓名 leave out people's names"
    )

    verify = add("verify", "验证导出的会议记录 check an exported record, offline", _verify)
    verify.add_argument("file", type=Path, metavar="FILE", help="导出的文件 what was exported")
    verify.add_argument("--key", metavar="HEX", help="应有的公钥 the public key that it must have")
    verify.add_argument(
        "--recording", type=Path, metavar="FOLDER", help="同时核对录像 check the recording too"
    )


def _flags(parsed: argparse.Namespace) -> dict[str, Any]:
    """The arguments that are settings; `new` has a --host who is a person."""
    found = {
        name: value
        for name, value in vars(parsed).items()
        if name in Settings.model_fields and not (name == "host" and parsed.run is _new)
    }
    if getattr(parsed, "lan", False):
        found["tls"] = True
        if found.get("host") is None:
            found["host"] = "0.0.0.0"  # noqa: S104 - asked for
    return found


# --- commands -------------------------------------------------------------------------------------


async def _serve(_: argparse.Namespace, settings: Settings) -> None:
    from web import service

    await service.run_until_stopped(settings, _say_where)


async def _say_where(running: service.Running) -> None:
    lines = ["", "议事服务已启动 Yishi is running:", f"  {running.origins.viewers}"]
    if running.authority is not None:
        lines += [
            f"  {running.origins.members}  (摄像头需要 HTTPS camera needs HTTPS)",
            f"  证书 certificate to trust: {running.origins.viewers}/ca.pem",
        ]
    lines += ["新建会议 make a meeting:  yishi new 标题 --room-name 议事室名称", ""]
    print("\n".join(lines), flush=True)


async def _demo(parsed: argparse.Namespace, settings: Settings) -> None:
    if parsed.data is None and "data" not in settings.model_fields_set:
        settings = settings.model_copy(update={"data": Path("data/demo")})
    # Everything may run on one machine, perhaps without any network.
    settings = settings.model_copy(update={"ice_loopback": True})
    from web import demonstration, service

    await service.run_until_stopped(settings, demonstration.play)


async def _new(parsed: argparse.Namespace, settings: Settings) -> None:
    try:
        plan = Plan(
            title=parsed.title,
            room=parsed.room,
            room_name=parsed.room_name,
            planned_ms=local_ms(parsed.at, settings.timezone),
            agenda=tuple(_item(number, text) for number, text in enumerate(parsed.agenda, 1)),
            speech_s=parsed.speech,
            real_names=parsed.real_names,
            host=None if parsed.host is None else _named(parsed.host),
            participants=tuple(_named(text) for text in parsed.participant),
            valid_s=parsed.days * DAY_S,
            roster=() if parsed.roster is None else await roster_of(parsed.roster),
            lobby=parsed.lobby,
        )
        invited = await new_meeting(settings, plan)
    except ValidationError as error:
        raise _UsageError(_first_problem(error)) from error
    except ValueError as error:
        raise _UsageError(str(error)) from error
    print(invited.as_json() if parsed.json else _invited_text(invited))


async def _link(parsed: argparse.Namespace, settings: Settings) -> None:
    try:
        person = Person(
            id=new_person_id(), name=parsed.name, office=parsed.office, role=Role(parsed.role)
        )
    except ValidationError as error:
        raise _UsageError(_first_problem(error)) from error
    async with opened(settings) as record:
        await record.head(parsed.meeting)
        (made,) = await invite(record, settings, parsed.meeting, [person], parsed.days * DAY_S)
    print(made.as_json() if parsed.json else _invitation_text(made))


async def _meetings(_: argparse.Namespace, settings: Settings) -> None:
    async with opened(settings) as record:
        for listing in await record.meetings():
            print(f"{listing.id}  {listing.state:9}  {listing.room}  {listing.title}")


async def _health(_: argparse.Namespace, settings: Settings) -> None:
    from web import service

    url = f"http://{service.local_host(settings.host)}:{settings.port}/healthz"
    await asyncio.to_thread(_ask, url)


def _ask(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is this machine
    with opener.open(url, timeout=HEALTH_S) as answer:
        print(answer.read(HEALTH_MAX).decode())


async def _minutes(parsed: argparse.Namespace, settings: Settings) -> None:
    path: Path = parsed.output or Path(f"{parsed.meeting}.html")
    kinds: dict[str, Kind] = {
        ".html": "html",
        ".htm": "html",
        ".docx": "docx",
        ".pdf": "pdf",
    }
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise _UsageError(f"{path}: 请用 must end in .html, .docx, .pdf")
    async with opened(settings) as record:
        meeting = fold(parsed.meeting, await read_all(record, parsed.meeting))
        files = minutes_files(record, settings, origins(settings))
        document = await files.write(meeting, parsed.form, kind, published=False)
    await asyncio.to_thread(path.write_bytes, document)
    print(path)


async def _recording(parsed: argparse.Namespace, settings: Settings) -> None:
    path: Path = parsed.output or Path(f"{parsed.meeting}.mp4")
    async with opened(settings) as record:
        entries = await read_all(record, parsed.meeting)
        register = await record.register(parsed.meeting)
    minutes = build(entries, register.people, ZoneInfo(settings.timezone))
    named = [Chapter(label=one.label, at_ms=one.at_ms) for one in chapters(minutes)]
    try:
        await write_mp4(settings.data / "programmes" / parsed.meeting, path, named)
    except NoRecording:
        raise _UsageError("没有录像 there is no recording") from None
    print(path)


async def _retention(_: argparse.Namespace, settings: Settings) -> None:
    retention = read_retention(settings.recording_days, settings.room_days)
    async with opened(settings) as record:
        for listing in await record.meetings():
            meeting = fold(listing.id, await read_all(record, listing.id))
            print(retention_line(meeting, retention, settings.timezone))


async def _key(_: argparse.Namespace, settings: Settings) -> None:
    print(record_key(settings).public.hex())


async def _export(parsed: argparse.Namespace, settings: Settings) -> None:
    path: Path = parsed.output or Path(f"{parsed.meeting}{SUFFIX}")
    async with opened(settings) as record:
        withhold: bool = parsed.withhold_names
        await write_export(settings, record, parsed.meeting, path, withhold=withhold)
    print(path)


async def _verify(parsed: argparse.Namespace, settings: Settings) -> None:
    try:
        key = None if parsed.key is None else public_key(parsed.key)
    except ValueError as error:
        raise _UsageError(f"--key: {error}") from error
    report = await asyncio.to_thread(check, parsed.file, key, bar)
    damaged: list[Damage] = []
    if parsed.recording is not None and not report.deleted:
        damaged = await asyncio.to_thread(
            lambda: list(check_recording(report, parsed.recording, bar))
        )
    print(report_text(report, damaged, asked=key is not None, timezone=settings.timezone))
    if damaged or not report.sound:
        raise _NotSoundError


# --- words ----------------------------------------------------------------------------------------


def _named(text: str) -> tuple[str, str]:
    """`name,office`; Chinese keyboards write the other comma."""
    name, _, office = text.replace("，", ",").partition(",")
    return name.strip(), office.strip()


def _item(number: int, text: str) -> AgendaItem:
    title, equals, minutes = text.rpartition("=")
    if equals and minutes.strip().isdecimal():
        return AgendaItem(id=number, title=title, minutes=int(minutes))
    return AgendaItem(id=number, title=text)


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    return f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"


def _invitation_text(made: Invitation) -> str:
    office = f"（{made.office}）" if made.office else ""
    return f"{_ROLE_NAMES[made.role]}  {made.name}{office}\n  {made.link}"


def _invited_text(invited: Invited) -> str:
    picture = io.StringIO()
    segno.make(invited.viewers, error="l", micro=False).terminal(
        out=picture, border=2, compact=True
    )
    return "\n".join(
        (
            f"会议 meeting {invited.meeting}: {invited.title}",
            "",
            *(_invitation_text(made) for made in invited.invitations),
            f"{_ROLE_NAMES['viewer']}  {invited.room_name} ({invited.room})",
            f"  {invited.viewers}",
            picture.getvalue(),
            "个人链接请勿转发。 Personal links are for one person each.",
        )
    )


if __name__ == "__main__":
    sys.exit(main())
