"""One claim of many cases, held against each of them by one test."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import pytest

Test = Callable[..., None]


def each(names: str, cases: Iterable[Any]) -> Callable[[Test], Test]:
    """
    Call a test for every case, as `pytest.mark.parametrize` does, but as one test.

    For pure suites, where pytest's own work for a test (1 ms) is more than a case takes. All cases
    are tried, and all that fail are named. Fixtures are made once: not for tests that change them.

    Args:
        names: of the arguments that a case gives, with commas between them.
        cases: the value of the one argument, or a tuple with one for each.

    Raises (the test): BaseExceptionGroup of what failed, each with a note that names its case.
    """
    arguments = [name.strip() for name in names.split(",")]
    rows = [tuple(case) if len(arguments) > 1 else (case,) for case in cases]
    assert rows, "a claim of no case says nothing"

    def decorate(test: Test) -> Test:
        @wraps(test)
        def all_of_them(*args: Any, **fixtures: Any) -> None:
            failures: list[BaseException] = []
            for row in rows:
                case = dict(zip(arguments, row, strict=True))
                try:
                    test(*args, **fixtures, **case)
                except (Exception, pytest.fail.Exception) as failure:  # noqa: BLE001  # told below
                    failure.add_note("with " + ", ".join(f"{k}={v!r}" for k, v in case.items()))
                    failures.append(failure)
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(rows)} cases fail", failures)

        signature = inspect.signature(test)
        left = [p for name, p in signature.parameters.items() if name not in arguments]
        assert len(left) + len(arguments) == len(signature.parameters), f"not all of: {names}"
        all_of_them.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return all_of_them

    return decorate
