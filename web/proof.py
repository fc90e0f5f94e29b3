"""`yishi export`, `yishi verify`, `yishi key`: what the command line does with proofs."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from media.segments import names
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
    """The sums of a meeting's recording so far, in the order of its files."""
    if not folder.is_dir():
        return []
    files = [path for path in folder.iterdir() if names.is_file(path.name)]
    return [_sum_of(path) for path in sorted(files, key=lambda path: _order(path.name))]


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
    files = await asyncio.to_thread(recording_sums, settings.data / "programmes" / meeting)
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


def check_recording(report: Report, folder: Path, progress: Progress) -> Iterator[str]:
    """
    Compare the recording's files in a folder with their sums.

    Returns: names of files that are missing or not as they were.
    """
    size, done = sum(file.bytes for file in report.files), 0
    for expected in report.files:
        path = folder / expected.name
        if not names.is_file(expected.name) or not path.is_file() or _sum_of(path) != expected:
            yield expected.name
        done += expected.bytes
        progress(done, size)


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
    Fault.MISCOUNTED: "公布的结果与选票不符 the outcome is not the sum of the ballots",
}


def problem_text(problem: Problem) -> str:
    """One problem in a line."""
    what = f" {problem.what}" if problem.what else ""
    return f"第 {problem.line} 行 line {problem.line}:{what} {_FAULTS[problem.fault]}"


def report_text(report: Report, damaged: Sequence[str], *, asked: bool, timezone: str) -> str:
    """
    What was found, for people.

    Args:
        damaged: files of the recording that do not fit.
        asked: the key was compared with one that the reader brought.
    """
    lines = [problem_text(problem) for problem in report.problems]
    if report.more:
        lines.append(f"另有 {report.more} 处 and {report.more} more")
    lines += [f"录像 recording: {name} 缺失或被改动 missing or changed" for name in damaged]
    if lines:
        return "\n".join((*lines, "", "✗ 此文件不可信。This file can not be trusted."))
    withheld = f"，隐去 {report.withheld} 人 withheld" if report.withheld else ""
    lines = [
        f"会议 meeting       {report.meeting}",
        f"记录 entries       {report.entries}  {_times(report, timezone)}",
        f"签名点 checkpoints {report.checkpoints}",
        f"人员 people        {report.people}{withheld}",
        f"重新计票 votes     {report.votes}",
        f"录像文件 files     {len(report.files)}",
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


def _times(report: Report, timezone: str) -> str:
    if report.first_ms is None or report.last_ms is None:
        return ""
    zone = ZoneInfo(timezone)
    first, last = (
        dt.datetime.fromtimestamp(at_ms / 1000, zone) for at_ms in (report.first_ms, report.last_ms)
    )
    return f"{first:%Y-%m-%d %H:%M:%S} – {last:%Y-%m-%d %H:%M:%S}"
