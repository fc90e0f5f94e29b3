"""A roster is taken as people keep it; what can't be taken is named by its line."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.attendance.events import ROSTER_MAX, WEIGHT_MAX
from meetings.commands import EnterRoster
from meetings.people import NAME_MAX, Role
from web.identity.roster_file import (
    FILE_MAX,
    PROBLEMS_MAX,
    UNPACKED_MAX,
    RosterFileError,
    read_roster,
    read_sheet,
    sample_xlsx,
)

TABLE: list[list[object]] = [
    ["姓名", "单位职务", "角色", "权重", "表决权", "联系方式"],
    ["王秀兰", "社区党委书记", "主持人", None, None, None],
    ["周晓", "议事室", "书记员", None, None, None],
    ["李 娟", "住建局", None, 3, "是", 13800000000],
    ["赵工", "设计院", "专家", None, "否", "zhao@example.cn"],
    [None, None, None, None, None, None],
    ["刘桂芳", None, "居民", None, None, None],
]
ENTRIES = (
    EnterRoster(name="王秀兰", office="社区党委书记", role=Role.HOST),
    EnterRoster(name="周晓", office="议事室", role=Role.CLERK, elector=False),
    EnterRoster(name="李 娟", office="住建局", weight=3, contact="13800000000"),
    EnterRoster(name="赵工", office="设计院", elector=False, contact="zhao@example.cn"),
    EnterRoster(name="刘桂芳", role=Role.VIEWER, elector=False),
)


def as_csv(
    table: Sequence[Sequence[object]], encoding: str = "utf-8", delimiter: str = ","
) -> bytes:
    lines = [delimiter.join("" if one is None else str(one) for one in row) for row in table]
    return "\r\n".join(lines).encode(encoding)


def as_xlsx(table: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in table:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def problems(data: bytes) -> list[str]:
    with pytest.raises(RosterFileError) as refused:
        read_roster(data)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_as_spreadsheets_save_it(encoding: str, delimiter: str) -> None:
    """Excel in China writes GB 18030."""
    assert read_roster(as_csv(TABLE, encoding, delimiter)) == ENTRIES


def test_xlsx_is_read_with_its_numbers_as_people_see_them() -> None:
    """A telephone number is no 13800000000.0."""
    assert read_roster(as_xlsx(TABLE)) == ENTRIES
    floats: list[list[object]] = [["姓名", "权重", "联系方式"], ["李娟", 3.0, 13800000000.0]]
    (entry,) = read_roster(as_xlsx(floats))
    assert (entry.weight, entry.contact) == (3, "13800000000")


def test_only_the_name_is_needed() -> None:
    assert read_roster("姓名\n李娟\n".encode()) == (EnterRoster(name="李娟"),)


def test_full_width_and_spaces_are_as_people_type_them() -> None:
    text = "姓　名,权重\n李　娟,１２\n"
    (entry,) = read_roster(text.encode())
    assert (entry.name, entry.weight) == ("李 娟", 12)


def test_quoted_cells_keep_their_commas() -> None:
    (entry,) = read_roster('姓名,单位职务\n李娟,"住建局,副局长"\n'.encode())
    assert entry.office == "住建局,副局长"


def test_everything_that_is_wrong_is_named_by_its_line() -> None:
    rows = [
        "姓名,角色,权重,表决权",
        "李娟,皇帝,1,是",
        ",参会人员,1,是",
        "",
        "赵工,参会人员,一,是",
        "钱工,参会人员,0,是",
        "孙工,参会人员,1,也许",
        "吴工,参会人员,1,是,多",
        "郑工,参会人员,1,是",
        "郑工,参会人员,1,是",
    ]
    assert problems("\n".join(rows).encode()) == [
        "第 2 行：不认识的角色“皇帝”",
        "第 3 行：没有姓名",
        "第 5 行：权重须是正整数，不是“一”",
        "第 6 行：权重太长或超出范围",
        "第 7 行：表决权请填“是”或“否”，不是“也许”",
        "第 8 行：多出一格“多”",
        "第 10 行：与第 9 行重复：郑工",
    ]


def test_the_right_lines_beside_wrong_ones_are_told_too() -> None:
    """For a preview; both with the spreadsheet's numbers, and every problem in two languages."""
    sheet = read_sheet("姓名,权重\n李娟,1\n\n赵工,x\n钱工,2\n李娟,3\n".encode())
    assert [(line.number, line.entry.name) for line in sheet.lines] == [(2, "李娟"), (5, "钱工")]
    assert [(one.line, one.english) for one in sheet.problems] == [
        (4, "a weight is a positive whole number, not “x”"),
        (6, "the same as line 2: 李娟"),
    ]


def test_the_sample_is_a_roster() -> None:
    assert [(one.name, one.role) for one in read_roster(sample_xlsx())] == [
        ("王秀兰", Role.HOST),
        ("周晓", Role.CLERK),
        ("李娟", Role.PARTICIPANT),
        ("刘桂芳", Role.VIEWER),
    ]


def test_lines_of_a_sheet_are_numbered_as_the_spreadsheet_does() -> None:
    assert problems(as_xlsx([["姓名", "权重"], ["李娟", 1], [None, None], ["赵工", -1]])) == [
        "第 4 行：权重须是正整数，不是“-1”"
    ]


def test_an_unknown_column_is_refused_rather_than_dropped() -> None:
    assert problems("姓名,身份证号\n李娟,1\n".encode()) == ["第 1 行：不认识的列“身份证号”"]
    assert problems("单位职务\n住建局\n".encode()) == ["第 1 行：缺少“姓名”列"]
    assert problems("姓名,姓名\n李娟,李\n".encode()) == ["第 1 行：列“姓名”重复"]


@pytest.mark.parametrize("data", [b"", b"\n\n", "姓名\n".encode(), as_xlsx([])])
def test_an_empty_file_is_no_roster(data: bytes) -> None:
    assert problems(data)[0] in {"文件是空的", "表头下面没有人"}


@pytest.mark.parametrize("data", [b"PK\x03\x04garbage", b"PK\x03\x04" + bytes(5000)])
def test_a_broken_workbook_is_told(data: bytes) -> None:
    assert problems(data) == ["不是有效的 XLSX 文件"]


def test_a_zip_file_that_is_no_workbook_is_told() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("hello.txt", "hi")
    assert problems(out.getvalue()) == ["不是有效的 XLSX 文件"]


def test_bytes_that_are_no_text_are_told() -> None:
    assert problems(b"\xff\xff\xff\xff") == ["无法识别文件编码，请另存为 UTF-8 的 CSV 或 XLSX"]
    assert problems(b"a\x00b")[0].startswith("无法识别文件编码")


def test_a_bomb_is_not_unpacked() -> None:
    """20 MB of zeros are 20 kB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(UNPACKED_MAX + 1))
    assert len(out.getvalue()) < FILE_MAX
    assert problems(out.getvalue()) == ["文件解压后太大"]


def test_a_file_has_a_bound() -> None:
    head = "姓名\n李娟\n".encode()
    assert read_roster(head + b"\n" * (FILE_MAX - len(head)))
    assert problems(head + b"\n" * (FILE_MAX - len(head) + 1)) == ["文件太大，最多 1000 kB"]


def test_a_roster_has_a_thousand_lines_at_most() -> None:
    lines = [f"代表{n}" for n in range(ROSTER_MAX + 1)]
    assert len(read_roster("\n".join(["姓名", *lines[:-1]]).encode())) == ROSTER_MAX
    assert problems("\n".join(["姓名", *lines]).encode()) == ["第 1002 行：最多 1000 人"]


def test_names_and_weights_have_the_records_bounds() -> None:
    longest, heaviest = "王" * NAME_MAX, str(WEIGHT_MAX)
    assert read_roster(f"姓名,权重\n{longest},{heaviest}\n".encode())
    assert problems(f"姓名\n{longest}王\n".encode()) == ["第 2 行：姓名太长或超出范围"]
    assert problems(f"姓名,权重\n王,{WEIGHT_MAX + 1}\n".encode()) == ["第 2 行：权重太长或超出范围"]


def test_of_very_many_mistakes_the_first_are_told() -> None:
    text = "姓名,权重\n" + "李娟,x\n" * (PROBLEMS_MAX + 5)
    told = problems(text.encode())
    assert len(told) == PROBLEMS_MAX + 1
    assert told[-1] == "还有 5 处"


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail_otherwise(data: bytes) -> None:
    """Whatever is uploaded is read, or refused in words."""
    for form in (data, "姓名,权重\n".encode() + data, b"PK\x03\x04" + data):
        with suppress(RosterFileError):
            assert read_roster(form)
