"""No bytes, and no change to real input, make a reader fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_read(name: str) -> None:
    for seed in TARGETS[name].seeds:
        TARGETS[name].take(seed)


@pytest.mark.parametrize("name", TARGETS)
@given(st.binary(max_size=1_500))
def test_any_bytes_are_taken(name: str, data: bytes) -> None:
    TARGETS[name].take(data)


@pytest.mark.parametrize("name", TARGETS)
@given(st.data())
def test_damaged_input_is_taken(name: str, data: st.DataObject) -> None:
    seed = bytearray(data.draw(st.sampled_from(TARGETS[name].seeds)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(seed)))
        match data.draw(st.integers(0, 2)):
            case 0:
                del seed[at : at + data.draw(st.integers(1, 8))]
            case 1:
                seed[at:at] = data.draw(st.binary(max_size=8))
            case _:
                seed[at : at + 1] = data.draw(st.binary(min_size=1, max_size=1))
    TARGETS[name].take(bytes(seed))
