"""The verifier in docs/proof.md works as it stands there, and agrees with `yishi verify`."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from meetings.proof.keys import CHECKPOINT, SEAL
from tests.unit.meetings.proof.sample import ENTRIES, KEY, OTHER_KEY, checked_file, sample

DOCUMENT = Path(__file__).parents[4] / "docs" / "proof.md"
LINES = sample()
FILE = b"".join(LINES)


def code() -> str:
    (found,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def check() -> Callable[..., Any]:
    names: dict[str, Any] = {"__name__": "proof"}
    exec(compile(code(), "docs/proof.md", "exec"), names)
    found: Callable[[Iterable[bytes]], Any] = names["check"]
    return found


def lines_of(data: bytes) -> list[bytes]:
    return [line for line in re.split(rb"(?<=\n)", data) if line]


def test_it_is_short_enough_to_read() -> None:
    assert len(code().splitlines()) <= 75


def test_it_finds_an_export_sound(check: Callable[..., Any]) -> None:
    assert check(LINES) == ENTRIES
    assert check(LINES, KEY.public.hex()) == ENTRIES


def test_it_wants_the_key_that_was_asked_for(check: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="line 1 has another key"):
        check(LINES, OTHER_KEY.public.hex())


def test_it_agrees_with_ours(check: Callable[..., Any]) -> None:
    """On 100 files of which bytes or lines were changed, and on some that are sound."""
    chance = random.Random(20261122)
    sound = 0
    for _ in range(100):
        data = bytearray(FILE)
        match chance.randrange(5):
            case 0:
                data[chance.randrange(len(data))] ^= chance.randrange(256)
            case 1:
                start = chance.randrange(len(data))
                del data[start : start + chance.randrange(4)]
            case 2:
                start = chance.randrange(len(data))
                data[start:start] = chance.randbytes(chance.randrange(3))
            case 3:
                lines = lines_of(FILE)
                one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
                lines[one], lines[other] = lines[other], lines[one]
                data = bytearray(b"".join(lines))
            case _:
                lines = lines_of(FILE)
                lines.insert(chance.randrange(len(lines)), lines[chance.randrange(len(lines))])
                data = bytearray(b"".join(lines))
        ours = checked_file(bytes(data)).sound
        sound += ours
        try:
            check(lines_of(bytes(data)))
        except ValueError:
            assert not ours
        else:
            assert ours
    assert sound > 2


def test_it_runs_as_a_program(tmp_path: Path) -> None:
    program, good, bad = tmp_path / "check.py", tmp_path / "good", tmp_path / "bad"
    program.write_text(code())
    good.write_bytes(FILE)
    bad.write_bytes(FILE.replace("陈明".encode(), "张三".encode()))

    def run(path: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(program), str(path), KEY.public.hex()]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)

    assert run(good).stdout == f"{ENTRIES} entries, every byte as it was signed\n"
    assert "was changed" in run(bad).stderr


def test_the_document_says_what_is_signed() -> None:
    for text in (CHECKPOINT, SEAL):
        assert f'"{text.decode()}"'.replace("\n", "\\n") in DOCUMENT.read_text()
