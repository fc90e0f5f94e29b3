"""
Rosters as people keep them: a table in CSV or XLSX, with a heading line.

Columns by heading, in any order: 姓名 (needed), 单位职务, 角色, 权重, 表决权, 联系方式. Unknown
columns are refused rather than dropped in silence. Every wrong line is named, all at once, in both
of the service's languages.
"""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

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


SAMPLE: Final = (
    ("姓名", "单位职务", "角色", "权重", "表决权", "联系方式"),
    ("王秀兰", "社区党委书记", "主持人", 1, "是", "13800000000"),
    ("周晓", "议事室书记员", "书记员", 1, "否", None),
    ("李娟", "区住建局副局长", "参会人员", 1, "是", "lijuan@example.cn"),
    ("刘桂芳", "3 号楼居民代表", "居民", 1, "是", None),
)
"""A roster to begin with: the columns, and somebody in each role."""
_SAMPLE_WIDTHS: Final = (12, 24, 12, 8, 10, 24)  # characters


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody in the file."""

    number: int
    """As the spreadsheet numbers them, from 1."""
    entry: EnterRoster


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in words for people."""

    line: int
    """As the spreadsheet numbers them, from 1; 0: the file as a whole."""
    words: str
    english: str

    def __str__(self) -> str:
        return f"第 {self.line} 行：{self.words}" if self.line else self.words


class RosterFileError(Exception):
    """The file can't be taken; nothing of it was."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class _Wrong(Exception):
    """A line can't be taken."""

    def __init__(self, words: str, english: str) -> None:
        super().__init__(english)
        self.words = words
        self.english = english

    def at(self, line: int) -> Problem:
        """As the problem of this line; 0: of the file as a whole."""
        return Problem(line, self.words, self.english)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says, right lines and wrong ones."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]


def read_roster(data: bytes) -> tuple[EnterRoster, ...]:
    """Everybody in the file. Raises: RosterFileError; see `read_sheet`."""
    sheet = read_sheet(data)
    if sheet.problems:
        raise RosterFileError(sheet.problems)
    return tuple(line.entry for line in sheet.lines)


def read_sheet(data: bytes) -> Sheet:
    """
    Read a roster as far as it can be; the form is seen from the bytes: ZIP is XLSX, all else CSV.

    CSV may be UTF-8 (with a mark or without) or GB18030 (GB 18030-2022), as spreadsheets in China
    save it, with comma, semicolon or tab. Of XLSX the first sheet is read, and of formulas the
    value that was saved with them.
    """
    try:
        if len(data) > FILE_MAX:
            most = f"{FILE_MAX // 1000} kB"
            raise _whole(f"文件太大，最多 {most}", f"the file is too large, at most {most}")
        return _sheet(_xlsx(data) if data.startswith(b"PK\x03\x04") else _csv(data))
    except RosterFileError as error:
        return Sheet((), error.problems)


def sample_xlsx() -> bytes:
    """`SAMPLE` as a file."""
    import openpyxl  # takes long to load, and few commands and pages need it

    book = openpyxl.Workbook()
    sheet = book.active
    for row in SAMPLE:
        sheet.append(row)
    for column, width in zip("ABCDEF", _SAMPLE_WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


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
        wrong = _Wrong(f"不是有效的 CSV：{error}", f"this is no CSV: {error}")
        raise RosterFileError([wrong.at(reader.line_num)]) from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _whole(
        "无法识别文件编码，请另存为 UTF-8 的 CSV 或 XLSX",
        "the file's letters can't be read; save it as CSV in UTF-8, or as XLSX",
    )


def _xlsx(data: bytes) -> Iterator[tuple[int, list[str]]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    broken = _whole("不是有效的 XLSX 文件", "this is no XLSX file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            # The sizes are those in the directory, and zipfile reads no more of a member than it
            # says there.
            if sum(member.file_size for member in packed.infolist()) > UNPACKED_MAX:
                raise _whole("文件解压后太大", "the file is too large when unpacked")
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


def _sheet(rows: Iterable[tuple[int, list[str]]]) -> Sheet:
    filled = ((number, [_clean(cell) for cell in cells]) for number, cells in rows)
    table = ((number, cells) for number, cells in filled if any(cells))
    heading = next(table, None)
    if heading is None:
        raise _whole("文件是空的", "the file is empty")
    columns = _columns(*heading)
    lines: list[Line] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in table:
        try:
            entry = _entry(columns, cells)
        except _Wrong as wrong:
            problems.append(wrong.at(number))
            continue
        before = seen.setdefault((entry.name, entry.office), number)
        if before != number:
            twice = _Wrong(
                f"与第 {before} 行重复：{entry.name}", f"the same as line {before}: {entry.name}"
            )
            problems.append(twice.at(number))
            continue
        if len(lines) == ROSTER_MAX:
            many = _Wrong(f"最多 {ROSTER_MAX} 人", f"at most {ROSTER_MAX} people")
            problems.append(many.at(number))
            break
        lines.append(Line(number, entry))
    if not (lines or problems):
        raise _whole("表头下面没有人", "there is nobody below the headings")
    more = len(problems) - PROBLEMS_MAX
    if more > 0:
        rest = _Wrong(f"还有 {more} 处", f"and {more} more").at(0)
        problems = [*problems[:PROBLEMS_MAX], rest]
    return Sheet(tuple(lines), tuple(problems))


def _columns(line: int, cells: list[str]) -> list[str | None]:
    """The field of each column; None: without a heading."""
    columns: list[str | None] = []
    problems: list[Problem] = []
    for cell in cells:
        field = _HEADINGS.get(cell.lower().replace(" ", "")) if cell else None
        if cell and field is None:
            problems.append(_unknown("列", "column", cell).at(line))
        elif field is not None and field in columns:
            twice = _Wrong(f"列“{cell}”重复", f"column “{cell}” stands twice")
            problems.append(twice.at(line))
        columns.append(field)
    if "name" not in columns:
        problems.append(_Wrong("缺少“姓名”列", "column “姓名” (name) is missing").at(line))
    if problems:
        raise RosterFileError(problems[:PROBLEMS_MAX])
    return columns


def _entry(columns: list[str | None], cells: list[str]) -> EnterRoster:
    """Raises: _Wrong."""
    fields: dict[str, str] = {}
    for at, cell in enumerate(cells):
        if not cell:
            continue
        field = columns[at] if at < len(columns) else None
        if field is None:
            raise _Wrong(f"多出一格“{cell[:20]}”", f"one cell too many: “{cell[:20]}”")
        fields[field] = cell
    if "name" not in fields:
        raise _Wrong("没有姓名", "there is no name")
    role = _ROLES.get(fields.get("role", "").lower())
    if role is None:
        raise _unknown("角色", "role", fields["role"])
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
        at_fault = str(error.errors(include_url=False)[0]["loc"][0])
        field = next(heading for heading, name in _HEADINGS.items() if name == at_fault)
        raise _Wrong(f"{field}太长或超出范围", f"{at_fault} is too long or out of range") from error


def _weight(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise _Wrong(
            f"权重须是正整数，不是“{text[:20]}”",
            f"a weight is a positive whole number, not “{text[:20]}”",
        )
    return int(text)


def _elector(text: str | None, role: Role) -> bool:
    if text is None:
        return role in _ELECTORS
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise _Wrong(
        f"表决权请填“是”或“否”，不是“{text[:20]}”",
        f"elector is “是” (yes) or “否” (no), not “{text[:20]}”",
    )


def _clean(cell: str) -> str:
    """One line, composed, full-width forms of digits and letters as usual ones (NFKC)."""
    text = " ".join(unicodedata.normalize("NFKC", cell[:CELL_MAX]).split())
    return "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cf", "Cs"})


def _unknown(words: str, english: str, cell: str) -> _Wrong:
    return _Wrong(f"不认识的{words}“{cell[:20]}”", f"unknown {english} “{cell[:20]}”")


def _whole(words: str, english: str) -> RosterFileError:
    return RosterFileError([Problem(0, words, english)])
