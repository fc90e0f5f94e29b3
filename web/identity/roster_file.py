"""
Rosters as people keep them: a table in CSV or XLSX, with a heading line.

Columns by heading, in any order: 姓名 (needed), 单位职务, 角色, 权重, 表决权, 联系方式. Unknown
columns are refused rather than dropped in silence. Every wrong line is named, all at once.
"""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from pydantic import ValidationError

from meetings.attendance.events import ROSTER_MAX, InvitedRole
from meetings.commands import EnterRoster
from meetings.people import Role

FILE_MAX = 1_000_000  # bytes; a thousand lines are under 100 kB
UNPACKED_MAX = 20_000_000  # bytes of an XLSX when unpacked: it is a ZIP file, and could be a bomb
CELL_MAX = 200  # characters
PROBLEMS_MAX = 20  # told at once

_HEADINGS: Final[Mapping[str, str]] = {
    "姓名": "name",
    "name": "name",
    "单位职务": "office",
    "单位": "office",
    "职务": "office",
    "office": "office",
    "角色": "role",
    "role": "role",
    "权重": "weight",
    "weight": "weight",
    "表决权": "elector",
    "elector": "elector",
    "联系方式": "contact",
    "电话": "contact",
    "手机": "contact",
    "contact": "contact",
    "真实姓名": "real_name",
    "real_name": "real_name",
}
_ROLES: Final[Mapping[str, InvitedRole]] = {
    "": Role.PARTICIPANT,
    **dict.fromkeys(("主持人", "室长", "host"), Role.HOST),
    **dict.fromkeys(("副主持人", "副室长", "deputy"), Role.DEPUTY),
    **dict.fromkeys(("书记员", "记录员", "clerk"), Role.CLERK),
    **dict.fromkeys(
        ("参会人员", "参会人", "代表", "委员", "专家", "participant"), Role.PARTICIPANT
    ),
    **dict.fromkeys(("居民", "旁听", "列席", "viewer"), Role.VIEWER),
}
_YES: Final = frozenset({"是", "有", "yes", "y", "true", "1", "√"})
_NO: Final = frozenset({"否", "无", "no", "n", "false", "0", "×"})
_ELECTORS: Final = frozenset({Role.HOST, Role.DEPUTY, Role.PARTICIPANT})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in words for people."""

    line: int
    """As the spreadsheet numbers them, from 1; 0: the file as a whole."""
    words: str

    def __str__(self) -> str:
        return f"第 {self.line} 行：{self.words}" if self.line else self.words


class RosterFileError(Exception):
    """The file can't be taken; nothing of it was."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def read_roster(data: bytes) -> tuple[EnterRoster, ...]:
    """
    Read a roster; the form is seen from the bytes: ZIP is XLSX, all else CSV.

    CSV may be UTF-8 (with a mark or without) or GB18030 (GB 18030-2022), as spreadsheets in China
    save it, with comma, semicolon or tab. Of XLSX the first sheet is read, and of formulas the
    value that was saved with them.

    Raises: RosterFileError.
    """
    if len(data) > FILE_MAX:
        raise _whole(f"文件太大，最多 {FILE_MAX // 1000} kB")
    rows = _xlsx(data) if data.startswith(b"PK\x03\x04") else _csv(data)
    return _entries(rows)


# --- bytes to cells -------------------------------------------------------------------------------


def _csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t，", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise RosterFileError([Problem(reader.line_num, f"不是有效的 CSV：{error}")]) from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _whole("无法识别文件编码，请另存为 UTF-8 的 CSV 或 XLSX")


def _xlsx(data: bytes) -> Iterator[tuple[int, list[str]]]:
    broken = _whole("不是有效的 XLSX 文件")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            # The sizes are those in the directory, and zipfile reads no more of a member than it
            # says there.
            if sum(member.file_size for member in packed.infolist()) > UNPACKED_MAX:
                raise _whole("文件解压后太大")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise broken from error
    try:
        sheet = book.worksheets[0]
        # The sheet may claim a million empty lines.
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > ROSTER_MAX + 100:
                return
            yield number, [_cell(value) for value in cells]
    except (IndexError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError) as error:
        raise broken from error
    finally:
        book.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # telephone numbers and weights
    return str(value)


# --- cells to entries -----------------------------------------------------------------------------


def _entries(rows: Iterable[tuple[int, list[str]]]) -> tuple[EnterRoster, ...]:
    filled = ((number, [_clean(cell) for cell in cells]) for number, cells in rows)
    table = ((number, cells) for number, cells in filled if any(cells))
    heading = next(table, None)
    if heading is None:
        raise _whole("文件是空的")
    columns = _columns(*heading)
    entries: list[EnterRoster] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in table:
        try:
            entry = _entry(columns, cells)
        except ValueError as error:
            problems.append(Problem(number, str(error)))
            continue
        before = seen.setdefault((entry.name, entry.office), number)
        if before != number:
            problems.append(Problem(number, f"与第 {before} 行重复：{entry.name}"))
        entries.append(entry)
        if len(entries) > ROSTER_MAX:
            problems.append(Problem(number, f"最多 {ROSTER_MAX} 人"))
            break
    if problems:
        more = len(problems) - PROBLEMS_MAX
        told = problems[:PROBLEMS_MAX]
        raise RosterFileError([*told, Problem(0, f"还有 {more} 处")] if more > 0 else told)
    if not entries:
        raise _whole("表头下面没有人")
    return tuple(entries)


def _columns(line: int, cells: list[str]) -> list[str | None]:
    """The field of each column; None: without a heading."""
    columns: list[str | None] = []
    problems: list[Problem] = []
    for cell in cells:
        field = _HEADINGS.get(cell.lower().replace(" ", "")) if cell else None
        if cell and field is None:
            problems.append(Problem(line, f"不认识的列“{cell[:20]}”"))
        elif field is not None and field in columns:
            problems.append(Problem(line, f"列“{cell}”重复"))
        columns.append(field)
    if "name" not in columns:
        problems.append(Problem(line, "缺少“姓名”列"))
    if problems:
        raise RosterFileError(problems[:PROBLEMS_MAX])
    return columns


def _entry(columns: list[str | None], cells: list[str]) -> EnterRoster:
    """Raises: ValueError, in words for people."""
    fields: dict[str, str] = {}
    for at, cell in enumerate(cells):
        if not cell:
            continue
        field = columns[at] if at < len(columns) else None
        if field is None:
            raise ValueError(f"多出一格“{cell[:20]}”")
        fields[field] = cell
    if "name" not in fields:
        raise ValueError("没有姓名")
    role = _ROLES.get(fields.get("role", "").lower())
    if role is None:
        raise ValueError(f"不认识的角色“{fields['role'][:20]}”")
    try:
        return EnterRoster(
            name=fields["name"],
            office=fields.get("office", ""),
            role=role,
            weight=_weight(fields.get("weight", "1")),
            elector=_elector(fields.get("elector"), role),
            real_name=fields.get("real_name", ""),
            contact=fields.get("contact", ""),
        )
    except ValidationError as error:
        names = {"name": "姓名", "office": "单位职务", "weight": "权重", "contact": "联系方式"}
        at_fault = str(error.errors(include_url=False)[0]["loc"][0])
        raise ValueError(f"{names.get(at_fault, at_fault)}太长或超出范围") from error


def _weight(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"权重须是正整数，不是“{text[:20]}”")
    return int(text)


def _elector(text: str | None, role: Role) -> bool:
    if text is None:
        return role in _ELECTORS
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError(f"表决权请填“是”或“否”，不是“{text[:20]}”")


def _clean(cell: str) -> str:
    """One line, composed, full-width forms of digits and letters as usual ones (NFKC)."""
    text = " ".join(unicodedata.normalize("NFKC", cell[:CELL_MAX]).split())
    return "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cf", "Cs"})


def _whole(words: str) -> RosterFileError:
    return RosterFileError([Problem(0, words)])
