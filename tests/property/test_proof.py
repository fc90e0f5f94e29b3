"""Properties of exports: whatever is done to one is found, and named where it was done."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.meetings.proof.sample import checked, checked_file, sample

LINES = sample()
FILE = b"".join(LINES)
COUNT = len(LINES)
PLACES = st.integers(0, len(FILE) - 1)
NUMBERS = st.integers(0, COUNT - 1)


def line_at(position: int) -> int:
    """Line of the file to which a byte belongs, from 1."""
    return FILE.count(b"\n", 0, position) + 1


def named(data: bytes, line: int) -> bool:
    """Tell whether a problem is named in *line* or at the one before or behind."""
    report = checked_file(data)
    return any(abs(problem.line - line) <= 1 for problem in report.problems)


def test_the_file_itself_is_sound() -> None:
    assert checked_file(FILE).sound


@given(PLACES, st.integers(1, 255))
def test_a_flipped_byte_is_found(position: int, flip: int) -> None:
    changed = bytearray(FILE)
    changed[position] ^= flip
    assert named(bytes(changed), line_at(position))


@given(PLACES, st.integers(1, 5))
def test_deleted_bytes_are_found(position: int, length: int) -> None:
    assert named(FILE[:position] + FILE[position + length :], line_at(position))


@given(st.integers(0, len(FILE)), st.binary(min_size=1, max_size=5))
def test_inserted_bytes_are_found(position: int, more: bytes) -> None:
    assert named(FILE[:position] + more + FILE[position:], line_at(position))


@given(PLACES, PLACES)
def test_swapped_bytes_are_found(one: int, other: int) -> None:
    changed = bytearray(FILE)
    changed[one], changed[other] = changed[other], changed[one]
    if bytes(changed) != FILE:
        assert named(bytes(changed), line_at(one)) or named(bytes(changed), line_at(other))


@given(NUMBERS, st.integers(1, 5))
def test_deleted_lines_are_found(first: int, count: int) -> None:
    changed = LINES[:first] + LINES[first + count :]
    assert named(b"".join(changed), first + 1)


@given(NUMBERS, st.integers(0, COUNT))
def test_a_line_put_in_twice_is_found(line: int, where: int) -> None:
    changed = [*LINES[:where], LINES[line], *LINES[where:]]
    assert named(b"".join(changed), where + 1)


@given(NUMBERS, NUMBERS)
def test_swapped_lines_are_found(one: int, other: int) -> None:
    changed = list(LINES)
    changed[one], changed[other] = changed[other], changed[one]
    if one != other:
        assert named(b"".join(changed), one + 1) or named(b"".join(changed), other + 1)


@given(NUMBERS, NUMBERS, st.integers(1, 4))
def test_a_moved_run_of_lines_is_found(start: int, where: int, count: int) -> None:
    run, rest = LINES[start : start + count], LINES[:start] + LINES[start + count :]
    changed = [*rest[:where], *run, *rest[where:]]
    if changed != LINES:
        assert not checked(changed).sound


@given(st.permutations(LINES))
def test_no_other_order_is_sound(changed: list[bytes]) -> None:
    assert checked(changed).sound == (changed == LINES)


@given(st.integers(0, len(FILE) - 1))
def test_a_file_that_is_cut_off_is_found(length: int) -> None:
    assert not checked_file(FILE[:length]).sound


@given(st.lists(st.one_of(st.binary(max_size=80), st.sampled_from(LINES)), max_size=30))
def test_the_verifier_can_read_anything(lines: list[bytes]) -> None:
    """Whatever it is given, it says that this is no sound export."""
    assert checked(lines).sound == (lines == LINES)
