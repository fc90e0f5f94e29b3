"""`yishi export`, `yishi verify`, `yishi key`: what the command line does with proofs."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from media.segments import names
from media.segments.seals import read_seals
from meetings.proof.contents import FileLine
from meetings.proof.export import export
from meetings.proof.faults import Fault, Problem, Report
from meetings.proof.keys import PUBLIC_BYTES, SigningKey
from meetings.proof.verify import LINE_MAX, Verifier
from meetings.record.port import Record
from web.invite import clock_ms
from web.settings import Settings

SUFFIX = ".yishi"
_BLOCK = 2**20  # bytes read at once
_BAR = 40  # characters

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are done."""


def record_key(settings: Settings) -> SigningKey:
    """
    The key that signs this folder's records; made when there is none.

    Raises:
        OSError: the data folder can't be written.
    """
    return SigningKey(settings.record_seed())


def recording_sums(folder: Path) -> list[FileLine]:
    """
    The sums of a meeting's recording so far: as they were taken when it was made, in the order of
    the seals; then of what isn't sealed, in the order of its files, as it is now.
    """
    if not folder.is_dir():
        return []
    sealed = [
        FileLine(name=one.file, bytes=one.bytes, sha256=one.sha256)
        for seal in read_seals(folder).seals
        for one in seal.sums
    ]
    known = {one.name for one in sealed}
    files = [path for path in folder.iterdir() if names.is_file(path.name)]
    rest = [path for path in files if path.name not in known]
    return sealed + [_sum_of(path) for path in sorted(rest, key=lambda path: _order(path.name))]


def _order(name: str) -> tuple[int, int, str]:
    parsed = names.parse(name)
    assert parsed is not None, "one of ours"
    return parsed.run, -1 if parsed.segment is None else parsed.segment, parsed.mark


def _sum_of(path: Path) -> FileLine:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileLine(name=path.name, bytes=file.tell(), sha256=digest)


async def write_export(
    settings: Settings, record: Record, meeting: str, path: Path, *, withhold: bool
) -> None:
    """
    Write a meeting's export; the file appears whole.

    Raises:
        UnknownMeeting, RecordError: as the record.
        OSError: the file can't be written.
    """
    await record.head(meeting)
    folder = settings.data / "programmes" / meeting

    async def files() -> list[FileLine]:
        return await asyncio.to_thread(recording_sums, folder)

    lines = export(
        record, meeting, record_key(settings), at_ms=clock_ms(), files=files, names=not withhold
    )
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as file:
            async for line in lines:
                file.write(line)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def public_key(text: str) -> bytes:
    """
    A public key as people type it: hexadecimal, spaces and case as they like.

    Raises:
        ValueError: it is none.
    """
    key = bytes.fromhex("".join(text.split()))
    if len(key) != PUBLIC_BYTES:
        raise ValueError(f"a public key has {PUBLIC_BYTES} bytes")
    return key


def check(path: Path, key: bytes | None, progress: Progress) -> Report:
    """
    Check an export.

    Raises:
        OSError: the file can't be read.
    """
    verifier, size, done = Verifier(key), path.stat().st_size, 0
    with path.open("rb") as file:
        # A longer line comes in pieces; none of them is a line of an export.
        while line := file.readline(LINE_MAX):
            verifier.feed(line)
            done += len(line)
            progress(done, size)
    return verifier.finish()


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of a recording that is not as it should be."""

    name: str
    fault: Literal[Fault.CHANGED, Fault.MISSING, Fault.ADDED]


def check_recording(report: Report, folder: Path, progress: Progress) -> Iterator[Damage]:
    """
    Compare the recording's files in a folder with their sums.

    Returns: what is wrong, in the order of the recording; added files at the end.
    """
    size, done = sum(file.bytes for file in report.files), 0
    for expected in report.files:
        path = folder / expected.name
        if not names.is_file(expected.name) or not path.is_file():
            yield Damage(expected.name, Fault.MISSING)
        elif _sum_of(path) != expected:
            yield Damage(expected.name, Fault.CHANGED)
        done += expected.bytes
        progress(done, size)
    if report.recorded:  # else it may have grown since
        known = {file.name for file in report.files}
        for path in sorted(folder.iterdir()):
            if names.is_file(path.name) and path.name not in known:
                yield Damage(path.name, Fault.ADDED)


def bar(done: int, size: int) -> None:
    """Draw a progress bar, where somebody looks."""
    if not sys.stderr.isatty():
        return
    part = done / size if size else 1.0
    drawn = "█" * round(_BAR * part)
    end = "\n" if done >= size else ""
    print(f"\r{drawn:░<{_BAR}} {part:4.0%}", end=end, file=sys.stderr, flush=True)


# --- words ----------------------------------------------------------------------------------------

_FAULTS = {
    Fault.UNREADABLE: "无法读取 is no line of an export",
    Fault.CHANGED: "被改动 was changed",
    Fault.MISSING: "缺失 missing",
    Fault.ADDED: "多出 was added",
    Fault.MOVED: "位置被调换 was moved",
    Fault.REWRITTEN: "与签名不符 do not fit what was signed",
    Fault.UNSEALED: "文件不完整，缺少封印 the file is cut off: no seal",
    Fault.SEAL: "有行被增删或调换 lines were added, removed or moved: the seal does not fit",
    Fault.OTHER_KEY: "由另一公钥签署 signed with another key",
    Fault.BALLOT: "选票无效 is no ballot of its vote",
    Fault.RERECORDED: "录像在导出前已被改动 of the recording was changed before the export",
    Fault.MISCOUNTED: "公布的结果与选票不符 the outcome is not the sum of the ballots",
}


def problem_text(problem: Problem) -> str:
    """One problem in a line."""
    what = f" {problem.what}" if problem.what else ""
    return f"第 {problem.line} 行 line {problem.line}:{what} {_FAULTS[problem.fault]}"


def report_text(report: Report, damaged: Sequence[Damage], *, asked: bool, timezone: str) -> str:
    """
    What was found, for people.

    Args:
        damaged: files of the recording that do not fit.
        asked: the key was compared with one that the reader brought.
    """
    lines = [problem_text(problem) for problem in report.problems]
    if report.more:
        lines.append(f"另有 {report.more} 处 and {report.more} more")
    lines += [f"录像 recording: {one.name} {_FAULTS[one.fault]}" for one in damaged]
    if lines:
        return "\n".join((*lines, "", "✗ 此文件不可信。This file can not be trusted."))
    withheld = f"，隐去 {report.withheld} 人 withheld" if report.withheld else ""
    lines = [
        f"会议 meeting       {report.meeting}",
        f"记录 entries       {report.entries}  {_times(report, timezone)}",
        f"签名点 checkpoints {report.checkpoints}",
        f"人员 people        {report.people}{withheld}",
        f"重新计票 votes     {report.votes}",
        f"录像文件 files     {len(report.files)}{_sealed(report)}",
        f"公钥 key           {report.key}",
        "",
        "✓ 每一字节都与签名时一致。Every byte is as it was signed.",
    ]
    if not asked:
        lines.append(
            "请核对公钥是否为该单位公布的公钥（--key）。\n"
            "Compare the key with the one that the organisers have published (--key)."
        )
    return "\n".join(lines)


def _sealed(report: Report) -> str:
    if report.deleted:
        return "，已按规定删除 deleted, as the record says"
    return f"，录制时已封存 sealed while recorded: {report.sealed}" if report.sealed else ""


def _times(report: Report, timezone: str) -> str:
    if report.first_ms is None or report.last_ms is None:
        return ""
    zone = ZoneInfo(timezone)
    first, last = (
        dt.datetime.fromtimestamp(at_ms / 1000, zone) for at_ms in (report.first_ms, report.last_ms)
    )
    return f"{first:%Y-%m-%d %H:%M:%S} – {last:%Y-%m-%d %H:%M:%S}"
