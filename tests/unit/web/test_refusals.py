"""
Every code with which the service refuses or closes is reached by a test.

The tests themselves are read: a code counts as reached where one says that it is what came, in an
`assert`, in a case of a table, or to `refused`, which asserts it. A code is its value: the same
refusal has a name in several enumerations.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from media.control import MediaCode
from meetings.refusals import Code
from signaling.wire.codes import CloseCode, ErrorCode
from web.refusals import HttpCode

ROOT = Path(__file__).parents[3]
ENUMS: tuple[type[Enum], ...] = (Code, ErrorCode, CloseCode, MediaCode, HttpCode)
SAYS = frozenset({"refused", "parametrize"})
RESERVED = frozenset({CloseCode.PROTOCOL})
"""Known to the pages for a service that is newer than they are; this one never sends it."""


def said(tree: ast.AST) -> Iterator[object]:
    """The values of codes, by name or as they are, that stand in what a test says came."""
    members = {(enum.__name__, one.name): one.value for enum in ENUMS for one in enum}
    members |= {("closed", one.name): one.value for one in CloseCode}  # as counters name them
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            parts: list[ast.AST] = [node.test]
        elif isinstance(node, ast.While):
            parts = [node.test]  # which ends in no other way
        elif isinstance(node, ast.Call) and _name(node.func) in SAYS:
            parts = [*node.args, *node.keywords]
        else:
            continue
        for one in (one for part in parts for one in ast.walk(part)):
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name):
                yield members.get((one.value.id, one.attr))
            elif isinstance(one, ast.Constant):
                yield members.get(("closed", str(one.value)), one.value)
                if isinstance(one.value, str):
                    yield one.value.partition("#error=")[2]  # in the way back from a provider


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


@pytest.fixture(scope="module")
def reached() -> frozenset[object]:
    """All that any test says."""
    files = [one for one in (ROOT / "tests").rglob("test_*.py") if one != Path(__file__)]
    return frozenset(value for one in files for value in said(ast.parse(one.read_text())))


@pytest.mark.parametrize("codes", ENUMS)
def test_every_code_is_reached_by_a_test(codes: type[Enum], reached: frozenset[object]) -> None:
    unreached = {code for code in codes if code.value not in reached}
    assert unreached - RESERVED == set()


def test_reserved_codes_are_sent_by_nobody() -> None:
    """Else they would have to be reached."""
    source = "".join(
        one.read_text()
        for package in ("meetings", "signaling", "media", "web")
        for one in (ROOT / package).rglob("*.py")
        if "node_modules" not in one.parts
    )
    for code in RESERVED:
        assert f"{type(code).__name__}.{code.name}" not in source


def test_what_is_only_mentioned_is_not_reached() -> None:
    """The reader itself: a comment, a variable or an argument says nothing."""
    text = """
# Code.FORBIDDEN
x = Code.VOTE_CLOSED
print(Code.COMMENT_OFF, 4500)
assert answer.code is Code.NOT_PRESENT
refused(command, Code.AGENDA_FULL)
assert closed["TOO_SLOW"] == 1
assert location == "/desk#error=account.unknown"
"""
    found = set(said(ast.parse(text)))
    assert {"person.not_present", "agenda.full", 4001, "account.unknown"} <= found
    assert not {"authority.forbidden", "vote.closed", "comment.off", 4500} & found
