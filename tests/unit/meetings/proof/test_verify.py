"""What the verifier says of exports that are as they were written, and of others."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest

from meetings.people import Role
from meetings.proof.contents import CheckpointSays
from meetings.proof.faults import Fault, Problem, Report
from meetings.proof.keys import CHECKPOINT, SEAL
from meetings.proof.verify import PROBLEMS_MAX
from meetings.record import chain
from meetings.record.memory import MemoryRecord
from tests.unit.meetings.proof.sample import (
    ENTRIES,
    FILES,
    KEY,
    OTHER_KEY,
    checked,
    exported,
    sample,
    written,
)

LINES = sample()
HEADER, FIRST_ENTRY, SEAL_LINE = 1, 2, len(LINES)


def found(report: Report) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.fault.value, problem.what) for problem in report.problems]


def line_of(start: str) -> int:
    """Number of the first line of which the part after the number begins so."""
    numbered = (line.split(b" ", 1)[1].decode() for line in LINES)
    return next(number for number, text in enumerate(numbered, 1) if text.startswith(start))


def split(line: bytes) -> list[bytes]:
    return line.rstrip(b"\n").split(b" ", 3)


def numbered(lines: list[bytes]) -> list[bytes]:
    """Give the lines the numbers of their places, as a careful forger would."""
    return [
        b"%d %s" % (number, line.split(b" ", 1)[1]) for number, line in enumerate(lines, start=1)
    ]


def chained(lines: list[bytes]) -> list[bytes]:
    """Give the entries new links that fit, as a forger without the key can."""
    link, out = chain.begin("m1"), []
    for line in lines:
        number, kind, _, content = split(line)
        if kind == b"entry":
            link = chain.link(link, content)
            line = b" ".join((number, kind, link.hex().encode(), content)) + b"\n"
        out.append(line)
    return out


def test_an_export_is_sound_as_it_was_written() -> None:
    report = checked(LINES)
    assert report.sound, report.problems
    assert (report.meeting, report.key) == ("m1", KEY.public.hex())
    assert (report.entries, report.checkpoints, report.lines) == (ENTRIES, 5, len(LINES))
    assert (report.people, report.withheld) == (3, 0)
    assert report.files == list(FILES)
    assert (report.first_ms, report.last_ms) == (1000, 1000 * ENTRIES)


def test_it_is_sound_under_the_key_that_was_asked_for() -> None:
    assert checked(LINES, KEY.public).sound


def test_it_is_not_sound_under_another_key() -> None:
    """What that key signed nothing of is not believed either."""
    report = checked(LINES, OTHER_KEY.public)
    assert Problem(HEADER, Fault.OTHER_KEY, KEY.public.hex()) in report.problems
    assert Problem(SEAL_LINE, Fault.CHANGED, "seal") in report.problems


def test_a_person_can_be_withheld_by_anybody() -> None:
    """The seal holds; the report counts what was blotted out."""
    lines = list(LINES)
    at = line_of("person") - 1
    number, kind, proof, content = split(lines[at])
    assert "陈明" in content.decode()
    lines[at] = b" ".join((number, kind, proof, b"-")) + b"\n"
    report = checked(lines)
    assert report.sound
    assert (report.people, report.withheld) == (3, 1)


def test_nothing_else_can_be_withheld() -> None:
    for kind in ("yishi", "entry", "checkpoint", "file", "seal"):
        lines = list(LINES)
        at = line_of(kind) - 1
        lines[at] = b" ".join((*split(lines[at])[:3], b"-")) + b"\n"
        assert not checked(lines).sound


def test_an_export_without_names_is_sound() -> None:
    async def scenario() -> None:
        record = MemoryRecord()
        await written(record)
        lines = await exported(record, names=False)
        report = checked(lines)
        assert report.sound
        assert (report.people, report.withheld) == (3, 3)
        assert "王阿姨".encode() not in b"".join(lines)

    asyncio.run(scenario())


def test_a_changed_entry_is_named_and_those_behind_it_are_not() -> None:
    lines = list(LINES)
    at = line_of("entry") + 6
    lines[at - 1] = lines[at - 1].replace("积水".encode(), "积雪".encode())
    (problem,) = checked(lines).problems
    assert (problem.line, problem.fault) == (at, Fault.CHANGED)
    assert problem.what.startswith("entry ")


def test_a_changed_link_is_named_and_those_behind_it_are_not() -> None:
    lines = list(LINES)
    at = line_of("entry") + 6
    number, kind, proof, content = split(lines[at - 1])
    lines[at - 1] = b" ".join((number, kind, proof[::-1], content)) + b"\n"
    assert [(p.line, p.fault) for p in checked(lines).problems] == [(at, Fault.CHANGED)]


def test_missing_lines_are_named() -> None:
    at = line_of("entry") + 5
    assert found(checked(LINES[: at - 1] + LINES[at:])) == [(at, "missing", f"line {at}")]
    assert found(checked(LINES[: at - 1] + LINES[at + 2 :])) == [
        (at, "missing", f"line {at}-{at + 2}")
    ]


def test_an_added_line_is_named() -> None:
    """Also one that is the copy of another."""
    at = line_of("entry") + 5
    for copy in (LINES[2], LINES[at + 3], LINES[at - 2], LINES[at - 1]):
        report = checked([*LINES[: at - 1], copy, *LINES[at - 1 :]])
        assert [problem.fault for problem in report.problems] == [Fault.ADDED]
        assert report.problems[0].line in (at, at + 1)


def test_an_added_line_that_is_no_line_is_named() -> None:
    report = checked([*LINES[:5], b"\n", *LINES[5:]])
    assert found(report) == [(6, "unreadable", "")]


def test_an_unreadable_line_is_named_and_those_behind_it_are_not() -> None:
    lines = list(LINES)
    lines[6] = b"?" + lines[6]
    assert found(checked(lines)) == [(7, "unreadable", "")]


def test_swapped_neighbours_are_named() -> None:
    lines = list(LINES)
    lines[6], lines[7] = lines[7], lines[6]
    (problem,) = checked(lines).problems
    assert (problem.line, problem.fault) == (7, Fault.MOVED)


def test_swapped_lines_are_both_named() -> None:
    lines = list(LINES)
    lines[6], lines[15] = lines[15], lines[6]
    assert {(p.line, p.fault) for p in checked(lines).problems} == {
        (7, Fault.CHANGED),
        (16, Fault.CHANGED),
    }


@pytest.mark.parametrize(("old", "new"), [(6, 15), (15, 6)])
def test_a_moved_line_is_named(old: int, new: int) -> None:
    """In both directions, at the place where it stands now."""
    lines = list(LINES)
    lines.insert(new, lines.pop(old))
    (problem,) = checked(lines).problems
    assert (problem.line, problem.fault) == (new + 1, Fault.MOVED)


def test_a_renumbered_line_is_named() -> None:
    lines = list(LINES)
    lines[6] = b"9" + lines[6]
    assert found(checked(lines)) == [(7, "changed", "number 97")]


def test_a_file_that_is_cut_off_is_named() -> None:
    """Between two lines, within one, and at the beginning."""
    cut = checked(LINES[:10])
    assert found(cut) == [(11, "unsealed", "")]
    within = checked([*LINES[:10], LINES[10][:20]])
    assert {fault for _, fault, _ in found(within)} == {"unreadable", "unsealed"}
    assert found(checked([])) == [(1, "unsealed", "")]


def test_what_stands_behind_the_seal_is_named() -> None:
    assert found(checked([*LINES, LINES[3]]))[0][:2] == (SEAL_LINE + 1, "added")
    assert found(checked([*LINES, b"x"]))[0][:2] == (SEAL_LINE + 1, "added")


def test_an_entry_taken_out_by_a_careful_forger_is_named() -> None:
    """He numbered the lines anew, but can't chain the next entry."""
    at = line_of("entry") + 1
    report = checked(numbered(LINES[: at - 1] + LINES[at:]))
    assert (at, "missing", "entry 2") in found(report)


def test_a_record_that_was_chained_anew_does_not_fit_what_was_signed() -> None:
    """The forger changed entry 6 and all links; the entries since the last true checkpoint."""
    lines = list(LINES)
    at = line_of("entry") + 6
    lines[at - 1] = lines[at - 1].replace("积水".encode(), "积雪".encode())
    report = checked(chained(lines))
    signed = [i for i, line in enumerate(LINES, 1) if split(line)[1] == b"checkpoint"]
    assert [problem.fault for problem in report.problems] == [Fault.REWRITTEN] * 4
    assert [problem.line for problem in report.problems] == signed[1:]
    assert report.problems[0].what == "entry 5-8"


def test_a_record_cut_by_a_careful_forger_has_no_seal_that_fits() -> None:
    """The last checkpoints and entries are taken out; the seal counts the lines."""
    at = line_of("checkpoint")
    people = line_of("person")
    lines = numbered(LINES[:at] + LINES[people - 1 :])
    assert found(checked(lines)) == [(len(lines), "seal", "")]


def test_a_person_taken_out_by_a_careful_forger_is_noticed() -> None:
    at = line_of("person")
    lines = numbered(LINES[: at - 1] + LINES[at:])
    assert found(checked(lines)) == [(len(lines), "seal", "")]


def test_a_name_changed_with_its_proof_is_noticed() -> None:
    lines = list(LINES)
    at = line_of("person") - 1
    number, kind, _, content = split(lines[at])
    content = content.replace("陈明".encode(), "张三".encode())
    proof = sha256(content).hexdigest().encode()
    lines[at] = b" ".join((number, kind, proof, content)) + b"\n"
    assert found(checked(lines)) == [(SEAL_LINE, "seal", "")]


def test_a_checkpoint_of_another_meeting_does_not_fit() -> None:
    """Signed by the same service, with the same offset and even the same link."""
    lines = list(LINES)
    at = line_of("checkpoint") - 1
    says = CheckpointSays.model_validate_json(split(lines[at])[3])
    body = says.model_copy(update={"meeting": "m2"}).model_dump_json().encode()
    proof = KEY.sign(CHECKPOINT, body).hex().encode()
    lines[at] = b" ".join((split(lines[at])[0], b"checkpoint", proof, body)) + b"\n"
    assert (at + 1, "rewritten", "entry 1-4") in found(checked(lines))


def test_a_seal_is_no_checkpoint() -> None:
    """A signature under one kind of text is none under another."""
    lines = list(LINES)
    at = line_of("checkpoint") - 1
    body = split(lines[at])[3]
    proof = KEY.sign(SEAL, body).hex().encode()
    lines[at] = b" ".join((split(lines[at])[0], b"checkpoint", proof, body)) + b"\n"
    assert found(checked(lines))[0][:2] == (at + 1, "changed")


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"format":2}', b"\xff", b'{"format":1,"meeting":1,"epoch":"","key":""}'],
)
def test_a_first_line_that_says_nothing_is_unreadable(content: bytes) -> None:
    """Its proof fits; whoever wrote it was no service of ours."""
    proof = sha256(content).hexdigest().encode()
    lines = [b"1 yishi " + proof + b" " + content + b"\n", *LINES[1:]]
    assert found(checked(lines)) == [(1, "unreadable", "yishi")]


def test_an_entry_that_is_no_entry_is_named() -> None:
    lines = list(LINES)
    at = line_of("entry") + 1
    number, kind, _, _ = split(lines[at - 1])
    lines[at - 1] = b" ".join((number, kind, b"0" * 64, b"[1]")) + b"\n"
    assert (at, "changed", "entry") in found(checked(lines))


def test_of_many_problems_some_are_listed_and_all_are_counted() -> None:
    lines = [line.replace(b"{", b"[", 1) for line in sample(PROBLEMS_MAX + 20)]
    report = checked(lines)
    assert len(report.problems) == PROBLEMS_MAX
    assert report.more > 20


def test_equipment_is_exported_too() -> None:
    """Whoever is in the register; the role is told as it is."""
    assert any(Role.HOST.value.encode() in line for line in LINES if b" person " in line)
