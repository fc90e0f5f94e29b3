"""The command line, as processes: what people type, and what scripts read."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from signaling.identity import TokenInvalid
from web.auth import Invitations
from web.settings import Settings

ROOT = Path(__file__).parents[3]
LIMIT_S = 60


def yishi(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command on this data folder."""
    main = "import sys; from web.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", main, *arguments, "--data", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def made(data: Path, *arguments: str) -> dict[str, object]:
    """`yishi new --json`, which must succeed."""
    done = yishi(data, "new", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_new_meeting_has_a_link_for_everybody(tmp_path: Path) -> None:
    """Host, participants, camera and display by tokens; residents by the room's code."""
    new = made(
        tmp_path,
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
    for one in new["invitations"]:  # type: ignore[attr-defined]
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


def test_people_read_links_and_scan_the_code(tmp_path: Path) -> None:
    """Without --json: words, every link, and the QR code in the terminal."""
    done = yishi(tmp_path, "new", "协商会", "--public-url", "https://yishi.example.cn")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("https://yishi.example.cn/join#t=") == 3
    assert "https://yishi.example.cn/r/" in done.stdout
    assert "█▀▀" in done.stdout or "▄▄▄▄▄" in done.stdout
    assert "主持人 host" in done.stdout


def test_one_more_link_for_a_meeting(tmp_path: Path) -> None:
    """A role, a name, an office; signed with the secret of the same folder."""
    meeting = str(made(tmp_path, "协商会")["meeting"])
    done = yishi(
        tmp_path, "link", meeting, "--role", "host", "--name", "陈", "--office", "副室长", "--json"
    )
    one = json.loads(done.stdout)
    token = one["link"].partition("#t=")[2]
    claims = Invitations(Settings(data=tmp_path).signing_secret(), lambda: 0.0).verify(token)
    assert (claims.meeting, claims.role.value, claims.office) == (meeting, "host", "副室长")
    with pytest.raises(TokenInvalid):
        Invitations(b"x" * 32, lambda: 0.0).verify(token)


def test_meetings_are_listed(tmp_path: Path) -> None:
    """With the id that the other commands ask for."""
    meeting = str(made(tmp_path, "协商会")["meeting"])
    assert yishi(tmp_path, "meetings").stdout.startswith(f"{meeting}  scheduled")


def test_minutes_become_a_file(tmp_path: Path) -> None:
    """HTML or DOCX, by the name's ending."""
    meeting = str(made(tmp_path, "雨季积水协商会")["meeting"])
    page, document = tmp_path / "minutes.html", tmp_path / "minutes.docx"
    for path in (page, document):
        done = yishi(tmp_path, "minutes", meeting, "-o", str(path))
        assert (done.returncode, done.stdout.strip()) == (0, str(path)), done.stderr
    assert "雨季积水协商会" in page.read_text()
    assert "word/document.xml" in zipfile.ZipFile(document).namelist()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("link", "nosuchmeeting", "--name", "甲"), 1, "no such meeting"),
        (("minutes", "nosuchmeeting"), 1, "no such meeting"),
        (("minutes", "m", "-o", "minutes.pdf"), 2, ".docx"),
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
    tmp_path: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    """No traceback; 2 for what was typed wrongly, 1 for what failed."""
    done = yishi(tmp_path, *arguments)
    assert done.returncode == status, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_help_names_every_setting(tmp_path: Path) -> None:
    """The environment's variables stand in `yishi serve --help`."""
    shown = yishi(tmp_path, "serve", "--help").stdout
    for name in Settings.model_fields:
        assert f"YISHI_{name.upper()} " in shown
