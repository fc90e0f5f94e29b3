"""The command line: what people type, and what scripts read."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from signaling.identity import TokenInvalid
from web.auth import Invitations
from web.cli import main
from web.settings import Settings

ROOT = Path(__file__).parents[3]
LIMIT_S = 60


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


Yishi = Callable[..., Done]


@pytest.fixture
def yishi(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Yishi:
    """Runs one command on this test's data folder; in this process, which takes no second."""

    def run(*arguments: str) -> Done:
        try:
            status = main([*arguments, "--data", str(tmp_path)])
        except SystemExit as wrong:  # argparse
            status = int(wrong.code or 0)
        out, err = capsys.readouterr()
        return Done(status, out, err)

    return run


def made(yishi: Yishi, *arguments: str) -> dict[str, Any]:
    """`yishi new --json`, which must succeed."""
    done = yishi("new", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_new_meeting_has_a_link_for_everybody(tmp_path: Path, yishi: Yishi) -> None:
    """Host, participants, camera and display by tokens; residents by the room's code."""
    new = made(
        yishi,
        *("雨季积水协商会", "--room", "XingFuLi", "--room-name", "幸福里小区议事室"),
        *(
            "--host",
            "王秀兰,社区党委书记",
            "--participant",
            "李梅，区住建局",
            "--participant",
            "赵敏",
        ),
        *("--agenda", "积水治理=20", "--agenda", "1=1", "--at", "2026-11-22 19:00"),
    )
    assert new["room"] == "xingfuli"
    assert new["viewers"] == "http://127.0.0.1:8000/r/xingfuli"
    tokens = Invitations(Settings(data=tmp_path).signing_secret(), lambda: 0.0)
    people = []
    for one in new["invitations"]:
        page, _, token = one["link"].partition("#t=")
        assert page == "http://127.0.0.1:8000/join"
        claims = tokens.verify(token)
        assert (claims.meeting, claims.person) == (new["meeting"], one["person"])
        people.append((claims.role.value, claims.name, claims.office))
    assert people == [
        ("host", "王秀兰", "社区党委书记"),
        ("participant", "李梅", "区住建局"),
        ("participant", "赵敏", ""),
        ("room", "幸福里小区议事室", ""),
        ("display", "会场大屏", ""),
    ]


def test_people_read_links_and_scan_the_code(tmp_path: Path, yishi: Yishi) -> None:
    """Without --json: words, every link, and the QR code in the terminal."""
    done = yishi("new", "协商会", "--public-url", "https://yishi.example.cn")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("https://yishi.example.cn/join#t=") == 3
    assert "https://yishi.example.cn/r/" in done.stdout
    assert "█▀▀" in done.stdout or "▄▄▄▄▄" in done.stdout
    assert "主持人 host" in done.stdout


def test_one_more_link_for_a_meeting(tmp_path: Path, yishi: Yishi) -> None:
    """A role, a name, an office; signed with the secret of the same folder."""
    meeting = str(made(yishi, "协商会")["meeting"])
    done = yishi("link", meeting, "--role", "host", "--name", "陈", "--office", "副室长", "--json")
    one = json.loads(done.stdout)
    token = one["link"].partition("#t=")[2]
    claims = Invitations(Settings(data=tmp_path).signing_secret(), lambda: 0.0).verify(token)
    assert (claims.meeting, claims.role.value, claims.office) == (meeting, "host", "副室长")
    with pytest.raises(TokenInvalid):
        Invitations(b"x" * 32, lambda: 0.0).verify(token)


def test_meetings_are_listed(tmp_path: Path, yishi: Yishi) -> None:
    """With the id that the other commands ask for."""
    meeting = str(made(yishi, "协商会")["meeting"])
    assert yishi("meetings").stdout.startswith(f"{meeting}  scheduled")


def test_minutes_become_a_file(tmp_path: Path, yishi: Yishi) -> None:
    """HTML, DOCX or PDF, by the name's ending; each of the forms."""
    meeting = str(made(yishi, "雨季积水协商会")["meeting"])
    page, document, pdf = (tmp_path / f"minutes.{kind}" for kind in ("html", "docx", "pdf"))
    for path in (page, document, pdf):
        done = yishi("minutes", meeting, "-o", str(path))
        assert (done.returncode, done.stdout.strip()) == (0, str(path)), done.stderr
    assert "雨季积水协商会" in page.read_text()
    assert "word/document.xml" in zipfile.ZipFile(document).namelist()
    assert pdf.read_bytes().startswith(b"%PDF-")
    for form in ("summary", "results", "attendance"):
        assert yishi("minutes", meeting, "--form", form, "-o", str(page)).returncode == 0
    assert "签到表" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("link", "nosuchmeeting", "--name", "甲"), 1, "no such meeting"),
        (("minutes", "nosuchmeeting"), 1, "no such meeting"),
        (("minutes", "m", "-o", "minutes.txt"), 2, ".docx"),
        (("new", ""), 2, "title"),
        (("new", "会", "--participant", ",office"), 2, "name"),
        (("new", "会", "--room", "甲"), 2, "room's code"),
        (("new", "会", "--at", "tomorrow"), 2, "tomorrow"),
        (("new", "会", "--speech", "1"), 2, "speech_s"),
        (("new", "会", "--public-url", "example"), 2, "YISHI_PUBLIC_URL"),
        (("serve", "--port", "70000"), 2, "YISHI_PORT"),
        (("serve", "--host", "192.0.2.77"), 1, "cannot listen"),
        (("health",), 1, "yishi: "),
        (("nonsense",), 2, "invalid choice"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    yishi: Yishi, arguments: tuple[str, ...], status: int, words: str
) -> None:
    """No traceback; 2 for what was typed wrongly, 1 for what failed."""
    done = yishi(*arguments)
    assert done.returncode == status, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_help_names_every_setting(tmp_path: Path, yishi: Yishi) -> None:
    """The environment's variables stand in `yishi serve --help`."""
    shown = yishi("serve", "--help").stdout
    for name in Settings.model_fields:
        assert f"YISHI_{name.upper()} " in shown


def test_it_is_a_program_of_its_own(tmp_path: Path) -> None:
    """As it is installed: a process with an exit code."""

    def status(*arguments: str) -> int:
        command = [sys.executable, "-m", "web.cli", *arguments, "--data", str(tmp_path)]
        return subprocess.run(command, cwd=ROOT, timeout=LIMIT_S, check=False).returncode

    assert (status("meetings"), status("minutes", "nosuchmeeting")) == (0, 1)
