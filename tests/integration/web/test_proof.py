"""`yishi key`, `export` and `verify`: what people type to prove a record and to check one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from meetings.proof.faults import Fault
from web.cli import main
from web.proof import _FAULTS, bar, public_key, recording_sums

Ran = tuple[int, str, str]
Yishi = Callable[..., Ran]


@pytest.fixture
def yishi(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Yishi:
    """Runs one command on this test's data folder; returns its status and what it said."""

    def run(*arguments: str) -> Ran:
        status = main([*arguments, "--data", str(tmp_path / "data")])
        return (status, *capsys.readouterr())

    return run


@pytest.fixture
def exported(tmp_path: Path, yishi: Yishi) -> Path:
    """The export of a meeting with a recording of three files."""
    new: dict[str, Any] = json.loads(yishi("new", "积水治理", "--host", "陈明,街道办", "--json")[1])
    folder = tmp_path / "data" / "programmes" / new["meeting"]
    folder.mkdir(parents=True)
    for name, content in (("1.mp4", b"init"), ("1-2.m4s", b"two"), ("1-10.m4s", b"ten")):
        (folder / name).write_bytes(content)
    (folder / "index.jsonl").write_text("the journal is no part of the recording")
    path = tmp_path / "meeting.yishi"
    status, said, _ = yishi("export", new["meeting"], "-o", str(path))
    assert (status, said.strip()) == (0, str(path))
    return path


def test_an_export_verifies(yishi: Yishi, exported: Path) -> None:
    """With and without the key; without, people are told to compare it."""
    key = yishi("key")[1].strip()
    status, said, error = yishi("verify", str(exported))
    assert (status, error) == (0, "")
    assert key in said
    assert "Every byte is as it was signed" in said
    assert "Compare the key" in said
    spaced = " ".join(key[i : i + 4] for i in range(0, len(key), 4)).upper()
    status, said, _ = yishi("verify", str(exported), "--key", spaced)
    assert status == 0
    assert "Compare the key" not in said


def test_an_export_has_the_sums_of_the_recording(yishi: Yishi, exported: Path) -> None:
    """In the order in which the files are played."""
    names = [
        json.loads(line.split(" ", 3)[3])["name"]
        for line in exported.read_text().splitlines()
        if line.split(" ")[1] == "file"
    ]
    assert names == ["1.mp4", "1-2.m4s", "1-10.m4s"]


def test_a_changed_export_is_named_and_fails(yishi: Yishi, exported: Path) -> None:
    exported.write_text(exported.read_text().replace("陈明", "张三"))
    status, said, _ = yishi("verify", str(exported))
    assert status == 1
    assert "被改动 was changed" in said
    assert "can not be trusted" in said


def test_an_export_under_another_key_fails(yishi: Yishi, exported: Path) -> None:
    status, said, _ = yishi("verify", str(exported), "--key", "ab" * 32)
    assert status == 1
    assert "signed with another key" in said


def test_the_recording_is_checked_against_its_sums(
    tmp_path: Path, yishi: Yishi, exported: Path
) -> None:
    """What was changed and what is missing is named; the rest is not."""
    (folder,) = (tmp_path / "data" / "programmes").iterdir()
    assert yishi("verify", str(exported), "--recording", str(folder))[0] == 0
    (folder / "1-2.m4s").write_bytes(b"tow")
    (folder / "1-10.m4s").unlink()
    status, said, _ = yishi("verify", str(exported), "--recording", str(folder))
    assert status == 1
    assert "1-2.m4s" in said
    assert "1-10.m4s" in said
    assert "1.mp4" not in said


def test_names_can_be_withheld(tmp_path: Path, yishi: Yishi, exported: Path) -> None:
    meeting = json.loads(exported.read_text().split("\n")[0].split(" ", 3)[3])["meeting"]
    path = tmp_path / "public.yishi"
    assert yishi("export", meeting, "-o", str(path), "--withhold-names")[0] == 0
    assert "陈明" not in path.read_text()
    status, said, _ = yishi("verify", str(path))
    assert status == 0
    assert "隐去 3 人" in said


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("export", "nosuchmeeting"), 1, "no such meeting"),
        (("verify", "nosuchfile"), 1, "nosuchfile"),
        (("verify", "f", "--key", "xyz"), 2, "--key"),
        (("verify", "f", "--key", "abcd"), 2, "32 bytes"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    yishi: Yishi, arguments: tuple[str, ...], status: int, words: str
) -> None:
    done = yishi(*arguments)
    assert done[0] == status
    assert words in done[2]
    assert "Traceback" not in done[2]


def test_an_export_that_fails_leaves_no_file(tmp_path: Path, yishi: Yishi) -> None:
    yishi("new", "会")
    path = tmp_path / "no" / "such" / "folder.yishi"
    meeting = yishi("meetings")[1].split()[0]
    assert yishi("export", meeting, "-o", str(path))[0] == 1
    assert [one.name for one in tmp_path.iterdir()] == ["data"]


def test_the_key_stays(tmp_path: Path, yishi: Yishi) -> None:
    """Made once, for this folder's owner alone; a file that was spoilt is not replaced."""
    first = yishi("key")[1]
    assert yishi("key")[1] == first
    path = tmp_path / "data" / "record-key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert public_key(first) != bytes.fromhex(path.read_text())
    path.write_text("spoilt")
    status, _, error = yishi("key")
    assert status == 2
    assert "record-key" in error
    assert path.read_text() == "spoilt"


def test_there_are_words_for_every_fault() -> None:
    assert set(_FAULTS) == set(Fault)


def test_a_meeting_without_a_recording_has_no_sums(tmp_path: Path) -> None:
    assert recording_sums(tmp_path / "nothing") == []


def test_the_bar_is_drawn_for_people_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Not into a file or another program."""
    bar(1, 2)
    assert capsys.readouterr() == ("", "")
