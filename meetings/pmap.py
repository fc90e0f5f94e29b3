"""
A persistent map: setting a key gives a new map and leaves the old one as it was.

The state of a meeting holds thousands of people, comments and ballots; each entry of the record
makes a new state. Here a new version costs the copy of one small dict and of the short path to it,
whatever the size of the map; all else is shared.

The tree branches on five bits of the hash at a level; keys stand in buckets that are plain dicts.
A bucket that grows beyond 32 keys becomes a branch. Order of iteration is of no meaning: who shows
something sorts it. Nothing is ever removed: a record only grows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_BITS = 5
_WIDTH = 1 << _BITS
_MASK = _WIDTH - 1
_DEEPEST = 60  # bits; below, what still collides stays in one bucket (hashes have 64)

# A branch is a tuple of _WIDTH nodes, a bucket is a dict of keys and values: told apart by type.
_Node = Any


class PMap(Mapping[K, V], Generic[K, V]):
    """An immutable mapping with a cheap `set`."""

    __slots__ = ("_root", "_size")

    def __init__(self) -> None:
        self._root: _Node = {}
        self._size = 0

    def set(self, key: K, value: V) -> PMap[K, V]:
        """Return a map that has *value* at *key* and is otherwise like this one."""
        changed: PMap[K, V] = PMap()
        changed._root, grown = _put(self._root, 0, hash(key), key, value)
        changed._size = self._size + grown
        return changed

    def __getitem__(self, key: K) -> V:
        value: V = self._bucket(key)[key]
        return value

    def __contains__(self, key: object) -> bool:
        return key in self._bucket(key)

    def __iter__(self) -> Iterator[K]:
        return _keys(self._root)

    def __len__(self) -> int:
        return self._size

    def __repr__(self) -> str:
        return f"PMap({dict(self.items())!r})"

    def _bucket(self, key: object) -> dict[Any, Any]:
        node, left = self._root, hash(key)
        while type(node) is tuple:
            node = node[left & _MASK]
            left >>= _BITS
        bucket: dict[Any, Any] = node
        return bucket


def _put(node: _Node, depth: int, left: int, key: object, value: object) -> tuple[_Node, int]:
    """
    Put *key* below *node*.

    Args:
        depth: bits of the hash used up on the way to *node*.
        left: the hash without them.

    Returns: the new node, and 1 if the key is new, else 0.
    """
    if type(node) is tuple:
        place = left & _MASK
        child, grown = _put(node[place], depth + _BITS, left >> _BITS, key, value)
        return (*node[:place], child, *node[place + 1 :]), grown
    grown = 0 if key in node else 1
    bucket = {**node, key: value}
    if len(bucket) <= _WIDTH or depth >= _DEEPEST:
        return bucket, grown
    children: list[dict[Any, Any]] = [{} for _ in range(_WIDTH)]
    for old, its in bucket.items():
        children[(hash(old) >> depth) & _MASK][old] = its
    return tuple(children), grown


def _keys(node: _Node) -> Iterator[Any]:
    if type(node) is tuple:
        for child in node:
            yield from _keys(child)
    else:
        yield from node
