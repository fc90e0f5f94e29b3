"""The draft: made from the record, edited by the clerk, checked against the record."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from meetings.minutes.draft import (
    BLOCKS_MAX,
    SOURCES_MAX,
    TEXT_MAX,
    Draft,
    DraftBlock,
    DraftError,
    additions,
    canonical,
    check,
    digest,
    fresh,
)
from tests.unit.meetings.minutes.sample import edited, held, minutes

WRITTEN = minutes()
DRAFT = fresh(WRITTEN)


def with_block(**fields: object) -> Draft:
    block = DraftBlock.model_validate({"id": "x", "kind": "note", **fields})
    return DRAFT.model_copy(update={"blocks": (*DRAFT.blocks, block)})


def test_the_record_alone_gives_a_block_a_speech_and_vote() -> None:
    """Under their items in order, then those outside the agenda, then what votes concluded."""
    assert [(b.id, b.kind, b.item, b.sources) for b in DRAFT.blocks] == [
        ("s14", "speech", 1, (14,)),
        ("v21", "vote", 2, (21,)),
        ("v28", "vote", 2, (28,)),
        ("s36", "speech", 2, (36,)),
        ("s10", "speech", None, (10,)),
        ("c21", "conclusion", 2, (21,)),
        ("c28", "conclusion", 2, (28,)),
    ]
    assert (DRAFT.through, DRAFT.title) == (len(held()), "老旧小区积水治理")
    assert (
        DRAFT.blocks[-1].text == "“将积水治理列入年度计划”：表决通过（同意2票，反对0票，弃权0票）。"
    )


def test_a_draft_reads_as_it_was_written() -> None:
    draft = edited(WRITTEN)
    assert Draft.model_validate_json(canonical(draft)) == draft
    assert len(digest(canonical(draft))) == 64
    assert digest(canonical(draft)) != digest(canonical(DRAFT))


def test_what_happened_since_is_offered() -> None:
    before = fresh(minutes(held(closed=False)))
    assert [block.id for block in additions(before, WRITTEN)] == ["s36"]
    assert additions(DRAFT, WRITTEN) == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"item": 1},
        {"sources": (1, 42)},
        {"kind": "speech", "sources": (14, 15)},
        {"kind": "vote", "sources": (21,)},
        {"kind": "task", "department": "住建局", "due": "2026-12-20"},
    ],
)
def test_a_draft_that_fits_the_record_passes(fields: dict[str, object]) -> None:
    check(with_block(**fields), WRITTEN)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"id": "s14"}, "second block"),
        ({"item": 9}, "no agenda item 9"),
        ({"sources": (43,)}, "after 42"),
        ({"kind": "speech"}, "about no speech"),
        ({"kind": "speech", "sources": (21,)}, "about no speech"),
        ({"kind": "vote", "sources": (14,)}, "about no vote"),
    ],
)
def test_a_draft_that_does_not_is_told_where(fields: dict[str, object], why: str) -> None:
    with pytest.raises(DraftError, match=why):
        check(with_block(**fields), WRITTEN)


def test_a_draft_tells_of_no_more_than_there_is() -> None:
    with pytest.raises(DraftError, match="no entry 43"):
        check(DRAFT.model_copy(update={"through": 43}), WRITTEN)


def test_a_draft_has_bounds() -> None:
    block = DraftBlock(id="x", kind="note", text="字" * TEXT_MAX, sources=(1,) * SOURCES_MAX)
    Draft(through=1, title="?", blocks=(block,) * BLOCKS_MAX)
    with pytest.raises(ValidationError):
        Draft(through=1, title="?", blocks=(block,) * (BLOCKS_MAX + 1))
    with pytest.raises(ValidationError):
        DraftBlock(id="x", kind="note", text="字" * (TEXT_MAX + 1))
    with pytest.raises(ValidationError):
        DraftBlock(id="x", kind="note", sources=(1,) * (SOURCES_MAX + 1))
