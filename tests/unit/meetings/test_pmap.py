"""The persistent map behaves as a dict that is copied at each change, and is not copied."""

from __future__ import annotations

import random

import pytest

from meetings.pmap import PMap


class Colliding:
    """Keys whose hashes are all equal."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __hash__(self) -> int:
        return 7

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Colliding) and other.value == self.value


def test_it_holds_what_was_set_like_a_dict() -> None:
    """Whatever is set in whatever order, it equals the dict made so."""
    chance = random.Random(1)
    expected: dict[str, int] = {}
    made: PMap[str, int] = PMap()
    for step in range(3000):
        key = f"k{chance.randrange(1000)}"
        expected[key] = step
        made = made.set(key, step)
    assert made == expected
    assert len(made) == len(expected)
    assert sorted(made) == sorted(expected)
    assert all(key in made and made[key] == value for key, value in expected.items())


def test_an_older_version_stays_as_it_was() -> None:
    """Setting a key never changes a map that somebody holds."""
    versions: list[PMap[int, int]] = [PMap()]
    for i in range(100):
        versions.append(versions[-1].set(i % 40, i))
    assert [len(version) for version in versions[:41]] == list(range(41))
    assert versions[41][0] == 40
    assert versions[40][0] == 0


def test_a_missing_key_is_missing() -> None:
    """As with a dict: KeyError, or the default."""
    made = PMap[str, int]().set("a", 1)
    with pytest.raises(KeyError):
        made["b"]
    assert made.get("b") is None
    assert "b" not in made


def test_equal_hashes_are_told_apart() -> None:
    """More keys of one hash than a bucket holds still have each their value."""
    made: PMap[Colliding, int] = PMap()
    for i in range(50):
        made = made.set(Colliding(i), i)
    assert len(made) == 50
    assert all(made[Colliding(i)] == i for i in range(50))


def test_a_new_version_shares_nearly_everything() -> None:
    """Of the nodes of a map of 5,000 keys, setting one makes anew only those on its path."""
    made: PMap[int, int] = PMap()
    for i in range(5000):
        made = made.set(i, i)
    changed = made.set(5, -1)
    assert len(_nodes(changed) - _nodes(made)) <= 4


def _nodes(made: PMap[int, int]) -> set[int]:
    found, todo = set(), [made._root]
    while todo:
        node = todo.pop()
        found.add(id(node))
        if isinstance(node, tuple):
            todo.extend(node)
    return found
